//! A proof on its way: what is run and asked for a Worker, and what comes of it.

use crate::answer::{Answer, Exchange};
use crate::clocks;
use crate::compare::{self, Difference};
use crate::context::{self, ContextError};
use crate::gateway::{Gateway, Taken};
use crate::invented::Invented;
use crate::original::{self, Original, OriginalError};
use crate::proven::{Proven, Unproven};
use crate::requests::{Request, Suggested, suggested};
use crate::wire::Runs;
use caravan_convert_lift::plconfig::PlConfig;
use serde_json::Value;
use std::collections::BTreeMap;

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
    /// The triggers that something calls here, too.
    pub clocks: Vec<String>,
    /// Whether a real gateway is asked: then that says what becomes of a request.
    is_real: bool,
    /// What came of it so far.
    pub proven: Proven,
}

/// A request whose answers differ, perhaps by chance.
#[derive(Clone, Debug)]
pub struct ByChance<'r> {
    /// The request.
    pub request: &'r Request,
    /// What both answered first.
    first: Exchange,
    seen: Seen,
    /// What differs.
    found: Vec<Difference>,
}

/// Which side gave the other one's first answer.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
struct Seen {
    original: bool,
    converted: bool,
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
            .filter(|one| hosts.iter().any(|host| crate::route_patterns::takes_host(host, &one.bare_host())));
        let (own, elsewhere): (Vec<&Request>, Vec<&Request>) = own.partition(|one| original.takes(one));
        let recorded = own.len() + elsewhere.len();
        suggested.requests.extend(own.into_iter().cloned());
        suggested.outside.extend(elsewhere.into_iter().cloned());
        let mut proven = Proven {
            source: source.to_owned(),
            by: if files.is_some() { "workerd" } else { "model of the gateway" }.to_owned(),
            asked: suggested.requests.len(),
            recorded,
            left_out: suggested.left_out,
            ..Proven::default()
        };
        let (clocks, wrong) = clocks::held(&original.crons, manifests, files.as_ref());
        wrong.into_iter().for_each(|one| proven.differ(one));
        outside(&suggested.outside, &gateway, &mut proven);
        let is_real = false;
        Ok(Self { original, suggested, context: files, environment, serves, gateway, clocks, is_real, proven })
    }

    /// Has a real gateway asked, at this address.
    pub fn through(&mut self, url: &str) {
        self.is_real = true;
        url.clone_into(&mut self.proven.by);
    }

    /// Takes the answers to some of its requests in. Gives those that have to be asked once more, since they differ: the original may
    /// never answer the same twice.
    pub fn take<'r>(&mut self, requests: &'r [Request], exchanges: &mut [Exchange]) -> Vec<(&'r Request, Exchange)> {
        let mut again = Vec::new();
        for (request, exchange) in requests.iter().zip(exchanges) {
            match self.through_the_gateway(request, exchange) {
                Came::Compared => {}
                Came::Unsaid => {
                    self.proven.unsaid += 1;
                    continue;
                }
                Came::Elsewhere(where_to) => {
                    self.proven.differ(Difference {
                        request: request.shown(),
                        what: "route".to_owned(),
                        original: "it answers".to_owned(),
                        converted: where_to.to_owned(),
                    });
                    continue;
                }
            }
            let (found, _, rules) = compare::compare(request, exchange, None);
            self.proven.count(request, exchange);
            self.proven.rules.extend(rules);
            if !found.is_empty() {
                again.push((request, exchange.clone()));
            }
        }
        again
    }

    /// Takes the answers to what was asked once more in. Gives what still differs and has to be asked more often, since the script
    /// draws lots.
    pub fn take_again<'r>(&mut self, first: &[(&'r Request, Exchange)], again: &[Exchange]) -> Vec<ByChance<'r>> {
        let mut left = Vec::new();
        for ((request, exchange), again) in first.iter().zip(again) {
            let mut again = again.clone();
            // It came to be compared the first time.
            let _ = self.through_the_gateway(request, &mut again);
            let (found, by_shape, _) = compare::compare(request, exchange, Some(&again));
            if !found.is_empty() && self.draws_lots() {
                left.push(ByChance { request, first: exchange.clone(), seen: Seen::default(), found });
                continue;
            }
            self.proven.by_shape += usize::from(by_shape && found.is_empty());
            found.into_iter().for_each(|one| self.proven.differ(one));
        }
        left
    }

    /// Takes answers to what was left in. Gives what is left then: nothing is, once each side gave the very answer that the other one gave
    /// first, to the same request.
    pub fn take_chances<'r>(&mut self, left: Vec<ByChance<'r>>, answers: &[Exchange]) -> Vec<ByChance<'r>> {
        let mut still = Vec::new();
        for (mut one, exchange) in left.into_iter().zip(answers) {
            let mut more = exchange.clone();
            let _ = self.through_the_gateway(one.request, &mut more);
            let same = |original: &Answer, converted: &Answer| {
                let exchange = Exchange { original: original.clone(), converted: converted.clone() };
                compare::compare(one.request, &exchange, None).0.is_empty()
            };
            one.seen.original |= same(&more.original, &one.first.converted);
            one.seen.converted |= same(&one.first.original, &more.converted);
            if one.seen == (Seen { original: true, converted: true }) {
                self.proven.by_shape += 1;
            } else {
                still.push(one);
            }
        }
        still
    }

    /// What was left to the end differs.
    pub fn give_up(&mut self, left: Vec<ByChance<'_>>) {
        left.into_iter().flat_map(|one| one.found).for_each(|one| self.proven.differ(one));
    }

    /// Whether its script decides something by chance.
    fn draws_lots(&self) -> bool {
        const LOTS: [&str; 2] = ["Math.random", "getRandomValues"];
        self.original.scripts.iter().any(|script| LOTS.iter().any(|lot| script.contains(lot)))
    }

    /// Takes what both did at a trigger in.
    pub fn take_runs(&mut self, cron: &str, runs: &Runs) {
        self.proven.take_runs(cron, runs);
    }

    /// What came of it.
    ///
    /// # Errors
    /// When nothing is shown by it.
    pub fn finish(self) -> Result<Proven, Unproven> {
        match self.proven.shows_nothing(self.serves) {
            None => Ok(self.proven),
            Some(reason) => Err(Unproven { source: self.proven.source, reason }),
        }
    }

    /// Fills in what the gateway answers by itself, and what it does to an answer from behind it.
    fn through_the_gateway(&self, request: &Request, exchange: &mut Exchange) -> Came {
        if self.is_real {
            return Came::Compared;
        }
        let runs = self.context.is_some();
        match self.gateway.take(request) {
            Taken::Unsaid => return Came::Unsaid,
            Taken::Answered(answer) => exchange.converted = answer,
            Taken::Backend(laid) if runs => laid.over(&mut exchange.converted),
            Taken::Backend(_) | Taken::Elsewhere => return Came::Elsewhere("a route leads to what is not its script"),
            Taken::Nobody if runs => return Came::Elsewhere("no route leads there"),
            Taken::Nobody => exchange.converted = Answer { status: 404, ..Answer::default() },
        }
        Came::Compared
    }
}

