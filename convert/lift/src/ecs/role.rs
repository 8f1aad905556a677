//! The rights of the task.

use super::kind::Plan;
use crate::field::Field;
use crate::plconfig::{PlConfig, Use, UseKind};
use crate::text::Kind;
use crate::tracker::FieldTracker;

/// The alias of the task's role in `uses`.
const ALIAS: &str = "role";

pub(super) fn map<'a>(tracker: &mut FieldTracker<'a>, plan: &Plan<'_, 'a>, config: &mut PlConfig) {
    let Some(task) = plan.facts.task else { return };
    if let Some(field) = task.field("taskRoleArn") {
        take(tracker, field, config);
    }
    if let Some(field) = task.field("executionRoleArn") {
        let note = "images are pulled by the node, secrets by the secret store's role, logs by the agent";
        field.dropped_because(tracker, "execution-role", note);
    }
}

/// The app takes over an existing role as it is.
pub(super) fn take<'a>(tracker: &mut FieldTracker<'a>, field: Field<'a>, config: &mut PlConfig) {
    let Some(name) = tracker.text(field.0, Kind::Role) else {
        return;
    };
    let role = Use { kind: UseKind::Iam, name: name.into_owned(), access: Vec::new(), env: None };
    config.uses.insert(ALIAS.to_owned(), role);
    let note = "the same role with all its rights, once its trust policy lets the cluster's pods assume it";
    field.approximated(tracker, format!("/uses/{ALIAS}/name"), note);
}
