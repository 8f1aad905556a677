//! What became of asynchronous invocations that failed: repetitions, destinations, dead-letter queues.

use super::Plan;
use crate::field::{Field, Object};
use crate::plconfig::{ScheduleTrigger, Seconds};
use crate::tracker::{Asked, FieldTracker};

/// Maps them for an invocation by the clock, which is an asynchronous one.
pub(super) fn map<'a>(tracker: &mut FieldTracker<'a>, plan: &Plan<'_, 'a>, trigger: &mut ScheduleTrigger) {
    let config = plan.facts.invoke_configs.iter().find(|named| {
        let qualifier = named.qualifier.filter(|qualifier| *qualifier != "$LATEST");
        qualifier == plan.start.qualifier
    });
    let mut places: Vec<(Field<'a>, String)> = Vec::new();
    if let Some(config) = config.map(|named| named.document) {
        let number = |name: &str| config.peek_u64(name).and_then(|number| u32::try_from(number).ok());
        if let Some(field) = config.field("MaximumRetryAttempts") {
            match number("MaximumRetryAttempts").filter(|count| *count <= 2) {
                Some(count) => {
                    trigger.retries = Some(count);
                    field.exact(tracker, plan.context.at("trigger/schedule/retries"));
                }
                None => field.blocked(tracker, "the number of its repetitions is not between 0 and 2"),
            }
        }
        if let Some(field) = config.field("MaximumEventAgeInSeconds") {
            match number("MaximumEventAgeInSeconds").filter(|age| (60..=21_600).contains(age)) {
                Some(age) => {
                    trigger.max_age = Some(Seconds(age));
                    field.exact(tracker, plan.context.at("trigger/schedule/max_age"));
                }
                None => field.blocked(tracker, "the age of its events is not between 60 and 21600 seconds"),
            }
        }
        let destinations = config.object("DestinationConfig");
        for name in ["OnSuccess", "OnFailure"] {
            let place = destinations.and_then(|all| all.object(name));
            let place =
                place.and_then(|place| Some((place.field("Destination")?, place.peek("Destination")?.to_owned())));
            places.extend(place);
        }
    }
    if let Some(dead) = plan.unit.own.object("DeadLetterConfig") {
        places.extend(dead.field("TargetArn").zip(dead.peek("TargetArn").map(str::to_owned)));
    }
    ask(tracker, places);
}

fn ask<'a>(tracker: &mut FieldTracker<'a>, places: Vec<(Field<'a>, String)>) {
    let places: Vec<_> = places.into_iter().filter(|(_, arn)| !arn.is_empty()).collect();
    if places.is_empty() {
        return;
    }
    let named: Vec<String> = places.iter().map(|(_, arn)| format!("`{arn}`")).collect();
    let id = tracker.question_id("destination", "");
    let text = format!(
        "What its invocations came to is sent to {}. A run that fails is seen in the platform's monitoring and is sent nowhere. Can \
         it do without?",
        named.join(" and ")
    );
    match tracker.ask(id, &text, &["without"], None) {
        Asked::Given(_) => places.into_iter().for_each(|(field, _)| field.dropped(tracker, "dropped-by-answer")),
        Asked::Open(id) => {
            tracker.hold("what its invocations came to would be sent nowhere");
            places.into_iter().for_each(|(field, _)| field.asked(tracker, &id));
        }
    }
}

/// What no invocation by the clock reads of: requests and queues have no such settings.
pub(super) fn rest<'a>(tracker: &mut FieldTracker<'a>, plan: &super::facts::Facts<'a>, own: Object<'a>) {
    let note = "only asynchronous invocations have it, and nothing that was read makes one";
    for named in &plan.invoke_configs {
        named.document.drop_all(tracker, &["FunctionArn", "LastModified"], "describe-only");
        drop_unmarked(tracker, named.document, note);
    }
    if let Some(dead) = own.object("DeadLetterConfig") {
        drop_unmarked(tracker, dead, note);
    }
}

fn drop_unmarked<'a>(tracker: &mut FieldTracker<'a>, object: Object<'a>, note: &'static str) {
    for (_, value) in object.entries() {
        if let Some(inside) = Object::of(value).filter(|inside| !inside.map().is_empty()) {
            drop_unmarked(tracker, inside, note);
        } else if !crate::field::is_empty(value) && !tracker.has_mark(value) {
            Field(value).dropped_because(tracker, "no-asynchronous-call", note);
        }
    }
}
