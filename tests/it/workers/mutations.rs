//! How much a proof sees: small changes are planted in what Workers became, one at a time, and each has to be found.

use super::gateway::plants;
use super::proven::{CONTAINERS, ROUTES, answered, command, estate};
use crate::cases::say;
use crate::cli::{Room, Said};
use caravan_convert_lift::plconfig::PlConfig;
use caravan_convert_proof::wire::{Command as Line, exchanges};
use caravan_convert_proof::{Exchange, Gateway, Proof, RUNNER, Request, Standing};
use caravan_inventory::{ObservationKind, WorkloadKind};
use caravan_inventory_store::{Store, WorkloadFilter};
use caravan_tests_testbed::{Miniflare, documents, worker_programs};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, ChildStdout, Stdio};

/// As many changes of one script, spread over it.
const OF_A_SCRIPT: usize = 4;
/// Of a hundred planted changes so many are found at least.
const FOUND: usize = 95;

/// The runner of proofs, as the command starts it.
struct Runner {
    child: Child,
    commands: Option<ChildStdin>,
    answers: BufReader<ChildStdout>,
}

impl Runner {
    fn start() -> Option<Self> {
        let (node, packages) = worker_programs()?;
        let mut command = std::process::Command::new(node.join("node"));
        command.args(["--input-type=module", "--no-warnings", "-e", RUNNER, "--"]).arg(packages).arg("");
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        let (commands, answers) = (child.stdin.take(), BufReader::new(child.stdout.take().unwrap()));
        let mut runner = Self { child, commands, answers };
        assert!(runner.line()["ready"].is_object());
        Some(runner)
    }

    fn line(&mut self) -> Value {
        let mut line = String::new();
        self.answers.read_line(&mut line).unwrap();
        serde_json::from_str(&line).unwrap()
    }

    fn tell(&mut self, command: &Line<'_>) -> Result<Value, String> {
        writeln!(self.commands.as_mut().unwrap(), "{}", serde_json::to_string(command).unwrap()).unwrap();
        let mut reply = self.line();
        match reply["error"].as_str() {
            Some(error) => Err(error.to_owned()),
            None => Ok(reply["ok"].take()),
        }
    }

    fn ask(&mut self, requests: &[Request], waits: bool) -> Vec<Exchange> {
        exchanges(self.tell(&Line::Ask { requests, waits }).unwrap()).unwrap()
    }
}

impl Drop for Runner {
    fn drop(&mut self) {
        self.commands = None;
        let _ = self.child.wait();
    }
}

/// A Worker with everything that its proof is made of.
struct Worker {
    name: String,
    bodies: Vec<Value>,
    config: PlConfig,
    manifests: Vec<Value>,
    context: BTreeMap<String, String>,
}

impl Worker {
    fn proof(&self, manifests: &[Value], context: BTreeMap<String, String>) -> Proof {
        self.tried(manifests, context).unwrap()
    }

    /// The same; why nothing can be shown otherwise.
    fn tried(&self, manifests: &[Value], context: BTreeMap<String, String>) -> Result<Proof, String> {
        let bodies: Vec<&Value> = self.bodies.iter().collect();
        let gateway = Gateway::of(manifests).map_err(|error| error.to_string())?;
        Proof::of(&self.name, &bodies, &self.config, manifests, gateway, context, &[])
            .map_err(|error| error.to_string())
    }

