//! Schedules that set the count of a service: on in the morning, off at night.

use super::turns::take_turns;
use crate::context::Context;
use crate::field::Field;
use crate::plconfig::{CronScale, ScaleRange};
use crate::schedule::{CountSchedule, counts};
use crate::tracker::{Asked, FieldTracker};

/// Two schedules that take turns are a floor from one moment to the other. `range` is what an autoscaler moves between,
/// where one does; `driven` whether it does. Whether the schedules drive the scale.
pub(super) fn map<'a>(
    tracker: &mut FieldTracker<'a>,
    context: &Context<'_, 'a>,
    range: &mut Option<ScaleRange>,
    driven: bool,
) -> bool {
    let (others, schedules): (Vec<_>, Vec<_>) =
        counts(tracker, &context.around.service_schedules).into_iter().partition(|schedule| schedule.is_no_count);
    others.iter().for_each(|schedule| ask_about_no_count(tracker, schedule));
    let scale = by_turns(&schedules).and_then(|scale| match range {
        None => Some(scale),
        // From zero an autoscaler never comes back by itself: between the two moments the clock holds it awake.
        Some(old) if driven && scale.min == 0 && old.cron.is_empty() => {
            let cron = scale.cron.into_iter().map(|cron| CronScale { min: cron.min.max(old.min), ..cron }).collect();
            let max = old.max.max(scale.max);
            Some(ScaleRange { min: 0, max, cron, ..old.clone() })
        }
        Some(_) => None,
    });
    let Some(scale) = scale else {
        schedules.iter().for_each(|schedule| ask(tracker, schedule));
        return false;
    };
    *range = Some(scale);
    for field in schedules.iter().flat_map(|schedule| &schedule.fields) {
        let note = "so many from one moment to the other, and as many as the other one says from then on";
        field.approximated(tracker, context.at("scale/cron"), note);
    }
    true
}

/// The scale of two schedules that take turns.
fn by_turns(schedules: &[CountSchedule<'_>]) -> Option<ScaleRange> {
    let [one, other] = schedules else { return None };
    let (one, other) = (one.setting.as_ref()?, other.setting.as_ref()?);
    let (high, low) = if one.count > other.count { (one, other) } else { (other, one) };
    if high.count == low.count || high.zone != low.zone || !take_turns(&high.moment, &low.moment) {
        return None;
    }
    let cron = CronScale {
        start: high.moment.clone(),
        end: low.moment.clone(),
        timezone: high.zone.map(str::to_owned),
        min: high.count,
    };
    Some(ScaleRange { min: low.count, max: high.count, cron: vec![cron], ..ScaleRange::default() })
}

/// A schedule that leaves the count as it is: whoever relies on it, such as on instances that are started anew each night, has
/// nothing in its place.
fn ask_about_no_count<'a>(tracker: &mut FieldTracker<'a>, schedule: &CountSchedule<'a>) {
    let text = format!(
        "The schedule {} updates the service and says no count: it starts its instances anew, or changes something else in it, which \
         nothing does here. Can it be left out?",
        shown(schedule)
    );
    ask_to_leave_out(tracker, schedule, &text);
}

fn ask<'a>(tracker: &mut FieldTracker<'a>, schedule: &CountSchedule<'a>) {
    let count = schedule.wanted.map_or_else(|| "its count".to_owned(), |count| format!("its count to {count}"));
    let text = format!(
        "The schedule {} sets {count} in a way that is not said here: only two that are on and take turns are. \
         Can it be left out, so that there are always as many as the service wants now?",
        shown(schedule)
    );
    if ask_to_leave_out(tracker, schedule, &text) {
        // Without it the service runs at hours at which it never did, or is too small for those for which it was there.
        tracker.hold("nobody said what becomes of a schedule that sets how many there are");
    }
}

/// Its name and when it comes, for people.
fn shown(schedule: &CountSchedule<'_>) -> String {
    let when = schedule.when.map(crate::marks::without_marks).map_or_else(String::new, |when| format!(" (`{when}`)"));
    format!("`{}`{when}", crate::marks::without_marks(schedule.name))
}

/// Whether it is still open if a schedule can be left out.
fn ask_to_leave_out<'a>(tracker: &mut FieldTracker<'a>, schedule: &CountSchedule<'a>, text: &str) -> bool {
    let id = tracker.question_id("scaling", &crate::marks::without_marks(schedule.name));
    let answer = tracker.ask(id, text, &["leave-out"], Some("leave-out"));
    for field in &schedule.fields {
        match &answer {
            Asked::Open(id) => Field::asked(*field, tracker, id),
            Asked::Given(_) => field.dropped(tracker, "dropped-by-answer"),
        }
    }
    matches!(answer, Asked::Open(_))
}