/// What comes of an answer.
enum Came {
    /// It is compared with the original's.
    Compared,
    /// What the gateway does, nobody says.
    Unsaid,
    /// It does not come from what is to be proven.
    Elsewhere(&'static str),
}

/// Holds the routes to those of Cloudflare: what Cloudflare gives to somebody else, no route may take. The original is not asked: it never
/// gets these requests.
fn outside(requests: &[Request], gateway: &Gateway, proven: &mut Proven) {
    for request in requests {
        let mut asked = request.clone();
        // What is refused for the name of a header is taken by no route.
        asked.headers.retain(|(name, _)| !name.contains('_'));
        let taken = gateway.take(&asked);
        if taken == Taken::Unsaid {
            proven.unsaid += 1;
            continue;
        }
        proven.outside += 1;
        let converted = match taken {
            Taken::Nobody | Taken::Unsaid => continue,
            Taken::Backend(_) => "a route leads to it".to_owned(),
            Taken::Elsewhere => "a route leads elsewhere".to_owned(),
            Taken::Answered(answer) => format!("a route answers with {}", answer.status),
        };
        let (request, what) = (request.shown(), "route".to_owned());
        let original = "no route of Cloudflare leads to it".to_owned();
        proven.differ(Difference { request, what, original, converted });
    }
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

#[cfg(test)]
mod tests;
