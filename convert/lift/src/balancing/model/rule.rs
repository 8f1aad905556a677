//! A listener's rule, with what of it the gateway can say.

use super::glob::Glob;
use super::path::Path;
use std::collections::BTreeMap;

/// What a request must be for the rule; each part that is empty takes everything.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub(in crate::balancing) struct Conditions {
    /// In lower case, perhaps with wildcards.
    pub(in crate::balancing) hosts: Vec<String>,
    pub(in crate::balancing) paths: Vec<Path>,
    pub(in crate::balancing) methods: Vec<String>,
    /// Name → any of these, without regard to case.
    pub(in crate::balancing) headers: BTreeMap<String, Vec<Glob>>,
    /// One of these sets of parameters, each whole, without regard to case.
    pub(in crate::balancing) queries: Vec<BTreeMap<String, Glob>>,
}

/// What a rule does with a request.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(in crate::balancing) enum Outcome {
    /// It goes to this target group.
    Group(String),
    /// The balancer answers by itself; the number tells answers apart.
    Answer(usize),
    /// Nobody answers: so it is where nothing else can be said.
    Closed,
}

/// A rule of a listener; the default action is the last one, without conditions.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(in crate::balancing) struct Rule {
    /// What can be said of its conditions: it takes at least what the rule takes.
    pub(in crate::balancing) conditions: Conditions,
    /// Whether all of its conditions are said.
    pub(in crate::balancing) said: bool,
    /// Whether it is none on the gateway, by a person's answer: what it took goes on to the rules behind it.
    pub(in crate::balancing) is_gone: bool,
    /// Whether something other than its conditions has to be answered before anybody comes by it (a login, a rewrite, weights): it may
    /// be closed where another rule to the same group is open.
    pub(in crate::balancing) is_asked: bool,
    /// Whether what it forwards is surely served by some app, as nothing is asked about it before. Of a workload's own rule its
    /// [`Share`](super::Share) says so.
    pub(in crate::balancing) is_sure: bool,
    pub(in crate::balancing) outcome: Outcome,
    /// The host that a redirect sends callers to, where it names one; `#{host}` in it is that of the request.
    pub(in crate::balancing) leads_to: Option<String>,
}

impl Rule {
    /// Whether nothing of its hosts comes to a rule behind it.
    pub(super) fn takes_the_rest(&self) -> bool {
        self.said && !self.is_gone && self.conditions.is_open()
    }
}

/// The header that carries a request's host, under this name also where HTTP/2 calls it `:authority` (Envoy). By it one host
/// of many is told at a wildcard.
pub(in crate::balancing) const HOST_HEADER: &str = "host";

impl Conditions {
    /// Names the hosts that it takes, in lower case. What is no name of the gateway's, as `api-*.example.com`, is
    /// compared with the header, at the names and wildcards that it meets; names of AWS are in no request there.
    pub(in crate::balancing) fn name_hosts(&mut self, hosts: Vec<String>) {
        let led = || hosts.iter().filter(|host| !is_of_aws(host));
        if led().any(|host| is_pattern(host)) {
            self.headers.insert(HOST_HEADER.to_owned(), led().map(|host| Glob::plain(host)).collect());
        }
        self.hosts = hosts;
    }

    /// Whether it compares the host by the header.
    pub(in crate::balancing) fn is_by_header(&self) -> bool {
        self.headers.contains_key(HOST_HEADER)
    }

    /// The paths, at least one.
    pub(super) fn all_paths(&self) -> Vec<Path> {
        if self.paths.is_empty() { vec![Path::any()] } else { self.paths.clone() }
    }

    /// Whether it takes every request of its hosts.
    pub(super) fn is_open(&self) -> bool {
        let paths = self.paths.is_empty() || self.paths.iter().any(Path::is_any);
        paths && self.methods.is_empty() && self.headers.is_empty() && self.queries.is_empty()
    }

    /// Whether it surely takes every request of the other's, at the hosts of both.
    pub(in crate::balancing) fn takes_all_of(&self, other: &Self) -> bool {
        let takes = |path: &Path| self.all_paths().iter().any(|own| own.is_any() || own == path);
        let paths = other.all_paths().iter().all(takes);
        paths && self.methods.is_empty() && self.headers.is_empty() && self.queries.is_empty()
    }

    /// Whether it takes requests of this host, which may be a wildcard itself.
    pub(in crate::balancing) fn takes_host(&self, host: &str) -> bool {
        self.hosts.is_empty() || self.hosts.iter().any(|pattern| covers(pattern, host))
    }

    /// Whether it may take requests for this path.
    pub(in crate::balancing) fn takes_path(&self, path: &str) -> bool {
        let wanted = Glob::plain(path);
        self.all_paths().iter().any(|own| own.globs.iter().any(|glob| glob.meets(&wanted)))
    }

    /// Whether a request without regard to its host may fulfil both. When in doubt it may.
    pub(in crate::balancing) fn meets(&self, other: &Self) -> bool {
        let methods = self.methods.is_empty()
            || other.methods.is_empty()
            || self.methods.iter().any(|method| other.methods.contains(method));
        let hosts = match (self.headers.get(HOST_HEADER), other.headers.get(HOST_HEADER)) {
            (Some(own), Some(others)) => own.iter().any(|a| others.iter().any(|b| a.meets(b))),
            _ => true,
        };
        methods && hosts && self.all_paths().iter().any(|a| other.all_paths().iter().any(|b| a.meets(b)))
    }
}

/// Whether a host can be had on the gateway: plain, or with a star as its whole first label, and no IP address.
pub(in crate::balancing) fn is_host(value: &str) -> bool {
    let rest = value.strip_prefix("*.").unwrap_or(value);
    let label = |label: &str| {
        !label.is_empty()
            && label.len() <= 63
            && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    let address = rest.parse::<std::net::IpAddr>().is_ok();
    rest.contains('.') && value.len() <= 253 && rest.split('.').all(label) && !address
}

/// Whether a host, perhaps with wildcards, is a name that AWS makes for its own: a load balancer's, a distribution's, an API's. Nobody can
/// lead one of these to the gateway, and no certificate is made for it.
pub(in crate::balancing) fn is_of_aws(host: &str) -> bool {
    caravan_inventory::is_made_by_aws(host)
}

/// Whether a condition's host is none that a gateway can have, and is compared with the header of a request: a star or `?`
/// stands elsewhere than as its whole first label, or it is no name of DNS (`my_app.example.com`, an address).
pub(in crate::balancing) fn is_pattern(host: &str) -> bool {
    !is_host(host)
}

/// Whether every name of a pattern stands below a wildcard, `*.` at its front.
pub(in crate::balancing) fn is_below(pattern: &str, wildcard: &str) -> bool {
    wildcard.strip_prefix('*').is_some_and(|suffix| pattern.len() > suffix.len() && pattern.ends_with(suffix))
}

/// Whether a host, perhaps with `*.` at the front, is one of `pattern`: a wildcard at the front takes any number of labels,
/// on the balancer and on the gateway. A pattern that the gateway does not know takes the host when in doubt.
pub(in crate::balancing) fn covers(pattern: &str, host: &str) -> bool {
    let known = |pattern: &str| !pattern.contains(['*', '?']);
    match pattern.strip_prefix('*') {
        _ if known(pattern) && is_host(pattern) => pattern == host,
        Some(suffix) if suffix.starts_with('.') && known(suffix) => {
            let name = host.strip_prefix('*').unwrap_or(host);
            name.ends_with(suffix) && (host.starts_with('*') || name.len() > suffix.len())
        }
        _ => Glob::plain(pattern).meets(&Glob::plain(host)),
    }
}