    /// Changes of its manifests beside what plants of a route are: a login in front, a header of every answer, a wider route, another
    /// backend, another schedule, and none.
    fn changed_around(&self) -> Vec<(String, Vec<Value>)> {
        let mut out = Vec::new();
        let mut plant = |what: &str, manifests: Vec<Value>| out.push((what.to_owned(), manifests));
        let policy = json!({"apiVersion": "gateway.envoyproxy.io/v1alpha1", "kind": "SecurityPolicy",
            "metadata": {"name": self.name}, "spec": {"oidc": {}}});
        if is_served(self) {
            plant("a login", self.manifests.iter().cloned().chain([policy]).collect());
        }
        let is_part = !self.proof(&self.manifests, self.context.clone()).suggested.outside.is_empty();
        for (at, manifest) in self.manifests.iter().enumerate() {
            let with = |change: &dyn Fn(&mut Value)| {
                let mut manifests = self.manifests.clone();
                change(&mut manifests[at]);
                manifests
            };
            if manifest["kind"] == "HTTPRoute" {
                let set = json!({"set": [{"name": "x-planted", "value": "yes"}]});
                let filter = json!({"type": "ResponseHeaderModifier", "responseHeaderModifier": set});
                let first = |to: &mut Value| {
                    let rule = &mut to["spec"]["rules"][0];
                    let filters = rule["filters"].as_array().into_iter().flatten().cloned();
                    rule["filters"] = filters.chain([filter.clone()]).collect();
                };
                plant("a header of every answer", with(&first));
                let wide = |to: &mut Value| {
                    to["spec"]["rules"][0]["matches"] = json!([{"path": {"type": "PathPrefix", "value": "/"}}]);
                };
                if is_part {
                    plant("a wider route", with(&wide));
                }
                let other = |to: &mut Value| {
                    for rule in to["spec"]["rules"].as_array_mut().into_iter().flatten() {
                        if rule["backendRefs"].is_array() {
                            rule["backendRefs"][0]["name"] = "another-web".into();
                        }
                    }
                };
                if manifest["spec"]["rules"]
                    .as_array()
                    .is_some_and(|rules| rules.iter().any(|rule| rule["backendRefs"].is_array()))
                {
                    plant("another backend", with(&other));
                }
            }
            if manifest["kind"] == "CronJob" {
                plant("another schedule", with(&|to| to["spec"]["schedule"] = "17 4 1 1 *".into()));
                let mut without = self.manifests.clone();
                without.remove(at);
                plant("no CronJob", without);
            }
        }
        out
    }
}

/// The Workers of these names, from a room in which they were converted.
fn workers(room: &Room, names: &[&str]) -> Vec<Worker> {
    let store = Store::open(camino::Utf8Path::from_path(&room.path().join("inventory.db")).unwrap()).unwrap();
    let mut out = Vec::new();
    for workload in store.workloads(&WorkloadFilter::default(), None, 1000).unwrap() {
        let name = workload.name.clone();
        if workload.kind != WorkloadKind::Worker || !names.contains(&name.as_str()) {
            continue;
        }
        let seen = store.observations_of(&workload).unwrap().into_iter();
        let bodies = seen.filter(|one| one.kind == ObservationKind::WranglerConfig).map(|one| one.body).collect();
        let folder = format!("out/deployment/teams/unassigned/apps/{name}");
        let config = PlConfig::read(&room.read(&format!("{folder}/plconfig.yaml"))).unwrap();
        let config = config.for_environment("default").unwrap();
        let manifests = documents(&room.read(&format!("{folder}/default/manifests.yaml"))).unwrap();
        let root = room.path().join(format!("out/images/unassigned/{name}/default"));
        let text = |path: std::path::PathBuf| {
            let name = path.strip_prefix(&root).unwrap().to_str().unwrap().to_owned();
            (name, std::fs::read_to_string(path).unwrap())
        };
        let context = super::files(&root).into_iter().map(text).collect();
        out.push(Worker { name, bodies, config, manifests, context });
    }
    assert_eq!(out.len(), names.len());
    out
}

fn converted() -> Room {
    let room = answered(&estate());
    room.run(&["convert", "--out", "out"]).ends(11, &[]);
    room
}

#[test]
fn nearly_every_change_of_a_route_is_found_by_the_model_of_the_gateway() {
    let Some(mut runner) = Runner::start() else { return };
    let room = converted();
    let (mut planted, mut missed) = (0, Vec::new());
    for worker in workers(&room, ROUTES) {
        let mut proof = worker.proof(&worker.manifests, BTreeMap::new());
        let hosts = proof.original.hosts.clone();
        runner.tell(&Line::Original { options: &proof.original.options, hosts: &hosts }).unwrap();
        let requests = proof.suggested.requests.clone();
        let answers = runner.ask(&requests, false);
        assert!(proof.take(&requests, &mut answers.clone()).is_empty(), "{} differs unchanged", worker.name);
        assert_eq!(proof.proven.standing, Standing::Same, "{}: {:?}", worker.name, proof.proven.differences);
        for (at, manifest) in worker.manifests.iter().enumerate() {
            for (what, changed, _) in plants(manifest) {
                let mut manifests = worker.manifests.clone();
                manifests[at] = changed;
                let mut proof = worker.proof(&manifests, BTreeMap::new());
                planted += 1;
                if proof.take(&requests, &mut answers.clone()).is_empty() && proof.proven.standing == Standing::Same {
                    missed.push(format!("{}: {what}", worker.name));
                }
            }
        }
        for (what, manifests) in worker.changed_around() {
            planted += 1;
            let Ok(mut proof) = worker.tried(&manifests, BTreeMap::new()) else { continue };
            if proof.take(&requests, &mut answers.clone()).is_empty() && proof.proven.standing == Standing::Same {
                missed.push(format!("{}: {what}", worker.name));
            }
        }
    }
    told("routes", planted, &missed);
}

