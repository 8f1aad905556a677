//! What has to be the same of two answers. Whatever is left out is left out by a rule with a name.

use crate::answer::{Answer, Asked, Exchange};
use crate::bodies;
use crate::requests::Request;
use crate::shape::alike;
use schemars::JsonSchema;
use serde::Serialize;
use std::collections::BTreeSet;

/// Why a header is not compared.
#[derive(Clone, Copy, Debug, Eq, JsonSchema, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Rule {
    /// It is of the connection, or of how a body is sent; bodies are compared decoded.
    OfTheConnection,
    /// Cloudflare writes it into what its Workers ask, and nobody else does.
    OfCloudflare,
    /// A gateway writes it into answers.
    OfTheGateway,
}

/// Headers of one connection, of the clock, or of the encoding of what is sent.
const CONNECTION: [&str; 12] = [
    "connection",
    "content-encoding",
    "content-length",
    "date",
    "keep-alive",
    "sec-websocket-accept",
    "server",
    "transfer-encoding",
    "upgrade",
    "host",
    "sec-websocket-extensions",
    "via",
];
/// What Cloudflare adds to the requests of a script, or to those that a script sends on.
const CLOUDFLARE: [&str; 4] = ["accept-encoding", "cdn-loop", "x-forwarded-proto", "x-real-ip"];
/// What Envoy adds to answers.
const GATEWAY: [&str; 2] = ["alt-svc", "x-request-id"];

/// Why a header of an answer is not compared; none where it is.
fn rule_of_answer(name: &str) -> Option<Rule> {
    if CONNECTION.contains(&name) {
        return Some(Rule::OfTheConnection);
    }
    (GATEWAY.contains(&name) || name.starts_with("x-envoy-")).then_some(Rule::OfTheGateway)
}

/// The same of a request that a script makes.
fn rule_of_asked(name: &str) -> Option<Rule> {
    if CONNECTION.contains(&name) {
        return Some(Rule::OfTheConnection);
    }
    let cloudflare = CLOUDFLARE.contains(&name) || name.starts_with("cf-") || name.starts_with("x-forwarded-");
    (cloudflare || name.starts_with("x-envoy-") || GATEWAY.contains(&name)).then_some(Rule::OfCloudflare)
}

/// One thing that is not the same.
#[derive(Clone, Debug, Eq, JsonSchema, Ord, PartialEq, PartialOrd, Serialize)]
pub struct Difference {
    /// The request, for a person.
    pub request: String,
    /// What differs: `status`, `body`, `header NAME`, `asked` (what the script asked of others), `answer`, `route`,
    /// `clock` (what runs it by the clock).
    pub what: String,
    /// What the original has.
    pub original: String,
    /// What the converted one has.
    pub converted: String,
}

/// What differs in the answers to one request. `again` are the answers to the same request once more: where the original's are not
/// the same twice, they are compared by their shape. Gives the differences, whether anything was compared by its shape, and the rules
/// by which headers were left out.
#[must_use]
pub fn compare(
    request: &Request,
    exchange: &Exchange,
    again: Option<&Exchange>,
) -> (Vec<Difference>, bool, BTreeSet<Rule>) {
    let mut comparing = Comparing { request, found: Vec::new(), by_shape: false, rules: BTreeSet::new() };
    comparing.answers(&exchange.original, &exchange.converted, again.map(|again| (&again.original, &again.converted)));
    (comparing.found, comparing.by_shape, comparing.rules)
}

struct Comparing<'r> {
    request: &'r Request,
    found: Vec<Difference>,
    by_shape: bool,
    rules: BTreeSet<Rule>,
}

