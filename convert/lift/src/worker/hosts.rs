//! Routes and custom domains: by which hosts and paths requests come to it.

use super::Plan;
use super::routes::Test;
use crate::field::{Field, Object};
use crate::plconfig::is_path;
use crate::tracker::{Asked, FieldTracker};
use caravan_inventory::QuestionId;
use serde_json::Value;
use std::collections::BTreeSet;

/// A host with the paths of it that lead to the Worker.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct Pattern {
    /// In small letters, perhaps with `*.` at the front.
    pub(super) host: String,
    /// None is every path.
    pub(super) path: Option<Test>,
}

/// Where it is reached.
#[derive(Default)]
pub(super) struct Hosts {
    pub(super) patterns: Vec<Pattern>,
    /// The fields that say so, with what is not the same.
    notes: Vec<(usize, &'static str)>,
}

/// What a pattern that is read becomes, and what of it is not the same; none where it can't be read.
type Read = Option<(Vec<Pattern>, Option<&'static str>)>;

/// Every route of a configuration with its pattern, and whether it is a custom domain.
fn routes(config: Object<'_>) -> Vec<(&Value, &str, bool)> {
    let one = |value| {
        let object = Object::of(value);
        let custom = object.and_then(|object| object.peek_bool("custom_domain")) == Some(true);
        let pattern = value.as_str().or_else(|| object.and_then(|object| object.peek("pattern")))?;
        Some((value, pattern, custom))
    };
    let single = config.map().get("route");
    single.into_iter().chain(config.list("routes")).filter_map(one).collect()
}

/// The hosts that a configuration names.
pub(crate) fn hosts_of(body: &Value) -> BTreeSet<String> {
    Object::of(body).map(of_config).unwrap_or_default()
}

/// The same of an object.
pub(super) fn of_config(config: Object<'_>) -> BTreeSet<String> {
    let all = routes(config);
    let read = all.into_iter().filter_map(|(_, pattern, custom)| read(pattern, custom));
    read.flat_map(|(patterns, _)| patterns).map(|pattern| pattern.host).collect()
}

/// Reads a pattern (Cloudflare Workers, "Routes", "Matching behavior"): `*` stands at the beginning of the host or at the end of
/// the path, and nowhere else.
fn read(pattern: &str, custom: bool) -> Read {
    let (scheme, rest) = pattern.split_once("://").map_or((None, pattern), |(scheme, rest)| (Some(scheme), rest));
    let (host, path) = rest.find('/').map_or((rest, None), |at| (&rest[..at], Some(&rest[at..])));
    let host = host.to_ascii_lowercase();
    let (bare, hosts) = match host.strip_prefix('*') {
        None => (host.clone(), vec![host.clone()]),
        Some(rest) => match rest.strip_prefix('.') {
            Some(bare) => (bare.to_owned(), vec![host.clone()]),
            // The zone itself and everything below it.
            None => (rest.to_owned(), vec![rest.to_owned(), format!("*.{rest}")]),
        },
    };
    let label = |label: &str| !label.is_empty() && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
    if !bare.contains('.') || !bare.split('.').all(label) {
        return None;
    }
    if custom {
        // A custom domain is one name, and nothing of it (Cloudflare Workers, "Custom Domains").
        return (path.is_none() && !host.starts_with('*'))
            .then(|| (hosts.into_iter().map(|host| Pattern { host, path: None }).collect(), None));
    }
    let mut note =
        (scheme == Some("http")).then_some("its route took requests without TLS alone, and the gateway's takes both");
    let path = path.unwrap_or("/");
    let test = match path.strip_suffix('*') {
        Some("/") => None,
        Some(begin) if is_path(begin) => Some(Test::Begins(begin.to_owned())),
        None if is_path(path) => {
            note = note.or(Some("its route took this path without a query alone, and the gateway's takes it with any"));
            Some(Test::Is(path.to_owned()))
        }
        _ => return None,
    };
    Some((hosts.into_iter().map(|host| Pattern { host, path: test.clone() }).collect(), note))
}

/// Reads them all, and asks what they do not say.
pub(super) fn map<'a>(tracker: &mut FieldTracker<'a>, plan: &mut Plan<'a>) {
    let all = routes(plan.config);
    for (at, (value, pattern, custom)) in all.iter().enumerate() {
        let read =
            read(pattern, *custom).filter(|(patterns, _)| patterns.iter().all(|one| is_of_zone(value, &one.host)));
        match read {
            Some((patterns, note)) => {
                let new: Vec<_> = patterns.into_iter().filter(|one| !plan.hosts.patterns.contains(one)).collect();
                plan.hosts.patterns.extend(new);
                plan.hosts.notes.extend(note.map(|note| (at, note)));
            }
            None => {
                let shown = crate::marks::without_marks(pattern);
                Field(value).blocked(tracker, format!("its route `{shown}` is none that can be read"));
            }
        }
    }
    workers_dev(tracker, plan, all.is_empty());
    beside(tracker, plan);
}

/// Whether a host is one of the zone that its route names: Cloudflare gives a Worker no other.
fn is_of_zone(route: &Value, host: &str) -> bool {
    let zone = Object::of(route).and_then(|route| route.peek("zone_name")).map(str::to_ascii_lowercase);
    zone.is_none_or(|zone| {
        let zone = zone.trim_end_matches('.');
        host.strip_suffix(zone).is_some_and(|before| before.is_empty() || before.ends_with('.'))
    })
}

/// Its name below `workers.dev`, which Cloudflare keeps.
fn workers_dev<'a>(tracker: &mut FieldTracker<'a>, plan: &mut Plan<'a>, alone: bool) {
    let field = plan.config.raw("workers_dev");
    // Without a route it is on unless something says otherwise (wrangler, "workers_dev").
    if !plan.config.peek_bool("workers_dev").unwrap_or(alone) || super::clock::takes_no_requests(plan) {
        return super::module::drop_field(tracker, field, "no-workers-dev");
    }
    let id = tracker.question_id("workers-dev", "");
    let name = tracker.source.workload.name.as_str();
    let text = format!(
        "`{name}` is reached by a name below `workers.dev`, which stays with Cloudflare. By which host do its callers reach it from \
         now on (a host name, or `none`: by no other than its routes)?"
    );
    let usable = |answer: &str| answer == "none" || read(answer, true).is_some();
    match tracker.ask_for(id, &text, &[], Some("none"), usable) {
        Asked::Given("none") => super::module::drop_field(tracker, field, "dropped-by-answer"),
        Asked::Given(host) => {
            let pattern = Pattern { host: host.to_ascii_lowercase(), path: None };
            if !plan.hosts.patterns.contains(&pattern) {
                plan.hosts.patterns.push(pattern);
            }
            super::module::drop_field(tracker, field, "dropped-by-answer");
        }
        Asked::Open(id) => {
            if let Some(field) = field {
                field.asked(tracker, &id);
            }
            if alone {
                plan.close(tracker, id, "nobody said by which host its callers reach it");
            }
        }
    }
}

