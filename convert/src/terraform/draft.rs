//! A Terraform resource while it is written: its arguments, each with the field that it was made of, and what Terraform is
//! told to leave alone.

use super::fields::{Fields, Held, step};
use super::hcl::{Body, From, Item, Value};
use super::place::{Location, label};
use crate::provenance::{Origin, Rule};
use caravan_inventory::{ObservationId, Redacted};

/// The rule of lines that every resource has.
const FIXED: Rule = Rule { name: "adopt", says: "the resource is there already: it is taken over, and not made" };
/// The rule of what is left alone.
const LEFT_ALONE: Rule = Rule { name: "left-alone", says: "what was not read stays as it is" };

/// Something of a resource that Terraform leaves as it is.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Unmanaged {
    /// The argument, by its address: `aws_sqs_queue.jobs.policy`.
    pub argument: String,
    /// Why, for a person.
    pub reason: String,
}

/// A resource that is taken over.
pub(super) struct Adopted {
    /// `aws_sqs_queue.jobs_eu-central-1_123456789012`.
    pub(super) address: String,
    pub(super) location: Location,
    pub(super) items: Body,
    pub(super) unmanaged: Vec<Unmanaged>,
}

/// What a value that was not recorded is called.
const SECRET: &str = "a part of it was not recorded, since it may be a secret";

/// A resource on its way.
pub(super) struct Draft {
    kind: &'static str,
    label: String,
    location: Location,
    from: From,
    arguments: Body,
    /// `tags["owner"]`, and why.
    left_alone: Vec<(String, String)>,
}

impl Draft {
    /// A resource of a kind, with the name that it has by itself.
    pub(super) fn new(
        kind: &'static str,
        name: &str,
        location: &Location,
        is_global: bool,
        observation: &ObservationId,
    ) -> Self {
        let origins = vec![Origin::Observed { observation: observation.clone() }];
        let from = From { rule: FIXED, origins };
        let label = label(name, location, is_global);
        Self { kind, label, location: location.clone(), from, arguments: Body::new(), left_alone: Vec::new() }
    }

    /// `aws_sqs_queue.jobs`.
    pub(super) fn address(&self) -> String {
        format!("{}.{}", self.kind, self.label)
    }

    /// An argument of which the value is known, made of a place.
    pub(super) fn set(&mut self, fields: &mut Fields<'_>, pointer: &str, name: &'static str, value: Value) {
        fields.exact(pointer, &format!("{}.{name}", self.address()));
        self.arguments.push(Item::argument(name, value, &fields.from(pointer)));
    }

    /// An argument that every resource of its kind has, whatever was observed.
    pub(super) fn fixed(&mut self, name: &'static str, value: Value) {
        self.arguments.push(Item::argument(name, value, &self.from));
    }

    /// A block of arguments.
    pub(super) fn block(&mut self, fields: &mut Fields<'_>, pointer: &str, kind: &'static str, body: Body) {
        fields.exact(pointer, &format!("{}.{kind}", self.address()));
        self.arguments.push(Item::block(kind, &[], &fields.from(pointer), body));
    }

    /// A text that must have been read.
    ///
    /// # Errors
    /// Why the resource can't be taken over.
    pub(super) fn text(&mut self, fields: &mut Fields<'_>, pointer: &str, name: &'static str) -> Result<(), String> {
        let Some(text) = fields.text(pointer) else { return Err(not_read(fields, pointer)) };
        self.set(fields, pointer, name, Value::text(text));
        Ok(())
    }

    /// A text that stands there or not: what is not there is not set.
    pub(super) fn optional_text(&mut self, fields: &mut Fields<'_>, pointer: &str, name: &'static str) {
        match fields.held(pointer) {
            Held::Value(value) if value.as_str().is_some_and(|text| !text.is_empty()) => {
                self.set(fields, pointer, name, Value::of_json(value));
            }
            Held::Value(_) => fields.dropped(pointer, "unset"),
            Held::Missing => {}
            Held::Redacted => self.leave(fields, pointer, name, name.to_owned(), SECRET),
        }
    }

    /// A number that must have been read. Several APIs write numbers as texts.
    ///
    /// # Errors
    /// Why the resource can't be taken over.
    pub(super) fn number(&mut self, fields: &mut Fields<'_>, pointer: &str, name: &'static str) -> Result<(), String> {
        let Held::Value(value) = fields.held(pointer) else { return Err(not_read(fields, pointer)) };
        let Some(number) = number(value) else { return Err(format!("{pointer}: {value} is no number")) };
        self.set(fields, pointer, name, Value::Number(number));
        Ok(())
    }

    /// A number that stands there or not.
    ///
    /// # Errors
    /// When what stands there is no number.
    pub(super) fn optional_number(
        &mut self,
        fields: &mut Fields<'_>,
        pointer: &str,
        name: &'static str,
    ) -> Result<(), String> {
        match fields.held(pointer) {
            Held::Missing => Ok(()),
            _ => self.number(fields, pointer, name),
        }
    }

    /// A switch that stands there or not. Several APIs write it as a text.
    ///
    /// # Errors
    /// When what stands there is neither on nor off.
    pub(super) fn switch(&mut self, fields: &mut Fields<'_>, pointer: &str, name: &'static str) -> Result<(), String> {
        let Held::Value(value) = fields.held(pointer) else { return Ok(()) };
        let Some(said) = switch(value) else { return Err(format!("{pointer}: {value} is neither true nor false")) };
        self.set(fields, pointer, name, Value::Bool(said));
        Ok(())
    }

