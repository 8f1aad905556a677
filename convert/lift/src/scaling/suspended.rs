//! Scaling that somebody suspended (Application Auto Scaling API, SuspendedState): until a person says otherwise the platform does not
//! scale either.

use super::bounds::NAMES;
use crate::context::Context;
use crate::field::{Field, is_empty};
use crate::plconfig::ScaleRange;
use crate::tracker::{Asked, FieldTracker};
use caravan_inventory::QuestionId;
use serde_json::Value;

/// The answers: it scales, or it stays as it is.
const ANSWERS: [&str; 2] = ["yes", "no"];

/// What is suspended of a source's scaling, as it is meant to stay.
#[derive(Default)]
pub(crate) struct Suspended {
    /// Nothing takes instances away by their load.
    pub(crate) inward: bool,
    /// Nothing adds instances by their load.
    pub(crate) outward: bool,
    /// Scheduled actions do nothing.
    pub(crate) by_clock: bool,
    /// The question, while it is open.
    pub(crate) open: Option<QuestionId>,
}

impl Suspended {
    /// Whether the number stays as it stands, whatever the load.
    pub(crate) fn is_fixed(&self) -> bool {
        self.inward && self.outward
    }

    /// Marks what has no effect as long as it is suspended.
    pub(crate) fn leave<'a>(&self, tracker: &mut FieldTracker<'a>, value: &'a Value) {
        match &self.open {
            Some(id) => Field(value).asked(tracker, id),
            None => Field(value).dropped(tracker, "dropped-by-answer"),
        }
    }
}

/// Asks whether what is suspended should scale on the platform. `fields` say that it is.
pub(crate) fn ask<'a>(
    tracker: &mut FieldTracker<'a>,
    context: &Context<'_, 'a>,
    mut suspended: Suspended,
    fields: &[Field<'a>],
) -> Suspended {
    if fields.is_empty() {
        return Suspended::default();
    }
    let parts = [
        (suspended.inward, "nothing takes instances away by their load"),
        (suspended.outward, "nothing adds any by their load"),
        (suspended.by_clock, "its scheduled actions do nothing"),
    ];
    let parts: Vec<&str> = parts.iter().filter(|(is, _)| *is).map(|(_, text)| *text).collect();
    let text = format!(
        "Its autoscaling is suspended at the moment: {}. Should it scale on the platform (`yes`), or stay as it is now (`no`)?",
        parts.join(", ")
    );
    let id = tracker.question_id("autoscaling", "");
    match tracker.ask(id, &text, &ANSWERS, Some(ANSWERS[1])) {
        Asked::Given(answer) if answer == ANSWERS[0] => {
            fields.iter().for_each(|field| field.dropped(tracker, "dropped-by-answer"));
            return Suspended::default();
        }
        Asked::Given(_) => {
            let note = "it stays as it is now, by a person's answer";
            fields.iter().for_each(|field| field.approximated(tracker, context.at("scale"), note));
        }
        Asked::Open(id) => {
            fields.iter().for_each(|field| field.asked(tracker, &id));
            suspended.open = Some(id);
        }
    }
    suspended
}

/// What scalable targets say of it.
pub(super) fn read<'a>(tracker: &mut FieldTracker<'a>, context: &Context<'_, 'a>) -> Suspended {
    let mut suspended = Suspended::default();
    let mut fields = Vec::new();
    let states = context.around.scalable_targets.iter().filter_map(|target| target.object("SuspendedState"));
    for (name, value) in states.flat_map(|state| state.entries()) {
        let slot = match name {
            "DynamicScalingInSuspended" => &mut suspended.inward,
            "DynamicScalingOutSuspended" => &mut suspended.outward,
            "ScheduledScalingSuspended" => &mut suspended.by_clock,
            _ => continue,
        };
        match value {
            Value::Bool(true) => {
                *slot = true;
                fields.push(Field(value));
            }
            Value::Bool(false) => Field(value).dropped(tracker, "default"),
            _ => {}
        }
    }
    ask(tracker, context, suspended, &fields)
}

/// Keeps bounds where the number stands now, on the side that is suspended. Whether the number stays as it is, so that nothing scales it.
pub(super) fn narrow(suspended: &Suspended, range: &mut ScaleRange, now: Option<u64>) -> bool {
    if !suspended.inward && !suspended.outward {
        return false;
    }
    let Some(now) = now.and_then(|now| u32::try_from(now).ok()).filter(|_| !suspended.is_fixed()) else { return true };
    if suspended.inward {
        range.min = range.min.max(now);
        range.max = range.max.max(range.min);
    } else {
        range.max = range.max.min(now);
        range.min = range.min.min(range.max);
    }
    false
}

/// What the policies are that have no effect.
pub(super) fn leave_policies<'a>(tracker: &mut FieldTracker<'a>, context: &Context<'_, 'a>, suspended: &Suspended) {
    for (name, value) in context.around.policies.iter().flat_map(|policy| policy.entries()) {
        if NAMES.contains(&name) {
            Field(value).dropped(tracker, "names");
        } else if !is_empty(value) {
            suspended.leave(tracker, value);
        }
    }
}

/// What the scheduled actions are that have no effect.
pub(super) fn leave_actions<'a>(tracker: &mut FieldTracker<'a>, context: &Context<'_, 'a>, suspended: &Suspended) {
    let entries = context.around.scheduled_actions.iter().flat_map(|action| action.entries());
    entries.filter(|(_, value)| !is_empty(value)).for_each(|(_, value)| suspended.leave(tracker, value));
}

/// What the bounds are: without effect where nothing moves the number, and else on the suspended side what runs now.
pub(super) fn settle<'a>(
    tracker: &mut FieldTracker<'a>,
    context: &Context<'_, 'a>,
    suspended: &Suspended,
    (is_fixed, driven): (bool, bool),
) {
    let sides = [("MinCapacity", "scale/min", suspended.inward), ("MaxCapacity", "scale/max", suspended.outward)];
    for target in &context.around.scalable_targets {
        for (name, to, is_suspended) in sides {
            let Some(field) = target.field(name) else { continue };
            match &suspended.open {
                _ if is_fixed && !driven => suspended.leave(tracker, field.0),
                _ if is_fixed || !is_suspended => {}
                Some(id) => field.asked(tracker, id),
                None => {
                    field.approximated(tracker, context.at(to), "what runs now: beyond that its scaling is suspended")
                }
            }
        }
    }
}
