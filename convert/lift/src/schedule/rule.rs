//! A rule of EventBridge.

use super::moments;
use crate::context::Context;
use crate::field::Object;
use crate::plconfig::{Component, PlConfig};
use crate::tracker::FieldTracker;

/// Maps the rule, and gives the targets that start this workload.
pub(super) fn map<'a>(
    tracker: &mut FieldTracker<'a>,
    context: &Context<'_, 'a>,
    rule: Object<'a>,
    starts: impl Fn(&Object<'a>) -> bool,
    config: &mut PlConfig,
    component: &mut Component,
) -> Vec<Object<'a>> {
    rule.drop_all(tracker, &["Arn", "CreatedBy", "ManagedBy", "Tags"], "describe-only");
    rule.drop_all(tracker, &["Name", "EventBusName"], "named-by-workload");
    rule.drop_all(tracker, &["RoleArn"], "scheduler-role");
    moments::map(tracker, context, rule, config, component);
    if let Some(field) = rule.field("EventPattern") {
        field.blocked(tracker, "it is started by events, not by the clock");
    }
    let mine = own_target(tracker, rule, starts);
    let mut own = Vec::new();
    for target in rule.objects("Targets") {
        if mine.is_some_and(|mine| mine.peek("Id") == target.peek("Id")) {
            target.drop_all(tracker, &["Id"], "named-by-workload");
            own.push(target);
        } else {
            target.drop_whole(tracker, "other-target");
        }
    }
    own
}

/// One rule may start several things; each is a workload whose id ends with the target's.
fn own_target<'a>(
    tracker: &FieldTracker<'a>,
    rule: Object<'a>,
    starts: impl Fn(&Object<'a>) -> bool,
) -> Option<Object<'a>> {
    let id = tracker.source.workload.id.as_str();
    let named = |target: &Object<'a>| {
        target.peek("Id").is_some_and(|target| id.strip_suffix(target).is_some_and(|rest| rest.ends_with('/')))
    };
    let started = || rule.objects("Targets").filter(&starts);
    started().find(named).or_else(|| started().next()).or_else(|| rule.objects("Targets").next())
}
