//! A task that a schedule starts by calling RunTask itself (a universal target): which, how many, where, what is
//! different in it.

use super::input::{self, Refused};
use super::kind::Plan;
use super::{external, overrides, service};
use crate::field::{Field, Object};
use crate::plconfig::{Component, PlConfig, Scale, Spot};
use crate::tracker::FieldTracker;
use caravan_inventory::ScheduledCall;
use serde_json::{Map, Value};

/// What of a request decides nothing on the platform: names, the old network, tags, and how ECS starts it.
const LEFT_BEHIND: [&str; 14] = [
    "cluster",
    "taskDefinition",
    "platformVersion",
    "networkConfiguration",
    "group",
    "referenceId",
    "startedBy",
    "clientToken",
    "tags",
    "propagateTags",
    "enableECSManagedTags",
    "enableEcsManagedTags",
    "enableExecuteCommand",
    "placementStrategy",
];

/// Maps the target of a schedule that calls ECS; false when it does not.
pub(super) fn map<'a>(
    tracker: &mut FieldTracker<'a>,
    plan: &Plan<'_, 'a>,
    target: Object<'a>,
    config: &mut PlConfig,
    component: &mut Component,
) -> bool {
    let Some(call) = ScheduledCall::of(target.map()) else {
        return false;
    };
    let Some(field) = target.field("Input") else {
        tracker.refuse("its schedule calls an API and says nothing of what it wants");
        return true;
    };
    if !call.is_ecs("runTask") {
        field.blocked(
            tracker,
            format!("its schedule calls {}:{}, which is no task of its own", call.service, call.action),
        );
        return true;
    }
    let taken = match &call.request {
        Some(request) => take(tracker, plan, field, request, config, component),
        None => Err(Refused { lost: vec!["its input, which is no request".to_owned()], rest: Vec::new() }),
    };
    match taken {
        Ok(taken) => {
            let note = "its overrides and its count; the cluster, the network and the tags are the platform's";
            taken.account(tracker, field, plan.at(""), Some(note));
        }
        Err(refused) => input::ask(tracker, field, &refused),
    }
    true
}

/// Takes all of it, or nothing.
fn take<'a>(
    tracker: &mut FieldTracker<'a>,
    plan: &Plan<'_, 'a>,
    field: Field<'a>,
    request: &Map<String, Value>,
    config: &mut PlConfig,
    component: &mut Component,
) -> Result<overrides::Taken, Refused> {
    let unknown = |name: &&String| {
        let known = matches!(name.as_str(), "count" | "launchType" | "capacityProviderStrategy" | "overrides");
        !known && !LEFT_BEHIND.contains(&name.as_str()) && !crate::field::is_empty(&request[name.as_str()])
    };
    let mut lost: Vec<String> = request.keys().filter(unknown).map(|name| format!("`{name}`")).collect();
    let count = match request.get("count").filter(|count| !count.is_null()) {
        Some(count) => {
            crate::field::number(count).and_then(|count| u32::try_from(count).ok()).filter(|count| *count > 0)
        }
        None => Some(1),
    };
    if count.is_none() {
        let open = request.get("count").and_then(input::left_open);
        lost.push(
            open.map_or_else(|| "`count`, which is no number of tasks".to_owned(), |open| format!("`count`: {open}")),
        );
    }
    let none = Map::new();
    let wanted = match request.get("overrides") {
        Some(Value::Object(wanted)) => wanted,
        Some(Value::Null) | None => &none,
        Some(_) => {
            lost.push("`overrides`, which is no object".to_owned());
            &none
        }
    };
    let around: Vec<String> = ["count", "launchType", "capacityProviderStrategy"]
        .into_iter()
        .filter_map(|name| Some((name, request.get(name)?)))
        .filter(|(name, value)| !crate::field::is_empty(value) && (*name != "count" || count.is_some()))
        .map(|(name, value)| format!("`{name}` ({value})"))
        .collect();
    let taken = overrides::take(tracker, plan, (wanted, &around), lost, config, component)?;
    at_once(component, count.unwrap_or(1));
    let spot = |item: &Value| item.get("capacityProvider").and_then(Value::as_str).is_some_and(service::is_spot);
    if request.get("capacityProviderStrategy").and_then(Value::as_array).is_some_and(|list| list.iter().any(spot)) {
        component.spot = Some(Spot::Prefer);
    }
    if request.get("launchType").and_then(Value::as_str) == Some("EXTERNAL") {
        external::ask(tracker, field);
    }
    Ok(taken)
}

/// How many pods each run has at once.
pub(super) fn at_once(component: &mut Component, count: u32) {
    component.scale = (count > 1).then_some(Scale::Fixed(count));
}
