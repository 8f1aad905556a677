//! Load balancing (Elastic Load Balancing v2): how a component is reached from outside, whatever it runs on.
//!
//! One file for each subject; every rule's name stands in `docs/mapping-ecs.md`.

mod conditions;
mod entry;
mod patterns;
mod readiness;
mod rules;
mod shared_hosts;
mod target_group;

use crate::context::Context;
use crate::plconfig::{Component, ComponentType, PlConfig};
use crate::tracker::FieldTracker;

/// Maps the target groups, rules, listeners and load balancers around a source. The first target group is the one that
/// serves.
pub(crate) fn map<'a>(
    tracker: &mut FieldTracker<'a>,
    context: &Context<'_, 'a>,
    config: &mut PlConfig,
    component: &mut Component,
) {
    for (at, &group) in context.around.target_groups.iter().enumerate() {
        if at == 0 && context.kind == ComponentType::Web {
            target_group::map(tracker, context, group, component);
        } else {
            group.drop_whole(tracker, "further-target-group");
        }
    }
    if context.kind == ComponentType::Web {
        entry::exposure(tracker, context, component);
    }
    if entry::is_raw(component) {
        // Nothing outside reaches it, so no rule leads to it.
        context.around.listener_rules.iter().for_each(|rule| rule.drop_whole(tracker, "platform-entry"));
    } else {
        rules::map(tracker, context, component);
    }
    for &listener in &context.around.listeners {
        entry::listener(tracker, listener);
    }
    for &balancer in &context.around.load_balancers {
        entry::load_balancer(tracker, context, balancer, component);
    }
    shared_hosts::map(tracker, config, component);
}

#[cfg(test)]
mod tests;
