//! The region that Fargate puts into every container, and that SDKs read without anybody having written it down.

use super::kind::Plan;
use super::members::{ContainerRole, Member};
use crate::field::Field;
use crate::plconfig::{Component, Container};
use crate::tracker::FieldTracker;
use std::collections::BTreeMap;

/// The variables that Fargate's agent sets (aws/containers-roadmap#1611).
pub(super) const VARIABLES: [&str; 2] = ["AWS_REGION", "AWS_DEFAULT_REGION"];

/// The region that containers have to be told: Fargate tells it, and the cluster does not. The cluster tells its own region
/// to pods with a role, and none to others.
pub(super) fn told<'a>(tracker: &FieldTracker<'a>, plan: &Plan<'_, 'a>) -> Option<&'a str> {
    let region = tracker.source.workload.region.as_ref().map(|region| region.as_str())?;
    let on_instances = plan.facts.service.is_some_and(|service| service.peek("launchType") == Some("EC2"));
    if on_instances || !plan.facts.is_fargate() {
        return None;
    }
    let has_role = plan.facts.task.is_some_and(|task| task.field("taskRoleArn").is_some());
    let is_clusters = tracker.source.store.region.as_ref().is_some_and(|own| own.as_str() == region);
    Some(region).filter(|_| !(has_role && is_clusters))
}

/// Gives each container the region, where the task does not set it itself.
pub(super) fn map<'a>(tracker: &mut FieldTracker<'a>, plan: &Plan<'_, 'a>, component: &mut Component) {
    let Some(region) = told(tracker, plan) else { return };
    let mut place = None;
    for member in plan.members.kept() {
        for name in VARIABLES {
            if give(component, member, name, region) && place.is_none() {
                place = Some(plan.variable(member, "env", name));
            }
        }
    }
    let Some(place) = place else { return };
    for field in saying(plan) {
        let note = "the region that Fargate puts into every container, and that SDKs read; nothing else of it is kept";
        field.approximated(tracker, place.clone(), note);
    }
}

/// Whether the variable was missing in what the container has become.
fn give(component: &mut Component, member: &Member<'_>, name: &str, region: &str) -> bool {
    let of = |container: &mut Container| {
        let is_set = container.secrets.contains_key(name);
        set(&mut container.env, is_set, name, region)
    };
    if member.role == ContainerRole::Main {
        let is_set = component.secrets.contains_key(name);
        return set(&mut component.env, is_set, name, region);
    }
    if let Some(container) = component.sidecars.get_mut(&member.key) {
        return of(container);
    }
    let init = component.init.iter_mut().find(|init| init.name == member.key);
    init.is_some_and(|init| of(&mut init.container))
}

fn set(env: &mut BTreeMap<String, String>, is_set: bool, name: &str, region: &str) -> bool {
    if is_set || env.contains_key(name) {
        return false;
    }
    env.insert(name.to_owned(), region.to_owned());
    true
}

/// The fields that say that it runs on Fargate.
fn saying<'a>(plan: &Plan<'_, 'a>) -> Vec<Field<'a>> {
    let required = plan.facts.task.into_iter().flat_map(|task| task.list("requiresCompatibilities"));
    let required = required.filter(|one| one.as_str() == Some("FARGATE")).map(Field);
    let launched = plan.facts.service.and_then(|service| service.field("launchType"));
    let strategy = plan.facts.service.into_iter().flat_map(|service| service.objects("capacityProviderStrategy"));
    let provided = strategy.filter(|item| matches!(item.peek("capacityProvider"), Some("FARGATE" | "FARGATE_SPOT")));
    let provided = provided.filter_map(|item| item.field("capacityProvider"));
    required.chain(launched).chain(provided).take(1).collect()
}
