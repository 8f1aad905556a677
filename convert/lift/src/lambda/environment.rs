//! Variables of the function: for all of its components.

use super::version::Unit;
use crate::field::Field;
use crate::moved_secret::ask_for_place;
use crate::plconfig::PlConfig;
use crate::text::Kind;
use crate::tracker::{Asked, FieldTracker, push_step};
use caravan_inventory::Redacted;
use serde_json::Value;

/// What Lambda keeps for itself and a front sets (Lambda developer guide, "Reserved environment variables").
const RESERVED: [&str; 11] = [
    "_HANDLER",
    "AWS_LAMBDA_FUNCTION_NAME",
    "AWS_LAMBDA_FUNCTION_MEMORY_SIZE",
    "AWS_LAMBDA_FUNCTION_VERSION",
    "AWS_LAMBDA_RUNTIME_API",
    "AWS_REGION",
    "AWS_DEFAULT_REGION",
    "AWS_EXECUTION_ENV",
    "LAMBDA_TASK_ROOT",
    "LAMBDA_RUNTIME_DIR",
    "AWS_XRAY_DAEMON_ADDRESS",
];

pub(super) fn map<'a>(tracker: &mut FieldTracker<'a>, unit: &Unit<'a>, config: &mut PlConfig) {
    let Some(environment) = unit.own.object("Environment") else { return };
    if let Some(error) = environment.field("Error") {
        let id = tracker.question_id("environment", "");
        let text = "Lambda could not decrypt its variables. Are they in `env` and `secrets` now, or are there none?";
        match tracker.ask(id, text, &["copied", "none"], None) {
            Asked::Given(_) => error.dropped(tracker, "dropped-by-answer"),
            Asked::Open(id) => {
                tracker.hold("its variables could not be read");
                error.asked(tracker, &id);
            }
        }
    }
    let Some(variables) = environment.object("Variables") else { return };
    for (name, value) in variables.entries() {
        variable(tracker, name, value, config);
    }
}

fn variable<'a>(tracker: &mut FieldTracker<'a>, name: &'a str, value: &'a Value, config: &mut PlConfig) {
    if matches!(value, Value::Array(_) | Value::Object(_)) {
        return;
    }
    let field = Field(value);
    if RESERVED.contains(&name) {
        return field.dropped_because(tracker, "reserved-variable", "its front sets it, as Lambda did");
    }
    if name == "AWS_LAMBDA_EXEC_WRAPPER" {
        return wrapper(tracker, field);
    }
    if !crate::text::is_variable(name) {
        return field.blocked(tracker, "one of its variables has a name that a container can't have");
    }
    if value.as_str().is_some_and(Redacted::is_in) {
        let place = ask_for_place(tracker, None, name);
        match &place.open {
            Some(id) => field.asked(tracker, id),
            None => field.approximated(tracker, "/secrets", "it lies in a secret store, by a person's answer"),
        }
        config.secrets.insert(name.to_owned(), place.reference);
        return;
    }
    let mut target = "/env".to_owned();
    push_step(&mut target, name);
    match value {
        // What has no value is an empty text, as in Lambda.
        Value::Null => field.approximated(tracker, target, "an empty text"),
        _ => field.exact(tracker, target),
    }
    let text = tracker.text(value, Kind::Free).map(Into::into).unwrap_or_default();
    config.env.insert(name.to_owned(), text);
}

/// A script of a layer that starts the runtime: the pinned client does not read of it.
fn wrapper<'a>(tracker: &mut FieldTracker<'a>, field: Field<'a>) {
    let id = tracker.question_id("wrapper", "");
    let text = "A script of a layer wraps the start of its runtime (`AWS_LAMBDA_EXEC_WRAPPER`), and nothing runs it off Lambda. \
                Can it do without?";
    match tracker.ask(id, text, &["without"], None) {
        Asked::Given(_) => field.dropped(tracker, "dropped-by-answer"),
        Asked::Open(id) => {
            tracker.hold("a script wraps the start of its runtime");
            field.asked(tracker, &id);
        }
    }
}
