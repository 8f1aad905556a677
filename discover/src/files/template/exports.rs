//! What templates export, and what an import finds among the templates of one scan.
//!
//! An export is one thing of an account and region (CloudFormation user guide, "Fn::ImportValue"). Its name is mostly put together of the
//! stack's own, which no template tells, and so are the names by which others import it: what is told of both has to be the same, and
//! only one export of the scan may be it.

use super::document::Template;
use super::evaluate::{Evaluator, Outcome};
use super::intrinsic::short;
use super::parts::{Part, PartValue};
use super::places::Places;
use caravan_inventory::Unresolved;
use serde_json::Value;

/// So many letters of a name that is open in part have to be told.
const TOLD: usize = 3;

/// Everything that the templates of a scan export.
#[derive(Debug, Default)]
pub(in crate::files) struct Exports(Vec<Export>);

/// One of them.
#[derive(Debug)]
pub(in crate::files) struct Export {
    name: Name,
    value: Exported,
}

/// What is exported.
#[derive(Clone, Debug, PartialEq)]
enum Exported {
    Known(Value),
    Link(String),
    /// The template leaves it open.
    Open,
}

/// A name as far as it is told: what stands before the first place that is open, and behind the last one.
#[derive(Debug, PartialEq)]
enum Name {
    Told(String),
    Open { head: String, tail: String, by_default: Option<String> },
}

/// What a template exports, as far as its conditions are known.
pub(super) fn of(template: &Template) -> Vec<Export> {
    let eval = Evaluator::of(template);
    let made = |output: &&Value| {
        let condition = output.get("Condition").and_then(Value::as_str);
        condition.is_none_or(|condition| eval.condition(condition, 0).known != Some(false))
    };
    let export = |output: &Value| {
        let name = Name::of(&eval.parts(output.get("Export")?.get("Name")?, false, 0)?);
        let value = match eval.outcome(output.get("Value")?, &Places::of(&[""]), 0) {
            Outcome::Known(value) if Unresolved::find(&value).is_empty() => Exported::Known(value),
            Outcome::Link(name) => Exported::Link(name),
            _ => Exported::Open,
        };
        Some(Export { name, value })
    };
    template.outputs.values().filter(made).filter_map(export).collect()
}

impl Exports {
    pub(in crate::files) fn of(all: Vec<Export>) -> Self {
        Self(all)
    }

    /// The export that a name means, and whether that is certain; none where it is nobody's, or may be several's.
    fn find(&self, name: &Name) -> Option<(&Export, bool)> {
        let only = |test: &dyn Fn(&&Export) -> bool| {
            let mut found = self.0.iter().filter(test);
            let first = found.next()?;
            // One thing that is said twice is one.
            found.all(|other| other.value == first.value && first.value != Exported::Open).then_some(first)
        };
        let told = |text: &str| only(&|export| matches!(&export.name, Name::Told(own) if own == text));
        let by_name = match name {
            Name::Told(text) => told(text).map(|export| (export, true)),
            Name::Open { by_default, .. } => by_default.as_deref().and_then(told).map(|export| (export, false)),
        };
        by_name.or_else(|| only(&|export| export.name.may_be(name)).map(|export| (export, false)))
    }
}

impl Name {
    fn of(parts: &[Part]) -> Self {
        let known = |part: &Part| match &part.value {
            PartValue::Known(text) => Some(text.clone()),
            PartValue::Link(_) | PartValue::Open(_) => None,
        };
        if let Some(told) = parts.iter().map(known).collect::<Option<String>>() {
            return Self::Told(told);
        }
        let default = |part: &Part| match &part.value {
            PartValue::Open(default) => default.clone(),
            _ => known(part),
        };
        let head = parts.iter().map_while(known).collect();
        let mut behind: Vec<String> = parts.iter().rev().map_while(known).collect();
        behind.reverse();
        Self::Open { head, tail: behind.concat(), by_default: parts.iter().map(default).collect() }
    }

    /// Whether two names, of which one at least is open in part, may be the same: where both are open, all that is told of them.
    fn may_be(&self, other: &Self) -> bool {
        let is_told = |head: &str, tail: &str| {
            head.chars().chain(tail.chars()).filter(char::is_ascii_alphanumeric).count() >= TOLD
        };
        match (self, other) {
            (Self::Told(_), Self::Told(_)) => false,
            (Self::Told(text), Self::Open { head, tail, .. }) | (Self::Open { head, tail, .. }, Self::Told(text)) => {
                is_told(head, tail)
                    && text.len() > head.len() + tail.len()
                    && text.starts_with(head.as_str())
                    && text.ends_with(tail.as_str())
            }
            (Self::Open { head, tail, .. }, Self::Open { head: other_head, tail: other_tail, .. }) => {
                is_told(head, tail) && head == other_head && tail == other_tail
            }
        }
    }
}

impl Evaluator<'_> {
    /// `Fn::ImportValue`: what another template of the scan exports by that name. Where only a part of the name is told, a value is only
    /// offered; a name of a thing leads to the thing.
    pub(super) fn imported(&self, argument: &Value, whole: &Value, places: &Places<'_>, depth: u8) -> Outcome {
        let open = |default: Option<Value>| Outcome::Open { text: short(whole), default };
        let name = self.parts(argument, false, depth).map(|parts| Name::of(&parts));
        let found = name.as_ref().and_then(|name| self.template.exports.find(name));
        match found.map(|(export, is_certain)| (&export.value, is_certain)) {
            Some((Exported::Known(value), true)) => Outcome::Known(value.clone()),
            Some((Exported::Known(value), false)) => open(Some(value.clone())),
            Some((Exported::Link(name), _)) if places.here() => Outcome::Link(name.clone()),
            _ => open(None),
        }
    }
}
