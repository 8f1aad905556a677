//! The number of instances, where nothing scales it.

use crate::context::Context;
use crate::field::{Field, number};
use crate::tracker::{Asked, FieldTracker};
use caravan_inventory::QuestionId;

/// The fixed number, where nothing scales it: what the source wants in `field`, or what a person says.
pub(super) fn map<'a>(
    tracker: &mut FieldTracker<'a>,
    context: &Context<'_, 'a>,
    field: Option<Field<'a>>,
    scaled: bool,
) -> u32 {
    if scaled {
        if let Some(field) = field {
            field.dropped_because(tracker, "autoscaled", "the number at the moment is the autoscaler's");
        }
        return 0;
    }
    let said = field.and_then(|field| number(field.0)).and_then(|n| u32::try_from(n).ok());
    match (field, said) {
        (Some(field), Some(0)) => dormant(tracker, context, field),
        (Some(field), Some(count)) => {
            field.exact(tracker, context.at("scale"));
            count
        }
        _ => ask_for_count(tracker, "How many of it should run?", "1").unwrap_or(1),
    }
}

fn dormant<'a>(tracker: &mut FieldTracker<'a>, context: &Context<'_, 'a>, field: Field<'a>) -> u32 {
    let text = "It runs at zero. How many should run on the platform, or can it be retired (then leave it at 0)?";
    match ask_for_count(tracker, text, "0") {
        Ok(count) => {
            field.approximated(tracker, context.at("scale"), "by a person's answer");
            count
        }
        Err(id) => {
            field.asked(tracker, &id);
            0
        }
    }
}

fn ask_for_count(tracker: &mut FieldTracker<'_>, text: &str, assumed: &str) -> Result<u32, QuestionId> {
    let id = tracker.question_id("replicas", "");
    match tracker
        .ask_for(id, text, &[], Some(assumed), |answer| answer.parse::<u32>().is_ok_and(|count| count <= 10_000))
    {
        Asked::Given(answer) => Ok(answer.parse().unwrap_or(1)),
        Asked::Open(id) => Err(id),
    }
}
