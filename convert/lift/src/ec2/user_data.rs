//! The user data of a workload's machines: each statement with its place and its meaning.

use super::account::{Place, Script};
use super::facts::Facts;
use super::meaning::Meaning;
use super::startup::{Statement, read};
use crate::field::{Field, Object};
use crate::tracker::{Asked, FieldTracker};

/// A statement, where it stands, and what it means.
pub(super) struct Step<'a> {
    pub(super) at: Place<'a>,
    pub(super) statement: Statement,
    pub(super) meaning: Meaning,
}

/// All statements, in the order in which the machine makes them.
#[derive(Default)]
pub(super) struct UserData<'a> {
    pub(super) steps: Vec<Step<'a>>,
    /// Parts that can't be read at all.
    unread: bool,
}

impl<'a> UserData<'a> {
    /// Reads the user data of the first document that has some; that of others is the same, or asked about.
    pub(super) fn of(tracker: &mut FieldTracker<'a>, facts: &Facts<'a>) -> Self {
        let mut all = Self::default();
        let (mut lead, mut texts): (bool, Vec<&'a str>) = (false, Vec::new());
        for document in facts.machines() {
            let parts: Vec<Object<'a>> = document.root.objects("userDataParts").collect();
            for name in ["userData", "UserData"] {
                if let Some(field) = document.root.field(name) {
                    field.dropped(tracker, "decoded-user-data");
                }
            }
            for part in &parts {
                part.drop_all(tracker, &["contentType", "fileName"], "decoded-user-data");
                if let Some(field) = part.field("problem") {
                    all.unread = true;
                    field.ask_to_drop(
                        tracker,
                        "user-data",
                        "A part of the user data can't be read. Does it do nothing that matters?",
                        "nothing",
                    );
                }
                let (Some(field), Some(text)) = (part.field("text"), part.peek("text")) else { continue };
                if !lead {
                    let script = Script { value: field.0, source: document.source, number: texts.len() + 1 };
                    texts.push(text);
                    all.take(script, part.peek("contentType").unwrap_or("text/plain"), text);
                } else if texts.contains(&text) {
                    field.dropped(tracker, "same-user-data");
                } else {
                    other(tracker, field, document.source.as_str());
                }
            }
            lead |= !texts.is_empty();
        }
        all
    }

    fn take(&mut self, script: Script<'a>, content_type: &str, text: &str) {
        for statement in read(content_type, text) {
            let at = Place { script, line: statement.line };
            let meaning = Meaning::of(&statement);
            self.steps.push(Step { at, statement, meaning });
        }
    }

    /// Whether nothing tells what the machines do: there is no statement at all, or a part could not be read.
    pub(super) fn is_silent(&self) -> bool {
        self.steps.is_empty() || self.unread
    }
}

/// A machine that was started by other user data than the others.
fn other<'a>(tracker: &mut FieldTracker<'a>, field: Field<'a>, machine: &str) {
    let id = tracker.question_id("other-user-data", machine);
    let text = format!(
        "`{machine}` was started by other user data than what its template says now. Does that of the template hold?"
    );
    match tracker.ask(id, &text, &["template"], Some("template")) {
        Asked::Given(_) => field.dropped(tracker, "dropped-by-answer"),
        Asked::Open(id) => {
            tracker.hold("its machines were started by different user data");
            field.asked(tracker, &id);
        }
    }
}
