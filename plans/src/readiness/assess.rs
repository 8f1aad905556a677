//! From a subject to notes and a verdict.

use super::checks::CHECKS;
use super::kind::NoteKind;
use super::note::{Note, Severity};
use super::subject::Subject;
use super::verdict::{How, Verdict};
use crate::sizing::{Sizing, size};
use caravan_convert_lift::LiftOutcome;
use caravan_inventory::{QuestionId, WorkloadId, WorkloadKind};

/// What is known of a workload's way to the platform.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Assessment {
    /// What should become of it.
    pub verdict: Verdict,
    /// How it moves; none where it does not, or where nothing says how.
    pub how: Option<How>,
    /// Why; at least one sentence.
    pub reasons: Vec<String>,
    /// What was found, the gravest first.
    pub notes: Vec<Note>,
    /// What it used, and how large its pods should therefore be.
    pub size: Sizing,
}

/// Runs every check on one workload and concludes.
///
/// Total and deterministic: the same subject gives the same notes in the same order (P1).
#[must_use]
pub fn assess(subject: &Subject<'_>) -> Assessment {
    let mut notes: Vec<Note> = Vec::new();
    for (kind, check) in CHECKS {
        notes.extend(check(subject).into_iter().map(|finding| finding.of(*kind)));
    }
    notes.sort_by_key(|note| (note.severity, note.kind));
    let (verdict, reasons) = conclude(subject, &notes);
    let how = match (verdict, &subject.lifted.outcome) {
        (Verdict::Move, LiftOutcome::Converted(_)) => Some(how(subject.workload.kind)),
        _ => None,
    };
    Assessment { verdict, how, reasons, notes, size: size(subject) }
}

/// The question by which a person says what should become of a workload.
#[must_use]
pub fn verdict_question(workload: &WorkloadId) -> QuestionId {
    QuestionId::new(format!("verdict/{workload}"))
}

/// Containers go as they are; of everything else an image is made.
const fn how(kind: WorkloadKind) -> How {
    match kind {
        WorkloadKind::Ecs => How::Rehost,
        WorkloadKind::Lambda | WorkloadKind::Ec2 | WorkloadKind::Worker => How::Replatform,
    }
}

/// What each kind of note means for the verdict, in the order in which they decide; the first that is there does.
const DECIDING: &[(NoteKind, Verdict)] = &[
    // Nobody can say of what nobody owns whether it is needed, not even where it runs nothing.
    (NoteKind::NoOwner, Verdict::Undecided),
    (NoteKind::Idle, Verdict::Retire),
    (NoteKind::StaysOnLambda, Verdict::Keep),
    (NoteKind::NetworkRole, Verdict::Keep),
    (NoteKind::EachHost, Verdict::Replace),
    (NoteKind::DataService, Verdict::Replace),
    (NoteKind::Windows, Verdict::Keep),
    (NoteKind::HostAccess, Verdict::Keep),
    (NoteKind::Refused, Verdict::Undecided),
    (NoteKind::UnknownField, Verdict::Undecided),
    (NoteKind::NothingStartsIt, Verdict::Undecided),
];

/// A person's word first, then the first kind that decides, then the move.
fn conclude(subject: &Subject<'_>, notes: &[Note]) -> (Verdict, Vec<String>) {
    if let Some((verdict, reasons)) = decided(subject, notes) {
        return (verdict, reasons);
    }
    for (kind, verdict) in DECIDING {
        let mut reasons: Vec<String> =
            notes.iter().filter(|note| note.kind == *kind).map(|note| note.text.clone()).collect();
        if !reasons.is_empty() {
            reasons.dedup();
            // What else would have decided is said beside it: whoever answers should see all of it.
            let others = DECIDING.iter().filter(|(other, _)| other != kind);
            let also = others.flat_map(|(other, _)| notes.iter().filter(move |note| note.kind == *other));
            reasons.extend(also.map(|note| note.text.clone()));
            return (*verdict, reasons);
        }
    }
    (Verdict::Move, vec![moves(subject, notes)])
}

/// What a person said; what they can't have known is said beside it.
fn decided(subject: &Subject<'_>, notes: &[Note]) -> Option<(Verdict, Vec<String>)> {
    let question = verdict_question(&subject.workload.id);
    let decision = subject.decisions.0.get(&question)?;
    let Some(verdict) = Verdict::of_answer(&decision.answer) else {
        let known = Verdict::ANSWERS.join(", ");
        let text = format!("decisions.yaml answers {question} by `{}`, which is none of {known}", decision.answer);
        return Some((Verdict::Undecided, vec![text]));
    };
    let mut reasons = vec![match &decision.reason {
        Some(reason) => format!("decided: {reason}"),
        None => "decided in decisions.yaml".to_owned(),
    }];
    let blockers = || notes.iter().filter(|note| note.severity == Severity::Blocker);
    if verdict == Verdict::Move && blockers().next().is_some() {
        // A word alone moves nothing that can't move.
        reasons.extend(blockers().map(|note| format!("but {}", note.text)));
        return Some((Verdict::Undecided, reasons));
    }
    Some((verdict, reasons))
}

fn moves(subject: &Subject<'_>, notes: &[Note]) -> String {
    let open = subject.questions.len();
    let warnings = notes.iter().filter(|note| note.severity == Severity::Warning).count();
    let converts = match how(subject.workload.kind) {
        How::Rehost => "its image runs on the platform as it is",
        How::Replatform => "an image is made of it, and runs on the platform",
    };
    match (open, warnings) {
        (0, 0) => format!("{converts}; nothing stands against it"),
        (0, warnings) => format!("{converts}; {warnings} warnings"),
        (open, warnings) => format!("{converts}; {warnings} warnings, {open} of them open questions"),
    }
}
