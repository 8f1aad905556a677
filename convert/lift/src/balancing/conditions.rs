//! The conditions of a listener's rule: what of them the gateway can say, and what becomes of their fields.

use super::model::{
    self, Conditions, Glob, HOST_HEADER, Path, comes_through, covers, is_below, is_of_aws, is_pattern, normalised,
};
use super::{asked_hosts, host_expressions, shared_hosts};
use crate::field::{Field, Object};
use crate::marks::{is_clean, without_marks};
use crate::plconfig;
use crate::tracker::FieldTracker;
use crate::unresolved::is_called_secret;
use caravan_inventory::{QuestionId, Redacted};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// The methods that an HTTPRoute knows.
const METHODS: [&str; 9] = ["GET", "HEAD", "POST", "PUT", "DELETE", "CONNECT", "OPTIONS", "TRACE", "PATCH"];

/// The kind of a condition that names hosts.
pub(super) const HOST: &str = "host-header";

/// A condition that the gateway can't say.
pub(super) struct Unsaid<'a> {
    pub(super) condition: Object<'a>,
    /// `query-string`, `source-ip`.
    pub(super) kind: &'a str,
    /// Its values, for people.
    pub(super) values: String,
    /// Whether a value of it is a secret: what a header has to be, or a parameter that is called like one.
    pub(super) is_secret: bool,
    /// Whether a value of it was not read, as it may be a secret.
    pub(super) is_redacted: bool,
    /// Whether it takes paths that the gateway makes other ones of.
    pub(super) is_rewritten: bool,
    /// Those of its values that it is about, where the others are said; none is all of them.
    pub(super) only: Vec<Field<'a>>,
}

/// Which requests of a rule are read: some of its hosts may be known and others not.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Part {
    Whole,
    /// Those of the hosts that can be said.
    Told,
    /// Those of the other ones.
    Untold,
}

/// Whether a rule names hosts that can be said beside others that can't: each host is judged by itself.
pub(super) fn is_told_in_part(rule: Object<'_>) -> bool {
    let mut named = rule.objects("Conditions").filter(|condition| condition.peek("Field") == Some(HOST));
    let (Some(condition), None) = (named.next(), named.next()) else { return false };
    let holder = holder(condition);
    let (told, untold) = told(holder);
    holder.field("RegexValues").is_none() && !told.is_empty() && !untold.is_empty()
}

/// The hosts of a condition that can be said, in lower case, and the values of the others.
fn told(holder: Object<'_>) -> (Vec<String>, Vec<Field<'_>>) {
    let (mut told, mut untold) = (Vec::new(), Vec::new());
    for value in holder.list("Values") {
        let text = value.as_str().filter(|text| is_clean(text)).map(str::to_ascii_lowercase);
        match text.filter(|host| model::is_host(host) || is_host_pattern(host)) {
            Some(host) => told.push(host),
            None => untold.push(Field(value)),
        }
    }
    (told, untold)
}

/// What the rule's conditions say of these of its requests, which is at least what they take, and those that can't be said.
pub(super) fn read<'a>(rule: Object<'a>, part: Part) -> (Conditions, Vec<Unsaid<'a>>) {
    let mut read = Conditions::default();
    let mut unsaid = Vec::new();
    for condition in rule.objects("Conditions") {
        let is_divided = part != Part::Whole && condition.peek("Field") == Some(HOST);
        let (told, only) = if is_divided { told(holder(condition)) } else { Default::default() };
        if is_divided && part == Part::Told {
            read.name_hosts(told);
            continue;
        }
        if is_divided || !add(condition, &mut read) {
            let values = if is_divided { shown(&only) } else { values_of(condition) };
            unsaid.push(Unsaid {
                condition,
                kind: condition.peek("Field").unwrap_or("unknown"),
                is_secret: Redacted::is_in(&values) && is_credential(condition),
                is_redacted: Redacted::is_in(&values),
                is_rewritten: !paths_of(condition).iter().all(|path| comes_through(path)),
                values: without_marks(&values),
                only,
            });
        }
    }
    // What stands among them and is none keeps nobody out on the gateway.
    let strange: Vec<Field<'a>> = rule.strange("Conditions").map(Field).collect();
    if !strange.is_empty() {
        let values = without_marks(&shown(&strange));
        unsaid.push(Unsaid {
            condition: rule,
            kind: "unknown",
            values,
            is_secret: false,
            is_redacted: false,
            is_rewritten: false,
            only: strange,
        });
    }
    (read, unsaid)
}

