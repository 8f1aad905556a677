//! The requests of a proof: from the hosts, paths, methods, headers, queries and bodies that a script tells apart.

use crate::bodies::carried;
use crate::candidates;
use crate::gateway::Gateway;
use crate::invented::Invented;
use crate::literals::{self, Literals, Part};
use crate::original::Original;
use serde::Serialize;
use std::collections::BTreeSet;

/// As many requests as one Worker is asked; which are left out is said by their number.
const MOST: usize = 900;
/// As many requests for paths of one host that lead to somebody else are held to the routes.
const OUTSIDE: usize = 40;
/// Methods that are tried in any case.
const METHODS: [&str; 6] = ["HEAD", "POST", "OPTIONS", "PUT", "DELETE", "PATCH"];
/// What whoever the script asks answers with.
const OTHERS: [&str; 4] = ["data", "missing", "failing", "moved"];

/// One request, as the runner takes it.
#[derive(Clone, Debug, Default, Eq, Ord, PartialEq, PartialOrd, Serialize)]
pub struct Request {
    /// Its method.
    pub method: String,
    /// The whole address, the path and the query as they are sent.
    pub url: String,
    /// Headers, without `Host`.
    pub headers: Vec<(String, String)>,
    /// Its body by base64; none where there is none.
    pub body: Option<String>,
    /// What is said where it opens a socket; an ordinary request says nothing.
    pub messages: Vec<String>,
    /// What those answer with whom the script asks meanwhile: `page`, `data`, `missing`, `failing`, `moved`.
    pub others: String,
}

/// What is asked of one Worker.
#[derive(Clone, Debug, Default)]
pub struct Suggested {
    /// In the order in which they are asked.
    pub requests: Vec<Request>,
    /// Those that Cloudflare gives to somebody else: the original is not asked, and no route may take them.
    pub outside: Vec<Request>,
    /// How many more its script suggests.
    pub left_out: usize,
    /// Whether it goes on after its answers.
    pub waits: bool,
}

impl Request {
    /// A request without a body.
    #[must_use]
    pub fn new(method: &str, url: String) -> Self {
        Self { method: method.to_owned(), url, others: "page".to_owned(), ..Self::default() }
    }

    /// `http` or `https`.
    #[must_use]
    pub fn scheme(&self) -> &str {
        self.url.split_once("://").map_or("https", |(scheme, _)| scheme)
    }

    /// The host, with a port where there is one.
    #[must_use]
    pub fn host(&self) -> &str {
        let rest = self.url.split_once("://").map_or(self.url.as_str(), |(_, rest)| rest);
        rest.split(['/', '?']).next().unwrap_or_default()
    }

    /// The host without its port, in small letters.
    pub(crate) fn bare_host(&self) -> String {
        self.host().split(':').next().unwrap_or_default().to_ascii_lowercase()
    }

    /// The path, and the query where there is one.
    #[must_use]
    pub fn path_and_query(&self) -> (&str, Option<&str>) {
        let rest = self.url.split_once("://").map_or(self.url.as_str(), |(_, rest)| rest);
        let at = rest.find(['/', '?']).unwrap_or(rest.len());
        let target = &rest[at..];
        let (path, query) = target.split_once('?').map_or((target, None), |(path, query)| (path, Some(query)));
        (if path.is_empty() { "/" } else { path }, query)
    }

    /// A header, several of one name as one.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<String> {
        let all = self.headers.iter().filter(|(known, _)| known.eq_ignore_ascii_case(name));
        let all: Vec<&str> = all.map(|(_, value)| value.as_str()).collect();
        (!all.is_empty()).then(|| all.join(","))
    }

    /// As people read it.
    #[must_use]
    pub fn shown(&self) -> String {
        let mut out = format!("{} {}", self.method, self.url);
        for (name, value) in &self.headers {
            out += &format!(" [{name}: {value}]");
        }
        if self.body.is_some() {
            out += " with a body";
        }
        if self.others != "page" {
            out += &format!(" (others answer: {})", self.others);
        }
        out
    }
}

