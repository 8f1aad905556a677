//! Who may start it: the resource policies of the function and of its aliases.

use super::facts::Facts;
use crate::field::{Field, Object};
use crate::tracker::FieldTracker;
use serde_json::Value;
use std::collections::BTreeSet;

/// The principals of a statement: services, accounts, roles, `*` for everybody.
pub(super) fn principals(statement: Object<'_>) -> BTreeSet<String> {
    fn texts(value: &Value, out: &mut BTreeSet<String>) {
        match value {
            Value::String(text) => drop(out.insert(text.clone())),
            Value::Array(list) => list.iter().for_each(|value| texts(value, out)),
            Value::Object(map) => map.values().for_each(|value| texts(value, out)),
            _ => {}
        }
    }
    let mut all = BTreeSet::new();
    if let Some(field) = statement.raw("Principal") {
        texts(field.0, &mut all);
    }
    all
}

/// What is in policies and decides nothing: who may call is the gateway's, the queue's or the cluster's from now on.
pub(super) fn map<'a>(tracker: &mut FieldTracker<'a>, facts: &Facts<'a>) {
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
