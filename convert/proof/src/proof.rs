//! A proof on its way: what is run and asked for a Worker, and what comes of it.

use crate::answer::{Answer, Exchange};
use crate::compare::{self, Difference, Rule};
use crate::context::{self, ContextError};
use crate::gateway::{Gateway, Taken};
use crate::invented::Invented;
use crate::original::{self, Original, OriginalError};
use crate::requests::{Request, Suggested, suggested};
use crate::wire::Runs;
use caravan_convert_lift::plconfig::PlConfig;
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// As many differences of one Worker as a report shows; all are counted.
const SHOWN: usize = 20;

/// A Worker with what it became.
#[derive(Clone, Debug)]
pub struct Proof {
    /// How the original runs.
    pub original: Original,
    /// What is asked of both.
    pub suggested: Suggested,
    /// The context of its image, on the loopback; none where it became routes.
    pub context: Option<BTreeMap<String, String>>,
    /// What its container finds in its environment.
    pub environment: BTreeMap<String, String>,
    /// Whether requests come to it.
    pub serves: bool,
    /// The routes that lead to it, or answer in its place.
    pub gateway: Gateway,
    /// What came of it so far.
    pub proven: Proven,
}

/// What came of a proof.
#[derive(Clone, Debug, Default, Eq, JsonSchema, PartialEq, Serialize)]
pub struct Proven {
    /// The workload.
    pub source: String,
    /// How it stands.
    pub standing: Standing,
    /// What answered in the place of the original: `workerd`, `model of the gateway`, or the address of a gateway.
    pub by: String,
    /// How many requests both were asked.
    pub asked: usize,
    /// How many of them were recorded.
    pub recorded: usize,
    /// How many more requests the script suggests than were asked.
    pub left_out: usize,
    /// How many runs by the clock were compared.
    pub runs: usize,
    /// Answers of the original that are not the same twice, and were compared by their shape.
    pub by_shape: usize,
    /// Requests of which the model of the gateway says nothing: the gateway writes their paths anew.
    pub unsaid: usize,
    /// By which rules headers were not compared.
    pub rules: BTreeSet<Rule>,
    /// How many differences there are.
    pub differ: usize,
    /// The first of them.
    pub differences: Vec<Difference>,
}

/// How a proof stands.
#[derive(Clone, Copy, Debug, Default, Eq, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Standing {
    /// Both answered alike.
    #[default]
    Same,
    /// They did not.
    Differs,
}

/// A Worker of which nothing is shown.
#[derive(Clone, Debug, Eq, JsonSchema, PartialEq, Serialize)]
pub struct Unproven {
    /// The workload.
    pub source: String,
    /// Why.
    pub reason: String,
}

