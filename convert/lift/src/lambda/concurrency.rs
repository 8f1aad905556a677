//! How many of it: reserved and provisioned concurrency, and what a queue's mapping allows at once.

use super::Plan;
use super::started_by::StartKind;
use crate::field::{Field, Object};
use crate::plconfig::{Component, ComponentType, Scale, ScaleRange};
use crate::tracker::{Asked, FieldTracker};

/// Wanted use of the processor in percent at which another pod is started.
const CPU: u32 = 70;

/// Maps them to the bounds of the component. Each pod has one process, which takes one invocation at a time.
pub(super) fn map<'a>(tracker: &mut FieldTracker<'a>, plan: &Plan<'_, 'a>, component: &mut Component) {
    let reserved = reserved(tracker, plan);
    if reserved == Some(0) {
        component.scale = Some(Scale::Fixed(0));
        return;
    }
    let allowed = allowed(tracker, plan);
    let at_least = provisioned(tracker, plan);
    let max = match [reserved, allowed].into_iter().flatten().min() {
        Some(most) => most,
        None => ask(tracker),
    };
    let max = max.max(at_least).max(1);
    component.scale = Some(Scale::Range(match component.scale.take() {
        // Nothing runs while the queue is empty, as before.
        Some(Scale::Range(range)) => ScaleRange { min: at_least, max, ..range },
        _ => ScaleRange { min: at_least.max(1), max, cpu: Some(CPU), ..ScaleRange::default() },
    }));
}

/// Holds the runs by the clock of a function that is switched off; how many run at once is the clock's.
pub(super) fn of_clock<'a>(tracker: &mut FieldTracker<'a>, plan: &Plan<'_, 'a>) {
    let whole = plan.facts.function.and_then(|function| function.whole);
    let count = whole.and_then(|whole| whole.object("Concurrency")?.peek_u64("ReservedConcurrentExecutions"));
    if count == Some(0) && reserved(tracker, plan) == Some(0) {
        tracker.hold("it is switched off on Lambda");
    }
}

/// As many environments as Lambda kept for it, and no more. Zero is a function that is switched off.
fn reserved<'a>(tracker: &mut FieldTracker<'a>, plan: &Plan<'_, 'a>) -> Option<u32> {
    let concurrency = plan.facts.function?.whole?.object("Concurrency")?;
    let field = concurrency.field("ReservedConcurrentExecutions")?;
    let count = concurrency.peek_u64("ReservedConcurrentExecutions").and_then(|count| u32::try_from(count).ok())?;
    if count == 0 {
        let id = tracker.question_id("switched-off", "");
        let text = "Its reserved concurrency is 0: Lambda runs it for nobody. Should it run on the platform (`run`), or stay switched \
                    off (`stays-off`)?";
        return match tracker.ask(id, text, &["run", "stays-off"], Some("stays-off")) {
            Asked::Given("run") => {
                field.dropped(tracker, "dropped-by-answer");
                None
            }
            Asked::Given(_) => {
                let place = if plan.context.kind == ComponentType::Cron { "suspended" } else { "scale" };
                field.approximated(tracker, plan.context.at(place), "it stays switched off, by a person's answer");
                Some(0)
            }
            Asked::Open(id) => {
                tracker.hold("it is switched off on Lambda");
                field.asked(tracker, &id);
                Some(0)
            }
        };
    }
    let note = "at most so many pods of each of its components; it keeps nothing free for it, as Lambda did";
    field.approximated(tracker, plan.context.at("scale/max"), note);
    Some(count)
}

/// The most that a queue's mapping runs at once.
fn allowed<'a>(tracker: &mut FieldTracker<'a>, plan: &Plan<'_, 'a>) -> Option<u32> {
    let StartKind::Queue(mapping) = &plan.start.kind else { return None };
    let scaling = mapping.object("ScalingConfig")?;
    let field = scaling.field("MaximumConcurrency")?;
    let count = scaling.peek_u64("MaximumConcurrency").and_then(|count| u32::try_from(count).ok())?;
    field.approximated(tracker, plan.context.at("scale/max"), "so many pods, each with one process");
    Some(count)
}

/// As many as were kept ready for what starts it.
fn provisioned<'a>(tracker: &mut FieldTracker<'a>, plan: &Plan<'_, 'a>) -> u32 {
    let own = plan
        .facts
        .provisioned
        .iter()
        .find(|named| named.qualifier.is_some() && named.qualifier == plan.start.qualifier);
    let Some(document) = own.map(|named| named.document) else { return 0 };
    let name = "RequestedProvisionedConcurrentExecutions";
    let Some(field) = document.field(name) else { return 0 };
    let count = document.peek_u64(name).and_then(|count| u32::try_from(count).ok()).unwrap_or(0);
    field.approximated(
        tracker,
        plan.context.at("scale/min"),
        "so many pods are always there; beyond them, new ones come up cold",
    );
    count.min(10_000)
}

/// Lambda started as many as there were calls, up to the account's limit; a cluster wants a number.
fn ask(tracker: &mut FieldTracker<'_>) -> u32 {
    let id = tracker.question_id("most", "");
    let text = "Nothing bounds how many of it Lambda runs at once. How many pods may there be at most, each for one invocation at a \
                time?";
    let usable = |answer: &str| answer.parse::<u32>().is_ok_and(|count| (1..=10_000).contains(&count));
    match tracker.ask_for(id, text, &[], Some("10"), usable) {
        Asked::Given(answer) => answer.parse().unwrap_or(10),
        Asked::Open(_) => 10,
    }
}

/// What of provisioned concurrency is for nothing that was read.
pub(super) fn rest<'a>(tracker: &mut FieldTracker<'a>, facts: &super::facts::Facts<'a>) {
    for named in &facts.provisioned {
        for (name, value) in named.document.entries() {
            if crate::field::is_empty(value) || tracker.has_mark(value) {
                continue;
            }
            if name == "RequestedProvisionedConcurrentExecutions" {
                Field(value).dropped(tracker, "other-version");
            } else {
                Field(value).dropped(tracker, "describe-only");
            }
        }
    }
    let concurrency = facts.function.and_then(|function| function.whole).and_then(|whole| whole.object("Concurrency"));
    for (_, value) in concurrency.into_iter().flat_map(Object::entries) {
        if !crate::field::is_empty(value) && !tracker.has_mark(value) {
            Field(value).dropped_because(
                tracker,
                "one-at-a-time",
                "each run is one pod; how many run at once is the clock's",
            );
        }
    }
}
