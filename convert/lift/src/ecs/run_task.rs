//! The target of a rule or schedule that runs a task: which task, how many of it, and what is different in this run.

use super::kind::Plan;
use crate::field::{Field, Object, number};
use crate::plconfig::{Component, PlConfig};
use crate::tracker::FieldTracker;

/// Whether a target runs a task.
pub(super) fn runs_task(target: &Object<'_>) -> bool {
    target.object("EcsParameters").is_some()
}

/// The target: which task, how many of it, and what is different in this run.
pub(super) fn map<'a>(
    tracker: &mut FieldTracker<'a>,
    plan: &Plan<'_, 'a>,
    target: Object<'a>,
    config: &mut PlConfig,
    component: &mut Component,
) {
    if super::request::map(tracker, plan, target, config, component) {
        return;
    }
    if let Some(field) = target.field("Input") {
        super::overrides::map(tracker, plan, field, config, component);
    }
    for name in ["InputPath", "InputTransformer"] {
        if let Some(field) = target.field(name) {
            field.blocked(tracker, "the event that starts it is its input");
        }
    }
    let Some(task) = target.object("EcsParameters") else {
        return;
    };
    task.drop_all(tracker, &["TaskDefinitionArn"], "resolved-reference");
    task.drop_all(tracker, &["LaunchType", "PlatformVersion"], "launch-type");
    if let Some(field) = task.field("LaunchType").filter(|field| field.0.as_str() == Some("EXTERNAL")) {
        super::external::ask(tracker, field);
    }
    task.drop_all(tracker, &["EnableECSManagedTags", "PropagateTags", "Tags", "Group", "ReferenceId"], "ecs-tags");
    task.drop_all(tracker, &["EnableExecuteCommand"], "execute-command");
    count(tracker, plan, task, component);
    super::service::capacity(tracker, plan, task.objects("CapacityProviderStrategy"), component);
    super::placement::constraints(tracker, plan, task.objects("PlacementConstraints"), component);
    super::placement::strategies(tracker, task.objects("PlacementStrategy"));
    if let Some(network) = task.object("NetworkConfiguration") {
        super::network::awsvpc(tracker, network, ["Subnets", "SecurityGroups", "AssignPublicIp"], false);
    }
}

/// More than one task at a time are pods of one Job.
fn count<'a>(tracker: &mut FieldTracker<'a>, plan: &Plan<'_, 'a>, task: Object<'a>, component: &mut Component) {
    let Some(field) = task.field("TaskCount") else { return };
    match number(field.0).and_then(|count| u32::try_from(count).ok()) {
        Some(1) => Field::dropped(field, tracker, "default"),
        Some(count) if count > 1 => {
            super::request::at_once(component, count);
            let note = "so many pods of one run; where one of them fails, the others are stopped";
            field.approximated(tracker, plan.at("scale"), note);
        }
        _ => field.blocked(tracker, "it starts no task at all, or a number that is none"),
    }
}
