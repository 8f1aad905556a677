//! Where in ledgers and sources stands what a person has to look at.

use super::finding::SourceField;
use caravan_convert::{App, ledger_lines, ledger_path};
use caravan_convert_lift::{FieldVerdict, LiftOutcome, Lifted};
use caravan_inventory::{ObservationId, QuestionId, WorkloadId};
use std::collections::{BTreeMap, BTreeSet};

/// A field in its ledger.
#[derive(Clone, Debug)]
pub(super) struct Mark {
    /// The ledger's path in the tree.
    pub(super) ledger: String,
    /// The line of its entry.
    pub(super) line: u32,
    /// The source document.
    pub(super) document: ObservationId,
    /// The field in it.
    pub(super) pointer: String,
}

/// What the ledgers of one app hold.
#[derive(Debug, Default)]
pub(super) struct Marks {
    /// The ledger of each workload.
    pub(super) ledgers: BTreeMap<WorkloadId, String>,
    /// The fields because of which a question is asked.
    pub(super) questions: BTreeMap<QuestionId, Mark>,
    /// The fields that block, with their workload and reason.
    pub(super) blockers: Vec<(WorkloadId, String, Mark)>,
    /// The fields that nobody knows.
    pub(super) unknown: Vec<(WorkloadId, Mark)>,
    /// The workloads of which something is lifted, whatever else of them is refused.
    pub(super) lifted_in_part: BTreeSet<WorkloadId>,
}

/// The ledger of everything that workloads share: which module accounts for what.
const LEDGER_OF_SHARED: &str = "ledger/terraform.json";

impl Marks {
    /// Of what workloads share, by the ids that its questions are about.
    pub(super) fn of_shared(ids: impl Iterator<Item = WorkloadId>) -> Self {
        Self { ledgers: ids.map(|id| (id, LEDGER_OF_SHARED.to_owned())).collect(), ..Self::default() }
    }

    /// Of what was lifted for an app's members, in their order.
    pub(super) fn of(app: &App, lifted: &[Lifted]) -> Self {
        let mut marks = Self::default();
        for (member, lifted) in app.members.iter().zip(lifted) {
            let ledger = ledger_path(&member.id());
            for (line, document, entry) in ledger_lines(&lifted.ledger) {
                let mark =
                    || Mark { ledger: ledger.clone(), line, document: document.clone(), pointer: entry.path.clone() };
                let workload = || member.workload.clone();
                match &entry.verdict {
                    FieldVerdict::Question { id } => {
                        marks.questions.entry(id.clone()).or_insert_with(mark);
                    }
                    FieldVerdict::Blocker { reason } => {
                        marks.blockers.push((workload(), reason.to_string(), mark()));
                    }
                    FieldVerdict::Unknown => marks.unknown.push((workload(), mark())),
                    FieldVerdict::Exact | FieldVerdict::Approximated | FieldVerdict::Dropped { .. } => {}
                }
            }
            marks.ledgers.entry(member.workload.clone()).or_insert(ledger);
            let parts = app.members.iter().filter(|other| other.workload == member.workload).count();
            if parts > 1 && matches!(lifted.outcome, LiftOutcome::Converted(_)) {
                marks.lifted_in_part.insert(member.workload.clone());
            }
        }
        marks
    }
}

impl Mark {
    /// The field of the source.
    pub(super) fn source(&self) -> SourceField {
        SourceField { document: self.document.clone(), pointer: self.pointer.clone(), file: None, line: None }
    }
}