impl Comparing<'_> {
    fn differ(&mut self, what: &str, original: String, converted: String) {
        let (request, what) = (self.request.shown(), what.to_owned());
        self.found.push(Difference { request, what, original, converted });
    }

    fn answers(&mut self, original: &Answer, converted: &Answer, again: Option<(&Answer, &Answer)>) {
        if original.error.is_some() || converted.error.is_some() {
            // Nothing was shown where neither answers.
            let said = |answer: &Answer| match &answer.error {
                Some(error) => format!("no answer: {error}"),
                None => format!("{}", answer.status),
            };
            return self.differ("answer", said(original), said(converted));
        }
        let threw = |answer: &Answer| if answer.threw { "threw".to_owned() } else { answer.status.to_string() };
        let (one, other) = (threw(original), threw(converted));
        // Every status has the same shape: one that changes is one of those that the original had.
        if one != other {
            match again.map(|(original, _)| threw(original)).filter(|again| *again == other) {
                Some(_) => self.by_shape = true,
                None => self.differ("status", one, other),
            }
        }
        // Without a body nobody can tell whether its script threw, and each runtime says that with headers of its own.
        if self.request.method == "HEAD" && original.status == 500 && converted.status == 500 {
            return self.asked(&original.asked, &converted.asked, again.map(asked_again));
        }
        let names: BTreeSet<&String> =
            original.headers.iter().chain(&converted.headers).map(|(name, _)| name).collect();
        for name in names {
            if let Some(rule) = rule_of_answer(name) {
                self.rules.insert(rule);
                continue;
            }
            let all = |answer: &Answer| shown(&answer.values(name));
            let again = again.map(|(one, other)| (all(one), all(other)));
            self.text(&format!("header {name}"), &all(original), &all(converted), again);
        }
        let (one, other) = (original.bytes(), converted.bytes());
        if one != other {
            let whole = |answer: &Answer| String::from_utf8_lossy(&answer.bytes()).into_owned();
            let again = again.map(|(one, other)| (whole(one), whole(other)));
            if is_alike(&whole(original), &whole(converted), again.as_ref()) {
                self.by_shape = true;
            } else {
                let (one, other) = bodies::shown(&one, &other);
                self.differ("body", one, other);
            }
        }
        self.asked(&original.asked, &converted.asked, again.map(asked_again));
    }

    fn text(&mut self, what: &str, original: &str, converted: &str, again: Option<(String, String)>) {
        if original == converted {
            return;
        }
        if is_alike(original, converted, again.as_ref()) {
            self.by_shape = true;
            return;
        }
        self.differ(what, original.to_owned(), converted.to_owned());
    }

    /// In any order: a script may ask several at once.
    fn asked(&mut self, original: &[Asked], converted: &[Asked], again: Option<(&[Asked], &[Asked])>) {
        let mut all = |asked: &[Asked]| {
            let mut all: Vec<String> = asked.iter().map(|one| self.one_asked(one)).collect();
            all.sort();
            all.join("; ")
        };
        let (one, other) = (all(original), all(converted));
        let again = again.map(|(one, other)| (all(one), all(other)));
        self.text("asked", &one, &other, again);
    }

    fn one_asked(&mut self, asked: &Asked) -> String {
        let mut out = format!("{:?} {} {}", asked.to, asked.method, asked.url);
        let mut headers: Vec<&(String, String)> = asked.headers.iter().collect();
        headers.sort();
        for (name, value) in headers {
            match rule_of_asked(name) {
                Some(rule) => drop(self.rules.insert(rule)),
                None => out += &format!(" [{name}: {value}]"),
            }
        }
        if !asked.body.is_empty() {
            out += &format!(" with {}", String::from_utf8_lossy(&bodies::bytes(&asked.body)));
        }
        out
    }
}

fn asked_again<'a>((original, converted): (&'a Answer, &'a Answer)) -> (&'a [Asked], &'a [Asked]) {
    (&original.asked, &converted.asked)
}

/// Whether a text that is another is one that the original may say, too: what it said again is not what it said first.
fn is_alike(original: &str, converted: &str, again: Option<&(String, String)>) -> bool {
    again.is_some_and(|(one, other)| one != original && alike(original, one, converted, Some(other)))
}

/// What differs between what two runs by the clock asked of others, and whether they went well.
pub(crate) fn compare_runs(cron: &str, runs: &crate::wire::Runs) -> Vec<Difference> {
    let request = Request {
        method: "scheduled".to_owned(),
        url: cron.to_owned(),
        others: "page".to_owned(),
        ..Request::default()
    };
    let mut comparing = Comparing { request: &request, found: Vec::new(), by_shape: false, rules: BTreeSet::new() };
    let said = |well: bool| if well { "went well" } else { "failed" };
    comparing.text("outcome", said(runs.original.well), said(runs.converted.well), None);
    comparing.asked(&runs.original.asked, &runs.converted.asked, None);
    comparing.found
}

fn shown(values: &[&str]) -> String {
    if values.is_empty() { "not there".to_owned() } else { values.join(" | ") }
}

#[cfg(test)]
mod tests {
    use super::{Rule, compare};
    use crate::answer::{Answer, Asked, Exchange};
    use crate::bodies::carried;
    use crate::requests::Request;

