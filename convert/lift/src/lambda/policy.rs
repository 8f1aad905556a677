//! Who may start it: the resource policies of the function and of its aliases.

use super::facts::{Facts, principals};
use super::started_by::{Start, StartKind};
use crate::field::Field;
use crate::marks::without_marks;
use crate::tracker::{Asked, FieldTracker};
use std::collections::BTreeSet;

fn ask_about(tracker: &mut FieldTracker<'_>, programs: &BTreeSet<String>) {
    let named: Vec<String> = programs.iter().map(|caller| format!("`{}`", without_marks(caller))).collect();
    let id = tracker.question_id("programs", "");
    let text = format!(
        "Besides, its policy lets {} call it by `Invoke`, and nothing of it answers them here. Do they go on with its function on \
         Lambda (`on-lambda`), or does none of them call it (`none`)?",
        named.join(", ")
    );
    if let Asked::Open(_) = tracker.ask(id, &text, &["on-lambda", "none"], Some("on-lambda")) {
        tracker.hold("nobody said what becomes of programs that call it by `Invoke`");
    }
}

/// What is in policies and decides nothing: who may call is the gateway's, the queue's or the cluster's from now on. Programs
/// that call it by `Invoke` besides what starts it are asked about.
pub(super) fn map<'a>(tracker: &mut FieldTracker<'a>, facts: &Facts<'a>, starts: &[Start<'a>]) {
    let programs: BTreeSet<String> = facts
        .allowed()
        .filter(|statement| statement.peek("Action") != Some("lambda:InvokeFunctionUrl"))
        .flat_map(principals)
        .filter(|caller| caller != "*" && !caller.ends_with(".amazonaws.com") && !caller.ends_with(".amazon.com"))
        .collect();
    if !programs.is_empty() && !starts.iter().any(|start| matches!(start.kind, StartKind::Invoke)) {
        ask_about(tracker, &programs);
    }
    for named in &facts.policies {
        named.document.drop_all(tracker, &["RevisionId"], "describe-only");
        let Some(policy) = named.document.object("Policy") else { continue };
        policy.drop_all(tracker, &["Version", "Id"], "describe-only");
        for statement in policy.objects("Statement") {
            for (_, value) in statement.entries().filter(|(_, value)| !crate::field::is_empty(value)) {
                Field(value).dropped_because(
                    tracker,
                    "invoke-permission",
                    "who starts it is told by what does, and asked there",
                );
            }
        }
    }
}