/// Single values, for people.
fn shown(values: &[Field<'_>]) -> String {
    let text = |value: &Field<'_>| value.0.as_str().map_or_else(|| "?".to_owned(), str::to_owned);
    values.iter().map(text).collect::<Vec<_>>().join(", ")
}

/// Whether a condition compares what callers show to be let in: the value of a header, or of a parameter that is called like a
/// secret. What is redacted in a path or a host is no harmless text, and no secret for that.
fn is_credential(condition: Object<'_>) -> bool {
    match condition.peek("Field") {
        Some("http-header") => true,
        Some("query-string") => {
            let config = condition.object("QueryStringConfig").unwrap_or(condition);
            let mut pairs = config.objects("Values").filter(|pair| pair.peek("Value").is_some_and(Redacted::is_in));
            pairs.any(|pair| pair.peek("Key").is_none_or(is_called_secret))
        }
        _ => false,
    }
}

/// Whether the condition could be said.
fn add(condition: Object<'_>, read: &mut Conditions) -> bool {
    let kind = condition.peek("Field").unwrap_or("");
    let holder = holder(condition);
    let texts: Vec<&str> =
        holder.list("Values").iter().filter_map(Value::as_str).filter(|text| is_clean(text)).collect();
    let regular = holder.field("RegexValues").is_some();
    let simple = texts.len() == holder.list("Values").len() && !texts.is_empty() && !regular;
    match kind {
        "host-header" if simple => {
            let first = read.hosts.is_empty();
            let hosts: Vec<String> = texts.iter().map(|host| host.to_ascii_lowercase()).collect();
            let said = first && hosts.iter().all(|host| model::is_host(host) || is_host_pattern(host));
            if said {
                read.name_hosts(hosts);
            } else if first {
                read.hosts = hosts;
            }
            said
        }
        HOST if regular && texts.is_empty() && read.hosts.is_empty() => {
            // What it can't match is not its own.
            read.hosts = expressions(holder).unwrap_or_default();
            false
        }
        "path-pattern" if simple && texts.iter().all(|value| value.starts_with(['/', '*', '?'])) => {
            let first = read.paths.is_empty();
            if first {
                let made: Vec<String> = texts.iter().map(|path| normalised(path)).collect();
                read.paths = Path::of(&made.iter().map(String::as_str).collect::<Vec<_>>());
            }
            first && texts.iter().all(|path| comes_through(path))
        }
        "http-request-method" if simple && texts.iter().all(|method| METHODS.contains(method)) => {
            let first = read.methods.is_empty();
            read.methods = texts.iter().map(|&method| method.to_owned()).collect();
            first
        }
        // The gateway compares with no empty value.
        "http-header" if simple && texts.iter().all(|text| !text.is_empty()) => {
            let name = holder.peek("HttpHeaderName").map(str::to_ascii_lowercase).filter(|name| is_token(name));
            let is_free =
                |name: &String| !read.headers.contains_key(name) && name != HOST_HEADER && !is_of_gateway(name);
            let Some(name) = name.filter(is_free) else {
                return false;
            };
            read.headers.insert(name, texts.iter().map(|text| Glob::escaped(text)).collect());
            true
        }
        "query-string" => query(condition, read),
        _ => false,
    }
}

/// Patterns that take at least the hosts of a condition's regular expressions; none where nothing is known of one.
fn expressions(holder: Object<'_>) -> Option<Vec<String>> {
    let clean = holder.list("RegexValues").iter().map(|value| value.as_str().filter(|text| is_clean(text)));
    Some(clean.map(|text| host_expressions::patterns(text?)).collect::<Option<Vec<_>>>()?.concat())
}

/// Any of several pairs; with several conditions, one of each.
fn query(condition: Object<'_>, read: &mut Conditions) -> bool {
    let config = condition.object("QueryStringConfig").unwrap_or(condition);
    let mut pairs: Vec<(String, Glob)> = Vec::new();
    for pair in config.objects("Values") {
        let (Some(key), Some(value)) = (pair.peek("Key"), pair.peek("Value")) else { return false };
        let Some(key) = Glob::escaped(key).literal().filter(|key| is_clean(key) && plconfig::is_token(key)) else {
            return false;
        };
        // A value that is empty is one that the definition of HTTPRoute does not take either.
        if !is_clean(value) || value.is_empty() {
            return false;
        }
        pairs.push((key, Glob::escaped(value)));
    }
    if pairs.is_empty() || config.list("Values").len() != pairs.len() {
        return false;
    }
    let before = if read.queries.is_empty() { vec![BTreeMap::new()] } else { read.queries.clone() };
    let same = |key: &String| before.iter().any(|query| query.keys().any(|other| other.eq_ignore_ascii_case(key)));
    if pairs.iter().any(|(key, _)| same(key)) || before.len() * pairs.len() > 25 {
        return false;
    }
    let with = |query: &BTreeMap<String, Glob>, (key, value): &(String, Glob)| {
        let mut query = query.clone();
        query.insert(key.clone(), value.clone());
        query
    };
    read.queries = before.iter().flat_map(|query| pairs.iter().map(|pair| with(query, pair))).collect();
    true
}

/// The patterns of a condition on the path.
fn paths_of(condition: Object<'_>) -> Vec<&str> {
    let is_path = condition.peek("Field") == Some("path-pattern");
    holder(condition).list("Values").iter().filter(|_| is_path).filter_map(Value::as_str).collect()
}

/// DescribeRules says hosts and paths twice.
fn holder(condition: Object<'_>) -> Object<'_> {
    let config = match condition.peek("Field") {
        Some("host-header") => "HostHeaderConfig",
        Some("path-pattern") => "PathPatternConfig",
        Some("http-request-method") => "HttpRequestMethodConfig",
        Some("http-header") => "HttpHeaderConfig",
        _ => return condition,
    };
    let said = |config: &Object<'_>| config.field("Values").is_some() || config.field("RegexValues").is_some();
    condition.object(config).filter(said).unwrap_or(condition)
}

/// What became of the conditions that were said, where the rule is rendered at `hosts`.
pub(super) fn mark<'a>(
    tracker: &mut FieldTracker<'a>,
    rule: Object<'a>,
    unsaid: &[Unsaid<'a>],
    target: &str,
    hosts: &BTreeSet<&str>,
    open: Option<&QuestionId>,
) {
    for condition in rule.objects("Conditions") {
        condition.drop_all(tracker, &["Field"], "condition-kind");
        if unsaid.iter().any(|unsaid| unsaid.condition.is(condition)) {
            continue;
        }
        let kind = condition.peek("Field").unwrap_or("");
        let holder = holder(condition);
        if holder.field("Values").is_some() && condition.entries().any(|(name, _)| name.ends_with("Config")) {
            condition.drop_all(tracker, &["Values"], "said-twice");
        }
        let mut others = Vec::new();
        for value in holder.list("Values").iter().map(Field) {
            match kind {
                "host-header" if value.0.as_str().is_some_and(|host| is_host_pattern(host) && !is_of_aws(host)) => {
                    pattern(tracker, value, target, hosts, open);
                }
                "host-header" => host(tracker, value, target, hosts),
                "http-header" => {
                    let note = "a header that comes several times is compared as one list";
                    value.approximated(tracker, target.to_owned(), note);
                }
                "query-string" => others.push(value),
                _ => value.exact(tracker, target.to_owned()),
            }
        }
        let pairs = condition.object("QueryStringConfig").into_iter().flat_map(|config| config.list("Values"));
        for value in others.into_iter().chain(pairs.map(Field)) {
            let note = "the parameter's name is compared with regard to case, and of several values only the first";
            value.approximated(tracker, target.to_owned(), note);
        }
        if let Some(field) = holder.field("HttpHeaderName") {
            field.exact(tracker, target.to_owned());
        }
    }
}

/// Says of each host of a rule that it is asked about, where it is; `open` is the question about its patterns.
pub(super) fn ask_hosts<'a>(tracker: &mut FieldTracker<'a>, rule: Object<'a>, open: Option<&QuestionId>) {
    let conditions = rule.objects("Conditions").filter(|condition| condition.peek("Field") == Some("host-header"));
    for value in conditions.flat_map(|condition| holder(condition).list("Values")) {
        let name = value.as_str().unwrap_or("").to_ascii_lowercase();
        if let Some(id) = open.filter(|_| is_host_pattern(&name)) {
            Field(value).asked(tracker, id);
        } else if let Some(id) = asked_hosts::open(tracker, &name) {
            Field(value).asked(tracker, &id);
        }
    }
}

/// A pattern of hosts: exact where it is compared at a wildcard above all of its names.
fn pattern<'a>(
    tracker: &mut FieldTracker<'a>,
    value: Field<'a>,
    target: &str,
    hosts: &BTreeSet<&str>,
    open: Option<&QuestionId>,
) {
    let name = value.0.as_str().map(str::to_ascii_lowercase).unwrap_or_default();
    if let Some(id) = open {
        value.asked(tracker, id);
    } else if hosts.iter().any(|host| is_below(&name, host)) {
        value.exact_with(tracker, target.to_owned(), "compared with the request's `Host` at the wildcard above it");
    } else if hosts.iter().any(|host| covers(&name, host)) {
        value.approximated(tracker, target.to_owned(), "those of its names that are known to lead to the listener");
    } else {
        value.dropped(tracker, "other-rule");
    }
}

