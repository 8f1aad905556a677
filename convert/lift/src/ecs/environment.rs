//! Environment: literal values, files, and what the ECS agent injects.

use super::kind::Plan;
use super::members::{ContainerRole, Member};
use crate::field::{Field, Object};
use crate::plconfig::Container;
use crate::text::Kind;
use crate::tracker::{Asked, FieldTracker};
use caravan_inventory::Redacted;
use serde_json::Value;

/// What the agent sets in each container (ECS developer guide, "task metadata endpoint" and "task IAM role").
pub(super) const AGENT: [&str; 7] = [
    "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
    "AWS_CONTAINER_CREDENTIALS_FULL_URI",
    "AWS_CONTAINER_AUTHORIZATION_TOKEN",
    "AWS_EXECUTION_ENV",
    "ECS_AGENT_URI",
    "ECS_CONTAINER_METADATA_URI",
    "ECS_CONTAINER_METADATA_URI_V4",
];

pub(super) fn map<'a>(
    tracker: &mut FieldTracker<'a>,
    plan: &Plan<'_, 'a>,
    member: &Member<'a>,
    container: &mut Container,
) {
    let entries: Vec<Object<'a>> = member.definition.objects("environment").collect();
    for (at, entry) in entries.iter().enumerate() {
        // Docker hands the list over as it is, and the last of equal names wins.
        let name = entry.peek("name").unwrap_or("");
        if entries[at + 1..].iter().any(|later| later.peek("name") == Some(name)) {
            entry.drop_all(tracker, &["name", "value"], "overridden");
        } else {
            variable(tracker, plan, member, *entry, container);
        }
    }
    files(tracker, member);
}

fn variable<'a>(
    tracker: &mut FieldTracker<'a>,
    plan: &Plan<'_, 'a>,
    member: &Member<'a>,
    entry: Object<'a>,
    container: &mut Container,
) {
    let Some(name_field) = entry.field("name") else { return };
    if entry.peek("name").is_some_and(|name| AGENT.contains(&name)) {
        let note = "what the ECS agent sets; carried over, it would lead to addresses that the cluster does not have";
        for field in ["name", "value"].into_iter().filter_map(|part| entry.field(part)) {
            field.dropped_because(tracker, "agent-environment", note);
        }
        return;
    }
    let Some(name) = tracker.text(name_field.0, Kind::Variable) else {
        return;
    };
    let value_field = entry.raw("value").filter(|field| !matches!(field.0, Value::Array(_) | Value::Object(_)));
    if let Some(field) = value_field.filter(|field| field.0.as_str().is_some_and(Redacted::is_in)) {
        name_field.exact(tracker, plan.variable(member, "secrets", &name));
        super::secrets::bring_in(tracker, member, &name, field, container);
        return;
    }
    let target = plan.variable(member, "env", &name);
    name_field.exact(tracker, target.clone());
    let value = match value_field {
        Some(Field(Value::Null)) | None => None,
        Some(field) => {
            field.exact(tracker, target);
            tracker.text(field.0, Kind::Free)
        }
    };
    warn_of_router(tracker, plan, member, value_field, value.as_deref());
    container.env.insert(name.into_owned(), value.map(Into::into).unwrap_or_default());
}

/// An app that speaks to a FireLens router, over localhost or by a link of Docker, would speak to nobody.
fn warn_of_router<'a>(
    tracker: &mut FieldTracker<'a>,
    plan: &Plan<'_, 'a>,
    member: &Member<'a>,
    field: Option<Field<'a>>,
    value: Option<&str>,
) {
    let (Some(field), Some(value)) = (field, value) else {
        return;
    };
    let linked = member.definition.list("links").iter().filter_map(Value::as_str).flat_map(|link| {
        let (name, alias) = link.split_once(':').unwrap_or((link, link));
        let is_router = plan.members.of(ContainerRole::Router).any(|router| router.name == name);
        [name, alias].into_iter().filter(move |_| is_router)
    });
    let hosts: Vec<&str> = ["localhost", "127.0.0.1"].into_iter().chain(linked).collect();
    let to = |port: &str| hosts.iter().find(|host| is_place(value, host, port)).copied();
    if let Some(host) = to("24224") {
        let reason =
            format!("`{}` sends its logs to a router at {host}:24224, which the platform has not", member.name);
        field.blocked(tracker, reason);
        return;
    }
    if to("25888").is_some() {
        let id = tracker.question_id("metrics", member.name);
        let text = format!(
            "`{}` sends embedded metrics to an agent at {value}, which the platform has not. Can it do without?",
            member.name
        );
        match tracker.ask(id, &text, &["without"], Some("without")) {
            Asked::Open(id) => field.asked(tracker, &id),
            Asked::Given(_) => {}
        }
    }
}

/// Whether a text names this host with this port, and no longer name or number.
fn is_place(text: &str, host: &str, port: &str) -> bool {
    let place = format!("{host}:{port}");
    text.match_indices(&place).any(|(at, _)| {
        let before = text[..at].chars().next_back();
        let after = text[at + place.len()..].chars().next();
        !before.is_some_and(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.'))
            && !after.is_some_and(|c| c.is_ascii_digit())
    })
}

/// Files of variables in S3: their content is not ours to read.
fn files<'a>(tracker: &mut FieldTracker<'a>, member: &Member<'a>) {
    for (at, file) in member.definition.objects("environmentFiles").enumerate() {
        let place = file.peek("value").map(crate::marks::without_marks).unwrap_or_default();
        let id = tracker.question_id("environment-file", &format!("{}/{at}", member.name));
        let text =
            format!("`{}` takes variables from the file {place}. Are they in `env` and `secrets` now?", member.name);
        match tracker.ask(id, &text, &["copied", "not-needed"], None) {
            Asked::Given(_) => file.drop_all(tracker, &["value", "type"], "environment-file"),
            Asked::Open(id) => {
                tracker.hold("its environment file has to be copied first");
                for name in ["value", "type"] {
                    if let Some(field) = file.field(name) {
                        field.asked(tracker, &id);
                    }
                }
            }
        }
    }
}
