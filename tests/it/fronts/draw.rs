//! Requests drawn from the rules of a listener: such as a rule takes, and such as just miss it.

use super::rules::{Listener, Request};
use serde_json::Value;

/// A request near one of the listener's rules, at a host that leads to it.
pub(crate) fn request(random: &mut Random, listener: &Listener, rule: usize) -> Request {
    let mut request = Request { method: "GET".to_owned(), host: host(random, listener), ..Request::default() };
    request.path = ["/", "/a", "/events", "/api/v2/x", "/healthz"][random.below(5)].to_owned();
    for condition in listener.rules[rule]["Conditions"].as_array().unwrap() {
        // One in nine misses one condition.
        if random.below(9) > 0 {
            meet(random, condition, &mut request);
        }
    }
    match random.below(8) {
        0 => request.path.push_str("/more"),
        1 => request.path = request.path.to_ascii_uppercase(),
        2 => request.method = ["GET", "POST", "PUT", "DELETE"][random.below(4)].to_owned(),
        3 => request.query.push(("page".to_owned(), "2".to_owned())),
        4 => request.headers.push(("x-other".to_owned(), "1".to_owned())),
        5 if request.path.len() > 1 => drop(request.path.pop()),
        _ => {}
    }
    // The gateway takes both out before it looks at its routes.
    while request.path.contains("//") {
        request.path = request.path.replace("//", "/");
    }
    request
}

fn meet(random: &mut Random, condition: &Value, request: &mut Request) {
    let kinds =
        ["HostHeaderConfig", "PathPatternConfig", "HttpRequestMethodConfig", "HttpHeaderConfig", "QueryStringConfig"];
    let Some(config) = kinds.into_iter().map(|kind| &condition[kind]).find(|config| !config.is_null()) else { return };
    let values = config["Values"].as_array().unwrap();
    let value = &values[random.below(values.len())];
    let text = |random: &mut Random, value: &Value| fill(random, value.as_str().unwrap());
    match condition["Field"].as_str().unwrap() {
        "host-header" => request.host = text(random, value).to_ascii_lowercase(),
        "path-pattern" => {
            let path = text(random, value);
            request.path = if path.starts_with('/') { path } else { format!("/{path}") };
        }
        "http-request-method" => request.method = text(random, value),
        "http-header" => {
            let value = text(random, value);
            let name = config["HttpHeaderName"].as_str().unwrap().to_owned();
            request.headers.push((name, if random.below(2) == 0 { value.to_ascii_uppercase() } else { value }));
        }
        _ => {
            let (key, value) = (value["Key"].as_str().unwrap().to_owned(), text(random, &value["Value"]));
            request.query.push((key, if random.below(2) == 0 { value.to_ascii_uppercase() } else { value }));
        }
    }
}

/// A name that leads to the listener: one that its zone has, or that a rule names.
pub(crate) fn host(random: &mut Random, listener: &Listener) -> String {
    let at = random.below(listener.hosts.len());
    fill(random, &listener.hosts[at])
}

/// A text that the pattern matches.
fn fill(random: &mut Random, pattern: &str) -> String {
    let words = ["a", "royal", "42", "x", "api", "internal", "pdf", "health"];
    let mut out = String::new();
    for character in pattern.chars() {
        match character {
            '*' => out.push_str(words[random.below(words.len())]),
            '?' => out.push(char::from(b'a' + u8::try_from(random.below(26)).unwrap())),
            other => out.push(other),
        }
    }
    out
}

/// Numbers that are the same in every run (SplitMix64).
pub(crate) struct Random(pub(crate) u64);

impl Random {
    pub(crate) fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((mixed ^ (mixed >> 31)) % u64::try_from(bound).unwrap()).unwrap()
    }
}