/// The requests that a Worker's script suggests. `gateway` has the hosts that lead to what was made of it.
#[must_use]
pub fn suggested(original: &Original, gateway: Option<&Gateway>, invented: &Invented) -> Suggested {
    let literals = literals::read(&original.scripts);
    let hosts = candidates::hosts(original, gateway, &literals);
    let mut set = Set { original, all: Vec::new(), seen: BTreeSet::new() };
    let paths = candidates::paths(&literals);
    let mut outside = Vec::new();
    for host in &hosts {
        let own = own_paths(original, host, &paths);
        outside.extend(paths_outside(original, host, &paths));
        set.of_host(host, &own, &literals, &invented.values());
    }
    let Set { mut all, .. } = set;
    // Of too many every path stays, and of the rest each n-th.
    let left_out = all.len().saturating_sub(MOST);
    if left_out > 0 {
        let weights: Vec<usize> = all.iter().map(|(weight, _)| *weight).collect();
        let mut order: Vec<usize> = (0..all.len()).collect();
        order.sort_by_key(|at| (weights[*at], spread(*at, all.len())));
        let kept: BTreeSet<usize> = order.into_iter().take(MOST).collect();
        let mut at = 0;
        all.retain(|_| {
            at += 1;
            kept.contains(&(at - 1))
        });
    }
    let requests = all.into_iter().map(|(_, request)| request).collect();
    Suggested { requests, outside, left_out, waits: literals.waits }
}

/// An order in which the first n of any are spread over all.
fn spread(at: usize, of: usize) -> usize {
    (at.wrapping_mul(7919)) % of.max(1)
}

/// The paths, and with each of a route what it takes.
fn own_paths(original: &Original, host: &str, paths: &[String]) -> Vec<String> {
    let own: Vec<_> = original.patterns.iter().filter(|pattern| pattern.is_of(host)).collect();
    let begins = own.iter().map(|pattern| pattern.begin().to_owned()).filter(|begin| begin.starts_with('/'));
    let mut out: Vec<String> = begins.chain(paths.iter().cloned()).collect();
    out.retain(|path| own.is_empty() || own.iter().any(|pattern| pattern.takes(path)));
    let mut seen = BTreeSet::new();
    out.retain(|path| seen.insert(path.clone()));
    out
}

/// Requests for paths of a host that its routes do not take: those right beside what they take, and those that the script knows.
fn paths_outside(original: &Original, host: &str, paths: &[String]) -> Vec<Request> {
    let begins = original.patterns.iter().filter(|pattern| pattern.is_of(host)).map(|pattern| pattern.begin());
    let mut beside = vec!["/".to_owned(), "/nowhere".to_owned()];
    for begin in begins.filter(|begin| begin.starts_with('/')) {
        let parent = begin.trim_end_matches('/').rsplit_once('/').map_or("", |(parent, _)| parent);
        let shorter = begin.char_indices().next_back().map_or("", |(at, _)| &begin[..at]);
        beside.extend([begin.trim_end_matches('/'), parent, shorter].map(str::to_owned));
        beside.extend([format!("{parent}/"), format!("{begin}x"), format!("{begin}/x"), format!("{shorter}0")]);
    }
    let mut seen = BTreeSet::new();
    let all = beside.into_iter().chain(paths.iter().cloned()).filter(|path| path.starts_with('/'));
    let requests = all.map(|path| Request::new("GET", format!("https://{host}{path}")));
    requests.filter(|request| !original.takes(request) && seen.insert(request.clone())).take(OUTSIDE).collect()
}

struct Set<'o> {
    original: &'o Original,
    /// Each with how soon it is left out where there are too many: 0 never, as long as it can be.
    all: Vec<(usize, Request)>,
    seen: BTreeSet<Request>,
}