fn told(of: &str, planted: usize, missed: &[String]) {
    say(&format!("workers: {planted} changes planted in {of}, {} missed: {missed:?}", missed.len()));
    assert!(planted >= 60, "{planted}");
    assert!((planted - missed.len()) * 100 >= planted * FOUND, "of {planted} changes these are missed: {missed:#?}");
}

#[test]
fn nearly_every_change_of_a_script_or_of_its_configuration_is_found_in_workerd() {
    let Some(mut runner) = Runner::start() else { return };
    let room = converted();
    let (mut planted, mut missed) = (0, Vec::new());
    for worker in workers(&room, CONTAINERS) {
        if !differs(&mut runner, &worker, worker.context.clone(), true).is_empty() {
            panic!("{} differs unchanged", worker.name);
        }
        // A script that remembers answers otherwise the second time: then the original begins anew each time, too.
        let remembers = !differs(&mut runner, &worker, worker.context.clone(), false).is_empty();
        for (file, what, text) in changes(&worker.context, is_served(&worker)) {
            let mut context = worker.context.clone();
            context.insert(file.clone(), text);
            planted += 1;
            if differs(&mut runner, &worker, context, remembers).is_empty() {
                missed.push(format!("{}/{file}: {what}", worker.name));
            }
        }
        for (what, manifests) in worker.changed_around() {
            planted += 1;
            let Ok(proof) = worker.tried(&manifests, worker.context.clone()) else { continue };
            if first_difference(&mut runner, proof, remembers).is_empty() {
                missed.push(format!("{}: {what}", worker.name));
            }
        }
    }
    told("scripts", planted, &missed);
}

/// The first difference that a proof finds; empty where there is none. `anew` says whether the original is started for it.
fn differs(runner: &mut Runner, worker: &Worker, context: BTreeMap<String, String>, anew: bool) -> String {
    first_difference(runner, worker.proof(&worker.manifests, context), anew)
}

fn first_difference(runner: &mut Runner, mut proof: Proof, anew: bool) -> String {
    // What no answer is needed for.
    if let Some(one) = proof.proven.differences.first() {
        return format!("{one:?}");
    }
    if anew {
        runner.tell(&Line::Original { options: &proof.original.options, hosts: &proof.original.hosts }).unwrap();
    }
    let files = proof.context.clone().unwrap();
    let start = Line::Converted { files: &files, environment: &proof.environment, serves: proof.serves };
    if let Err(error) = runner.tell(&start) {
        return error;
    }
    for some in proof.suggested.requests.clone().chunks(60) {
        let mut answers = runner.ask(some, proof.suggested.waits);
        let first = proof.take(some, &mut answers);
        let again: Vec<Request> = first.iter().map(|(request, _)| (*request).clone()).collect();
        let again = runner.ask(&again, proof.suggested.waits);
        proof.take_again(&first, &again);
        if let Some(one) = proof.proven.differences.first() {
            return format!("{one:?}");
        }
    }
    for cron in proof.clocks.clone() {
        let runs = serde_json::from_value(runner.tell(&Line::Scheduled { cron: &cron }).unwrap()).unwrap();
        proof.take_runs(&cron, &runs);
    }
    proof.proven.differences.first().map(|one| format!("{one:?}")).unwrap_or_default()
}

