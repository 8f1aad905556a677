//! What a template's values are once its functions are put in their place, as far as the template decides them.

use super::conditions::Truth;
use super::document::{Resource, Template};
use super::intrinsic::{Intrinsic, scalar, short};
use super::names;
use super::places::Places;
use caravan_inventory::Unresolved;
use serde_json::{Map, Value};
use std::cell::RefCell;
use std::collections::BTreeMap;

/// Names of resources may be made of names of resources; a circle ends here.
const DEEPEST: u8 = 16;

/// What a value is.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Outcome {
    /// What the template says; inside it, places may be open.
    Known(Value),
    /// A name of a thing of the template, which is nobody's name in the cloud.
    Link(String),
    /// What the template does not decide: its text, and what it offers.
    Open { text: String, default: Option<Value> },
    /// `AWS::NoValue`: the property is not there.
    Absent,
}

impl Outcome {
    /// The value as a recorded document holds it; none where the property is not there.
    pub(super) fn into_value(self) -> Option<Value> {
        match self {
            Self::Known(value) => Some(value),
            Self::Link(name) => Some(Value::String(name)),
            Self::Open { text, default } => Some(Unresolved { text: &text, default: default.as_ref() }.to_value()),
            Self::Absent => None,
        }
    }
}

/// Puts values in their place. What conditions and names are is found out once, so that no template makes it long.
pub(super) struct Evaluator<'t> {
    pub(super) template: &'t Template,
    pub(super) truths: RefCell<BTreeMap<String, Truth>>,
    /// Resource and property → the name.
    names: RefCell<BTreeMap<(String, String), Option<String>>>,
}

impl<'t> Evaluator<'t> {
    pub(super) fn of(template: &'t Template) -> Self {
        Self { template, truths: RefCell::default(), names: RefCell::default() }
    }

    /// A resource's properties, every function in its place.
    pub(super) fn properties(&self, properties: &Map<String, Value>, links: &[&str]) -> Map<String, Value> {
        self.object(properties, &Places::of(links), 0)
    }

    /// One value that names nothing.
    pub(super) fn value(&self, value: &Value) -> Option<Value> {
        self.outcome(value, &Places::default(), 0).into_value()
    }

    fn object(&self, fields: &Map<String, Value>, places: &Places<'_>, depth: u8) -> Map<String, Value> {
        let inside = |(field, value): (&String, &Value)| {
            Some((field.clone(), self.outcome(value, &places.below(field), depth).into_value()?))
        };
        fields.iter().filter_map(inside).collect()
    }

    /// What a value is. `depth` counts the names that led here.
    pub(super) fn outcome(&self, value: &Value, places: &Places<'_>, depth: u8) -> Outcome {
        if let Some(Unresolved { text, default }) = Unresolved::of(value) {
            return Outcome::Open { text: text.to_owned(), default: default.cloned() };
        }
        match (Intrinsic::of(value), value) {
            (Some(Intrinsic::Function("Sub", argument)), _) if is_reference_to_store(argument) => {
                self.stored(value, places, depth)
            }
            (Some(intrinsic), _) => without_references(self.function(intrinsic, value, places, depth), value),
            // CloudFormation fills these in when it deploys (user guide, "Dynamic references").
            (None, Value::String(text)) if is_reference(text) => self.stored(value, places, depth),
            // Without `Fn::Sub` it is deployed as it stands, which nobody means: it is asked about.
            (None, Value::String(text)) if is_forgotten(text) => Outcome::Open { text: text.clone(), default: None },
            (None, Value::Object(fields)) => Outcome::Known(Value::Object(self.object(fields, places, depth))),
            (None, Value::Array(items)) => {
                let item = |(at, item): (usize, &Value)| {
                    self.outcome(item, &places.below(&at.to_string()), depth).into_value()
                };
                Outcome::Known(items.iter().enumerate().filter_map(item).collect())
            }
            (None, scalar) => Outcome::Known(scalar.clone()),
        }
    }