/// One host of a rule: one that the routes do not have is another app's, nobody's, or asked about.
fn host<'a>(tracker: &mut FieldTracker<'a>, value: Field<'a>, target: &str, hosts: &BTreeSet<&str>) {
    let name = value.0.as_str().map(str::to_ascii_lowercase).unwrap_or_default();
    if is_of_aws(&name) {
        match asked_hosts::open(tracker, &name) {
            Some(id) => value.asked(tracker, &id),
            None => value.dropped_because(tracker, "aws-name", "nobody can lead this name to the gateway"),
        }
    } else if let Some(id) = asked_hosts::open_private(tracker, &name) {
        value.asked(tracker, &id);
    } else if hosts.contains(name.as_str()) && asked_hosts::is_kept_inside(tracker, &name) {
        value.approximated(tracker, target.to_owned(), "for callers from inside alone, by a person's answer");
    } else if hosts.is_empty() || hosts.contains(name.as_str()) {
        shared_hosts::take(tracker, value, target.to_owned());
    } else if let Some(id) = asked_hosts::open(tracker, &name) {
        value.asked(tracker, &id);
    } else if hosts.iter().any(|host| covers(&name, host)) {
        value.approximated(tracker, target.to_owned(), "those of its names that are hosts of the app");
    } else {
        value.dropped(tracker, "other-rule");
    }
}

