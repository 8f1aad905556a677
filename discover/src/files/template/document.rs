//! A template as its sections.

use super::exports::Exports;
use super::intrinsic::{scalar, short};
use super::loops;
use super::nested::{STACK, Values};
use super::unread::Unread;
use crate::files::TemplateParameters;
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use std::sync::Arc;

/// One resource, as the template writes it.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Resource {
    /// `AWS::SQS::Queue`.
    pub(super) of_type: String,
    pub(super) properties: Map<String, Value>,
    /// The name of the condition under which it is made.
    pub(super) condition: Option<String>,
    /// What build tools keep beside it.
    pub(super) metadata: Value,
    /// Whether the template itself names it, and not what is made of one of its resources.
    pub(super) is_written: bool,
}

/// A template, before anything in it is put in its place.
#[derive(Debug, Default)]
pub(super) struct Template {
    pub(super) parameters: Map<String, Value>,
    pub(super) mappings: Map<String, Value>,
    pub(super) conditions: Map<String, Value>,
    pub(super) globals: Map<String, Value>,
    pub(super) resources: BTreeMap<String, Resource>,
    pub(super) outputs: Map<String, Value>,
    /// What its stack would be called.
    pub(super) stack: String,
    /// What the templates of the scan export.
    pub(super) exports: Arc<Exports>,
    /// What people said of its parameters.
    pub(super) given: TemplateParameters,
    /// What the template that makes its stack passes to it.
    pub(super) passed: Values,
    /// The stacks that it makes of templates of the scan, with their outputs.
    pub(super) stacks: BTreeMap<String, Values>,
    /// What the templates of the scan hand to stacks that are not read.
    pub(super) unread: Arc<Unread>,
    /// `Function.Alias` → the resource that it means.
    pub(super) aliases: BTreeMap<String, String>,
    /// What is not read, for a person.
    pub(super) notes: Vec<String>,
    /// The same of each stack of its own, by its id.
    pub(super) stack_notes: BTreeMap<String, String>,
    /// The line of each word that a note may be about: the keys of what is not plain, and the names of resources.
    lines: BTreeMap<String, usize>,
}

/// A service of ECS that says a container and nothing else.
const EXPRESS: &str = "AWS::ECS::ExpressGatewayService";

/// Macros that are known here, or that change nothing of what is read. Any other rewrites the template when it is deployed.
const MACROS: &[&str] = &["AWS::Serverless-2016-10-31", "AWS::LanguageExtensions", "AWS::CodeDeployBlueGreen"];

/// The line that each key of a text stands in first, from 1: what stands before a colon, in YAML or JSON.
fn lines(text: &str) -> BTreeMap<String, usize> {
    let mut lines = BTreeMap::new();
    for (line, number) in text.lines().zip(1..) {
        let key = line.trim_start().trim_start_matches("- ");
        let key = match key.strip_prefix(['"', '\'']) {
            Some(quoted) => quoted.split(['"', '\'']).next(),
            None => key.split_once(": ").map(|(key, _)| key).or_else(|| key.trim_end().strip_suffix(':')),
        };
        if let Some(key) = key {
            lines.entry(key.to_owned()).or_insert(number);
        }
    }
    lines
}

impl Template {
    /// Takes a document apart. What is no object where one belongs is as if it were not there, and is noted.
    pub(super) fn of(document: Value, text: &str, given: &TemplateParameters) -> Self {
        let Value::Object(mut sections) = document else { return Self::default() };
        let mut template = Self { given: given.clone(), lines: lines(text), ..Self::default() };
        template.note_macros(sections.get("Transform"));
        let mut section = |name: &str| match sections.remove(name) {
            Some(Value::Object(fields)) => fields,
            _ => Map::new(),
        };
        template.parameters = section("Parameters");
        template.mappings = section("Mappings");
        template.globals = section("Globals");
        template.outputs = section("Outputs");
        let (conditions, resources) = (section("Conditions"), section("Resources"));
        template.conditions = loops::unrolled(&mut template, conditions);
        for (id, resource) in loops::unrolled(&mut template, resources) {
            template.add_written(id, resource);
        }
        template
    }

    /// A key of the template, with the line that it stands in.
    pub(super) fn at(&self, key: &str) -> String {
        self.lines.get(key).map_or_else(|| key.to_owned(), |line| format!("{key} (line {line})"))
    }

    /// What is put into the template, or rewrites it, when it is deployed.
    fn note_macros(&mut self, transform: Option<&Value>) {
        let all = match transform {
            Some(Value::Array(all)) => all.as_slice(),
            Some(one) => std::slice::from_ref(one),
            None => &[],
        };
        for one in all {
            let name = one.as_str().or_else(|| one.get("Name")?.as_str()).unwrap_or_default();
            if !MACROS.contains(&name) {
                let note = self.macro_note("Transform", name, one);
                self.notes.push(note);
            }
        }
    }

    fn macro_note(&self, key: &str, name: &str, said: &Value) -> String {
        let place = said.get("Parameters").and_then(|all| all.get("Location")).map(short);
        match (name, place) {
            ("AWS::Include", Some(place)) => {
                format!("{} includes {place}, and what stands there is not read", self.at(key))
            }
            _ => format!("{} runs the macro {name} when it is deployed, and what that makes is not read", self.at(key)),
        }
    }

