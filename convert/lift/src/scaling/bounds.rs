//! Between which numbers the autoscaler moves.

use super::scheduled::ceilings;
use crate::context::Context;
use crate::field::{Field, is_empty};
use crate::plconfig::ScaleRange;
use crate::tracker::{Asked, FieldTracker};
use caravan_inventory::QuestionId;

/// Names of things, of which nothing depends.
pub(super) const NAMES: [&str; 10] = [
    "ServiceNamespace",
    "ResourceId",
    "ScalableDimension",
    "RoleARN",
    "CreationTime",
    "ScalableTargetARN",
    "PolicyARN",
    "PolicyName",
    "Alarms",
    "PredictedCapacity",
];

/// Reads them; none when nothing scales it.
pub(super) fn read<'a>(tracker: &mut FieldTracker<'a>, context: &Context<'_, 'a>) -> Option<ScaleRange> {
    let mut range = None;
    for &target in &context.around.scalable_targets {
        target.drop_all(tracker, &NAMES, "names");
        let bound = |name| target.peek_u64(name).and_then(|bound| u32::try_from(bound).ok());
        let (Some(min), Some(max)) = (bound("MinCapacity"), bound("MaxCapacity")) else {
            if context.around.policies.is_empty() {
                let bounds = ["MinCapacity", "MaxCapacity"].into_iter().filter_map(|name| target.field(name));
                bounds.for_each(|field| {
                    field.dropped_because(tracker, "no-policy", "nothing moves it between its bounds")
                });
            }
            continue;
        };
        range = Some(ScaleRange { min, max, ..ScaleRange::default() });
    }
    range
}

/// Asks between which numbers it moves, where policies say by what and no scalable target is among the sources.
pub(super) fn ask<'a>(tracker: &mut FieldTracker<'a>, context: &Context<'_, 'a>) -> Option<ScaleRange> {
    let said = |name| context.around.scalable_targets.iter().filter_map(move |target| target.raw(name));
    let mut said = said("MinCapacity").chain(said("MaxCapacity"));
    // What its template leaves open is asked for as a value, and once is enough.
    if let Some(id) = said.find_map(|field| tracker.question_of(field.0)).cloned() {
        wait_for(tracker, context, &id);
        return None;
    }
    let id = tracker.question_id("bounds", "");
    // Of a target that is there one of them may be open.
    let targets = &context.around.scalable_targets;
    let missing = if targets.is_empty() { "no scalable target" } else { "its scalable target leaves open" };
    let text = format!(
        "Its scaling policies say by what it scales, and {missing} between which numbers. Which are they, such as `2-10`, or does nothing \
         scale it (`none`)?"
    );
    let fields: Vec<Field<'a>> = targets
        .iter()
        .flat_map(|target| ["MinCapacity", "MaxCapacity"].map(|name| target.field(name)))
        .flatten()
        .collect();
    let usable = |answer: &str| answer == "none" || bounds(answer).is_some();
    match tracker.ask_for(id, &text, &[], Some("none"), usable) {
        Asked::Given(answer) => {
            let note = "by a person's answer";
            fields.into_iter().for_each(|field| field.approximated(tracker, context.at("scale"), note));
            bounds(answer)
        }
        Asked::Open(id) => {
            wait_for(tracker, context, &id);
            None
        }
    }
}

/// Everything that says by what it scales, and between which numbers, is asked about by this question.
fn wait_for<'a>(tracker: &mut FieldTracker<'a>, context: &Context<'_, 'a>, id: &QuestionId) {
    let targets = context.around.scalable_targets.iter();
    let bounds = targets.flat_map(|target| ["MinCapacity", "MaxCapacity"].map(|name| target.field(name)));
    bounds.flatten().for_each(|field| field.asked(tracker, id));
    for (name, value) in context.around.policies.iter().flat_map(|policy| policy.entries()) {
        if NAMES.contains(&name) {
            Field(value).dropped(tracker, "names");
        } else if !is_empty(value) {
            Field(value).asked(tracker, id);
        }
    }
}

/// `2-10`: at least and at most.
fn bounds(answer: &str) -> Option<ScaleRange> {
    let (min, max) = answer.split_once('-')?;
    let number = |text: &str| text.trim().parse::<u32>().ok().filter(|count| *count <= 10_000);
    let (min, max) = (number(min)?, number(max)?);
    (max > 0 && min <= max).then(|| ScaleRange { min, max, ..ScaleRange::default() })
}

/// Why what an autoscaler has stays at zero until somebody starts it; none where it does not. `now` is how many there
/// are at the moment.
pub(super) fn parked(range: &ScaleRange, now: Option<u64>) -> Option<&'static str> {
    let woken = range.queue.is_some() || !range.cron.is_empty();
    match now {
        _ if range.max == 0 => Some("Its autoscaler keeps it at zero."),
        Some(0) if !woken => Some("It runs at zero, from where its autoscaler does not wake it."),
        _ => None,
    }
}

/// What became of the bounds and policies of what stays at zero: asked about while the question is open, and without
/// effect where it is to stay there.
pub(super) fn park<'a>(tracker: &mut FieldTracker<'a>, context: &Context<'_, 'a>, wanted: &Result<u32, QuestionId>) {
    let around = context.around;
    for holder in around.scalable_targets.iter().chain(&around.policies).chain(&around.scheduled_actions) {
        for (name, value) in holder.entries().filter(|(name, value)| !NAMES.contains(name) && !is_empty(value)) {
            let field = Field(value);
            match wanted {
                Err(id) => field.asked(tracker, id),
                Ok(0) => field.dropped(tracker, "parked"),
                Ok(_) if matches!(name, "MinCapacity" | "MaxCapacity") => {
                    field.approximated(tracker, context.at("scale"), "by a person's answer");
                }
                Ok(_) => {}
            }
        }
    }
}

/// What became of the bounds, now that it is known whether anything moves the number between them.
pub(super) fn settle<'a>(
    tracker: &mut FieldTracker<'a>,
    context: &Context<'_, 'a>,
    range: &mut ScaleRange,
    driven: bool,
) {
    let woken = range.queue.is_some() || range.rps.is_some() || !range.cron.is_empty();
    let raised = range.min == 0 && !woken;
    range.min = range.min.max(u32::from(raised));
    let lifted = range.max < range.min.max(1);
    range.max = range.max.max(range.min).max(1);
    let scheduled = !range.cron.is_empty();
    let Some(&target) = context.around.scalable_targets.last() else {
        return;
    };
    for (name, to, changed) in [("MinCapacity", "scale/min", raised), ("MaxCapacity", "scale/max", lifted)] {
        let Some(field) = target.field(name) else { continue };
        if !driven {
            field.dropped_because(tracker, "no-policy", "nothing moves it between its bounds");
        } else if scheduled && name == "MinCapacity" {
            field.dropped_because(tracker, "scheduled-bounds", "the scheduled actions set it");
        } else if name == "MaxCapacity" && !ceilings(context).is_empty() {
            field.approximated(tracker, context.at(to), "what it is at the moment: its scheduled actions move it");
        } else if changed {
            field.approximated(tracker, context.at(to), "at least one runs where nothing outside could wake it");
        } else {
            field.exact(tracker, context.at(to));
        }
    }
}
