//! How long an instance goes on serving once it is to end: the deregistration delay of its target groups, the longest of them.

use super::attributes;
use crate::context::Context;
use crate::field::{Field, Object, number};
use crate::plconfig::{Component, Seconds};
use crate::tracker::FieldTracker;

/// The delay that a target group has when nobody chose one (ELBv2 API reference, TargetGroupAttribute).
const DELAY: u32 = 300;

/// Maps the delay of the group that sends to the port that serves.
pub(super) fn map<'a>(
    tracker: &mut FieldTracker<'a>,
    context: &Context<'_, 'a>,
    group: Object<'a>,
    component: &mut Component,
) {
    let Some((field, seconds)) = delay(group) else { return if_unread(group, component) };
    lengthen(component, seconds);
    if !is_longest(context, seconds) {
        shorter(tracker, context, field);
    } else if seconds == DELAY {
        let note = "the load balancer's own default: a pod that ends goes on serving for 300 s before it stops";
        field.approximated(tracker, context.at("drain"), note);
    } else {
        field.exact(tracker, context.at("drain"));
    }
}

/// The same of a group beside it: a pod ends for all of them at once.
pub(super) fn longest<'a>(
    tracker: &mut FieldTracker<'a>,
    context: &Context<'_, 'a>,
    group: Object<'a>,
    component: &mut Component,
) {
    let Some((field, seconds)) = delay(group) else { return if_unread(group, component) };
    lengthen(component, seconds);
    if is_longest(context, seconds) {
        field.approximated(tracker, context.at("drain"), "the longest of its target groups, for all of them");
    } else {
        shorter(tracker, context, field);
    }
}

/// Of a group whose attributes nobody could read, AWS's own delay is taken; that is asked about as a whole.
fn if_unread(group: Object<'_>, component: &mut Component) {
    if attributes::are_unread(group) {
        lengthen(component, DELAY);
    }
}

fn shorter<'a>(tracker: &mut FieldTracker<'a>, context: &Context<'_, 'a>, field: Field<'a>) {
    field.approximated(tracker, context.at("drain"), "another of its target groups waits longer, and a pod ends once");
}

fn is_longest(context: &Context<'_, '_>, seconds: u32) -> bool {
    context.around.target_groups.iter().filter_map(|group| delay(*group)).all(|(_, other)| other <= seconds)
}

fn lengthen(component: &mut Component, seconds: u32) {
    let before = component.drain.map_or(0, |drain| drain.0);
    let longer = seconds.saturating_sub(before);
    component.drain = Some(Seconds(before.max(seconds)));
    let stop = component.stop.map_or(30, |stop| stop.0);
    component.stop = Some(Seconds(stop.saturating_add(longer)));
}

fn delay<'a>(group: Object<'a>) -> Option<(Field<'a>, u32)> {
    let is_it = |attribute: &Object<'a>| attribute.peek("Key") == Some("deregistration_delay.timeout_seconds");
    let field = group.objects("Attributes").find(is_it)?.field("Value")?;
    Some((field, number(field.0).and_then(|seconds| u32::try_from(seconds).ok())?))
}
