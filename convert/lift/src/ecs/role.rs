//! The rights of the task.

use super::kind::Plan;
use crate::plconfig::PlConfig;
use crate::role::take;
use crate::tracker::FieldTracker;

pub(super) fn map<'a>(tracker: &mut FieldTracker<'a>, plan: &Plan<'_, 'a>, config: &mut PlConfig) {
    let Some(task) = plan.facts.task else { return };
    if let Some(field) = task.field("taskRoleArn") {
        let _known = take(tracker, field, config);
    }
    if let Some(field) = task.field("executionRoleArn") {
        let note = "images are pulled by the node, secrets by the secret store's role, logs by the agent";
        field.dropped_because(tracker, "execution-role", note);
    }
}
