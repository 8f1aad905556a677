//! When it runs, whether it is switched on, and what it is for.

use super::clock::{ClockExpression, translate};
use crate::context::Context;
use crate::field::Object;
use crate::plconfig::cron::Cron;
use crate::plconfig::{Component, PlConfig};
use crate::text::Kind;
use crate::tracker::{Asked, FieldTracker};
use caravan_inventory::QuestionId;

/// What both say: when, whether it is on, what it is for.
pub(super) fn map<'a>(
    tracker: &mut FieldTracker<'a>,
    context: &Context<'_, 'a>,
    holder: Object<'a>,
    config: &mut PlConfig,
    component: &mut Component,
) {
    if let Some(field) = holder.field("Description") {
        config.description = tracker.text(field.0, Kind::Free).map(Into::into);
        field.exact(tracker, "/description");
    }
    if let Some(field) = holder.field("State") {
        if holder.peek("State") == Some("DISABLED") {
            tracker.hold("it is switched off in the source");
            field.exact(tracker, context.at("suspended"));
        } else {
            field.dropped(tracker, "default");
        }
    }
    // What a template leaves open is one question: when that is answered, it is known when it runs.
    let is_open = holder.raw("ScheduleExpression").is_some_and(|field| tracker.is_left_open(field.0));
    let Some(field) = holder.field("ScheduleExpression") else {
        // Events start it instead: that is refused where it is read.
        if holder.field("EventPattern").is_some() {
            component.schedule = Some(NEVER.to_owned());
        } else if is_open {
            wait(tracker, component);
        } else {
            ask(tracker, component);
        }
        return;
    };
    match translate(holder.peek("ScheduleExpression").unwrap_or("")) {
        ClockExpression::Same(schedule) if comes_twice(holder.peek("ScheduleExpressionTimezone"), &schedule) => {
            component.schedule = Some(schedule);
            let note = "where its zone sets the clock back, it runs in both of the hours that are called the same";
            field.approximated(tracker, context.at("schedule"), note);
        }
        ClockExpression::Same(schedule) => {
            component.schedule = Some(schedule);
            field.exact(tracker, context.at("schedule"));
        }
        ClockExpression::Rhythm(schedule) => {
            component.schedule = Some(schedule);
            field.approximated(tracker, context.at("schedule"), "the same rhythm, from another start");
        }
        ClockExpression::Unsupported("it runs once") => field.blocked(tracker, "it runs once, at a fixed time"),
        ClockExpression::Unsupported(_) if is_open => {
            wait(tracker, component);
            field.approximated(tracker, context.at("schedule"), "it does not run until somebody says when");
        }
        ClockExpression::Unsupported(why) => {
            let shown = crate::marks::without_marks(holder.peek("ScheduleExpression").unwrap_or(""));
            match ask_for_clock(tracker, &format!("`{shown}` can't be said in five cron fields: {why}.")) {
                Ok(answer) => {
                    component.schedule = Some(answer);
                    field.approximated(tracker, context.at("schedule"), "by a person's answer");
                }
                Err(id) => {
                    component.schedule = Some(NEVER.to_owned());
                    field.asked(tracker, &id);
                }
            }
        }
    }
}

/// Whether it may run in an hour that comes twice in the night in which its zone sets the clock back: Scheduler leaves the
/// second one out, a CronJob does not (kubernetes/kubernetes#121594). Zones change between eleven and four.
fn comes_twice(zone: Option<&str>, schedule: &str) -> bool {
    const UNCHANGED: [&str; 5] = ["UTC", "GMT", "UCT", "Zulu", "Universal"];
    let changes = zone.is_some_and(|zone| !UNCHANGED.contains(&zone) && !zone.starts_with("Etc/"));
    let at_night = |cron: Cron| cron.times().iter().any(|minute| !(4 * 60..23 * 60).contains(minute));
    changes && Cron::parse(schedule).is_some_and(at_night)
}

/// The 30th of February: what stands in until somebody says when. It is no answer, nor is another day that never comes.
const NEVER: &str = "0 0 30 2 *";

/// Keeps it from running until what is asked elsewhere says when it does.
fn wait(tracker: &mut FieldTracker<'_>, component: &mut Component) {
    component.schedule = Some(NEVER.to_owned());
    tracker.hold(NOBODY_SAID);
}

/// Why it does not run.
const NOBODY_SAID: &str = "nobody said when it runs";

/// Asks when it runs, where nothing says so.
pub(super) fn ask(tracker: &mut FieldTracker<'_>, component: &mut Component) {
    let answer = ask_for_clock(tracker, "Nothing says when it runs.");
    component.schedule = Some(answer.unwrap_or_else(|_| NEVER.to_owned()));
}

/// Answers by which both fields of days are restricted begin so: CronJobs run on the days that fit either of them (the
/// robfig parser, as cron always did), where EventBridge has one of both only.
const EITHER: &str = "either=";

fn ask_for_clock(tracker: &mut FieldTracker<'_>, why: &str) -> Result<String, QuestionId> {
    let id = tracker.question_id("schedule", "");
    let given = |answer: &str| answer.strip_prefix(EITHER).unwrap_or(answer).to_owned();
    let is_either = |answer: &str| Cron::parse(&given(answer)).is_some_and(|cron| cron.fits_either());
    let note = match tracker.source.decisions.answer(&id) {
        Some(answer) if is_either(answer) && !answer.starts_with(EITHER) => format!(
            " `{answer}` restricts the day of the month and the day of the week, and so runs on every day that fits one of \
             them: where that is meant, the answer is `{EITHER}{answer}`."
        ),
        _ => String::new(),
    };
    let text = format!("{why} Which five cron fields should it be?{note}");
    let usable = |answer: &str| {
        let comes = Cron::parse(&given(answer)).is_some_and(|cron| cron.comes());
        comes && answer.starts_with(EITHER) == is_either(answer)
    };
    match tracker.ask_for(id, &text, &[], Some(NEVER), usable) {
        Asked::Given(answer) => Ok(given(answer)),
        Asked::Open(id) => {
            tracker.hold(NOBODY_SAID);
            Err(id)
        }
    }
}
