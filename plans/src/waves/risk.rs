//! What may go wrong with a move, in points that are added up.

use crate::readiness::{Assessment, NoteKind, Severity};
use serde::Serialize;

/// How much may go wrong.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum RiskLevel {
    /// Fewer than 4 points.
    Low,
    /// From 4 to 9 points.
    Medium,
    /// 10 points and more.
    High,
}

/// Points with their reasons: what goes first is told by them, and nothing else.
#[derive(Clone, Debug, Default, Eq, PartialEq, Serialize)]
pub struct Risk {
    /// The sum.
    pub points: u32,
    /// What gave how many, in a fixed order.
    pub reasons: Vec<String>,
}

/// What a kind of note weighs: what must be handed over, and what can't be taken back by sending traffic back, weighs most.
const WEIGHTS: &[(NoteKind, u32, &str)] = &[
    (NoteKind::LocalState, 5, "data must be copied"),
    (NoteKind::TakesMessages, 3, "messages must be handed over"),
    (NoteKind::StickySessions, 2, "sessions may end"),
    (NoteKind::SharedDatabase, 2, "a shared data store"),
    (NoteKind::SharedFiles, 2, "files that both sides write"),
    (NoteKind::EgressAddress, 2, "others may know its address"),
    (NoteKind::FixedPort, 2, "callers may know its host and port"),
    (NoteKind::SingleInstance, 1, "it runs once"),
    (NoteKind::NoHealthCheck, 1, "nothing asks whether it is healthy"),
    (NoteKind::UnreadList, 1, "a list of its account is incomplete"),
];

/// The weight of each open question.
const QUESTION: u32 = 1;

/// The weight of each workload that needs it: they all notice.
const NEEDED_BY: u32 = 2;

impl Risk {
    /// The risk of what was found about a workload.
    #[must_use]
    pub fn of(assessment: &Assessment) -> Self {
        let mut risk = Self::default();
        for (kind, points, why) in WEIGHTS {
            if assessment.notes.iter().any(|note| note.kind == *kind) {
                risk.add(*points, why);
            }
        }
        let questions = assessment.notes.iter().filter(|note| note.kind == NoteKind::OpenQuestion).count();
        risk.add_each(questions, QUESTION, "open questions");
        let others = |kind: NoteKind| !WEIGHTS.iter().any(|(weighed, ..)| *weighed == kind);
        let warnings = assessment.notes.iter().filter(|note| {
            note.severity == Severity::Warning && note.kind != NoteKind::OpenQuestion && others(note.kind)
        });
        risk.add_each(warnings.count(), 1, "other warnings");
        risk
    }

    /// The same with those who need it.
    #[must_use]
    pub fn needed_by(mut self, count: usize) -> Self {
        self.add_each(count, NEEDED_BY, "needed by");
        self
    }

    /// Low, medium or high.
    #[must_use]
    pub const fn level(&self) -> RiskLevel {
        match self.points {
            0..=3 => RiskLevel::Low,
            4..=9 => RiskLevel::Medium,
            _ => RiskLevel::High,
        }
    }

    fn add(&mut self, points: u32, why: &str) {
        self.points = self.points.saturating_add(points);
        self.reasons.push(format!("{why} (+{points})"));
    }

    fn add_each(&mut self, count: usize, points: u32, what: &str) {
        if count > 0 {
            let points = u32::try_from(count).unwrap_or(u32::MAX).saturating_mul(points);
            self.add(points, &format!("{what}: {count}"));
        }
    }
}

impl RiskLevel {
    /// The name in JSON and on the screen.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
        }
    }
}
