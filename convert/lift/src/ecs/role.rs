//! The rights of the task.

use super::kind::Plan;
use crate::account::Account;
use crate::field::Field;
use crate::plconfig::{PlConfig, Use, UseKind};
use crate::text::Kind;

/// The alias of the task's role in `uses`.
const ALIAS: &str = "role";

pub(super) fn map<'a>(account: &mut Account<'a>, plan: &Plan<'_, 'a>, config: &mut PlConfig) {
    let Some(task) = plan.facts.task else { return };
    if let Some(field) = task.field("taskRoleArn") {
        take(account, field, config);
    }
    if let Some(field) = task.field("executionRoleArn") {
        let note = "images are pulled by the node, secrets by the secret store's role, logs by the agent";
        field.dropped_because(account, "execution-role", note);
    }
}

/// The app takes over an existing role as it is.
pub(super) fn take<'a>(account: &mut Account<'a>, field: Field<'a>, config: &mut PlConfig) {
    let Some(name) = account.text(field.0, Kind::Role) else {
        return;
    };
    let role = Use { kind: UseKind::Iam, name: name.into_owned(), access: Vec::new(), env: None };
    config.uses.insert(ALIAS.to_owned(), role);
    field.exact(account, format!("/uses/{ALIAS}/name"));
}
