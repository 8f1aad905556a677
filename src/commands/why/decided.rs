//! Which decisions decided a line: those without which it would not be written.

use super::evidence::Evidence;
use super::traced::{Traced, same_lines};
use crate::error::Failure;
use crate::lifting::Estate;
use caravan_convert::{Nothing, Platform, Trace, convert};
use caravan_convert_lift::{FieldVerdict, Ledger, Lifted};
use caravan_inventory::{Decisions, QuestionId};
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

/// What decisions decided of a file.
#[derive(Default)]
pub(super) struct Decided {
    /// By line, from 1, in what would be written.
    lines: BTreeMap<u32, Vec<DecisionRow>>,
    /// By the observation and pointer of a field that would be asked about.
    fields: BTreeMap<(String, String), Vec<DecisionRow>>,
}

impl Decided {
    /// The decisions behind a line that comes from these fields, each once.
    pub(super) fn of<'f>(&self, line: Option<u32>, fields: impl Iterator<Item = &'f Evidence>) -> Vec<DecisionRow> {
        let of_line = line.and_then(|line| self.lines.get(&line)).into_iter().flatten();
        let of_field = |field: &Evidence| self.fields.get(&(field.observation.clone(), field.pointer.clone()));
        let mut rows: BTreeMap<&str, &DecisionRow> = of_line.map(|row| (row.id.as_str(), row)).collect();
        rows.extend(fields.filter_map(of_field).flatten().map(|row| (row.id.as_str(), row)));
        rows.into_values().cloned().collect()
    }
}

/// The decisions behind each line. Each decision about the app's workloads is left out in turn: it decided the lines that are then
/// others, and the fields that are then asked about. What people changed in plconfig.yaml is looked at apart, so that it hides no
/// decision.
///
/// # Errors
/// When the inventory can't be read.
pub(super) fn of(
    store: &Store,
    decisions: &Decisions,
    platform: &Platform,
    traced: &Traced,
) -> Result<Decided, Failure> {
    let lift = |decisions: &Decisions| -> Result<Vec<Lifted>, Failure> {
        Estate::read(store, decisions, platform)?.lift_members(store, &traced.app, decisions)
    };
    let text = |lifted: Vec<Lifted>| {
        let files = convert(&traced.app, lifted, platform, &Nothing, Trace::Off).files;
        files.get(&traced.path).map(|bytes| String::from_utf8_lossy(bytes).into_owned()).unwrap_or_default()
    };
    let concerned: Vec<_> = decisions.0.iter().filter(|(id, _)| concerns(id.as_str(), traced)).collect();
    let mut decided = Decided::default();
    if concerned.is_empty() {
        return Ok(decided);
    }
    let with = text(lift(decisions)?);
    // Lines as they are lifted to lines as they hold.
    let held = same_lines(&with, &traced.wanted);
    for (id, decision) in concerned {
        let row = DecisionRow { id: id.to_string(), answer: decision.answer.clone(), reason: decision.reason.clone() };
        let mut without = decisions.clone();
        without.0.remove(id);
        let lifted = lift(&without)?;
        for field in lifted.iter().flat_map(|one| asked_by(&one.ledger, id)) {
            decided.fields.entry(field).or_default().push(row.clone());
        }
        for (same, line) in same_lines(&with, &text(lifted)).into_iter().zip(&held) {
            if let (None, Some(line)) = (same, line) {
                decided.lines.entry(*line).or_default().push(row.clone());
            }
        }
    }
    Ok(decided)
}

/// The fields that a question is about.
fn asked_by(ledger: &Ledger, question: &QuestionId) -> Vec<(String, String)> {
    let asks = |verdict: &FieldVerdict| matches!(verdict, FieldVerdict::Question { id } if id == question);
    let fields = ledger.documents.iter().flat_map(|document| document.entries.iter().map(move |one| (document, one)));
    fields.filter(|(_, one)| asks(&one.verdict)).map(|(of, one)| (of.source.to_string(), one.path.clone())).collect()
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
