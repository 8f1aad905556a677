//! A cursor over JSON that makes it hard to forget a field: whoever takes a field out must say what becomes of it.

use crate::ledger::FieldVerdict;
use crate::tracker::{Asked, FieldTracker, Mark};
use caravan_inventory::QuestionId;
use serde_json::{Map, Value};
use std::borrow::Cow;

/// A JSON object of a source document.
#[derive(Clone, Copy)]
pub(crate) struct Object<'a>(&'a Map<String, Value>);

/// A field with a value, not yet accounted for. Its methods take it and give it its verdict; a field dropped without
/// one is found by the final walk and becomes a question.
#[must_use = "a field that was read needs a verdict"]
#[derive(Clone, Copy)]
pub(crate) struct Field<'a>(pub(crate) &'a Value);

type Text = Cow<'static, str>;

impl<'a> Object<'a> {
    pub(crate) fn of(value: &'a Value) -> Option<Self> {
        value.as_object().map(Self)
    }

    /// Whether both are one place of a document.
    pub(crate) fn is(self, other: Self) -> bool {
        std::ptr::eq(self.0, other.0)
    }

    /// The field, unless it is missing, null, or an empty list or object: these are accounted for by the final walk.
    pub(crate) fn field(self, name: &str) -> Option<Field<'a>> {
        self.0.get(name).filter(|value| !is_empty(value)).map(Field)
    }

    /// The field if it is there, empty or not.
    pub(crate) fn raw(self, name: &str) -> Option<Field<'a>> {
        self.0.get(name).map(Field)
    }

    /// The text of a field, only looked at: the verdict is still due elsewhere.
    pub(crate) fn peek(self, name: &str) -> Option<&'a str> {
        self.0.get(name).and_then(Value::as_str)
    }

    /// A whole number, written as one or as a text, only looked at.
    pub(crate) fn peek_u64(self, name: &str) -> Option<u64> {
        self.0.get(name).and_then(number)
    }

    /// A boolean, only looked at.
    pub(crate) fn peek_bool(self, name: &str) -> Option<bool> {
        self.0.get(name).and_then(Value::as_bool)
    }

    /// The objects in a list; what is no object stays without verdict.
    pub(crate) fn objects(self, name: &str) -> impl Iterator<Item = Object<'a>> + use<'a> {
        list(self.0.get(name)).iter().filter_map(Object::of)
    }

    /// What is no object where a list of objects stands, and no nothing: its elements, or what stands in place of the list.
    pub(crate) fn strange(self, name: &str) -> impl Iterator<Item = &'a Value> + use<'a> {
        let value = self.0.get(name);
        let alone = value.filter(|value| !value.is_array());
        list(value).iter().chain(alone).filter(|value| !value.is_object() && !value.is_null())
    }

    /// The elements of a list, empty when it is none.
    pub(crate) fn list(self, name: &str) -> &'a [Value] {
        list(self.0.get(name))
    }

    /// The object in a field.
    pub(crate) fn object(self, name: &str) -> Option<Object<'a>> {
        self.0.get(name).and_then(Object::of)
    }

    /// The object itself.
    pub(crate) fn map(self) -> &'a Map<String, Value> {
        self.0
    }

    /// Every key with its value, in order.
    pub(crate) fn entries(self) -> impl Iterator<Item = (&'a str, &'a Value)> {
        self.0.iter().map(|(key, value)| (key.as_str(), value))
    }

    /// Gives everything in it the same rule.
    pub(crate) fn drop_whole(self, tracker: &mut FieldTracker<'a>, rule: &'static str) {
        for value in self.0.values() {
            Field(value).dropped(tracker, rule);
        }
    }

    /// Gives several fields the same rule.
    pub(crate) fn drop_all(self, tracker: &mut FieldTracker<'a>, names: &[&str], rule: &'static str) {
        for name in names {
            if let Some(field) = self.field(name) {
                field.dropped(tracker, rule);
            }
        }
    }
}

impl<'a> Field<'a> {
    /// Only for a single value: where a list or an object stands in its place, nothing was read, and it is asked about.
    pub(crate) fn exact(self, tracker: &mut FieldTracker<'a>, target: impl Into<Text>) {
        match self.0 {
            Value::Null | Value::Array(_) => {}
            Value::Object(map) if !map.is_empty() => {}
            _ => self.mark_exact(tracker, target),
        }
    }

    /// As [`Self::exact`], with what a person should know.
    pub(crate) fn exact_with(self, tracker: &mut FieldTracker<'a>, target: impl Into<Text>, note: impl Into<Text>) {
        let (target, note) = (Some(target.into()), Some(note.into()));
        tracker.mark(self.0, Mark { verdict: FieldVerdict::Exact, target, note });
    }

    fn mark_exact(self, tracker: &mut FieldTracker<'a>, target: impl Into<Text>) {
        tracker.mark(self.0, Mark { verdict: FieldVerdict::Exact, target: Some(target.into()), note: None });
    }

    pub(crate) fn approximated(self, tracker: &mut FieldTracker<'a>, target: impl Into<Text>, note: impl Into<Text>) {
        let (target, note) = (Some(target.into()), Some(note.into()));
        tracker.mark(self.0, Mark { verdict: FieldVerdict::Approximated, target, note });
    }

    pub(crate) fn dropped(self, tracker: &mut FieldTracker<'a>, rule: &'static str) {
        tracker.mark(self.0, Mark { verdict: FieldVerdict::Dropped { rule: rule.into() }, target: None, note: None });
    }

    pub(crate) fn dropped_because(self, tracker: &mut FieldTracker<'a>, rule: &'static str, note: impl Into<Text>) {
        let verdict = FieldVerdict::Dropped { rule: rule.into() };
        tracker.mark(self.0, Mark { verdict, target: None, note: Some(note.into()) });
    }

    pub(crate) fn asked(self, tracker: &mut FieldTracker<'a>, id: &QuestionId) {
        tracker.mark(self.0, Mark { verdict: FieldVerdict::Question { id: id.clone() }, target: None, note: None });
    }

    /// One question whether everything in it can be left out, with the one answer that says so.
    pub(crate) fn ask_to_drop(
        self,
        tracker: &mut FieldTracker<'a>,
        topic: &'static str,
        text: &str,
        option: &'static str,
    ) {
        let id = tracker.question_id(topic, "");
        match tracker.ask(id, text, &[option], Some(option)) {
            Asked::Given(_) => self.dropped(tracker, "dropped-by-answer"),
            Asked::Open(id) => self.asked(tracker, &id),
        }
    }

    pub(crate) fn blocked(self, tracker: &mut FieldTracker<'a>, reason: impl Into<Text>) {
        let reason = match reason.into() {
            Cow::Owned(text) => Cow::Owned(crate::marks::without_marks(&text)),
            plain => plain,
        };
        tracker.refuse(&reason);
        tracker.mark(self.0, Mark { verdict: FieldVerdict::Blocker { reason }, target: None, note: None });
    }
}

/// Whether nothing is said by it: null, or a list or object without elements.
pub(crate) fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Array(list) => list.is_empty(),
        Value::Object(map) => map.is_empty(),
        _ => false,
    }
}

/// A whole number, written as one or as a text: templates quote them.
pub(crate) fn number(value: &Value) -> Option<u64> {
    match value {
        Value::Number(number) => number.as_u64(),
        Value::String(text) => text.trim().parse().ok(),
        _ => None,
    }
}

fn list(value: Option<&Value>) -> &[Value] {
    match value {
        Some(Value::Array(list)) => list,
        _ => &[],
    }
}
