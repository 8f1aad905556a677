//! Scheduled actions: bounds that are moved by the clock.

use super::turns::take_turns;
use crate::context::Context;
use crate::field::{Field, Object};
use crate::plconfig::{CronScale, ScaleRange};
use crate::schedule::clock::{ClockExpression, translate};
use crate::tracker::{Asked, FieldTracker};

/// Scheduled actions of Application Auto Scaling: two that take turns are a floor from one moment to the other.
/// Whether they drive the scale.
pub(super) fn map<'a>(
    tracker: &mut FieldTracker<'a>,
    context: &Context<'_, 'a>,
    range: Option<&mut ScaleRange>,
) -> bool {
    let actions = &context.around.scheduled_actions;
    for action in actions {
        action.drop_all(
            tracker,
            &[
                "ScheduledActionName",
                "ScheduledActionARN",
                "ServiceNamespace",
                "ResourceId",
                "ScalableDimension",
                "CreationTime",
            ],
            "names",
        );
    }
    let (Some(range), [first, second]) = (range, actions.as_slice()) else {
        actions.iter().for_each(|action| ask_about_action(tracker, *action));
        return false;
    };
    let read = |action: &Object<'a>| {
        let ClockExpression::Same(moment) = translate(action.peek("Schedule")?) else {
            return None;
        };
        let bounds = action.object("ScalableTargetAction")?;
        let min = u32::try_from(bounds.peek_u64("MinCapacity")?).ok()?;
        let bound = action.field("StartTime").is_some() || action.field("EndTime").is_some();
        let zone = action.peek("Timezone").is_none_or(crate::plconfig::is_time_zone);
        (!bound && zone).then_some((moment, min, action.peek("Timezone")))
    };
    match (read(first), read(second)) {
        (Some(a), Some(b)) if a.1 != b.1 && a.2 == b.2 && take_turns(&a.0, &b.0) => {
            let ((start, high, zone), (end, low, _)) = if a.1 > b.1 { (a, b) } else { (b, a) };
            range.min = low;
            // At the moment it may be the one or the other.
            range.max = ceilings(context).into_iter().chain([range.max]).max().unwrap_or(range.max);
            range.cron.push(CronScale { start, end, timezone: zone.map(str::to_owned), min: high });
            for action in actions {
                for name in ["Schedule", "Timezone", "ScalableTargetAction"] {
                    if let Some(field) = action.field(name) {
                        let note = "a floor from one moment to the other; the ceiling is the highest of all";
                        field.approximated(tracker, context.at("scale/cron"), note);
                    }
                }
            }
            true
        }
        _ => {
            actions.iter().for_each(|action| ask_about_action(tracker, *action));
            false
        }
    }
}

/// The ceilings that scheduled actions set.
pub(super) fn ceilings(context: &Context<'_, '_>) -> Vec<u32> {
    let bounds = context.around.scheduled_actions.iter().filter_map(|action| action.object("ScalableTargetAction"));
    bounds.filter_map(|bounds| u32::try_from(bounds.peek_u64("MaxCapacity")?).ok()).collect()
}

fn ask_about_action<'a>(tracker: &mut FieldTracker<'a>, action: Object<'a>) {
    let name = crate::marks::without_marks(action.peek("ScheduledActionName").unwrap_or("action"));
    let id = tracker.question_id("scaling", &name);
    let text = "Its bounds are moved by the clock in a way that the platform can't. Can that be left out?";
    let fields = ["Schedule", "Timezone", "StartTime", "EndTime", "ScalableTargetAction"];
    let ground = fields.iter().filter_map(|name| action.field(name)).map(|field| field.0.to_string());
    let ask = |tracker: &mut FieldTracker<'a>| tracker.ask(id, text, &["leave-out"], Some("leave-out"));
    let answer = tracker.resting_on(ground.collect(), ask);
    for field in fields.into_iter().filter_map(|name| action.field(name)) {
        match &answer {
            Asked::Open(id) => Field::asked(field, tracker, id),
            Asked::Given(_) => field.dropped(tracker, "dropped-by-answer"),
        }
    }
    if let Asked::Open(_) = answer
        && may_stop(action)
    {
        // Without it what was off at its hours runs then.
        tracker.hold("nobody said what becomes of a scheduled action that may switch it off");
    }
}

/// Whether a scheduled action may leave nothing running: a bound of it is zero, or can't be read.
fn may_stop(action: Object<'_>) -> bool {
    let Some(bounds) = action.object("ScalableTargetAction") else { return true };
    let fields = ["MinCapacity", "MaxCapacity"].into_iter().filter_map(|name| bounds.field(name));
    let counts: Vec<Option<u64>> = fields.map(|field| crate::field::number(field.0)).collect();
    counts.is_empty() || counts.iter().any(|count| count.is_none_or(|count| count == 0))
}
