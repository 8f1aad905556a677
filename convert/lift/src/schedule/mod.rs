//! What starts something by the clock: a rule of EventBridge, or a schedule of EventBridge Scheduler.

pub(crate) mod clock;
mod count;
mod moments;
mod rule;
mod scheduler;
mod target;

pub(crate) use count::{CountSchedule, counts};

use crate::context::Context;
use crate::field::Object;
use crate::plconfig::{Component, ComponentType, PlConfig};
use crate::tracker::FieldTracker;

/// Maps the rule or schedule around a source. `starts` tells the targets that can start such a source from the others.
/// Gives the targets that start this one: what is in them beside the attempts to start it is the source's to read.
pub(crate) fn map<'a>(
    tracker: &mut FieldTracker<'a>,
    context: &Context<'_, 'a>,
    starts: impl Fn(&Object<'a>) -> bool,
    config: &mut PlConfig,
    component: &mut Component,
) -> Vec<Object<'a>> {
    let targets = match (context.around.rule, context.around.schedule) {
        (Some(rule), _) => rule::map(tracker, context, rule, starts, config, component),
        (None, Some(schedule)) => scheduler::map(tracker, context, schedule, config, component),
        (None, None) if context.kind == ComponentType::Cron => {
            moments::ask(tracker, component);
            Vec::new()
        }
        (None, None) => Vec::new(),
    };
    for target in &targets {
        target::map(tracker, *target);
    }
    targets
}

#[cfg(test)]
mod tests;
