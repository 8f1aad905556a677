//! A model of the gateway over the routes that were emitted: which rule takes a request, and what it answers by itself.
//!
//! Envoy tries the rules of the most specific host that takes the request, and of no other. Among these exact paths come before regular
//! expressions and those before prefixes, of one form the longer first, then more headers (the method is one), then more exact ones
//! (Gateway API, HTTPRouteRule; Envoy Gateway, `internal/gatewayapi/sort.go`). `tests/it/workers/gateway.rs` holds it to the real one.

mod answers;
mod kinds;
mod rules;

use crate::answer::Answer;
use crate::requests::Request;
use crate::route_patterns::takes_host;
use answers::Does;
pub use answers::Laid;
use rules::Match;
use serde_json::Value;
use std::collections::BTreeSet;

/// Routes that can't be tried.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum GatewayError {
    /// A regular expression that the gateway would not take either.
    #[error("the route {route} has a regular expression that is none: {text}")]
    Expression {
        /// Its name.
        route: String,
        /// The expression.
        text: String,
    },
    /// Something of a route that is not known here.
    #[error(
        "the route {route} has what the model of the gateway does not know ({what}): name a real one with `--gateway URL`"
    )]
    Unknown {
        /// Its name.
        route: String,
        /// What.
        what: String,
    },
}

/// What becomes of a request.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Taken {
    /// The gateway answers by itself.
    Answered(Answer),
    /// It goes on to the app's own Service, whose answer gets these headers.
    Backend(Laid),
    /// It goes on to something that is not the app's, or a rule without a backend fails it.
    Elsewhere,
    /// No route takes it.
    Nobody,
    /// The gateway writes its path anew before it looks, and the model does not.
    Unsaid,
}

/// The routes of one app.
#[derive(Clone, Debug, Default)]
pub struct Gateway {
    /// Every host that a route names.
    hosts: BTreeSet<String>,
    /// None where nothing is said of what becomes of requests.
    rules: Option<Vec<Rule>>,
}

#[derive(Clone, Debug)]
struct Rule {
    hosts: Vec<String>,
    matches: Vec<Match>,
    does: Does,
}

impl Gateway {
    /// The gateway with the HTTPRoutes and filters among these manifests.
    ///
    /// # Errors
    /// When one of them is none that the model can try.
    pub fn of(manifests: &[Value]) -> Result<Self, GatewayError> {
        kinds::known(manifests)?;
        let mut rules = Vec::new();
        for route in routes(manifests) {
            let name = route["metadata"]["name"].as_str().unwrap_or_default();
            for rule in route["spec"]["rules"].as_array().into_iter().flatten() {
                let (matches, does) = (rules::matches(name, rule)?, answers::of(name, rule, manifests)?);
                rules.push(Rule { hosts: hosts(route), matches, does });
            }
        }
        Ok(Self { rules: Some(rules), ..Self::unsaid(manifests) })
    }

    /// The hosts of the routes alone: what becomes of a request, a real gateway knows.
    #[must_use]
    pub fn unsaid(manifests: &[Value]) -> Self {
        Self { hosts: routes(manifests).flat_map(hosts).collect(), rules: None }
    }

    /// Whether there is no route at all.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.hosts.is_empty()
    }

    /// Every host that a route names.
    pub(crate) fn hosts(&self) -> Vec<String> {
        self.hosts.iter().cloned().collect()
    }

    /// What becomes of a request.
    #[must_use]
    pub fn take(&self, request: &Request) -> Taken {
        let host = request.host().split(':').next().unwrap_or_default().to_ascii_lowercase();
        let (path, query) = request.path_and_query();
        let Some(rules) = &self.rules else { return Taken::Unsaid };
        if let Some(answer) = refused(request) {
            return Taken::Answered(answer);
        }
        if is_rewritten(path) {
            return Taken::Unsaid;
        }
        // An exact host before any wildcard, of those the longest.
        let named = rules.iter().flat_map(|rule| &rule.hosts).filter(|one| takes_host(one, &host));
        let Some(by) = named.max_by_key(|one| (!one.starts_with('*'), one.len())) else { return Taken::Nobody };
        let mut best: Option<(rules::Rank, &Rule)> = None;
        for rule in rules.iter().filter(|rule| rule.hosts.contains(by)) {
            for one in rule.matches.iter().filter(|one| one.takes(request, path)) {
                if best.as_ref().is_none_or(|(known, _)| one.rank() > *known) {
                    best = Some((one.rank(), rule));
                }
            }
        }
        match best {
            None => Taken::Nobody,
            Some((_, rule)) => rule.does.taken(request, path, query),
        }
    }
}

fn routes(manifests: &[Value]) -> impl Iterator<Item = &Value> {
    manifests.iter().filter(|one| one["kind"] == "HTTPRoute")
}

fn hosts(route: &Value) -> Vec<String> {
    let hosts = route["spec"]["hostnames"].as_array().into_iter().flatten();
    hosts.filter_map(Value::as_str).map(str::to_owned).collect()
}

/// The answer to a request that the gateway takes for none: with an underscore in the name of a header, unless somebody allows it (Envoy
/// Gateway 1.9, ClientTrafficPolicy, `headers.withUnderscoresAction`: `RejectRequest` where nothing is said).
fn refused(request: &Request) -> Option<Answer> {
    let underscore = request.headers.iter().any(|(name, _)| name.contains('_'));
    underscore.then(|| Answer { status: 400, ..Answer::default() })
}

/// Whether the gateway writes a path anew (Envoy, `normalize_path`, `merge_slashes`, `UNESCAPE_AND_REDIRECT`).
fn is_rewritten(path: &str) -> bool {
    let dots = path.split('/').any(|step| matches!(step, "." | ".."));
    let decoded = path.match_indices('%').any(|(at, _)| {
        let code = path.get(at + 1..at + 3).and_then(|code| u8::from_str_radix(code, 16).ok());
        code.is_some_and(|code| code.is_ascii_alphanumeric() || b"-._~/\\".contains(&code))
    });
    dots || decoded || path.contains("//") || path.contains('\\')
}

#[cfg(test)]
mod tests;