/// What can't be proven of a Worker, for a person.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum ProofError {
    /// There is no original to run.
    #[error(transparent)]
    Original(#[from] OriginalError),
    /// What was made of it can't be run.
    #[error(transparent)]
    Context(#[from] ContextError),
    /// No route leads to it.
    #[error("no route leads to it and nothing of it runs by the clock")]
    Closed,
}

impl Proof {
    /// What there is to prove of a Worker. `bodies` are its configurations as they were observed, its own first; `config` is its plconfig,
    /// `manifests` are its manifests and `context` the files of the context of its image, by their paths within it.
    ///
    /// # Errors
    /// When there is no original to run, or nothing to run in its place.
    pub fn of(
        source: &str,
        bodies: &[&Value],
        config: &PlConfig,
        manifests: &[Value],
        gateway: Gateway,
        context: BTreeMap<String, String>,
        recorded: &[Request],
    ) -> Result<Self, ProofError> {
        let mut invented = Invented::default();
        let original = original::original(bodies, config.worker.as_ref(), &mut invented)?;
        let serves = !gateway.is_empty();
        let runs = config.worker.is_some() && !original.crons.is_empty();
        if !serves && !runs {
            return Err(ProofError::Closed);
        }
        let (mut environment, mut files) = (BTreeMap::new(), None);
        if let Some(worker) = &config.worker {
            let all = original::reached(bodies)?;
            environment = context::environment(&container(manifests), worker, &all, &mut invented);
            files = Some(context::loopback(context)?);
        }
        let mut suggested = match serves {
            true => suggested(&original, Some(&gateway), &invented),
            false => Suggested::default(),
        };
        let hosts = gateway.hosts();
        let own = recorded
            .iter()
            .filter(|one| hosts.iter().any(|host| crate::route_patterns::takes_host(host, bare(one.host()))));
        let before = suggested.requests.len();
        suggested.requests.extend(own.cloned());
        let recorded = suggested.requests.len() - before;
        let proven = Proven {
            source: source.to_owned(),
            by: if files.is_some() { "workerd" } else { "model of the gateway" }.to_owned(),
            asked: suggested.requests.len(),
            recorded,
            left_out: suggested.left_out,
            ..Proven::default()
        };
        Ok(Self { original, suggested, context: files, environment, serves, gateway, proven })
    }

    /// Takes the answers to some of its requests in. Gives those that have to be asked once more, since they differ: the original may
    /// never answer the same twice.
    pub fn take<'r>(
        &mut self,
        requests: &'r [Request],
        exchanges: &mut [Exchange],
        modelled: bool,
    ) -> Vec<(&'r Request, Exchange)> {
        let mut again = Vec::new();
        for (request, exchange) in requests.iter().zip(exchanges) {
            let runs = self.context.is_some();
            match self.gateway.take(request) {
                // A script behind the gateway gets what routes lead to it.
                Taken::Backend | Taken::Unsaid if runs => {}
                Taken::Unsaid if modelled => {
                    self.proven.unsaid += 1;
                    continue;
                }
                Taken::Answered(answer) if modelled && !runs => exchange.converted = answer,
                Taken::Nobody if modelled && !runs => {
                    exchange.converted = Answer { status: 404, ..Answer::default() };
                }
                // A real gateway answers for itself.
                _ if !runs => {}
                Taken::Answered(_) | Taken::Backend | Taken::Nobody | Taken::Unsaid => {
                    self.differ(Difference {
                        request: request.shown(),
                        what: "route".to_owned(),
                        original: "it answers".to_owned(),
                        converted: "no route leads there".to_owned(),
                    });
                    continue;
                }
            }
            let (found, _, rules) = compare::compare(request, exchange, None);
            self.proven.rules.extend(rules);
            if !found.is_empty() {
                again.push((request, exchange.clone()));
            }
        }
        again
    }

    /// Takes the answers to what was asked once more in.
    pub fn take_again(&mut self, first: &[(&Request, Exchange)], again: &[Exchange]) {
        for ((request, exchange), again) in first.iter().zip(again) {
            let (found, by_shape, _) = compare::compare(request, exchange, Some(again));
            self.proven.by_shape += usize::from(by_shape && found.is_empty());
            found.into_iter().for_each(|one| self.differ(one));
        }
    }

    /// Takes what both did at a trigger in.
    pub fn take_runs(&mut self, cron: &str, runs: &Runs) {
        self.proven.runs += 1;
        compare::compare_runs(cron, runs).into_iter().for_each(|one| self.differ(one));
    }

    fn differ(&mut self, difference: Difference) {
        self.proven.standing = Standing::Differs;
        self.proven.differ += 1;
        if self.proven.differences.len() < SHOWN {
            self.proven.differences.push(difference);
        }
    }
}

/// A host without its port.
fn bare(host: &str) -> &str {
    host.split(':').next().unwrap_or(host)
}

/// The environment of the container that runs it: of the Deployment, or else of a CronJob.
fn container(manifests: &[Value]) -> Vec<Value> {
    let of = |kind: &str, pointer: &str| {
        let found = manifests.iter().find(|one| one["kind"] == kind)?;
        Some(found.pointer(pointer)?.as_array().cloned().unwrap_or_default())
    };
    of("Deployment", "/spec/template/spec/containers/0/env")
        .or_else(|| of("CronJob", "/spec/jobTemplate/spec/template/spec/containers/0/env"))
        .unwrap_or_default()
}