/// Whether a host can be had on the gateway and led there.
pub(super) fn is_host(value: &str) -> bool {
    model::is_host(value) && !is_of_aws(value)
}

/// Whether a host of a condition is no name of the gateway's, and can be compared with the header of a request.
pub(super) fn is_host_pattern(value: &str) -> bool {
    is_pattern(value) && !value.is_empty() && value.len() <= 253 && value.bytes().all(|b| b.is_ascii_graphic())
}

/// The name of a header that the gateway lets in: requests with `_` in one are refused (Envoy Gateway's
/// `headersWithUnderscoresAction`).
fn is_token(name: &str) -> bool {
    !name.is_empty() && name.len() <= 256 && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
}

/// Headers that the gateway writes, adds to or takes away before it looks at its routes, so that what the caller sent isn't
/// what is compared (Envoy, HTTP header manipulation); and those by which only the balancer says who a caller is, which anybody can
/// send to the gateway.
fn is_of_gateway(name: &str) -> bool {
    const WRITTEN: [&str; 5] =
        ["x-forwarded-for", "x-forwarded-proto", "x-forwarded-host", "x-forwarded-client-cert", "x-request-id"];
    const BEGIN: [&str; 3] = ["x-envoy-", "x-amzn-oidc-", "x-amzn-mtls-"];
    WRITTEN.contains(&name) || BEGIN.iter().any(|begin| name.starts_with(begin))
}

/// Every value of a condition, each once, for people.
pub(super) fn values_of(condition: Object<'_>) -> String {
    fn gather(value: &Value, out: &mut Vec<String>) {
        match value {
            Value::Array(list) => list.iter().for_each(|value| match value {
                // A template leaves it open.
                Value::Null => out.push("?".to_owned()),
                known => gather(known, out),
            }),
            Value::Object(map) => {
                match (map.get("Key").and_then(Value::as_str), map.get("Value").and_then(Value::as_str)) {
                    (Some(key), Some(value)) => out.push(format!("{key}={value}")),
                    _ => map.values().for_each(|value| gather(value, out)),
                }
            }
            Value::String(text) if !out.contains(text) => out.push(text.clone()),
            _ => {}
        }
    }
    let mut out = Vec::new();
    condition.entries().filter(|(name, _)| *name != "Field").for_each(|(_, value)| gather(value, &mut out));
    out.join(", ")
}
