//! How many: Application Auto Scaling, and the number that a source wants at the moment.

mod bounds;
mod count;
mod driver;
mod policy;
mod scheduled;

use crate::context::Context;
use crate::field::Field;
use crate::plconfig::{Component, ComponentType, Scale};
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
    let mut driven = false;
    for &policy in &context.around.policies {
        match &mut range {
            Some(range) => driven |= policy::map(tracker, context, policy, range),
            None => policy.drop_whole(tracker, "no-target"),
        }
    }
    driven |= scheduled::map(tracker, context, range.as_mut());
    if let Some(range) = &mut range {
        bounds::settle(tracker, context, range, driven);
    }
    let wanted = count::map(tracker, context, count, driven && range.is_some());
    component.scale = Some(match range {
        Some(range) if driven => Scale::Range(range),
        _ => Scale::Fixed(wanted),
    });
}

#[cfg(test)]
mod tests;
