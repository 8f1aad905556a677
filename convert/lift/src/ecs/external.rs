//! Tasks on machines of one's own (ECS Anywhere, launch type EXTERNAL): hardware somewhere else, perhaps beside a machine
//! or in a network that no node of the platform sees.

use super::kind::Plan;
use crate::field::Field;
use crate::tracker::{Asked, FieldTracker};
use serde_json::Value;

/// Asks where a service or its task definition says that it runs there.
pub(super) fn map<'a>(tracker: &mut FieldTracker<'a>, plan: &Plan<'_, 'a>) {
    let service = plan.facts.service;
    if let Some(field) = service.and_then(|service| service.field("launchType"))
        && field.0.as_str() == Some("EXTERNAL")
    {
        ask(tracker, field);
    }
    let launched = service.is_some_and(|service| service.field("launchType").is_some());
    let Some(field) = plan.facts.task.and_then(|task| task.field("requiresCompatibilities")) else {
        return;
    };
    // A task definition that can run elsewhere as well does, unless its service says EXTERNAL.
    let only = |list: &Vec<Value>| list.iter().all(|kind| kind.as_str() == Some("EXTERNAL"));
    if !launched && field.0.as_array().is_some_and(only) {
        ask(tracker, field);
    }
}

/// Whether it may run on the platform's nodes instead; it does not start before somebody said so.
pub(super) fn ask<'a>(tracker: &mut FieldTracker<'a>, field: Field<'a>) {
    let id = tracker.question_id("external", "");
    let text = "It runs on machines of your own (launch type EXTERNAL), perhaps for what stands beside them. May it run \
                on the platform's nodes instead?";
    match tracker.ask(id, text, &["platform"], None) {
        Asked::Given(_) => field.dropped(tracker, "launch-type"),
        Asked::Open(id) => {
            tracker.hold("it runs on machines of your own, and nobody said that it may run elsewhere");
            field.asked(tracker, &id);
        }
    }
}