    fn function(&self, intrinsic: Intrinsic<'_>, whole: &Value, places: &Places<'_>, depth: u8) -> Outcome {
        let open = || Outcome::Open { text: short(whole), default: None };
        match intrinsic {
            Intrinsic::Ref("AWS::NoValue") => Outcome::Absent,
            Intrinsic::Ref(name) => match self.reference(name, places.here(), depth) {
                // Alone, a region or an account is no name of anything.
                Outcome::Link(_) if name.starts_with("AWS::") => open(),
                Outcome::Open { default, .. } => Outcome::Open { text: short(whole), default },
                other => other,
            },
            Intrinsic::GetAtt(name, of) => self.attribute(name, of, places.here(), depth).unwrap_or_else(open),
            Intrinsic::Function("If", Value::Array(parts)) => self.choice(parts, whole, places, depth),
            Intrinsic::Function("Sub", argument) => self.substituted(argument, whole, places, depth),
            Intrinsic::Function("Join", Value::Array(parts)) => self.joined(parts, whole, places, depth),
            Intrinsic::Function("Select", Value::Array(parts)) => self.selected(parts, whole, depth),
            Intrinsic::Function("Split", Value::Array(parts)) => self.split(parts, whole, depth),
            Intrinsic::Function("FindInMap", Value::Array(parts)) => self.mapped(parts, whole, depth),
            Intrinsic::Function("ToJsonString", argument) => match self.outcome(argument, &Places::default(), depth) {
                Outcome::Known(value) if Unresolved::find(&value).is_empty() => {
                    Outcome::Known(value.to_string().into())
                }
                _ => open(),
            },
            Intrinsic::Function("ImportValue", argument) => self.imported(argument, whole, places, depth),
            Intrinsic::Function(..) => open(),
        }
    }

    /// What `Ref` gives, the text of what is open left to the caller.
    pub(super) fn reference(&self, name: &str, as_link: bool, depth: u8) -> Outcome {
        let open = |default: Option<Value>| Outcome::Open { text: format!("!Ref {name}"), default };
        if let Some(parameter) = self.template.parameter(name) {
            if let Some(passed) = self.passed(name, as_link) {
                return passed;
            }
            return match (parameter.given, parameter.stored) {
                (Some(given), _) => Outcome::Known(given),
                (None, Some(stored)) => self.stored_as(&stored, &Value::from(format!("!Ref {name}")), as_link),
                (None, None) => open(parameter.default),
            };
        }
        let link = |name: &str| if as_link { Outcome::Link(name.to_owned()) } else { open(None) };
        match name {
            "AWS::NoValue" => Outcome::Absent,
            "AWS::Region" => link(caravan_inventory::TEMPLATE_REGION),
            "AWS::AccountId" => link(caravan_inventory::TEMPLATE_ACCOUNT),
            "AWS::Partition" if as_link => Outcome::Link("aws".to_owned()),
            "AWS::Partition" => open(Some(Value::from("aws"))),
            "AWS::URLSuffix" => open(Some(Value::from("amazonaws.com"))),
            name => self.named(name, None, as_link, depth).unwrap_or_else(|| open(None)),
        }
    }

    /// What `GetAtt` gives; none where the template doesn't say it.
    pub(super) fn attribute(&self, name: &str, of: &str, as_link: bool, depth: u8) -> Option<Outcome> {
        if let (Some(outputs), Some(output)) = (self.template.stacks.get(name), of.strip_prefix("Outputs.")) {
            return Some(outputs.get(output)?.outcome(format!("!GetAtt {name}.{of}"), as_link));
        }
        match self.template.resource(name).filter(|_| depth < DEEPEST) {
            // What a network was given is what it answers.
            Some((_, one)) if of == "CidrBlock" && ["AWS::EC2::Subnet", "AWS::EC2::VPC"].contains(&&*one.of_type) => {
                Some(self.outcome(one.properties.get(of)?, &Places::default(), depth + 1))
            }
            _ => self.named(name, Some(of), as_link, depth),
        }
    }

    /// The name of a resource: known where the template gives it whole, else made up where a link needs it.
    fn named(&self, name: &str, attribute: Option<&str>, as_link: bool, depth: u8) -> Option<Outcome> {
        let (id, resource) = self.template.resource(name).filter(|_| depth < DEEPEST)?;
        if let Some(name) = self.name_below(id, resource, attribute, depth) {
            return as_link.then_some(Outcome::Link(name));
        }
        let naming = names::of_type(&resource.of_type)?;
        let form = naming.form(attribute)?;
        let declared = self.declared(id, naming.property, depth);
        let made = || self.made_up(id, resource);
        let text = names::filled(form, &declared.clone().unwrap_or_else(made));
        match declared {
            Some(_) if !caravan_inventory::is_of_template(&text) => Some(Outcome::Known(Value::String(text))),
            _ => as_link.then_some(Outcome::Link(text)),
        }
    }

