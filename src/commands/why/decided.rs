//! Which decisions decided a line: those without which it would not be written.

use super::traced::{Traced, same_lines};
use crate::error::Failure;
use crate::lifting::Estate;
use caravan_convert::{Nothing, Platform, Trace, convert};
use caravan_inventory::Decisions;
use caravan_inventory_store::Store;
use schemars::JsonSchema;
use serde::Serialize;
use std::collections::BTreeMap;

/// A decision.
#[derive(Clone, JsonSchema, Serialize)]
pub(super) struct DecisionRow {
    /// The question.
    pub(super) id: String,
    pub(super) answer: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) reason: Option<String>,
}

/// The decisions behind each line, counted from 1 in what would be written. Each decision about the app's workloads is left out in
/// turn: the lines that are then others are those that it decided. What people changed in plconfig.yaml is looked at apart, so that
/// it hides no decision.
///
/// # Errors
/// When the inventory can't be read.
pub(super) fn by_line(
    store: &Store,
    decisions: &Decisions,
    platform: &Platform,
    traced: &Traced,
) -> Result<BTreeMap<u32, Vec<DecisionRow>>, Failure> {
    let converted = |decisions: &Decisions| -> Result<String, Failure> {
        let estate = Estate::read(store, decisions, platform)?;
        let lifted = estate.lift_members(store, &traced.app, decisions)?;
        let files = convert(&traced.app, lifted, platform, &Nothing, Trace::Off).files;
        Ok(files.get(&traced.path).map(|bytes| String::from_utf8_lossy(bytes).into_owned()).unwrap_or_default())
    };
    let concerned: Vec<_> = decisions.0.iter().filter(|(id, _)| concerns(id.as_str(), traced)).collect();
    let mut by_line: BTreeMap<u32, Vec<DecisionRow>> = BTreeMap::new();
    if concerned.is_empty() {
        return Ok(by_line);
    }
    let lifted = converted(decisions)?;
    // Lines as they are lifted to lines as they hold.
    let held = same_lines(&lifted, &traced.wanted);
    for (id, decision) in concerned {
        let mut without = decisions.clone();
        without.0.remove(id);
        let other = converted(&without)?;
        let row = DecisionRow { id: id.to_string(), answer: decision.answer.clone(), reason: decision.reason.clone() };
        for (same, line) in same_lines(&lifted, &other).into_iter().zip(&held) {
            if let (None, Some(line)) = (same, line) {
                by_line.entry(*line).or_default().push(row.clone());
            }
        }
    }
    Ok(by_line)
}

/// Whether a question's id names a workload of the app, or an account and a region that one is in.
fn concerns(id: &str, traced: &Traced) -> bool {
    let Some((_, about)) = id.split_once('/') else { return false };
    traced.app.members.iter().any(|member| {
        let workload = member.workload.as_str();
        let shared = workload.split('/').skip(1).take(2).collect::<Vec<_>>().join("/");
        let named = about.strip_prefix(workload).is_some_and(|rest| rest.is_empty() || rest.starts_with(['/', '@']));
        named || about.strip_prefix(&shared).is_some_and(|rest| rest.starts_with('/'))
    })
}
