//! Rules that divide their traffic among target groups: on the gateway all of it goes to one, and to one app alone.

use super::actions::Forward;
use super::other_apps;
use super::questions::{short, what};
use super::read::Read;
use crate::context::Context;
use crate::tracker::{Asked, FieldTracker};
use std::collections::BTreeSet;

/// The answer that all of a rule's traffic comes here.
const ALL_HERE: &str = "all-here";

/// Whether what a rule divides comes here. Until somebody said, the one with the most has all of it; nobody has, where two are
/// answered to.
pub(super) fn ask<'a>(
    tracker: &mut FieldTracker<'a>,
    context: &Context<'_, 'a>,
    read: &Read<'a>,
    forward: &Forward<'a>,
) -> bool {
    let own = read.group.is_some_and(|group| group == forward.first);
    let (mine, foreign) = (context.around.own_groups(), &context.around.foreign_groups);
    let is_other = |group: &str| foreign.contains(group) || (!mine.is_empty() && !mine.contains(group));
    let others = forward.groups.iter().any(|(group, _)| is_other(group));
    let ports: BTreeSet<u16> =
        forward.groups.iter().filter_map(|(group, _)| context.around.served.get(group)).copied().collect();
    if !others && ports.len() < 2 {
        return true;
    }
    let weights: Vec<String> =
        forward.groups.iter().map(|(group, weight)| format!("{} {weight}", short(group))).collect();
    let (what, weights) = (what(read), weights.join(", "));
    let rivals = if others { rivals(tracker, read) } else { BTreeSet::new() };
    let text = if others {
        let named: Vec<String> = rivals.iter().map(|rival| format!("`{rival}`")).collect();
        let taken = if named.is_empty() {
            String::new()
        } else {
            format!(
                " `{ALL_HERE}` is answered for {} as well as asked of `{}`, and one rule can't come to both as a whole: let one of \
                 them be `leave-out`. Until then nothing of it comes here.",
                named.join(" and "),
                tracker.source.workload.id
            )
        };
        format!(
            "{what} divides its traffic among several target groups ({weights}): one is the canary of the other. Does all of it \
             come here from now on, or nothing?{taken}"
        )
    } else {
        let port = context.around.served.get(forward.first).map_or_else(String::new, |port| format!(" (port {port})"));
        format!(
            "{what} divides its traffic among several ports of this app ({weights}), and the gateway sends all of it to one. Does \
             all of it come to `{}`{port}, which has the most, from now on (`{ALL_HERE}`), or nothing?",
            short(forward.first)
        )
    };
    let opens = own && rivals.is_empty();
    let options = if opens { ["leave-out", ALL_HERE] } else { [ALL_HERE, "leave-out"] };
    let id = tracker.question_id("weights", &read.step.id);
    let usable = |answer: &str| options.contains(&answer) && (answer != ALL_HERE || rivals.is_empty());
    match tracker.ask_for(id, &text, &options, options.last().copied(), usable) {
        Asked::Given(answer) => answer == ALL_HERE,
        Asked::Open(id) => {
            let configs = read.step.actions.iter().filter_map(|action| action.object("ForwardConfig"));
            for field in configs.filter_map(|config| config.field("TargetGroups")) {
                field.asked(tracker, &id);
            }
            opens
        }
    }
}

/// The other workloads, with the part of them where they are several apps, of which people said that all of the same rule comes
/// to them.
fn rivals(tracker: &FieldTracker<'_>, read: &Read<'_>) -> BTreeSet<String> {
    let answers = other_apps::answers(tracker, "weights", &read.step.id).into_iter();
    answers.filter(|(_, given)| given.answer == ALL_HERE).map(|(other, _)| other.to_owned()).collect()
}