    /// The name that a resource's property gives, if the template decides it.
    pub(super) fn declared(&self, id: &str, property: &str, depth: u8) -> Option<String> {
        let value = self.template.resources.get(id)?.properties.get(property)?;
        let key = (id.to_owned(), property.to_owned());
        if let Some(name) = self.names.borrow().get(&key) {
            return name.clone();
        }
        // Until it is found out there is none: a circle ends here.
        self.names.borrow_mut().insert(key.clone(), None);
        let name = match self.outcome(value, &Places::default(), depth + 1) {
            Outcome::Known(value) => scalar(&value).filter(|name| !name.is_empty()),
            _ => None,
        };
        self.names.borrow_mut().insert(key, name.clone());
        name
    }

    /// The name that stands for the one that AWS makes up; it says of a queue whether it keeps the order.
    fn made_up(&self, id: &str, resource: &Resource) -> String {
        let name = names::made_up(&resource.of_type, id, &self.template.stack);
        let is_fifo = ["FifoQueue", "FifoTopic"].iter().any(|field| match resource.properties.get(*field) {
            Some(Value::Bool(value)) => *value,
            Some(Value::String(text)) => text == "true",
            _ => false,
        });
        if is_fifo { format!("{name}.fifo") } else { name }
    }

    /// The name of a resource, made up where the template doesn't decide it.
    pub(super) fn name_of(&self, id: &str, property: &str) -> String {
        let made = || self.template.resources.get(id).map_or_else(|| id.to_owned(), |one| self.made_up(id, one));
        self.declared(id, property, 0).unwrap_or_else(made)
    }
}

/// Whether a text has a place that CloudFormation fills in when it deploys.
pub(super) fn is_reference(text: &str) -> bool {
    text.contains("{{resolve:")
}

/// Whether `Fn::Sub` puts the name of a parameter in Parameter Store together.
fn is_reference_to_store(argument: &Value) -> bool {
    let text = argument.as_str().or_else(|| argument.get(0)?.as_str());
    text.is_some_and(|text| text.starts_with("{{resolve:ssm:"))
}

/// What a function makes, where a part of it is filled in when it is deployed: that is open, and no text of its own.
fn without_references(outcome: Outcome, whole: &Value) -> Outcome {
    let holds = |value: &Value| value.as_str().is_some_and(is_reference);
    match outcome {
        Outcome::Known(value) if holds(&value) => Outcome::Open { text: short(whole), default: None },
        Outcome::Known(value) => Outcome::Known(opened(value)),
        Outcome::Open { text, default } => Outcome::Open { text, default: default.filter(|value| !holds(value)) },
        other => other,
    }
}

/// A value with what is filled in when it is deployed open in its place.
pub(super) fn opened(value: Value) -> Value {
    match value {
        Value::String(text) if is_reference(&text) => Unresolved { text: &text, default: None }.to_value(),
        Value::Array(items) => items.into_iter().map(opened).collect(),
        Value::Object(fields) if Unresolved::of(&Value::Object(fields.clone())).is_none() => {
            Value::Object(fields.into_iter().map(|(name, value)| (name, opened(value))).collect())
        }
        other => other,
    }
}

/// Whether a text has a place that nothing fills in when it is deployed: `${Stage}`, but none of API Gateway's own
/// (`${stageVariables.alias}`, `${request.header.Host}`); or is a function that was written as a text (`"!Ref Stage"`). It is offered as
/// no default: nobody means it, and it would stand in what is written.
pub(super) fn is_forgotten(text: &str) -> bool {
    const OF_GATEWAYS: &[&str] = &["stageVariables.", "request.", "context.", "route.", "integration.", "response."];
    // Functions in the short form, as a text: they are functions in YAML alone, and without quotes.
    const SHORT: &[&str] = &["Ref ", "Sub ", "GetAtt ", "ImportValue ", "Join ", "If ", "FindInMap ", "Select "];
    let mut places = text.split("${").skip(1);
    places.any(|place| place.contains('}') && !OF_GATEWAYS.iter().any(|own| place.starts_with(own)))
        || text.strip_prefix('!').is_some_and(|said| SHORT.iter().any(|function| said.starts_with(function)))
}
