//! Stacks that one template makes of others of the scan, which it names by their paths, as `aws cloudformation package` and SAM read them,
//! or by places in S3 from which a file of the same name was uploaded that stands beside it: what it passes to each, and what it takes of
//! each one's outputs. What any other stack is made of is not read, and what is handed to it may be guarded there ([`super::unread`]).

use super::document::{Resource, Template};
use super::evaluate::{Evaluator, Outcome};
use super::intrinsic::{Intrinsic, scalar};
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

/// The stacks of a template by the ids of their resources, each with the paths that its template may have beside this one's, the
/// likeliest first.
pub(super) fn stacks(template: &Template) -> BTreeMap<String, Vec<String>> {
    let paths = |(id, resource): (&String, &Resource)| Some((id.clone(), paths_of(said(resource)?)));
    template.resources.iter().filter_map(paths).collect()
}

/// What a resource says its stack is made of; none where it makes no stack.
pub(super) fn said(resource: &Resource) -> Option<&Value> {
    let (_, property) = STACKS.into_iter().find(|(of_type, _)| *of_type == resource.of_type)?;
    resource.properties.get(property)
}

/// The paths that the place of a template means: itself, or the ends of an address, as a file that lies so beside was uploaded.
fn paths_of(said: &Value) -> Vec<String> {
    if let Some(text) = said.as_str().map(path).filter(|text| !is_place(text)) {
        return vec![text.to_owned()];
    }
    text_of(said).map(|text| ends(&text)).unwrap_or_default()
}

fn path(text: &str) -> &str {
    text.strip_prefix("file://").unwrap_or(text)
}

fn is_place(path: &str) -> bool {
    path.contains("://") || path.starts_with('/') || path.contains(['$', '{', '\\'])
}

/// Whether a template names a stack's own by its place in S3.
pub(super) fn is_by_place(resource: &Resource) -> bool {
    said(resource).is_some_and(|said| said.as_str().is_none_or(|text| is_place(path(text))))
}

/// The text that `Fn::Sub` or `Fn::Join` puts together, what it fills in as `}`.
fn text_of(said: &Value) -> Option<String> {
    let part = |value: &Value| value.as_str().map_or_else(|| "}".to_owned(), str::to_owned);
    match (Intrinsic::of(said), said) {
        (Some(Intrinsic::Function("Sub", argument)), _) => {
            argument.as_str().or_else(|| argument.get(0)?.as_str()).map(str::to_owned)
        }
        (Some(Intrinsic::Function("Join", argument)), _) => {
            let (between, parts) = (argument.get(0)?.as_str()?, argument.get(1)?.as_array()?);
            Some(parts.iter().map(part).collect::<Vec<_>>().join(between))
        }
        (None, Value::String(text)) => Some(text.clone()),
        _ => None,
    }
}

/// The ends of an address, the longest first: behind its host, and behind whatever is filled in.
fn ends(address: &str) -> Vec<String> {
    let address = address.split(['?', '#']).next().unwrap_or(address);
    let behind =
        address.split_once("://").map_or(address, |(_, rest)| rest.split_once('/').map_or("", |(_, path)| path));
    let told = behind.rsplit('}').next().unwrap_or(behind).trim_start_matches('/');
    let is_template = [".yaml", ".yml", ".json", ".template"].iter().any(|end| told.ends_with(end));
    let parts: Vec<&str> = told.split('/').collect();
    if !is_template || parts.iter().any(|part| part.is_empty() || *part == ".." || part.contains(['$', '{', '\\'])) {
        return Vec::new();
    }
    (0..parts.len()).map(|from| parts[from..].join("/")).collect()
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

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn an_address_means_the_files_at_its_end_where_nothing_is_filled_in() {
        let sub = |text: &str| json!({"Fn::Sub": text});
        let three = ["v2/infra/net.yaml", "infra/net.yaml", "net.yaml"];
        for (said, paths) in [
            (json!("./parts/net.yaml"), &["./parts/net.yaml"][..]),
            (json!("file://parts/net.yaml"), &["parts/net.yaml"]),
            (json!("https://ferry.s3.amazonaws.com/v2/infra/net.yaml"), &three),
            (json!("https://ferry.s3.amazonaws.com/net.template?versionId=1"), &["net.template"]),
            (sub("https://${Bucket}.s3.amazonaws.com/${Prefix}net.yaml"), &["net.yaml"]),
            (sub("https://${Bucket}.s3.amazonaws.com/${Prefix}/infra/net.yaml"), &["infra/net.yaml", "net.yaml"]),
            (sub("${Prefix}net.yml"), &["net.yml"]),
            (json!({"Fn::Sub": ["${Base}/net.yml", {"Base": {"Ref": "B"}}]}), &["net.yml"]),
            (json!({"Fn::Join": ["/", ["https://s3", {"Ref": "Bucket"}, "net.json"]]}), &["net.json"]),
            (json!({"Fn::Join": ["/", ["https://s3", {"Ref": "Key"}]]}), &[]),
            (json!({"Ref": "Url"}), &[]),
            (json!("https://example.com/"), &[]),
            (json!("https://example.com"), &[]),
            (json!("https://example.com/a/../net.yaml"), &[]),
        ] {
            assert_eq!(paths_of(&said), paths, "{said}");
        }
    }
}
