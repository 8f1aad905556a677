//! Logs: containers write to standard output, and the platform collects it.

use super::members::Member;
use crate::field::{Field, Object};
use crate::marks::without_marks;
use crate::tracker::{Asked, FieldTracker};

/// The log configuration of a container that is kept.
pub(super) fn map<'a>(tracker: &mut FieldTracker<'a>, member: &Member<'a>) {
    let Some(log) = member.definition.object("logConfiguration") else {
        return;
    };
    let driver = log.peek("logDriver").unwrap_or("");
    let options = log.object("options");
    match driver {
        "awslogs" => awslogs(tracker, log, options),
        "json-file" | "none" => drop_everything(tracker, log, "nothing reads these logs on the node any more"),
        "awsfirelens" => firelens(tracker, member, log, options),
        _ => ask_about_destination(tracker, member, log, driver),
    }
}

/// A FireLens router is not carried over.
pub(super) fn drop_router<'a>(tracker: &mut FieldTracker<'a>, member: &Member<'a>) {
    let definition = member.definition;
    for (name, value) in definition.entries() {
        if name != "firelensConfiguration" && !crate::field::is_empty(value) {
            Field(value).dropped(tracker, "log-router");
        }
    }
    let Some(firelens) = definition.object("firelensConfiguration") else {
        return;
    };
    firelens.drop_all(tracker, &["type"], "log-router");
    let Some(options) = firelens.object("options") else {
        return;
    };
    for (name, value) in options.entries() {
        if name.starts_with("config-file-") {
            ask_about_rules(tracker, member, Field(value));
        } else {
            Field(value).dropped(tracker, "log-router");
        }
    }
}

fn awslogs<'a>(tracker: &mut FieldTracker<'a>, log: Object<'a>, options: Option<Object<'a>>) {
    drop_everything(tracker, log, "");
    let Some(options) = options else { return };
    for (name, value) in options.entries() {
        let note = match name {
            "awslogs-group" => "alarms, metric filters and subscriptions on this log group see nothing more",
            "awslogs-multiline-pattern" | "awslogs-datetime-format" => {
                "lines are joined by a rule in Datadog, which has to be made from it"
            }
            _ => continue,
        };
        Field(value).dropped_because(tracker, "platform-logs", note);
    }
}

/// Through a router to somewhere: CloudWatch and Datadog are where the platform's logs are seen anyway.
fn firelens<'a>(tracker: &mut FieldTracker<'a>, member: &Member<'a>, log: Object<'a>, options: Option<Object<'a>>) {
    let plugin = options.and_then(|options| options.peek("Name").or(options.peek("@type")));
    match plugin {
        None | Some("cloudwatch" | "cloudwatch_logs" | "datadog") => {
            drop_everything(tracker, log, "the router is left out; the platform collects the logs");
        }
        Some(other) => ask_about_destination(tracker, member, log, other),
    }
}

fn ask_about_destination<'a>(tracker: &mut FieldTracker<'a>, member: &Member<'a>, log: Object<'a>, destination: &str) {
    let id = tracker.question_id("logs", member.name);
    let destination = without_marks(destination);
    let text = format!("`{}` sends its logs to {destination}. Is the platform's log collection enough?", member.name);
    match tracker.ask(id, &text, &["platform"], Some("platform")) {
        Asked::Given(_) => drop_everything(tracker, log, "the destination changes, by a person's answer"),
        Asked::Open(id) => {
            for (_, value) in log.entries().filter(|(_, value)| !crate::field::is_empty(value)) {
                Field(value).asked(tracker, &id);
            }
        }
    }
}

fn ask_about_rules<'a>(tracker: &mut FieldTracker<'a>, member: &Member<'a>, field: Field<'a>) {
    let id = tracker.question_id("logs", member.name);
    let text = format!("The log router `{}` has rules of its own. Are they needed no more?", member.name);
    match tracker.ask(id, &text, &["not-needed"], Some("not-needed")) {
        Asked::Given(_) => field.dropped(tracker, "log-router"),
        Asked::Open(id) => field.asked(tracker, &id),
    }
}

fn drop_everything<'a>(tracker: &mut FieldTracker<'a>, log: Object<'a>, note: &'static str) {
    for (_, value) in log.entries().filter(|(_, value)| !crate::field::is_empty(value)) {
        if note.is_empty() {
            Field(value).dropped(tracker, "platform-logs");
        } else {
            Field(value).dropped_because(tracker, "platform-logs", note);
        }
    }
}