    fn answer(status: u16, headers: &[(&str, &str)], body: &str) -> Answer {
        let headers = headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        Answer { status, headers, body: carried(body.as_bytes()), ..Answer::default() }
    }

    fn found(original: Answer, converted: Answer, again: Option<Answer>) -> Vec<String> {
        let request = Request::new("GET", "https://a.example.com/".to_owned());
        let again = again.map(|original| Exchange { original, converted: Answer::default() });
        let (found, ..) = compare(&request, &Exchange { original, converted }, again.as_ref());
        found.into_iter().map(|one| one.what).collect()
    }

    #[test]
    fn status_headers_bodies_and_what_is_asked_are_compared() {
        let one = answer(200, &[("x-a", "1"), ("date", "now"), ("set-cookie", "a"), ("set-cookie", "b")], "body");
        assert!(found(one.clone(), one.clone(), None).is_empty());
        let later = answer(200, &[("x-a", "1"), ("date", "then"), ("set-cookie", "a"), ("set-cookie", "b")], "body");
        assert!(found(one.clone(), later, None).is_empty());
        let turned = answer(201, &[("x-a", "2"), ("set-cookie", "b"), ("set-cookie", "a")], "other");
        assert_eq!(found(one.clone(), turned, None), ["status", "header set-cookie", "header x-a", "body"]);
        let asked = |url: &str| vec![Asked { method: "GET".to_owned(), url: url.to_owned(), ..Asked::default() }];
        let (mut asks, mut asks_else) = (one.clone(), one.clone());
        asks.asked = asked("https://o.example.com/a");
        asks_else.asked = asked("https://o.example.com/b");
        assert_eq!(found(asks.clone(), asks_else, None), ["asked"]);
        assert_eq!(found(asks, one.clone(), None), ["asked"]);
        let failed = Answer { error: Some("refused".to_owned()), ..Answer::default() };
        assert_eq!(found(failed.clone(), failed, None), ["answer"]);
        let threw = Answer { threw: true, ..answer(500, &[], "") };
        assert_eq!(found(threw, answer(500, &[], ""), None), ["status"]);
    }

    #[test]
    fn what_is_new_each_time_is_compared_by_its_shape_alone() {
        let id = |id: &str| answer(200, &[("x-id", id)], &format!("{{\"id\": \"{id}\", \"name\": \"sample\"}}"));
        assert!(found(id("a1b2c3d4"), id("ffff0000"), Some(id("12345678"))).is_empty());
        // The same twice, and another one here.
        assert_eq!(found(id("a1b2c3d4"), id("ffff0000"), Some(id("a1b2c3d4"))), ["header x-id", "body"]);
        let other = answer(200, &[("x-id", "ffff0000")], "{\"id\": \"ffff0000\", \"title\": \"sample\"}");
        assert_eq!(found(id("a1b2c3d4"), other, Some(id("12345678"))), ["body"]);
    }

    #[test]
    fn one_random_word_frees_no_other_of_the_answer() {
        let of = |id: &str, rest: &str| answer(200, &[("x-id", id), ("x-limit", "10")], &format!("{id}: {rest}"));
        let one = || of("a1b2c3d4", "limit 10, price 9.99, feed");
        let again = || Some(of("5e6f7a8b", "limit 10, price 9.99, feed"));
        assert!(found(one(), of("ffff0000", "limit 10, price 9.99, feed"), again()).is_empty());
        for rest in ["limit 99, price 9.99, feed", "limit 10, price 0.01, feed", "limit 10, price 9.99, dead"] {
            assert_eq!(found(one(), of("ffff0000", rest), again()), ["body"], "{rest}");
        }
        // A status of the original's own, and no other one of three digits.
        let status = |status: u16| answer(status, &[], "");
        assert!(found(status(200), status(503), Some(status(503))).is_empty());
        assert_eq!(found(status(200), status(404), Some(status(503))), ["status"]);
    }

    #[test]
    fn what_is_left_out_is_left_out_by_a_rule() {
        let request = Request::new("GET", "https://a.example.com/".to_owned());
        let converted = answer(200, &[("x-envoy-upstream-service-time", "3"), ("date", "x")], "");
        let (found, _, rules) = compare(&request, &Exchange { original: answer(200, &[], ""), converted }, None);
        assert!(found.is_empty());
        assert_eq!(rules.into_iter().collect::<Vec<_>>(), [Rule::OfTheConnection, Rule::OfTheGateway]);
    }
}
