//! Tags and Docker labels: words for cost reports and searches.

use super::kind::Plan;
use super::members::{ContainerRole, Member};
use crate::field::{Field, Object};
use crate::plconfig::{ANNOTATIONS, Component};
use crate::text::Kind;
use crate::tracker::{Asked, FieldTracker};
use caravan_inventory::QuestionId;

/// Tags of the service, or of the task definition where there is no service.
pub(super) fn map<'a>(tracker: &mut FieldTracker<'a>, plan: &Plan<'_, 'a>, component: &mut Component) {
    let facts = plan.facts;
    let service = facts.service.map(|service| service.objects("tags").collect::<Vec<_>>()).unwrap_or_default();
    tags(tracker, plan, &service, component);
    let mut others: Vec<Object<'a>> = facts.task.into_iter().flat_map(|task| task.objects("tags")).collect();
    if let Some(Field(serde_json::Value::Array(list))) = facts.task_tags {
        others.extend(list.iter().filter_map(Object::of));
    }
    tags(tracker, plan, &others, component);
}

/// Labels of a container; of one beside the main one under its name.
pub(super) fn of_container<'a>(
    tracker: &mut FieldTracker<'a>,
    plan: &Plan<'_, 'a>,
    member: &Member<'a>,
    pod: &mut Component,
) {
    routed(tracker, member);
    let Some(labels) = member.definition.object("dockerLabels") else {
        return;
    };
    for (name, value) in labels.entries() {
        if is_routing(name) {
            continue;
        }
        let Some(text) = tracker.text(value, Kind::Free) else {
            continue;
        };
        let name = crate::marks::without_marks(name);
        let name = if member.role == ContainerRole::Main { name } else { format!("{}/{name}", member.key) };
        if let Some(id) = beyond(tracker, pod, &name, &text) {
            match id {
                Some(id) => Field(value).asked(tracker, &id),
                None => Field(value).dropped(tracker, "dropped-by-answer"),
            }
            continue;
        }
        let note = "an annotation; what reads Docker's labels on the node finds nothing";
        Field(value).approximated(tracker, plan.at("tags"), note);
        pod.tags.entry(name).or_insert_with(|| text.into_owned());
    }
}

/// Whether one more word would be more than the annotations of an object may hold: then it is left out, and asked about
/// unless somebody answered.
fn beyond(tracker: &mut FieldTracker<'_>, pod: &Component, name: &str, value: &str) -> Option<Option<QuestionId>> {
    let held: usize = pod.tags.iter().map(|(name, value)| name.len() + value.len() + 64).sum();
    if held + name.len() + value.len() + 64 <= ANNOTATIONS {
        return None;
    }
    let id = tracker.question_id("tags", "");
    let text = "Its tags and Docker labels are longer in sum than the annotations of an object may be (256 KiB). Can those that \
                don't fit be left out?";
    match tracker.ask(id, text, &["leave-out"], Some("leave-out")) {
        Asked::Given(_) => Some(None),
        Asked::Open(id) => Some(Some(id)),
    }
}

/// Prefixes of the labels by which proxies on the old side find what they route to, and how; Traefik reads them in any
/// letters.
const ROUTERS: [&str; 2] = ["traefik.", "caddy"];

/// Variables by which they find it: those of nginx-proxy.
const VARIABLES: [&str; 4] = ["VIRTUAL_HOST", "VIRTUAL_HOST_MULTIPORTS", "VIRTUAL_PATH", "LETSENCRYPT_HOST"];

fn is_routing(label: &str) -> bool {
    let lower = label.to_ascii_lowercase();
    ROUTERS.iter().any(|router| lower.starts_with(router)) || is_of_registrator(label)
}

/// Whether Registrator makes tags of it, for Fabio or Consul: `SERVICE_TAGS`, `SERVICE_8080_TAGS` of one port. It reads
/// variables and labels alike.
fn is_of_registrator(name: &str) -> bool {
    let port = name.strip_prefix("SERVICE_").and_then(|rest| rest.strip_suffix("TAGS"));
    port.is_some_and(|port| {
        port.is_empty()
            || port.strip_suffix('_').is_some_and(|port| !port.is_empty() && port.bytes().all(|b| b.is_ascii_digit()))
    })
}

/// Nothing here reads such labels and variables, and a route without the proxy's middleware would open what was closed: no
/// route is made of them.
fn routed<'a>(tracker: &mut FieldTracker<'a>, member: &Member<'a>) {
    let labels = member.definition.object("dockerLabels").into_iter().flat_map(Object::entries);
    let variables =
        member.definition.objects("environment").filter_map(|one| Some((one.peek("name")?, one.raw("value")?.0)));
    let variables = variables.filter(|(name, _)| VARIABLES.contains(name) || is_of_registrator(name));
    let of_router: Vec<_> = labels.filter(|(name, _)| is_routing(name)).chain(variables).collect();
    if of_router.is_empty() {
        return;
    }
    let said = of_router.iter().filter_map(|(name, value)| Some(format!("`{name}={}`", value.as_str()?)));
    let said: Vec<String> = said.collect();
    let text = format!(
        "A proxy reads from `{}` how it is reached: {}. No route is made of that, for what the proxy demands of a caller would \
         be missing. Is it reached by other means from now on?",
        member.name,
        said.join(", ")
    );
    let id = tracker.question_id("routing-labels", member.name);
    let answer = tracker.ask(id, &text, &["by-other-means"], Some("by-other-means"));
    for (_, value) in of_router {
        match &answer {
            Asked::Open(id) => Field(value).asked(tracker, id),
            Asked::Given(_) if tracker.has_mark(value) => {}
            Asked::Given(_) => Field(value).dropped(tracker, "dropped-by-answer"),
        }
    }
}

fn tags<'a>(tracker: &mut FieldTracker<'a>, plan: &Plan<'_, 'a>, tags: &[Object<'a>], component: &mut Component) {
    for tag in tags {
        let Some(name) = tag.peek("key") else { continue };
        if name.starts_with("aws:") {
            tag.drop_all(tracker, &["key", "value"], "aws-tags");
            continue;
        }
        let value = match tag.raw("value") {
            Some(field) => tracker.text(field.0, Kind::Free),
            None => None,
        };
        let text = value.as_deref().unwrap_or("");
        if let Some(id) = beyond(tracker, component, name, text) {
            for field in ["key", "value"].iter().filter_map(|name| tag.field(name)) {
                match &id {
                    Some(id) => field.asked(tracker, id),
                    None => field.dropped(tracker, "dropped-by-answer"),
                }
            }
            continue;
        }
        for field in ["key", "value"].iter().filter_map(|name| tag.field(name)) {
            field.approximated(tracker, plan.at("tags"), "an annotation of what is rendered");
        }
        let value = value.map(Into::into).unwrap_or_default();
        component.tags.entry(crate::marks::without_marks(name)).or_insert(value);
    }
}