    /// A JSON document that stands there or not.
    pub(super) fn json(&mut self, fields: &mut Fields<'_>, pointer: &str, name: &'static str) {
        match fields.held(pointer) {
            Held::Value(serde_json::Value::String(text)) if text.is_empty() => fields.dropped(pointer, "unset"),
            Held::Value(serde_json::Value::String(text)) => self.set(fields, pointer, name, Value::text(text)),
            Held::Value(document) => {
                self.set(fields, pointer, name, Value::Json(Box::new(Value::of_json(document))));
            }
            Held::Missing => {}
            Held::Redacted => self.leave(fields, pointer, name, name.to_owned(), SECRET),
        }
    }

    /// Its tags: a map, or a list of keys and values. A value that was not recorded stays as it is, and so do all where
    /// none were read.
    pub(super) fn tags(&mut self, fields: &mut Fields<'_>, pointer: &str) {
        let body = &fields.observation.body;
        let mut tags: Vec<(String, String, Held<'_>)> = match body.pointer(pointer) {
            Some(serde_json::Value::Object(map)) => {
                let place = |key: &String| format!("{pointer}/{}", step(key));
                map.keys().map(|key| (key.clone(), place(key), fields.held(&place(key)))).collect()
            }
            Some(serde_json::Value::Array(list)) => {
                let key = |tag: &serde_json::Value| Some(tag.get("Key")?.as_str()?.to_owned());
                let one = |(at, tag)| {
                    Some((key(tag)?, format!("{pointer}/{at}"), fields.held(&format!("{pointer}/{at}/Value"))))
                };
                list.iter().enumerate().filter_map(one).collect()
            }
            _ => {
                self.left_alone.push(("tags".to_owned(), "they were not read".to_owned()));
                return;
            }
        };
        if tags.iter().any(|(key, ..)| Redacted::is_in(key)) {
            return self.leave(fields, pointer, "tags", "tags".to_owned(), SECRET);
        }
        tags.sort_by(|(one, ..), (other, ..)| one.cmp(other));
        let target = format!("{}.tags", self.address());
        // An empty list is a leaf of its own.
        fields.exact(pointer, &target);
        let mut written = Vec::new();
        for (key, place, value) in tags {
            if key.starts_with("aws:") {
                fields.dropped(&place, "tags-of-aws");
                continue;
            }
            match value {
                Held::Value(serde_json::Value::String(text)) => {
                    fields.exact(&place, &target);
                    written.push((key, Value::text(text)));
                }
                _ => {
                    fields.unmanaged(&place, &target, SECRET);
                    self.left_alone.push((format!("tags[{}]", super::hcl::literal(&key)), SECRET.to_owned()));
                }
            }
        }
        if !written.is_empty() {
            self.arguments.push(Item::argument("tags", Value::Object(written), &fields.from(pointer)));
        }
    }

    /// Lets something be as it is.
    fn leave(&mut self, fields: &mut Fields<'_>, pointer: &str, name: &str, expression: String, reason: &'static str) {
        fields.unmanaged(pointer, &format!("{}.{name}", self.address()), reason);
        self.left_alone.push((expression, reason.to_owned()));
    }

    /// Lets an argument be as it is, of which nothing was read.
    pub(super) fn leave_unread(&mut self, name: &str, reason: &str) {
        self.left_alone.push((name.to_owned(), reason.to_owned()));
    }

    /// The whole, with what Terraform finds it by, which stands at a place.
    pub(super) fn finish(self, import: String, imported: &From) -> Adopted {
        let address = self.address();
        let Self { kind, label, location, from, arguments, mut left_alone } = self;
        let to = Item::argument("to", Value::Expression(address.clone()), &from);
        let id = Item::argument("id", Value::text(import), imported);
        let provider = Value::Expression(format!("aws.{}", location.alias()));
        let mut body = vec![Item::argument("provider", provider, &from), Item::Blank];
        body.extend(arguments);
        left_alone.sort();
        if !left_alone.is_empty() {
            body.extend([Item::Blank, lifecycle(&left_alone, &from)]);
        }
        let unmanaged =
            |(argument, reason): (String, String)| Unmanaged { argument: format!("{address}.{argument}"), reason };
        Adopted {
            location,
            items: vec![
                Item::block("import", &[], &from, vec![to, id]),
                Item::Blank,
                Item::block("resource", &[kind, &label], &from, body),
            ],
            unmanaged: left_alone.into_iter().map(unmanaged).collect(),
            address,
        }
    }
}

fn lifecycle(left_alone: &[(String, String)], from: &From) -> Item {
    let from = From { rule: LEFT_ALONE, origins: from.origins.clone() };
    let why = left_alone.iter().map(|(argument, reason)| format!("{argument}: {reason}"));
    let mut body: Body = why.map(|line| Item::comment(line, &from)).collect();
    let names = left_alone.iter().map(|(argument, _)| Value::Expression(argument.clone())).collect();
    body.push(Item::argument("ignore_changes", Value::List(names), &from));
    Item::block("lifecycle", &[], &from, body)
}

/// Why something is missed, and what to do about it.
fn not_read(fields: &Fields<'_>, pointer: &str) -> String {
    match fields.held(pointer) {
        Held::Redacted => format!("{pointer}: {SECRET}"),
        Held::Missing | Held::Value(_) => format!(
            "{pointer} was not read: let the scanning role call {}, then run `caravan discover`",
            fields.observation.api
        ),
    }
}

/// A number as JSON writes it.
fn number(value: &serde_json::Value) -> Option<String> {
    match value {
        serde_json::Value::Number(number) => Some(number.to_string()),
        serde_json::Value::String(text) => text.parse::<u64>().ok().map(|number| number.to_string()),
        _ => None,
    }
}

fn switch(value: &serde_json::Value) -> Option<bool> {
    value.as_bool().or_else(|| value.as_str()?.parse().ok())
}
