//! Stacks that one template makes of others of the scan, which it names by their paths, as `aws cloudformation package` and SAM read them:
//! what it passes to each, and what it takes of each one's outputs. A place in S3 is no file here, whatever is called so beside it: what is
//! passed by such a template stays open, and what is handed to it may be guarded there ([`super::unread`]).

use super::document::{Resource, Template};
use super::evaluate::{Evaluator, Outcome};
use super::intrinsic::scalar;
use super::places::Places;
use caravan_inventory::Unresolved;
use serde_json::Value;
use std::collections::BTreeMap;

/// What one template gives to another one.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::files) enum Passed {
    /// The template decides it.
    Known(Value),
    /// A name of a thing of the scan.
    Link(String),
    /// It is left open, with what is offered.
    Open(Option<Value>),
}

/// Parameters or outputs by their names.
pub(in crate::files) type Values = BTreeMap<String, Passed>;

/// The types of stacks of their own, with the property that says which template one is made of.
const STACKS: [(&str, &str); 2] = [(STACK, "TemplateURL"), ("AWS::Serverless::Application", "Location")];

/// A stack of CloudFormation's own.
pub(super) const STACK: &str = "AWS::CloudFormation::Stack";

impl Passed {
    pub(super) fn outcome(&self, text: String, as_link: bool) -> Outcome {
        match self {
            Self::Known(value) => Outcome::Known(value.clone()),
            Self::Link(name) if as_link => Outcome::Link(name.clone()),
            Self::Link(_) => Outcome::Open { text, default: None },
            Self::Open(default) => Outcome::Open { text, default: default.clone() },
        }
    }

    fn of(outcome: Outcome) -> Option<Self> {
        match outcome {
            Outcome::Known(value) if Unresolved::find(&value).is_empty() => Some(Self::Known(value)),
            Outcome::Known(_) => Some(Self::Open(None)),
            Outcome::Link(name) => Some(Self::Link(name)),
            Outcome::Open { default, .. } => Some(Self::Open(default)),
            Outcome::Absent => None,
        }
    }
}

/// The stacks of a template by the ids of their resources, each with the path of its template beside this one's.
pub(super) fn stacks(template: &Template) -> BTreeMap<String, String> {
    let path = |(id, resource): (&String, &Resource)| {
        let said = said(resource)?.as_str()?;
        let path = said.strip_prefix("file://").unwrap_or(said);
        let is_place = path.contains("://") || path.starts_with('/') || path.contains(['$', '{', '\\']);
        (!is_place).then(|| (id.clone(), path.to_owned()))
    };
    template.resources.iter().filter_map(path).collect()
}

/// What a resource says its stack is made of; none where it makes no stack.
pub(super) fn said(resource: &Resource) -> Option<&Value> {
    let (_, property) = STACKS.into_iter().find(|(of_type, _)| *of_type == resource.of_type)?;
    resource.properties.get(property)
}

/// What a template passes to the stack of a resource.
pub(super) fn passes(template: &Template, id: &str) -> Values {
    let eval = Evaluator::of(template);
    let parameters = template.resources.get(id).and_then(|stack| stack.properties.get("Parameters")?.as_object());
    values(&eval, parameters.into_iter().flatten().map(|(name, value)| (name, Some(value))))
}

/// What a template puts out.
pub(super) fn outputs(template: &Template) -> Values {
    let eval = Evaluator::of(template);
    values(&eval, template.outputs.iter().map(|(name, output)| (name, output.get("Value"))))
}

fn values<'v>(eval: &Evaluator<'_>, all: impl Iterator<Item = (&'v String, Option<&'v Value>)>) -> Values {
    let value = |(name, value): (&'v String, Option<&'v Value>)| {
        Some((name.clone(), Passed::of(eval.outcome(value?, &Places::of(&[""]), 0))?))
    };
    all.filter_map(value).collect()
}

impl Evaluator<'_> {
    /// What a template above passes for a parameter; none where no template does.
    pub(super) fn passed(&self, name: &str, as_link: bool) -> Option<Outcome> {
        let passed = self.template.passed.get(name)?;
        let text = format!("!Ref {name}");
        Some(match passed {
            Passed::Known(value) => match (scalar(value), self.template.is_stored(name)) {
                // Such a parameter is passed the name in Parameter Store.
                (Some(stored), true) => self.stored_as(&stored, &Value::from(text), as_link),
                (Some(said), false) => Outcome::Known(self.template.typed(name, &said)),
                (None, _) => Outcome::Known(value.clone()),
            },
            other => other.outcome(text, as_link),
        })
    }
}

/// A path from a file's folder, as the scan names its files; none where it leads out of the scan.
pub(super) fn beside(file: &str, path: &str) -> Option<String> {
    let mut parts: Vec<&str> = file.split('/').collect();
    parts.pop();
    for part in path.split('/') {
        match part {
            "." | "" => {}
            ".." => {
                parts.pop()?;
            }
            part => parts.push(part),
        }
    }
    Some(parts.join("/"))
}
