//! Several workloads in one target group, as a pair on demand and on spot, or two versions side by side: the balancer spreads
//! requests over the instances of all, and a route of the gateway leads to one workload.

use super::questions::short;
use crate::context::Context;
use crate::field::Field;
use crate::tracker::{Asked, FieldTracker};
use caravan_inventory::WorkloadId;
use std::collections::{BTreeMap, BTreeSet};

/// The component's target groups that another workload serves. One question for all that stand in a group: until somebody
/// said it, the one with the most instances serves.
pub(super) fn ask<'a>(tracker: &mut FieldTracker<'a>, context: &Context<'_, 'a>) -> BTreeSet<&'a str> {
    let mut foreign = BTreeSet::new();
    let source = tracker.source;
    for arn in context.around.own_groups() {
        let workloads = source.hosts.groups().of(&source.workload.environment, arn);
        let Some((workloads, assumed)) = workloads.and_then(|all| Some((all, most(all)?))) else { continue };
        let counted = |(workload, wanted): (&WorkloadId, &Option<u64>)| {
            let wanted = wanted.map_or_else(|| "an unknown number of".to_owned(), |wanted| wanted.to_string());
            format!("`{workload}` with {wanted} instances")
        };
        let group = short(arn);
        let text = format!(
            "{} stand in one target group, `{group}`: its load balancer spreads requests over all of them, and a route of the gateway leads to one. Which of them serves from now on, with enough instances for all requests? Every other one has no route of this group. Until then it is the one with the most instances. The answer holds for all of them.",
            workloads.iter().map(counted).collect::<Vec<_>>().join(" and "),
        );
        let options: Vec<&str> = workloads.keys().map(WorkloadId::as_str).collect();
        let id = tracker.shared_question_id("group-server", group);
        let answer = tracker.ask(id, &text, &options, Some(assumed.as_str()));
        let serving = if let Asked::Given(given) = answer { given } else { assumed.as_str() };
        let is_here = serving == source.workload.id.as_str();
        if !is_here {
            foreign.insert(arn);
        }
        let others: Vec<String> =
            workloads.keys().filter(|one| **one != source.workload.id).map(|one| format!("`{one}`")).collect();
        let note = if is_here {
            format!("its load balancer spread requests over {} as well: all of them come here", others.join(" and "))
        } else {
            format!("by a person's answer `{serving}` serves what came by this group, and nothing of it comes here")
        };
        for field in named(context, arn) {
            match &answer {
                Asked::Open(id) => field.asked(tracker, id),
                Asked::Given(_) => field.approximated(tracker, context.at("ingress"), note.clone()),
            }
        }
    }
    foreign
}

/// The workload that wants the most instances, of several that want the same the first by its name.
fn most(workloads: &BTreeMap<WorkloadId, Option<u64>>) -> Option<&WorkloadId> {
    workloads.iter().rev().max_by_key(|(_, wanted)| **wanted).map(|(workload, _)| workload)
}

/// The field by which a target group that was seen is named.
fn named<'a>(context: &Context<'_, 'a>, arn: &str) -> Vec<Field<'a>> {
    let groups = context.around.target_groups.iter().filter(|group| group.peek("TargetGroupArn") == Some(arn));
    groups.filter_map(|group| group.field("TargetGroupArn")).collect()
}
