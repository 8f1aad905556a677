//! `caravan convert --prove`: the originals of Workers in miniflare, beside what they became.

mod files;
mod runner;
mod told;

use crate::env;
use crate::error::{Failure, FailureKind};
use camino::{Utf8Path, Utf8PathBuf};
use caravan_convert::{App, Converted, Existing, Member};
use caravan_convert_lift::plconfig::PlConfig;
use caravan_convert_proof::wire::{Command, Runs, exchanges};
use caravan_convert_proof::{Exchange, Gateway, Proof, Proven, Request, Unproven, recorded};
use caravan_inventory::{Observation, ObservationKind, WorkloadKind};
use caravan_inventory_store::Store;
use clap::Args;
use files::AppFiles;
use runner::Runner;
use serde_json::Value;
use std::fs;
use std::time::Duration;

pub(super) use told::Told;

/// As many requests as the runner is asked at once.
const AT_ONCE: usize = 100;
/// How often a request is asked once more whose answer the script draws by lot: of two, both sides miss the other's once in 2^15.
const CHANCES: usize = 16;
/// How long a gateway may take until it serves a route that was just applied is its operator's matter; a first answer comes within this.
const REACHED_WITHIN: Duration = Duration::from_secs(5);

/// What is proven, and against what.
#[derive(Args, Debug)]
#[command(next_help_heading = "Proof")]
pub(super) struct ProveArgs {
    /// Hold each Worker to its original: run it in miniflare, ask both, and compare the answers
    #[arg(long)]
    prove: bool,
    /// Requests to ask besides, as people's clients sent them: an HTTP archive (HAR), or a JSON document on each line
    #[arg(long, value_name = "FILE", requires = "prove")]
    recorded: Option<Utf8PathBuf>,
    /// Ask this gateway, which has the routes already, in place of a model of one
    #[arg(long, value_name = "URL", requires = "prove")]
    gateway: Option<String>,
}

/// Proves Workers, one after the other.
pub(crate) struct Prover {
    runner: Runner,
    recorded: Vec<Request>,
    gateway: Option<String>,
    told: Told,
}

impl Prover {
    /// Starts what runs the originals; none where nobody asked for it.
    ///
    /// # Errors
    /// When Node, miniflare or workerd is missing, which is named with what installs it; when the recorded requests can't be read.
    pub(super) fn of(args: &ProveArgs) -> Result<Option<Self>, Failure> {
        if !args.prove {
            return Ok(None);
        }
        let recorded = args.recorded.as_deref().map(read_recorded).transpose()?.unwrap_or_default();
        if let Some(url) = &args.gateway {
            reach(url)?;
        }
        let runner = Runner::start(env::get(env::CARAVAN_MINIFLARE), env::get(env::CARAVAN_WORKERD))?;
        let told = Told::new(runner.versions.clone());
        Ok(Some(Self { runner, recorded, gateway: args.gateway.clone(), told }))
    }

    /// Proves the Workers among the members of an app.
    ///
    /// # Errors
    /// When the inventory can't be read, or the runner has ended.
    pub(super) fn prove(
        &mut self,
        store: &Store,
        app: &App,
        converted: &Converted,
        existing: &dyn Existing,
    ) -> Result<(), Failure> {
        for member in &app.members {
            let Some(workload) = store.workload(&member.workload)? else { continue };
            let refused = converted.refused.iter().any(|one| one.source == member.workload);
            if workload.kind != WorkloadKind::Worker || refused {
                continue;
            }
            let documents = store.observations_of(&workload)?;
            let source = member.workload.to_string();
            let shown = match self.prove_one(app, member, &documents, converted, existing)? {
                Ok(proven) => {
                    self.told.proven.push(proven);
                    continue;
                }
                Err(reason) => reason,
            };
            let asked = converted.questions.iter().filter(|question| question.workload == member.workload);
            let open: Vec<&str> = asked.map(|question| question.id.as_str()).collect();
            let reason = match open.as_slice() {
                [] => shown,
                open => format!("{shown}; open: {}", open.join(", ")),
            };
            self.told.unproven.push(Unproven { source, reason });
        }
        Ok(())
    }

    /// What was shown of all of them.
    pub(super) fn finish(self) -> Told {
        self.told
    }

    /// Proves one; why nothing can be shown of it otherwise.
    fn prove_one(
        &mut self,
        app: &App,
        member: &Member,
        documents: &[Observation],
        converted: &Converted,
        existing: &dyn Existing,
    ) -> Result<Result<Proven, String>, Failure> {
        let bodies = documents.iter().filter(|one| one.kind == ObservationKind::WranglerConfig);
        let bodies: Vec<&Value> = bodies.map(|one| &one.body).collect();
        let files = AppFiles { app, environment: &member.environment, files: &converted.files, existing };
        let (source, is_real) = (member.workload.to_string(), self.gateway.is_some());
        let prepared = match prepare(&source, &bodies, &files, &self.recorded, is_real) {
            Ok(prepared) => prepared,
            Err(reason) => return Ok(Err(reason)),
        };
        let proof = run(&mut self.runner, prepared, self.gateway.as_deref());
        self.runner.tell(&Command::Stop)?.map_err(|reason| Failure::new(FailureKind::Work, reason))?;
        Ok(proof?.and_then(|proof| proof.finish().map_err(|unproven| unproven.reason)))
    }
}

