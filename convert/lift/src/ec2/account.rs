//! The account of texts, statement by statement: each with its line.

use crate::host_verdict::Evidence;
use crate::ledger::FieldVerdict;
use crate::tracker::{Asked, FieldTracker, Mark};
use caravan_inventory::{ObservationId, QuestionId};
use serde_json::Value;
use std::borrow::Cow;

/// A text of user data, and where it stands.
#[derive(Clone, Copy, Debug)]
pub(super) struct Script<'a> {
    /// The field that holds it.
    pub(super) value: &'a Value,
    /// The document.
    pub(super) source: &'a ObservationId,
    /// Its number among the texts that were read, from 1 on; it is part of questions where there are several.
    pub(super) number: usize,
}

/// A line of a text.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place<'a> {
    pub(super) script: Script<'a>,
    pub(super) line: u32,
}

type Text = Cow<'static, str>;

impl<'a> Place<'a> {
    /// Another line of the same text.
    pub(super) fn at(self, line: u32) -> Self {
        Self { line, ..self }
    }

    fn mark(self, tracker: &mut FieldTracker<'a>, verdict: FieldVerdict, target: Option<Text>, note: Option<Text>) {
        tracker.mark_line(self.script.value, self.line, Mark { verdict, target, note });
    }

    pub(super) fn exact(self, tracker: &mut FieldTracker<'a>, target: impl Into<Text>, what: impl Into<Text>) {
        self.mark(tracker, FieldVerdict::Exact, Some(target.into()), Some(what.into()));
    }

    pub(super) fn approximated(self, tracker: &mut FieldTracker<'a>, target: impl Into<Text>, note: impl Into<Text>) {
        self.mark(tracker, FieldVerdict::Approximated, Some(target.into()), Some(note.into()));
    }

    pub(super) fn dropped_because(self, tracker: &mut FieldTracker<'a>, rule: &'static str, note: impl Into<Text>) {
        self.mark(tracker, FieldVerdict::Dropped { rule: rule.into() }, None, Some(note.into()));
    }

    pub(super) fn asked(self, tracker: &mut FieldTracker<'a>, id: &QuestionId, what: impl Into<Text>) {
        self.mark(tracker, FieldVerdict::Question { id: id.clone() }, None, Some(what.into()));
    }

    pub(super) fn blocked(self, tracker: &mut FieldTracker<'a>, reason: &str) {
        let reason = crate::marks::without_marks(reason);
        tracker.refuse(&format!("line {}: {reason}", self.line));
        self.mark(tracker, FieldVerdict::Blocker { reason: reason.into() }, None, None);
    }

    /// It is why the machine is not converted; that is said already.
    pub(super) fn decides(self, tracker: &mut FieldTracker<'a>, reason: &str) {
        self.mark(tracker, FieldVerdict::Blocker { reason: reason.to_owned().into() }, None, None);
    }

    /// Whether an option can be left out, by the one answer that says so; nothing starts before somebody answered.
    pub(super) fn ask_to_leave_out(
        self,
        tracker: &mut FieldTracker<'a>,
        id: QuestionId,
        text: &str,
        what: impl Into<Text>,
    ) {
        match tracker.ask(id, text, &["leave-out"], Some("leave-out")) {
            Asked::Given(_) => self.dropped_because(tracker, "dropped-by-answer", what),
            Asked::Open(id) => {
                tracker.hold("nobody said what becomes of lines that are not understood");
                self.asked(tracker, &id, what);
            }
        }
    }

    /// What tells this line from others in questions: `12`, or `2:12` in the second of several texts.
    pub(super) fn detail(self) -> String {
        match self.script.number {
            1 => self.line.to_string(),
            number => format!("{number}:{}", self.line),
        }
    }

    pub(super) fn evidence(self, tracker: &FieldTracker<'a>, says: String) -> Evidence {
        let path = tracker.pointer(self.script.value);
        Evidence { says, source: self.script.source.clone(), path, line: Some(self.line) }
    }
}