impl Set<'_> {
    fn add(&mut self, weight: usize, request: Request) {
        if self.seen.insert(request.clone()) {
            self.all.push((weight, request));
        }
    }

    fn of_host(&mut self, host: &str, paths: &[String], literals: &Literals, secrets: &[String]) {
        let get = |path: &str| Request::new("GET", format!("https://{host}{path}"));
        for path in paths {
            self.add(0, get(path));
        }
        for path in paths {
            self.add(1, get(&format!("{path}?q=1&r=a%20b")));
            let other = if path.ends_with('/') { path.trim_end_matches('/').to_owned() } else { format!("{path}/") };
            if !other.is_empty() && !self.original_has_parts(host) {
                self.add(1, get(&other));
                self.add(3, get(&path.to_ascii_uppercase()));
                self.add(3, get(&format!("{path}x")));
            }
        }
        self.methods(host, paths, literals);
        self.parts(host, paths, literals, secrets);
        if literals.fetches {
            for path in paths {
                for others in OTHERS {
                    self.add(2, Request { others: others.to_owned(), ..get(path) });
                }
            }
        }
        if literals.sockets {
            let messages = candidates::values(&Part::Field(String::new()), literals, self.original, secrets);
            let messages: Vec<String> =
                messages.into_iter().take(12).chain(["{\"type\":\"ping\"}".to_owned()]).collect();
            for path in paths.iter().take(12) {
                self.add(0, Request { messages: messages.clone(), ..get(path) });
            }
        }
    }

    /// Whether only some paths of a host lead to the Worker: what is made of them might not.
    fn original_has_parts(&self, host: &str) -> bool {
        let mut own = self.original.patterns.iter().filter(|pattern| pattern.is_of(host)).peekable();
        own.peek().is_some() && !own.any(|pattern| pattern.begin() == "/" && pattern.takes("/any"))
    }

    fn methods(&mut self, host: &str, paths: &[String], literals: &Literals) {
        let named = literals.values.get(&Part::Method).cloned().unwrap_or_default();
        let bodies = candidates::bodies(literals);
        let all: Vec<String> = named.iter().cloned().chain(METHODS.map(str::to_owned)).collect();
        let all: BTreeSet<String> = all.into_iter().filter(|method| is_method(method)).collect();
        for method in all.iter().filter(|method| *method != "GET") {
            for (at, path) in paths.iter().enumerate() {
                let weight = if named.contains(method) { 1 } else { 2 };
                let request = Request::new(method, format!("https://{host}{path}"));
                if !matches!(method.as_str(), "POST" | "PUT" | "PATCH") {
                    self.add(weight, request);
                    continue;
                }
                for (kind, body) in bodies.iter().take(if literals.bodies { bodies.len() } else { 1 }) {
                    let headers = vec![("Content-Type".to_owned(), (*kind).to_owned())];
                    let body = Some(carried(body.as_bytes()));
                    self.add(weight + at / 20, Request { headers, body, ..request.clone() });
                }
            }
        }
        if named.contains("OPTIONS") || literals.texts.iter().any(|text| text.starts_with("Access-Control")) {
            let headers = [("Origin", "https://other.example.org"), ("Access-Control-Request-Method", "POST")];
            let headers: Vec<(String, String)> =
                headers.map(|(name, value)| (name.to_owned(), value.to_owned())).into();
            for path in paths.iter().take(10) {
                self.add(
                    1,
                    Request { headers: headers.clone(), ..Request::new("OPTIONS", format!("https://{host}{path}")) },
                );
            }
        }
    }

    /// Each header and each field of a query with each of its values, on every path as far as there is room.
    fn parts(&mut self, host: &str, paths: &[String], literals: &Literals, secrets: &[String]) {
        let methods = literals.values.get(&Part::Method).cloned().unwrap_or_default();
        let mut together: Vec<(String, String)> = Vec::new();
        let mut query: Vec<String> = Vec::new();
        for part in literals.values.keys() {
            let values = candidates::values(part, literals, self.original, secrets);
            for (at, value) in values.iter().enumerate() {
                for (place, path) in paths.iter().enumerate() {
                    let weight = if place < 3 { 1 } else { 2 + at / 4 };
                    let url = format!("https://{host}{path}");
                    match part {
                        Part::Header(name) => {
                            let headers = vec![(name.clone(), value.clone())];
                            self.add(weight, Request { headers: headers.clone(), ..Request::new("GET", url.clone()) });
                            for method in methods.iter().filter(|method| is_method(method) && *method != "GET") {
                                let request = Request::new(method, url.clone());
                                self.add(weight + 2, Request { headers: headers.clone(), ..request });
                            }
                        }
                        Part::Query(name) | Part::Field(name) => {
                            let pair = format!("{}={}", candidates::encoded(name), candidates::encoded(value));
                            self.add(weight, Request::new("GET", format!("{url}?{pair}")));
                        }
                        Part::Method | Part::Host | Part::Path => {}
                    }
                }
            }
            match (part, values.first()) {
                (Part::Header(name), Some(value)) => together.push((name.clone(), value.clone())),
                (Part::Query(name), Some(value)) => {
                    query.push(format!("{}={}", candidates::encoded(name), candidates::encoded(value)));
                }
                _ => {}
            }
        }
        for path in paths {
            if together.len() + query.len() > 1 {
                let query = if query.is_empty() { String::new() } else { format!("?{}", query.join("&")) };
                let request = Request::new("GET", format!("https://{host}{path}{query}"));
                self.add(1, Request { headers: together.clone(), ..request });
            }
        }
    }
}

fn is_method(text: &str) -> bool {
    (3..=10).contains(&text.len())
        && text.bytes().all(|b| b.is_ascii_uppercase())
        && !matches!(text, "CONNECT" | "TRACE" | "TRACK")
}