/// Paths of a host that never came to the Worker: the gateway has the whole host.
fn beside<'a>(tracker: &mut FieldTracker<'a>, plan: &mut Plan<'a>) {
    let whole: BTreeSet<&str> =
        plan.hosts.patterns.iter().filter(|one| one.path.is_none()).map(|one| one.host.as_str()).collect();
    let parts: BTreeSet<String> = plan.hosts.patterns.iter().map(|one| one.host.clone()).collect();
    let parts: Vec<String> = parts.iter().filter(|host| !whole.contains(host.as_str())).cloned().collect();
    for host in parts {
        let id = tracker.question_id("beside", &host);
        let text = format!(
            "Only some paths of `{host}` lead to the Worker; its origin answers the others, and the gateway gets the whole host. Does \
             another app answer them there (`elsewhere`), or may they be answered with 404 (`nothing`)?"
        );
        match tracker.ask(id, &text, &["elsewhere", "nothing"], None) {
            Asked::Given(_) => {}
            Asked::Open(id) => plan.close(tracker, id, "nobody said who answers for the other paths of its hosts"),
        }
    }
}

impl Hosts {
    /// What became of the fields that name them.
    pub(super) fn account<'a>(&self, tracker: &mut FieldTracker<'a>, closed: Option<&QuestionId>) {
        let config = tracker
            .source
            .observations
            .iter()
            .find_map(|one| Object::of(&one.body).filter(|it| it.raw("modules").is_some()));
        let Some(config) = config else { return };
        let config: Object<'a> = config;
        let target = "/components/web/ingress/routes";
        for (at, (value, ..)) in routes(config).into_iter().enumerate() {
            let note = self.notes.iter().find(|(noted, _)| *noted == at).map(|(_, note)| *note);
            let pattern = Object::of(value).map_or(Some(Field(value)), |object| object.field("pattern"));
            if let Some(pattern) = pattern.filter(|field| !tracker.has_mark(field.0)) {
                match (closed, note) {
                    (Some(id), _) => pattern.asked(tracker, id),
                    (None, Some(note)) => pattern.approximated(tracker, target, note),
                    (None, None) => pattern.exact(tracker, target),
                }
            }
            if let Some(object) = Object::of(value) {
                object.drop_all(tracker, &["zone_id", "zone_name"], "zone-of-host");
                if let Some(custom) = object.raw("custom_domain") {
                    match object.peek_bool("custom_domain") {
                        Some(true) => custom.exact(tracker, target),
                        _ => custom.dropped(tracker, "default"),
                    }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{is_of_zone, read};
    use serde_json::json;

    #[test]
    fn a_custom_domain_is_one_name() {
        assert!(read("shop.example.com", true).is_some());
        for none in ["*.example.com", "*example.com", "shop.example.com/*", "shop"] {
            assert!(read(none, true).is_none(), "{none}");
        }
        assert!(read("*.example.com/*", false).is_some());
    }

    #[test]
    fn a_route_leads_to_hosts_of_its_own_zone_alone() {
        let of = |zone: &str, host: &str| is_of_zone(&json!({"pattern": "x", "zone_name": zone}), host);
        assert!(
            of("example.com", "example.com")
                && of("Example.com", "a.example.com")
                && of("example.com", "*.example.com")
        );
        assert!(!of("example.com", "badexample.com") && !of("example.org", "a.example.com"));
        assert!(is_of_zone(&json!("a.example.com/*"), "a.example.com"));
        assert!(is_of_zone(&json!({"pattern": "x", "zone_id": "1"}), "a.example.com"));
    }
}
