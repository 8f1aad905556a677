//! Load balancing (Elastic Load Balancing v2): how a component is reached from outside, whatever it runs on.
//!
//! One file for each subject; every rule's name stands in `docs/mapping-ecs.md`.

mod accounted;
mod actions;
mod addresses;
mod answers;
mod apis;
mod asked_hosts;
mod attributes;
mod callers;
mod certificates;
mod conditions;
mod contested;
mod differing;
mod distributions;
mod drain;
mod entry;
mod firewall;
mod ground;
mod host_expressions;
mod inbound;
mod listeners;
mod logins;
mod model;
mod one_group;
mod other_apps;
mod outer;
mod questions;
mod raw;
mod read;
mod readiness;
mod returning;
mod rules;
mod scheme;
mod shared_hosts;
mod sides;
mod silence;
mod target_group;
mod unread_rules;
mod weights;
mod written;

use crate::context::Context;
use crate::field::Object;
use crate::plconfig::{Component, ComponentType, PlConfig};
use crate::tracker::FieldTracker;
use std::collections::BTreeSet;

/// Maps the target groups, rules, listeners and load balancers around a source. The target group that sends to the port
/// that serves is the one that decides; what another one checks is asked about.
pub(crate) fn map<'a>(
    tracker: &mut FieldTracker<'a>,
    context: &Context<'_, 'a>,
    config: &mut PlConfig,
    component: &mut Component,
) {
    let web = context.kind == ComponentType::Web;
    let mut around = context.around.load_balancing();
    if web {
        around.foreign_groups = one_group::ask(tracker, context);
    }
    let context = &Context { around: &around, ..*context };
    if web {
        unread_rules::ask_for_entries(tracker, context);
        unread_rules::ask_for_ways(tracker, context, &listeners::ways(context));
    }
    let first = serving(context, component);
    let mut shut = BTreeSet::new();
    let schemes = ground::of_all(context);
    if let Some(&group) = context.around.target_groups.get(first).filter(|_| web)
        && !tracker.resting_on(schemes.clone(), |tracker| target_group::map(tracker, context, group, component))
    {
        shut.extend(group.peek("TargetGroupArn"));
    }
    for (at, &group) in context.around.target_groups.iter().enumerate() {
        if !web {
            group.drop_whole(tracker, "further-target-group");
        } else if at != first
            && !tracker.resting_on(schemes.clone(), |tracker| {
                let first = context.around.target_groups.get(first).copied();
                target_group::further(tracker, context, (first, group), component)
            })
        {
            shut.extend(group.peek("TargetGroupArn"));
        }
    }
    if entry::is_raw(component) || !web {
        // Nothing outside reaches it, so no rule leads to it.
        let asked = Some(raw::question(tracker)).filter(|id| web && tracker.is_asked(id));
        for listener in context.around.listeners.iter().filter(|_| asked.is_some()) {
            let fields = ["Port", "Protocol", "DefaultActions"].into_iter().filter_map(|name| listener.field(name));
            asked.iter().for_each(|id| fields.clone().for_each(|field| field.asked(tracker, id)));
        }
        context.around.listener_rules.iter().for_each(|rule| rule.drop_whole(tracker, "platform-entry"));
        let defaults = context.around.listeners.iter().filter(|_| asked.is_none());
        let defaults = defaults.filter_map(|listener| listener.field("DefaultActions"));
        defaults.for_each(|field| field.dropped(tracker, "platform-entry"));
    } else {
        let unseen = entry::unseen(tracker, context);
        rules::map(tracker, context, &unseen.public, &shut, component);
        entry::open(&unseen, component);
        if !around.foreign_groups.is_empty() {
            // What another workload serves is nothing that the platform's own host opens here.
            component.ingress.get_or_insert_default();
        }
        entry::exposure(tracker, context, unseen.is_public(), component);
        silence::map(tracker, context, component);
        answers::map(tracker, context, component);
        attributes::ask(tracker, context);
    }
    for &listener in &context.around.listeners {
        if outer::leads_to_balancers(context.around, listener) {
            listener.drop_all(tracker, &["DefaultActions"], "platform-entry");
        }
        entry::listener(tracker, listener);
    }
    context.around.groups_of_balancers.iter().for_each(|group| group.drop_whole(tracker, "platform-entry"));
    for &balancer in &context.around.load_balancers {
        entry::load_balancer(tracker, context, balancer, component);
    }
    for group in context.around.security_groups.values() {
        group.drop_whole(tracker, "platform-entry");
    }
    apis::ask(tracker, context.around);
    distributions::ask(tracker, context.around);
    for record in context.around.records.documents() {
        record.drop_whole(tracker, "known-host");
    }
    if component.ingress.is_some() && web && !entry::is_raw(component) {
        // What the attributes added opens nothing.
        entry::exposure(
            tracker,
            context,
            component.ingress.as_ref().is_some_and(|ingress| ingress.internal.is_none()),
            component,
        );
    }
    shared_hosts::map(tracker, config, component);
}

/// Says whose the hosts of a component are that other apps serve too; for those that no load balancer tells.
pub(crate) fn share_hosts(tracker: &mut FieldTracker<'_>, config: &mut PlConfig, component: &Component) {
    shared_hosts::map(tracker, config, component);
}

/// The place of the target group that sends to the component's port; the first where none is known to.
fn serving(context: &Context<'_, '_>, component: &Component) -> usize {
    let port = |group: &Object<'_>| group.peek("TargetGroupArn").and_then(|arn| context.around.served.get(arn));
    let is_it = |group: &Object<'_>| component.port.is_some() && port(group).copied() == component.port;
    let groups = &context.around.target_groups;
    // A balancer of HTTP beside one of raw TCP: what the gateway can speak decides, and the other is asked about.
    let spoken = |group: &Object<'_>| is_it(group) && !raw::is_raw(*group);
    groups.iter().position(spoken).or_else(|| groups.iter().position(is_it)).unwrap_or(0)
}

#[cfg(test)]
mod along_tests;
#[cfg(test)]
mod apis_tests;
#[cfg(test)]
mod attributes_tests;
#[cfg(test)]
mod aws_names_tests;
#[cfg(test)]
mod callers_tests;
#[cfg(test)]
mod certificates_tests;
#[cfg(test)]
mod contested_tests;
#[cfg(test)]
mod further_tests;
#[cfg(test)]
mod gateway_tests;
#[cfg(test)]
mod ground_tests;
#[cfg(test)]
mod odd_hosts_tests;
#[cfg(test)]
mod one_group_tests;
#[cfg(test)]
mod opening_tests;
#[cfg(test)]
mod other_apps_tests;
#[cfg(test)]
mod outer_tests;
#[cfg(test)]
mod pattern_tests;
#[cfg(test)]
mod private_tests;
#[cfg(test)]
mod raw_tests;
#[cfg(test)]
mod returning_tests;
#[cfg(test)]
mod said_tests;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod together_tests;
#[cfg(test)]
mod unread_rules_tests;