/// Everything that a proof is made of. What the model does not know, a real gateway does, where one is asked.
fn prepare(
    source: &str,
    bodies: &[&Value],
    files: &AppFiles<'_>,
    recorded: &[Request],
    is_real: bool,
) -> Result<Proof, String> {
    let config: PlConfig = files.config()?;
    let manifests = files.manifests()?;
    let gateway = match Gateway::of(&manifests) {
        Ok(gateway) => gateway,
        Err(_) if is_real => Gateway::unsaid(&manifests),
        Err(error) => return Err(error.to_string()),
    };
    let context = files.context(&config)?;
    Proof::of(source, bodies, &config, &manifests, gateway, context, recorded).map_err(|error| error.to_string())
}

/// Runs both sides and asks them; why that can't be done otherwise.
fn run(runner: &mut Runner, mut proof: Proof, gateway: Option<&str>) -> Result<Result<Proof, String>, Failure> {
    let start = Command::Original { options: &proof.original.options, hosts: &proof.original.hosts };
    if let Err(reason) = runner.tell(&start)? {
        return Ok(Err(format!("its original does not run in miniflare: {reason}")));
    }
    let by_gateway = gateway.filter(|_| proof.serves);
    if let Some(files) = &proof.context {
        let serves = proof.serves && by_gateway.is_none();
        let command = Command::Converted { files, environment: &proof.environment, serves };
        if let Err(reason) = runner.tell(&command)? {
            return Ok(Err(format!("workerd does not run what was made of it: {reason}")));
        }
    }
    if let Some(url) = by_gateway {
        if let Err(reason) = runner.tell(&Command::Through { url })? {
            return Ok(Err(reason));
        }
        proof.through(url);
    }
    let (requests, waits) = (std::mem::take(&mut proof.suggested.requests), proof.suggested.waits);
    for some in requests.chunks(AT_ONCE) {
        let mut answers = match ask(runner, some, waits)? {
            Ok(answers) => answers,
            Err(reason) => return Ok(Err(reason)),
        };
        let differ = proof.take(some, &mut answers);
        if differ.is_empty() {
            continue;
        }
        let once_more: Vec<Request> = differ.iter().map(|(request, _)| (*request).clone()).collect();
        match ask(runner, &once_more, waits)? {
            Ok(again) => {
                let mut left = proof.take_again(&differ, &again);
                for _ in 0..CHANCES {
                    if left.is_empty() {
                        break;
                    }
                    let requests: Vec<Request> = left.iter().map(|one| one.request.clone()).collect();
                    match ask(runner, &requests, waits)? {
                        Ok(answers) => left = proof.take_chances(left, &answers),
                        Err(reason) => return Ok(Err(reason)),
                    }
                }
                proof.give_up(left);
            }
            Err(reason) => return Ok(Err(reason)),
        }
    }
    for cron in &proof.clocks.clone() {
        let runs = runner.tell(&Command::Scheduled { cron })?;
        match runs.and_then(|value| serde_json::from_value::<Runs>(value).map_err(|error| error.to_string())) {
            Ok(runs) => proof.take_runs(cron, &runs),
            Err(reason) => return Ok(Err(format!("`{cron}` could not be run: {reason}"))),
        }
    }
    Ok(Ok(proof))
}

fn ask(runner: &mut Runner, requests: &[Request], waits: bool) -> Result<Result<Vec<Exchange>, String>, Failure> {
    let answers = runner.tell(&Command::Ask { requests, waits })?;
    Ok(answers.and_then(|value| exchanges(value).map_err(|error| error.to_string())))
}

#[expect(clippy::disallowed_methods, reason = "the file is named on the command line")]
fn read_recorded(file: &Utf8Path) -> Result<Vec<Request>, Failure> {
    let failed = |error| Failure::caused(FailureKind::Work, error).context(format!("can't read {file}"));
    let text = fs::read_to_string(file).map_err(failed)?;
    recorded(&text).map_err(|error| {
        Failure::new(FailureKind::Usage, format!("{file}: {error}"))
            .hint("each line is {\"method\": \"GET\", \"url\": \"https://shop.example.com/path\"}, or the file is an HTTP archive")
    })
}

/// A gateway that nobody can reach would make every answer a difference.
fn reach(url: &str) -> Result<(), Failure> {
    use std::net::{TcpStream, ToSocketAddrs};
    let usage = || {
        Failure::new(FailureKind::Usage, format!("`{url}` is no address of a gateway"))
            .hint("write it as https://gateway.example.com or http://127.0.0.1:8080")
    };
    let (scheme, rest) = url.split_once("://").ok_or_else(usage)?;
    let port = match scheme {
        "https" => 443,
        "http" => 80,
        _ => return Err(usage()),
    };
    let rest = rest.trim_end_matches('/');
    if rest.is_empty() || rest.contains(['/', '?', '#', '@']) {
        return Err(usage());
    }
    let address = if rest.rsplit(':').next().is_some_and(|end| end.parse::<u16>().is_ok()) && !rest.ends_with(']') {
        rest.to_owned()
    } else {
        format!("{rest}:{port}")
    };
    let failed = |error| Failure::caused(FailureKind::Work, error).context(format!("can't reach the gateway {url}"));
    let addresses: Vec<_> = address.to_socket_addrs().map_err(failed)?.collect();
    let mut last = std::io::Error::new(std::io::ErrorKind::NotFound, "the name has no address");
    for address in addresses {
        match TcpStream::connect_timeout(&address, REACHED_WITHIN) {
            Ok(_) => return Ok(()),
            Err(error) => last = error,
        }
    }
    Err(failed(last))
}
