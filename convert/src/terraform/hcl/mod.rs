//! Terraform's language, as far as it is written here: bodies of arguments and blocks, and the one way in which they are
//! printed. What is printed is what `terraform fmt` would make of it.
//!
//! Source: the HCL native syntax specification, and the style that `terraform fmt` sets (indent by two, equals signs of
//! arguments on adjoining lines in one column).

mod print;
#[cfg(test)]
mod tests;
mod text;

pub(super) use print::print;
pub(super) use text::quoted as literal;

use crate::provenance::{Origin, Rule};

/// What stands in a file or between the braces of a block, in order.
pub(super) type Body = Vec<Item>;

/// One thing in a body.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Item {
    /// `name = value`.
    Argument {
        /// An identifier.
        name: &'static str,
        value: Value,
        from: From,
    },
    /// `kind "label" { … }`.
    Block {
        kind: &'static str,
        /// Written as quoted texts.
        labels: Vec<String>,
        body: Body,
        /// Of its first and last line.
        from: From,
    },
    /// `# text`, one line for each of the text's.
    Comment { text: String, from: From },
    /// An empty line.
    Blank,
}

/// Where a line comes from.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct From {
    pub(super) rule: Rule,
    /// At least one.
    pub(super) origins: Vec<Origin>,
}

/// A value.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Value {
    /// Any text; nothing in it is a template.
    Text(String),
    /// A number as JSON writes it.
    Number(String),
    Bool(bool),
    /// `null`: as if the argument were not there.
    Null,
    List(Vec<Self>),
    /// Keys are any texts.
    Object(Vec<(String, Self)>),
    /// An expression as it is: `aws_sqs_queue.jobs.arn`.
    Expression(String),
    /// `jsonencode(…)`: a document in a text.
    Json(Box<Self>),
}

impl Value {
    /// A text.
    pub(super) fn text(text: impl Into<String>) -> Self {
        Self::Text(text.into())
    }

    /// The same as in JSON. Keys come in the order in which JSON has them.
    pub(super) fn of_json(json: &serde_json::Value) -> Self {
        match json {
            serde_json::Value::Null => Self::Null,
            serde_json::Value::Bool(said) => Self::Bool(*said),
            serde_json::Value::Number(number) => Self::Number(number.to_string()),
            serde_json::Value::String(text) => Self::Text(text.clone()),
            serde_json::Value::Array(list) => Self::List(list.iter().map(Self::of_json).collect()),
            serde_json::Value::Object(fields) => {
                Self::Object(fields.iter().map(|(key, value)| (key.clone(), Self::of_json(value))).collect())
            }
        }
    }
}

impl Item {
    /// A block of one kind with a body.
    pub(super) fn block(kind: &'static str, labels: &[&str], from: &From, body: Body) -> Self {
        let labels = labels.iter().map(|label| (*label).to_owned()).collect();
        Self::Block { kind, labels, body, from: from.clone() }
    }

    /// An argument.
    pub(super) fn argument(name: &'static str, value: Value, from: &From) -> Self {
        Self::Argument { name, value, from: from.clone() }
    }

    /// A comment.
    pub(super) fn comment(text: impl Into<String>, from: &From) -> Self {
        Self::Comment { text: text.into(), from: from.clone() }
    }
}
