//! How many: Application Auto Scaling, and the number that a source wants at the moment.

mod bounds;
mod by_schedule;
mod count;
mod driver;
mod policy;
mod scheduled;
mod suspended;
mod turns;

pub(crate) use driver::ask_for_driver;
pub(crate) use policy::{custom, kept_cpu};
pub(crate) use suspended::{Suspended, ask as ask_whether_suspended};
pub(crate) use turns::take_turns;

use crate::context::Context;
use crate::field::{Field, number};
use crate::plconfig::{Component, ComponentType, Scale, ScaleRange};
use crate::tracker::FieldTracker;

/// Maps the scalable targets, policies and scheduled actions around a source. `count` is the field in which the source
/// says how many it wants now.
pub(crate) fn map<'a>(
    tracker: &mut FieldTracker<'a>,
    context: &Context<'_, 'a>,
    count: Option<Field<'a>>,
    component: &mut Component,
) {
    if !matches!(context.kind, ComponentType::Web | ComponentType::Worker) {
        return;
    }
    let mut range = bounds::read(tracker, context);
    if range.is_none() && !context.around.policies.is_empty() {
        range = bounds::ask(tracker, context);
    }
    let now = count.and_then(|field| number(field.0));
    let suspended = suspended::read(tracker, context);
    let is_fixed = range.as_mut().is_some_and(|range| suspended::narrow(&suspended, range, now));
    let mut driven = false;
    if is_fixed {
        suspended::leave_policies(tracker, context, &suspended);
    }
    for &policy in context.around.policies.iter().filter(|_| !is_fixed) {
        match &mut range {
            Some(range) => driven |= policy::map(tracker, context, policy, range),
            // Also where it was asked about: what is asked stays so.
            None => policy.drop_whole(tracker, "no-target"),
        }
    }
    // A lower floor takes nothing away by itself: that is the load's work, which is suspended too.
    if suspended.by_clock || suspended.inward {
        suspended::leave_actions(tracker, context, &suspended);
    } else {
        driven |= scheduled::map(tracker, context, range.as_mut());
    }
    driven |= by_schedule::map(tracker, context, &mut range, driven);
    // What stands at zero and is not woken by anything stays there until somebody starts it.
    let parked = range.as_ref().filter(|_| driven).and_then(|range| bounds::parked(range, now));
    if let (Some(range), Some(why)) = (&mut range, parked) {
        let wanted = count::dormant(tracker, context, count, why);
        bounds::park(tracker, context, &wanted);
        let wanted = wanted.unwrap_or(0);
        component.scale = Some(if wanted == 0 {
            Scale::Fixed(0)
        } else {
            let min = range.min.max(1);
            Scale::Range(ScaleRange { min, max: range.max.max(min).max(wanted), ..range.clone() })
        });
        return;
    }
    if let Some(range) = &mut range {
        bounds::settle(tracker, context, range, driven);
        suspended::settle(tracker, context, &suspended, (is_fixed, driven));
    }
    let wanted = count::map(tracker, context, count, driven && range.is_some());
    component.scale = Some(match range {
        Some(range) if driven => Scale::Range(range),
        _ => Scale::Fixed(wanted),
    });
}

#[cfg(test)]
mod tests;
