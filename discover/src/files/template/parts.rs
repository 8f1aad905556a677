//! Texts that a template puts together, part by part: what it decides, what it only names, and what it leaves open.

use super::evaluate::{Evaluator, Outcome};
use super::intrinsic::{Intrinsic, scalar, short};
use super::places::Places;
use serde_json::{Map, Value};

/// Parts of parts; a circle ends here.
const DEEPEST: u8 = 16;

/// A part of a text.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Part {
    /// As the template writes it: `${Cluster}`.
    pub(super) said: String,
    pub(super) value: PartValue,
}

/// What a part comes to.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum PartValue {
    /// The template decides it.
    Known(String),
    /// A name of a thing of a template, which is nobody's name in the cloud.
    Link(String),
    /// The template leaves it open; what it offers.
    Open(Option<String>),
}

impl Part {
    pub(super) fn known(text: &str) -> Self {
        Self { said: text.to_owned(), value: PartValue::Known(text.to_owned()) }
    }
}

impl Evaluator<'_> {
    /// The parts of a text that `Fn::Sub` and `Fn::Join` put together, or the whole of what any other value is; with names of things
    /// where `as_link`. None where it can't be told apart.
    pub(super) fn parts(&self, value: &Value, as_link: bool, depth: u8) -> Option<Vec<Part>> {
        if depth >= DEEPEST {
            return None;
        }
        match Intrinsic::of(value) {
            Some(Intrinsic::Function("Sub", argument)) => self.parts_of_sub(argument, as_link, depth),
            Some(Intrinsic::Function("Join", Value::Array(parts))) => match parts.as_slice() {
                [Value::String(between), Value::Array(items)] => {
                    let mut all = Vec::new();
                    for (at, item) in items.iter().enumerate() {
                        all.extend((at > 0).then(|| Part::known(between)));
                        all.extend(self.parts(item, as_link, depth + 1)?);
                    }
                    Some(all)
                }
                _ => None,
            },
            _ => {
                let said = match Intrinsic::of(value) {
                    Some(Intrinsic::Ref(name)) => format!("${{{name}}}"),
                    Some(Intrinsic::GetAtt(name, of)) => format!("${{{name}.{of}}}"),
                    _ => short(value),
                };
                let places = Places::of(if as_link { &[""] } else { &[] });
                let outcome = match value.get("Ref").and_then(Value::as_str) {
                    // Alone, a region or an account is no name of anything; in a text it is.
                    Some(name) if name.starts_with("AWS::") => self.reference(name, as_link, depth + 1),
                    _ => self.outcome(value, &places, depth + 1),
                };
                part_of(said, outcome)
            }
        }
    }

    fn parts_of_sub(&self, argument: &Value, as_link: bool, depth: u8) -> Option<Vec<Part>> {
        let none = Map::new();
        let (template, own) = match argument {
            Value::String(template) => (template, &none),
            Value::Array(parts) => match parts.as_slice() {
                [Value::String(template), Value::Object(own)] => (template, own),
                [Value::String(template)] => (template, &none),
                _ => return None,
            },
            _ => return None,
        };
        let mut all = Vec::new();
        let mut rest = template.as_str();
        while let Some((before, after)) = rest.split_once("${") {
            all.push(Part::known(before));
            let (name, after) = after.split_once('}')?;
            rest = after;
            if let Some(literal) = name.strip_prefix('!') {
                all.push(Part::known(&format!("${{{literal}}}")));
                continue;
            }
            let name = name.trim();
            if let Some(value) = own.get(name) {
                all.extend(self.parts(value, as_link, depth + 1)?);
                continue;
            }
            let reference = match name.split_once('.') {
                Some((resource, of)) => serde_json::json!({"Fn::GetAtt": [resource, of]}),
                None => serde_json::json!({"Ref": name}),
            };
            all.extend(self.parts(&reference, as_link, depth + 1)?);
        }
        all.push(Part::known(rest));
        Some(all)
    }
}

/// An outcome as the one part that it is; none of a value that is nothing, and no part of a text where it is a list or an object.
fn part_of(said: String, outcome: Outcome) -> Option<Vec<Part>> {
    let value = match outcome {
        Outcome::Known(value) => PartValue::Known(scalar(&value)?),
        Outcome::Link(name) => PartValue::Link(name),
        Outcome::Open { default, .. } => PartValue::Open(default.as_ref().and_then(scalar)),
        Outcome::Absent => return Some(Vec::new()),
    };
    Some(vec![Part { said, value }])
}
