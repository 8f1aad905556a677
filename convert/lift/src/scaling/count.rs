//! The number of instances, where nothing scales it.

use crate::context::Context;
use crate::field::{Field, number};
use crate::tracker::{Asked, FieldTracker};
use crate::unread::SCALING;
use caravan_inventory::{QuestionId, WorkloadKind};

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
        (Some(_), Some(0)) => dormant(tracker, context, field, "It runs at zero.").unwrap_or(0),
        (Some(field), Some(count)) => {
            match unread(tracker, count) {
                None => field.exact(tracker, context.at("scale")),
                Some(Ok(())) => {
                    field.approximated(tracker, context.at("scale"), "by a person's answer nothing scales it")
                }
                Some(Err(id)) => field.asked(tracker, &id),
            }
            count
        }
        // What a template leaves open is asked for by itself, and nothing runs until then.
        (None, None) if tracker.leaves_open_at("/desiredCount") => 1,
        _ => ask_for_count(tracker, "How many of it should run?", "1").unwrap_or(1),
    }
}

/// Whether a person said that nothing scales it, where discovery could not read what does; none where it read that.
///
/// # Errors
/// The question that is open: it runs with the number that it has now.
fn unread(tracker: &mut FieldTracker<'_>, count: u32) -> Option<Result<(), QuestionId>> {
    let source = tracker.source;
    if source.workload.kind != WorkloadKind::Ecs || !source.unread.is(source.workload, SCALING) {
        return None;
    }
    let text = format!(
        "It runs {count} times at the moment, and what scales it was not read. Does nothing scale it (`fixed`)? `caravan inventory coverage` \
         says what kept discovery from reading it; a scan with the right to `{SCALING}` tells. Until then it stays at {count}."
    );
    let id = tracker.question_id("unread-scaling", "");
    Some(match tracker.ask(id, &text, &["fixed"], Some("fixed")) {
        Asked::Given(_) => Ok(()),
        Asked::Open(id) => Err(id),
    })
}

/// How many there should be of what stands at zero now. `why` is what a person should know: one sentence.
///
/// # Errors
/// The question that is open: then it stays at zero.
pub(super) fn dormant<'a>(
    tracker: &mut FieldTracker<'a>,
    context: &Context<'_, 'a>,
    field: Option<Field<'a>>,
    why: &str,
) -> Result<u32, QuestionId> {
    let text = format!("{why} How many should run on the platform, or can it be retired (then leave it at 0)?");
    let answer = ask_for_count(tracker, &text, "0");
    if let Some(field) = field {
        match &answer {
            Ok(_) => field.approximated(tracker, context.at("scale"), "by a person's answer"),
            Err(id) => field.asked(tracker, id),
        }
    }
    answer
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