/// What may be written in the place of what: in scripts, of a status, a header, a condition, a text; in configurations.
const SCRIPT: &[(&str, &str)] = &[
    ("status: 4", "status: 5"),
    ("status: 2", "status: 3"),
    ("status = 4", "status = 5"),
    ("\"X-", "\"Y-"),
    ("\"Content-Type\"", "\"Content-Kind\""),
    ("=== ", "!== "),
    (" ? ", " && false ? "),
    ("&& ", "|| "),
    ("toUpperCase", "toLowerCase"),
    (".startsWith(", ".endsWith("),
    (".append(", ".set("),
    ("\"no", "\"now"),
    ("`${", "`+${"),
    ("return new Response(\"", "return new Response(\"+"),
    (" + 1", " + 2"),
    ("+= 1", "+= 2"),
    ("> 3", "> 4"),
    ("\"POST\"", "\"PUT\""),
    ("https://", "https://x."),
    ("301", "302"),
];
const CONFIGURATION: &[(&str, &str)] = &[
    ("json = \"", "json = \" 1"),
    ("fromEnvironment = \"", "fromEnvironment = \"X_"),
    ("service = \"outbound\"", "service = \"internet\""),
];

/// Whether requests come to a Worker; what a clock alone calls runs by another configuration.
fn is_served(worker: &Worker) -> bool {
    !Gateway::of(&worker.manifests).unwrap().is_empty()
}

/// Changes of a context: the file, what was changed, and its text with it.
fn changes(context: &BTreeMap<String, String>, serves: bool) -> Vec<(String, String, String)> {
    let mut out = Vec::new();
    for (file, text) in context {
        let is_script = file.starts_with("modules/") || file.starts_with("beside/");
        let table = match file.as_str() {
            "config.capnp" if serves => CONFIGURATION,
            "clock.capnp" if !serves => CONFIGURATION,
            _ if is_script && !file.ends_with(".capnp") => SCRIPT,
            _ => continue,
        };
        let mut own = Vec::new();
        for (from, to) in table {
            if let Some((at, _)) = text.match_indices(from).find(|(at, _)| !in_comment(text, *at)) {
                let line = text[..at].lines().count();
                let changed = format!("{}{to}{}", &text[..at], &text[at + from.len()..]);
                own.push((file.clone(), format!("{line}: `{from}` -> `{to}`"), changed));
            }
        }
        // Spread over the table, so that not every script has the first of them.
        let step = own.len().div_ceil(OF_A_SCRIPT).max(1);
        out.extend(own.into_iter().step_by(step));
    }
    out
}

fn in_comment(text: &str, at: usize) -> bool {
    text[..at].rsplit('\n').next().is_some_and(|line| line.trim_start().starts_with("//"))
}

