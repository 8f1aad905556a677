//! Templates of CloudFormation, SAM and the serverless framework, as what they deploy.
//!
//! ```text
//! document ── serverless ──┐
//!          └─ sections ────┴─► resources ── sam, bodies of APIs ──► plain resources ── evaluate, emit ──► things
//! ```
//!
//! A resource becomes the document that AWS's API would answer once the template is deployed, so that everything that
//! follows knows one form. What the template does not decide is [`caravan_inventory::Unresolved`]; what it holds besides is
//! counted by its type.

mod body;
mod branches;
mod compose;
mod conditions;
mod coverage;
mod document;
mod emit;
mod evaluate;
mod exports;
mod intrinsic;
mod links;
mod loops;
mod names;
mod nested;
mod parts;
mod places;
mod request;
mod rest_paths;
mod sam;
mod serverless;
mod unread;

use super::recognise::{Found, Thing};
use super::survey::Survey;
use document::Template;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

pub(super) use exports::{Export, Exports};
pub(super) use names::{stack, stack_of_path};
pub(super) use nested::Values;
pub(super) use unread::Unread;

/// What kind of template a document is.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Dialect {
    /// CloudFormation, with or without SAM.
    CloudFormation,
    /// The serverless framework, deploying to AWS.
    Serverless,
}

impl Dialect {
    /// What a document is, by its fields.
    pub(super) fn of(document: &Value) -> Option<Self> {
        let fields = document.as_object()?;
        let is_resource = |one: &Value| {
            let of_type = one.get("Type").and_then(Value::as_str);
            of_type.is_some_and(|of_type| ["AWS::", "Alexa::", "Custom::"].iter().any(|own| of_type.starts_with(own)))
        };
        let resources = fields.get("Resources").and_then(Value::as_object);
        if resources.is_some_and(|all| fields.contains_key("AWSTemplateFormatVersion") || all.values().any(is_resource))
        {
            return Some(Self::CloudFormation);
        }
        let provider = fields.get("provider")?;
        let is_of_aws = match provider.get("name").unwrap_or(provider) {
            Value::String(name) => name == "aws" || name.starts_with("${"),
            _ => false,
        };
        (is_of_aws
            && fields.contains_key("service")
            && (fields.contains_key("functions") || fields.contains_key("resources")))
        .then_some(Self::Serverless)
    }
}

/// Reads a template of a file of this name.
pub(super) fn read(file: &str, (document, text): (Value, &str), dialect: Dialect, survey: &Survey) -> Found {
    let template = expanded(file, (document, text), dialect, survey);
    let emitted = emit::emit(&template);
    let coverage = coverage::said(&template, &emitted);
    Found { things: distinct(emitted.things), left_out: coverage.left_out, beside: coverage.beside }
}

/// What a template of CloudFormation exports.
pub(super) fn exports(file: &str, document: (Value, &str), survey: &Survey) -> Vec<Export> {
    exports::of(&expanded(file, document, Dialect::CloudFormation, survey))
}

/// The stacks that a template of CloudFormation makes of other files of the scan: the id of each, and the file.
pub(super) fn stacks(file: &str, document: (Value, &str), survey: &Survey) -> Vec<(String, String)> {
    let template = expanded(file, document, Dialect::CloudFormation, survey);
    let stacks = nested::stacks(&template).into_iter();
    stacks.filter_map(|(id, path)| Some((id, nested::beside(file, &path)?))).collect()
}

/// What a template passes to the stack of a resource.
pub(super) fn passes(file: &str, document: (Value, &str), survey: &Survey, id: &str) -> Values {
    nested::passes(&expanded(file, document, Dialect::CloudFormation, survey), id)
}

/// What a template of CloudFormation puts out.
pub(super) fn outputs(file: &str, document: (Value, &str), survey: &Survey) -> Values {
    nested::outputs(&expanded(file, document, Dialect::CloudFormation, survey))
}

/// Adds what a template hands to stacks that are not read, or that may be several; gives those by their ids.
pub(super) fn unread(
    file: &str,
    document: (Value, &str),
    survey: &Survey,
    unread: &mut Unread,
) -> BTreeMap<String, String> {
    unread.add(file, &expanded(file, document, Dialect::CloudFormation, survey))
}

/// A template with everything that its macros make.
fn expanded(file: &str, (document, text): (Value, &str), dialect: Dialect, survey: &Survey) -> Template {
    let mut template = match dialect {
        Dialect::CloudFormation => Template::of(document, text, &survey.parameters),
        Dialect::Serverless => serverless::template(document, &survey.parameters),
    };
    template.stack = survey.stack(file);
    template.exports = Arc::clone(&survey.exports);
    template.pass(survey.passed(file));
    template.stacks = survey.stacks_of(file);
    template.unread = survey.unread();
    let open = template.stack_notes.iter().filter(|(id, _)| !template.stacks.contains_key(*id));
    let open: Vec<String> = open.map(|(_, note)| note.clone()).collect();
    template.notes.extend(open);
    sam::expand(&mut template);
    body::expand(&mut template);
    template
}

/// Two things of one kind and name, such as two URLs of one function, are told apart by a number.
fn distinct(things: Vec<Thing>) -> Vec<Thing> {
    let mut taken = BTreeSet::new();
    let mut distinct = Vec::with_capacity(things.len());
    for mut thing in things {
        let name = thing.place.clone().unwrap_or_default();
        let mut number = 1;
        while !taken.insert((thing.kind, thing.place.clone())) {
            number += 1;
            thing.place = Some(format!("{name}~{number}"));
        }
        distinct.push(thing);
    }
    distinct
}
