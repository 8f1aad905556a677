//! One document as a cloud described it, and what became of each of its fields (C1).

use super::hcl::From;
use crate::provenance::{Origin, Rule};
use caravan_convert_lift::{FieldVerdict, LedgerEntry};
use caravan_inventory::{Observation, Redacted};
use serde_json::Value;
use std::borrow::Cow;

/// The rule of an argument's lines.
pub(super) const OBSERVED: Rule = Rule { name: "observed", says: "what was observed of the resource" };

/// A document that is being carried over.
pub(super) struct Fields<'a> {
    pub(super) observation: &'a Observation,
    marks: Vec<Mark>,
}

/// What became of everything at and below a place.
struct Mark {
    pointer: String,
    verdict: FieldVerdict,
    target: Option<String>,
    note: Option<&'static str>,
}

/// What stands at a place.
pub(super) enum Held<'a> {
    /// Nothing, or nothing but `null`.
    Missing,
    Value(&'a Value),
    /// Something of which a part was not recorded, since it may be a secret.
    Redacted,
}

impl<'a> Fields<'a> {
    pub(super) const fn new(observation: &'a Observation) -> Self {
        Self { observation, marks: Vec::new() }
    }

    /// What stands at a place.
    pub(super) fn held(&self, pointer: &str) -> Held<'a> {
        match self.observation.body.pointer(pointer) {
            None | Some(Value::Null) => Held::Missing,
            Some(value) if holds_mark(value) => Held::Redacted,
            Some(value) => Held::Value(value),
        }
    }

    /// The text at a place, where there is one and nothing of it is left out.
    pub(super) fn text(&self, pointer: &str) -> Option<&'a str> {
        match self.held(pointer) {
            Held::Value(value) => value.as_str().filter(|text| !text.is_empty()),
            Held::Missing | Held::Redacted => None,
        }
    }

    /// The list at a place; empty where there is none.
    pub(super) fn list(&self, pointer: &str) -> &'a [Value] {
        self.observation.body.pointer(pointer).and_then(Value::as_array).map_or(&[], Vec::as_slice)
    }

    /// Where lines come from that were made of a place.
    pub(super) fn from(&self, pointer: &str) -> From {
        let observation = self.observation.id.clone();
        let origin = Origin::Source { observation, pointer: pointer.to_owned(), verdict: FieldVerdict::Exact };
        From { rule: OBSERVED, origins: vec![origin] }
    }

    /// A place that was carried over to an argument, with everything below it.
    pub(super) fn exact(&mut self, pointer: &str, target: &str) {
        self.mark(pointer, FieldVerdict::Exact, Some(target), None);
    }

    /// A place that Terraform is told to leave as it is.
    pub(super) fn unmanaged(&mut self, pointer: &str, target: &str, note: &'static str) {
        self.mark(pointer, FieldVerdict::Approximated, Some(target), Some(note));
    }

    /// A place that a rule leaves out.
    pub(super) fn dropped(&mut self, pointer: &str, rule: &'static str) {
        self.mark(pointer, FieldVerdict::Dropped { rule: Cow::Borrowed(rule) }, None, None);
    }

    fn mark(&mut self, pointer: &str, verdict: FieldVerdict, target: Option<&str>, note: Option<&'static str>) {
        let target = target.map(str::to_owned);
        self.marks.push(Mark { pointer: pointer.to_owned(), verdict, target, note });
    }

    /// The account of every leaf. What nothing was decided about is unknown, unless nothing stands there.
    pub(super) fn account(self) -> Vec<LedgerEntry> {
        leaves(&self.observation.body).into_iter().map(|path| self.entry(path)).collect()
    }

    /// The account of every leaf of something that is not carried over, for this reason.
    pub(super) fn refused(observation: &Observation, reason: &str) -> Vec<LedgerEntry> {
        let entry = |path| LedgerEntry {
            path,
            verdict: FieldVerdict::Blocker { reason: Cow::Owned(reason.to_owned()) },
            target: None,
            note: None,
            line: None,
        };
        leaves(&observation.body).into_iter().map(entry).collect()
    }

    fn entry(&self, path: String) -> LedgerEntry {
        let around = |mark: &&Mark| {
            path.strip_prefix(mark.pointer.as_str()).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        };
        // The nearest one; of two about one place the later.
        match self.marks.iter().filter(around).max_by_key(|mark| mark.pointer.len()) {
            Some(Mark { verdict, target, note, .. }) => LedgerEntry {
                path,
                verdict: verdict.clone(),
                target: target.clone().map(Cow::Owned),
                note: note.map(Cow::Borrowed),
                line: None,
            },
            None => {
                let is_null = self.observation.body.pointer(&path).is_some_and(Value::is_null);
                let unset = FieldVerdict::Dropped { rule: Cow::Borrowed("unset") };
                let verdict = if is_null { unset } else { FieldVerdict::Unknown };
                LedgerEntry { path, verdict, target: None, note: None, line: None }
            }
        }
    }
}

/// Whether a mark of redaction stands anywhere in it.
fn holds_mark(value: &Value) -> bool {
    match value {
        Value::String(text) => Redacted::is_in(text),
        Value::Array(list) => list.iter().any(holds_mark),
        Value::Object(fields) => fields.iter().any(|(key, value)| Redacted::is_in(key) || holds_mark(value)),
        _ => false,
    }
}

/// One step of a JSON pointer (RFC 6901).
pub(super) fn step(text: &str) -> String {
    text.replace('~', "~0").replace('/', "~1")
}

/// The places of scalars, nulls, empty lists, empty maps, and maps with a key that was not recorded.
fn leaves(body: &Value) -> Vec<String> {
    fn below(value: &Value, place: &str, found: &mut Vec<String>) {
        match value {
            Value::Array(list) if !list.is_empty() => {
                list.iter().enumerate().for_each(|(at, item)| below(item, &format!("{place}/{at}"), found));
            }
            // A key that was not recorded is no place that can be named.
            Value::Object(fields) if !fields.is_empty() && !fields.keys().any(|key| Redacted::is_in(key)) => {
                fields.iter().for_each(|(key, value)| below(value, &format!("{place}/{}", step(key)), found));
            }
            _ => found.push(place.to_owned()),
        }
    }
    let mut found = Vec::new();
    below(body, "", &mut found);
    found
}