/// Also when the command does it: what somebody changed in the tree by hand is what is proven.
#[test]
fn a_planted_difference_ends_the_command_with_10_and_stands_in_every_report() {
    let folder = tempfile::tempdir().unwrap();
    for name in ["settings", "short-links"] {
        let (from, to) = (estate().join(name), folder.path().join(name));
        std::fs::create_dir_all(&to).unwrap();
        for file in super::files(&from) {
            std::fs::copy(&file, to.join(file.file_name().unwrap())).unwrap();
        }
    }
    let room = answered(folder.path());
    room.run(&["convert", "--out", "out"]).ends(0, &[]);
    let prove = |args: &[&str]| {
        let words = [&["convert", "--out", "out", "--prove"][..], args].concat();
        command(&room, &words).map(|mut command| Said::of(command.output().unwrap()))
    };
    let Some(said) = prove(&[]) else { return };
    said.ends(0, &[]);
    assert!(said.out.contains("2 Workers answer as their originals, 0 do not, 0 not shown"), "{}", said.out);
    room.write(
        "recorded.jsonl",
        "{\"url\": \"https://settings.example.com/limits/rate?by=hand\"}\n{\"url\": \"https://elsewhere.org/\"}\n",
    );
    let said = prove(&["--recorded", "recorded.jsonl"]).unwrap();
    assert!(said.out.contains("1 recorded"), "{}", said.out);
    room.write("recorded.jsonl", "{\"url\": \"/limits\"}\n");
    prove(&["--recorded", "recorded.jsonl"]).unwrap().ends(2, &["recorded.jsonl: line 1", "no whole address"]);
    prove(&["--gateway", "gateway.example.com"]).unwrap().ends(2, &["no address of a gateway", "hint"]);
    // Something that serves one of them and not the other stands for a gateway.
    let Some(miniflare) = Miniflare::start() else { return };
    let port = miniflare.run(&super::original(&estate().join("short-links")).0, &[], 1);
    let url = format!("http://127.0.0.1:{port}");
    let said = prove(&["--gateway", &url]).unwrap();
    said.ends(10, &[]);
    assert!(said.out.contains(&format!(": same ({url};")), "{}", said.out);
    assert!(said.out.contains(&format!("DIFFER ({url};")), "{}", said.out);
    // What the model does not know, it says; a real gateway does know it.
    let manifests = "out/deployment/teams/unassigned/apps/short-links/default/manifests.yaml";
    let whole = room.read(manifests);
    let policy =
        "---\napiVersion: gateway.envoyproxy.io/v1alpha1\nkind: SecurityPolicy\nmetadata: {name: planted}\nspec: {}\n";
    room.write(manifests, format!("{whole}{policy}"));
    let said = prove(&[]).unwrap();
    said.ends(11, &[]);
    assert!(said.out.contains("(SecurityPolicy): name a real one with `--gateway URL`"), "{}", said.out);
    let said = prove(&["--gateway", &url]).unwrap();
    assert!(said.out.contains(&format!("short-links/wrangler: same ({url};")), "{}", said.out);
    room.write(manifests, whole);
    let script = "out/images/unassigned/settings/default/modules/index.js";
    let whole = room.read(script);
    room.write(script, whole.replace("no such setting", "no setting"));
    let said = prove(&[]).unwrap();
    said.ends(10, &[]);
    assert!(said.out.contains("1 Workers answer as their originals, 1 do not"), "{}", said.out);
    assert!(said.out.contains("body: original  no such setting (15 bytes)"), "{}", said.out);
    let said = prove(&["--check", "--format", "json"]).unwrap();
    assert_eq!(said.code, Some(10), "{}", said.err);
    let document = said.json();
    assert_eq!(document["proof"]["proven"][0]["standing"], "differs", "{}", document["proof"]);
    let found = document["findings"].as_array().unwrap().iter().any(|one| one["rule"] == "proof/differs");
    assert!(found, "{}", document["findings"]);
    // Beside a Worker that is refused, too.
    let refused = folder.path().join("uses-kv");
    std::fs::create_dir_all(&refused).unwrap();
    for file in super::files(&estate().join("uses-kv")) {
        std::fs::copy(&file, refused.join(file.file_name().unwrap())).unwrap();
    }
    room.run(&["discover", "--files", folder.path().to_str().unwrap()]).ends(0, &[]);
    let said = prove(&[]).unwrap();
    said.ends(10, &[]);
    assert!(said.out.contains("KV namespace") && said.out.contains("1 do not"), "{}", said.out);
}

#[test]
fn what_is_missing_is_named_with_what_installs_it() {
    let room = Room::new();
    room.write(
        "w/wrangler.json",
        json!({"name": "w", "main": "i.js", "compatibility_date": "2025-06-01", "routes": ["w.example.com/*"]})
            .to_string(),
    );
    room.write("w/i.js", "export default { fetch() { return new Response(\"x\"); } };");
    room.run(&["discover", "--files", "w"]).ends(0, &[]);
    let run = |path: &str, more: &[(&str, &str)]| {
        let mut command = room.command(&["convert", "--out", "out", "--prove"]);
        command.env("PATH", path).envs(more.iter().copied());
        Said::of(command.output().unwrap())
    };
    let empty = room.path().to_str().unwrap();
    run(empty, &[]).ends(1, &["`node` is not there", "install Node.js"]);
    let Some((node, packages)) = worker_programs() else { return };
    let node = node.to_str().unwrap();
    run(node, &[("CARAVAN_MINIFLARE", empty)]).ends(1, &["`miniflare` is not there", "npm install"]);
    let packages = packages.to_str().unwrap();
    run(node, &[("CARAVAN_MINIFLARE", packages), ("CARAVAN_WORKERD", "/nowhere/workerd")])
        .ends(1, &["`workerd` is not there", "npm install"]);
    // Nothing was written by a command that could not do what it was asked for.
    assert!(!room.path().join("out").exists());
}
