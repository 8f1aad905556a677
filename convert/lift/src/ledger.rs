//! What became of every source field (C1).

use caravan_inventory::{ObservationId, QuestionId, WorkloadId};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;

/// What became of one workload's source fields, in the order of its observations and then of their paths.
#[derive(Clone, Debug, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
pub struct Ledger {
    /// Whose fields these are.
    pub workload: WorkloadId,
    /// The source documents, in the order of the workload's observations.
    pub documents: Vec<Document>,
}

/// What became of the fields of one source document.
#[derive(Clone, Debug, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
pub struct Document {
    /// Where it is from.
    pub source: ObservationId,
    /// One entry for each of its leaves: scalars, nulls, empty lists and empty maps. A text that was read statement by
    /// statement has one for each of them instead, in the order of their lines.
    pub entries: Vec<LedgerEntry>,
}

/// What became of one field.
#[derive(Clone, Debug, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
pub struct LedgerEntry {
    /// Its place in the document: a JSON pointer (RFC 6901).
    pub path: String,
    /// The line of it, where the field is a text of several statements and each has an entry: from 1 on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line: Option<u32>,
    /// What became of it.
    pub verdict: FieldVerdict,
    /// The place in `plconfig.yaml` that it decided: a JSON pointer; none when it decided nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub target: Option<Cow<'static, str>>,
    /// What a person should know about it: one sentence fragment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<Cow<'static, str>>,
}

/// What became of a field.
#[derive(Clone, Debug, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum FieldVerdict {
    /// Carried over with its meaning: another value gives other output.
    Exact,
    /// Carried over, but not with its whole meaning; the note says what is lost.
    Approximated,
    /// Left out by a named rule: `describe-only`, `default`, `platform-logs`, …
    Dropped {
        /// The rule's name, as in the documentation of the mapping.
        rule: Cow<'static, str>,
    },
    /// A person must decide.
    Question {
        /// The question.
        id: QuestionId,
    },
    /// The workload can't be converted because of it.
    Blocker {
        /// Why, for a person.
        reason: Cow<'static, str>,
    },
    /// No API model knows this field. An error in batch mode.
    Unknown,
}

/// How many fields ended how (the `fields` of `caravan.convert/v1`).
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
pub struct Counts {
    /// Carried over with their meaning.
    pub exact: u64,
    /// Carried over in part.
    pub approximated: u64,
    /// Left out by rule.
    pub dropped: u64,
    /// Open questions.
    pub question: u64,
    /// Reasons for refusal.
    pub blocker: u64,
    /// Fields that no API model has.
    pub unknown: u64,
}

impl Ledger {
    /// Every entry, in order.
    pub fn entries(&self) -> impl Iterator<Item = &LedgerEntry> {
        self.documents.iter().flat_map(|document| &document.entries)
    }

    /// The workload is refused, so what was made of its fields is not written: none of them is carried over, by the rule
    /// `not-written`. What was left out, asked or blocks stays as it is.
    pub fn refuse(&mut self) {
        for entry in self.documents.iter_mut().flat_map(|document| &mut document.entries) {
            if matches!(entry.verdict, FieldVerdict::Exact | FieldVerdict::Approximated) {
                entry.verdict = FieldVerdict::Dropped { rule: "not-written".into() };
                entry.target = None;
                entry.note = None;
            }
        }
    }

    /// Counts the verdicts.
    #[must_use]
    pub fn counts(&self) -> Counts {
        let mut counts = Counts::default();
        for entry in self.entries() {
            counts.add(&entry.verdict);
        }
        counts
    }
}

impl Counts {
    /// Counts one more field.
    pub const fn add(&mut self, verdict: &FieldVerdict) {
        *match verdict {
            FieldVerdict::Exact => &mut self.exact,
            FieldVerdict::Approximated => &mut self.approximated,
            FieldVerdict::Dropped { .. } => &mut self.dropped,
            FieldVerdict::Question { .. } => &mut self.question,
            FieldVerdict::Blocker { .. } => &mut self.blocker,
            FieldVerdict::Unknown => &mut self.unknown,
        } += 1;
    }
}

impl std::ops::AddAssign for Counts {
    fn add_assign(&mut self, other: Self) {
        self.exact += other.exact;
        self.approximated += other.approximated;
        self.dropped += other.dropped;
        self.question += other.question;
        self.blocker += other.blocker;
        self.unknown += other.unknown;
    }
}
