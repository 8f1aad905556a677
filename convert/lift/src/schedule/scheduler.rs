//! A schedule of EventBridge Scheduler.

use super::moments;
use crate::context::Context;
use crate::field::Object;
use crate::plconfig::{Component, PlConfig};
use crate::text::Kind;
use crate::tracker::{Asked, FieldTracker};

/// Maps the schedule, and gives its target.
pub(super) fn map<'a>(
    tracker: &mut FieldTracker<'a>,
    context: &Context<'_, 'a>,
    schedule: Object<'a>,
    config: &mut PlConfig,
    component: &mut Component,
) -> Vec<Object<'a>> {
    names(tracker, schedule);
    moments::map(tracker, context, schedule, config, component);
    if let Some(field) = schedule.field("ScheduleExpressionTimezone") {
        component.timezone = tracker.text(field.0, Kind::Zone).map(Into::into);
        field.exact(tracker, context.at("timezone"));
    }
    window(tracker, schedule);
    dates(tracker, schedule);
    schedule.object("Target").into_iter().collect()
}

/// The first and the last day: cron knows none. Outside of them it would run when it never did, so that it does not run
/// before somebody took them over.
fn dates<'a>(tracker: &mut FieldTracker<'a>, schedule: Object<'a>) {
    let fields = ["StartDate", "EndDate"].map(|name| schedule.field(name));
    let shown = |name: &str, word: &str| {
        let text = schedule.peek(name).map(|date| format!(" {}", crate::marks::without_marks(date)));
        schedule.field(name).map(|_| format!("{word}{}", text.unwrap_or_default()))
    };
    let bounds: Vec<String> = [shown("StartDate", "from"), shown("EndDate", "until")].into_iter().flatten().collect();
    if bounds.is_empty() {
        return;
    }
    let id = tracker.question_id("dates", "");
    let text = format!(
        "It runs only between certain dates ({}). Will somebody switch it on and off by hand?",
        bounds.join(" ")
    );
    let answer = tracker.ask(id, &text, &["by-hand"], None);
    if let Asked::Open(_) = answer {
        tracker.hold("nobody said who keeps it to its dates");
    }
    for field in fields.into_iter().flatten() {
        match &answer {
            Asked::Given(_) => field.dropped(tracker, "dropped-by-answer"),
            Asked::Open(id) => field.asked(tracker, id),
        }
    }
}

/// What names a schedule and says nothing else.
pub(super) fn names<'a>(tracker: &mut FieldTracker<'a>, schedule: Object<'a>) {
    schedule.drop_all(
        tracker,
        &["Arn", "ScheduleArn", "CreationDate", "LastModificationDate", "ClientToken"],
        "describe-only",
    );
    schedule.drop_all(tracker, &["Name", "GroupName"], "named-by-workload");
    schedule.drop_all(tracker, &["KmsKeyArn"], "scheduler-role");
    if let Some(field) = schedule.field("ActionAfterCompletion") {
        field.dropped(tracker, "default");
    }
}

/// The window in which it may start.
pub(super) fn window<'a>(tracker: &mut FieldTracker<'a>, schedule: Object<'a>) {
    let Some(window) = schedule.object("FlexibleTimeWindow") else {
        return;
    };
    if window.peek("Mode") == Some("FLEXIBLE") {
        for field in ["Mode", "MaximumWindowInMinutes"].into_iter().filter_map(|name| window.field(name)) {
            field.dropped_because(tracker, "time-window", "it starts at the beginning of its window");
        }
    } else {
        window.drop_whole(tracker, "default");
    }
}
