//! Custom domains of APIs, and the part of the path that a mapping takes.

use super::hosts::{self, Hosts};
use crate::field::{Field, Object};
use crate::plconfig::is_dns_name;
use crate::tracker::{Asked, FieldTracker};
use std::collections::BTreeSet;

/// The domains of one kind of API.
pub(super) struct Domains<'d, 'a> {
    pub(super) domains: &'d [Object<'a>],
    pub(super) mappings: &'d [Object<'a>],
    /// `restApiId` or `apiId`, with the API's.
    pub(super) id: (&'static str, Option<&'a str>),
    /// The stage that runs; none where none was read.
    pub(super) stage: Option<&'a str>,
    /// `basePath` or `apiMappingKey`.
    pub(super) path: &'static str,
    /// What stays of the API's own name: `xyz.execute-api.eu-west-1.amazonaws.com`, for people.
    pub(super) own: String,
    /// The field that tells that name, where one does.
    pub(super) own_field: Option<Field<'a>>,
}

/// The hosts of an API: its custom domains, else what people say.
pub(super) fn map<'a>(tracker: &mut FieldTracker<'a>, all: &Domains<'_, 'a>) -> Hosts {
    let mut names = BTreeSet::new();
    for mapping in all.mappings.iter().filter(|mapping| mapping.peek(all.id.0) == all.id.1) {
        if all.stage.is_some() && mapping.peek("stage").is_some_and(|stage| Some(stage) != all.stage) {
            mapping.drop_whole(tracker, "other-stage");
            continue;
        }
        mapping.drop_all(tracker, &["apiMappingId"], "describe-only");
        mapping.drop_all(tracker, &[all.id.0, "stage"], "resolved-reference");
        let (Some(field), Some(name)) = (mapping.field("domainName"), mapping.peek("domainName")) else { continue };
        let name = name.to_ascii_lowercase();
        if !is_dns_name(name.strip_prefix("*.").unwrap_or(&name)) {
            field.blocked(tracker, "its API has a domain that is no host name");
            continue;
        }
        field.approximated(
            tracker,
            "/components",
            "where it is published, its certificate and its record are made with the hand-over",
        );
        let below = paths(all, &name);
        if whole_path(tracker, mapping, all.path, &name, &below) {
            names.insert(name);
        }
    }
    for domain in all.domains {
        described(tracker, domain);
    }
    let mapped = all.mappings.iter().any(|mapping| mapping.peek(all.id.0) == all.id.1);
    if !mapped {
        return hosts::ask(tracker, &all.own, all.own_field);
    }
    if let Some(field) = all.own_field {
        let note = "callers that use the name that AWS made find it no more: its custom domain is the way";
        field.dropped_because(tracker, "own-name", note);
    }
    Hosts { names: names.into_iter().collect(), own: false }
}

/// Whether the mapping takes the whole host. One that takes a part of the path can't be kept: the gateway takes nothing off.
/// `below` are the parts of all mappings of the host: they are asked about as one.
fn whole_path<'a>(
    tracker: &mut FieldTracker<'a>,
    mapping: &Object<'a>,
    name: &str,
    host: &str,
    below: &[String],
) -> bool {
    let Some(field) = mapping.field(name) else { return true };
    let path = mapping.peek(name).unwrap_or("");
    if path.is_empty() || path == "(none)" {
        field.dropped(tracker, "default");
        return true;
    }
    let id = tracker.question_id("base-path", host);
    let text = format!(
        "`{host}` leads to it only below {}, which API Gateway took off before it looked for a route, and the gateway does not. \
         Do its callers leave that out from now on (`left-out`), or is it published there by nobody (`not-there`)?",
        below.join(" and ")
    );
    match tracker.ask(id, &text, &["left-out", "not-there"], Some("not-there")) {
        Asked::Given(answer) => {
            field.dropped(tracker, "dropped-by-answer");
            answer == "left-out"
        }
        Asked::Open(id) => {
            field.asked(tracker, &id);
            false
        }
    }
}

/// The parts of the path that mappings of a host take, for people.
fn paths(all: &Domains<'_, '_>, host: &str) -> Vec<String> {
    let own = all.mappings.iter().filter(|mapping| mapping.peek(all.id.0) == all.id.1);
    let of_host = own.filter(|mapping| mapping.peek("domainName").is_some_and(|name| name.eq_ignore_ascii_case(host)));
    let paths: BTreeSet<&str> =
        of_host.filter_map(|mapping| mapping.peek(all.path)).map(|path| path.trim_matches('/')).collect();
    let shown = |path: &str| format!("`/{}`", crate::marks::without_marks(path));
    paths.into_iter().filter(|path| !path.is_empty() && *path != "(none)").map(shown).collect()
}

fn described<'a>(tracker: &mut FieldTracker<'a>, domain: &Object<'a>) {
    if let Some(mutual) = domain.object("mutualTlsAuthentication")
        && let Some(field) = mutual.field("truststoreUri")
    {
        field.blocked(tracker, "its API asks callers for certificates, which the gateway does not");
    }
    for (name, value) in domain.entries().filter(|(_, value)| !crate::field::is_empty(value)) {
        let field = Field(value);
        match name {
            "domainName" => field.dropped(tracker, "resolved-reference"),
            "mutualTlsAuthentication" if tracker.is_marked(value) => {}
            "tags" => field.dropped(tracker, "api-tags"),
            _ => field.dropped(tracker, "platform-tls"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Domains, paths};
    use crate::field::Object;
    use serde_json::json;

    #[test]
    fn the_parts_of_a_host_are_named_together_without_doubled_slashes() {
        let mapping =
            |api: &str, host: &str, path: &str| json!({"apiId": api, "domainName": host, "apiMappingKey": path});
        let bodies = [
            mapping("a", "api.example.com", "/post"),
            mapping("a", "API.example.com", "get"),
            mapping("a", "other.example.com", "x"),
            mapping("b", "api.example.com", "y"),
            mapping("a", "api.example.com", ""),
        ];
        let mappings: Vec<Object<'_>> = bodies.iter().filter_map(Object::of).collect();
        let all = Domains {
            domains: &[],
            mappings: &mappings,
            id: ("apiId", Some("a")),
            stage: None,
            path: "apiMappingKey",
            own: String::new(),
            own_field: None,
        };
        assert_eq!(paths(&all, "api.example.com"), ["`/get`", "`/post`"]);
    }
}