    /// A resource that the template writes.
    pub(super) fn add_written(&mut self, id: String, resource: Value) {
        if id == "Fn::Transform" {
            let name = resource.get("Name").and_then(Value::as_str).unwrap_or_default();
            let note = self.macro_note(&id, name, &resource);
            self.notes.push(note);
            return;
        }
        let Value::Object(mut fields) = resource else {
            self.notes.push(format!("{id} is no resource that can be read"));
            return;
        };
        let Some(of_type) = fields.get("Type").and_then(Value::as_str).map(str::to_owned) else {
            self.notes.push(format!("{id} has no type"));
            return;
        };
        let properties = match fields.remove("Properties") {
            Some(Value::Object(properties)) => properties,
            None | Some(Value::Null) => Map::new(),
            Some(_) => {
                self.notes.push(format!("the properties of {id} are made by a function, and are not read"));
                Map::new()
            }
        };
        if of_type == STACK {
            let made_of = properties.get("TemplateURL").map_or_else(|| "nothing".to_owned(), short);
            let note = format!(
                "{} is a stack of its own, made of {made_of}: what it passes to that template is open where the template is read",
                self.at(&id)
            );
            self.stack_notes.insert(id.clone(), note);
        }
        if of_type == EXPRESS {
            self.notes.push(format!(
                "{} is a service whose task definition, load balancer and rules ECS makes by itself (Express Mode), and none of them is \
                 read: a scan of the account has them",
                self.at(&id)
            ));
        }
        let condition = fields.get("Condition").and_then(Value::as_str).map(str::to_owned);
        let metadata = fields.remove("Metadata").unwrap_or_default();
        self.resources.insert(id, Resource { of_type, properties, condition, metadata, is_written: true });
    }

    /// A resource that is made of another one, unless the template writes one of that name; under its condition.
    pub(super) fn make(&mut self, id: &str, of_type: &str, properties: Value, condition: Option<&String>) {
        let Value::Object(properties) = properties else { return };
        let condition = condition.cloned();
        let made =
            Resource { of_type: of_type.to_owned(), properties, condition, metadata: Value::Null, is_written: false };
        self.resources.entry(id.to_owned()).or_insert(made);
    }

    /// The resource of a name, also of `Function.Alias`.
    pub(super) fn resource(&self, name: &str) -> Option<(&str, &Resource)> {
        let name = self.aliases.get(name).map_or(name, String::as_str);
        self.resources.get_key_value(name).map(|(id, resource)| (id.as_str(), resource))
    }

    /// The ids of the resources of a type.
    pub(super) fn ids_of(&self, of_type: &str) -> Vec<String> {
        self.resources.iter().filter(|(_, one)| one.of_type == of_type).map(|(id, _)| id.clone()).collect()
    }

    fn type_of(&self, parameter: &str) -> &str {
        self.parameters.get(parameter).and_then(|fields| fields.get("Type")?.as_str()).unwrap_or("String")
    }

    /// Whether a parameter is read from Parameter Store.
    pub(super) fn is_stored(&self, parameter: &str) -> bool {
        self.type_of(parameter).starts_with(STORED)
    }

    /// A text as the type of a parameter makes it.
    pub(super) fn typed(&self, parameter: &str, text: &str) -> Value {
        typed(self.type_of(parameter), text)
    }

    /// What a template above passes, but for what nobody may read.
    pub(super) fn pass(&mut self, values: Values) {
        let is_open =
            |name: &String| self.parameters.get(name).and_then(Value::as_object).is_some_and(|one| !is_hidden(one));
        self.passed = values.into_iter().filter(|(name, _)| is_open(name)).collect();
    }

    /// What a parameter is: what was said of it, or what it offers.
    pub(super) fn parameter(&self, name: &str) -> Option<Parameter> {
        let fields = self.parameters.get(name)?.as_object()?;
        let of_type = fields.get("Type").and_then(Value::as_str).unwrap_or("String");
        if is_hidden(fields) {
            return Some(Parameter::default());
        }
        let typed = |text: &str| typed(of_type, text);
        // The default of such a parameter is a name in Parameter Store, and not the value.
        let is_stored = of_type.starts_with(STORED);
        let said = self.given.get(name);
        // So is what such a one was deployed with, where it is written as a path.
        let is_name = is_stored && said.is_some_and(|said| said.starts_with('/'));
        let given = said.filter(|_| !is_name).map(typed);
        let default_name = fields.get("Default").filter(|_| is_stored).and_then(scalar);
        let stored = said.filter(|_| is_name).map(str::to_owned).or(default_name);
        let default = fields.get("Default").filter(|_| !is_stored).and_then(scalar).map(|text| typed(&text));
        Some(Parameter { given, default, stored })
    }
}

/// The types of parameters that are read from Parameter Store.
const STORED: &str = "AWS::SSM::Parameter::Value";

fn is_hidden(parameter: &Map<String, Value>) -> bool {
    match parameter.get("NoEcho") {
        Some(Value::Bool(hidden)) => *hidden,
        Some(Value::String(text)) => text.eq_ignore_ascii_case("true"),
        _ => false,
    }
}

fn typed(of_type: &str, text: &str) -> Value {
    match of_type {
        "Number" => text.trim().parse::<i64>().map(Value::from).unwrap_or_else(|_| Value::from(text)),
        list if list == "CommaDelimitedList" || list.starts_with("List<") => {
            text.split(',').map(|item| Value::from(item.trim())).collect()
        }
        _ => Value::from(text),
    }
}

/// A parameter of a template; no field where its value is a secret.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Parameter {
    /// What was said of it when the file was read.
    pub(super) given: Option<Value>,
    /// What stands unless somebody chose another value when the template was deployed.
    pub(super) default: Option<Value>,
    /// The name in Parameter Store of what stands there, unless somebody chose another one.
    pub(super) stored: Option<String>,
}
