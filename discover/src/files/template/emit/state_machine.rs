//! State machines of Step Functions, for the tasks of ECS and the functions that they start.

use super::Emitter;
use super::shape::small;
use crate::files::template::document::Resource;
use crate::files::template::evaluate::{Evaluator, Outcome};
use crate::files::template::intrinsic::Intrinsic;
use crate::files::template::links::arn;
use crate::files::template::places::Places;
use caravan_inventory::{ObservationKind as Kind, Unresolved};
use serde_json::{Map, Value, json};

/// What the API answers of a machine besides, by the properties of CloudFormation and of SAM.
const ANSWERED: &[(&str, &str)] = &[
    ("EncryptionConfiguration", "encryptionConfiguration"),
    ("Logging", "loggingConfiguration"),
    ("LoggingConfiguration", "loggingConfiguration"),
    ("Role", "roleArn"),
    ("RoleArn", "roleArn"),
    ("StateMachineType", "type"),
    ("TracingConfiguration", "tracingConfiguration"),
    ("Type", "type"),
];

/// A state machine; its definition as what it says, with the names of what the template makes in their places.
pub(super) fn machine(out: &mut Emitter<'_>, id: &str, resource: &Resource) {
    let own = |name: &str| resource.properties.get(name);
    let substitutions = own("DefinitionSubstitutions").and_then(Value::as_object);
    let definition = match (own("Definition"), own("DefinitionString")) {
        (Some(written), _) => Some(put_in(&out.eval, written, &vars(substitutions))),
        (None, Some(text)) => of_text(&out.eval, text, &vars(substitutions)),
        (None, None) => None,
    };
    let fields = out.eval.properties(&resource.properties, &["Role", "RoleArn"]);
    let name = out.eval.name_of(id, "StateMachineName");
    let machine = arn("states", &format!("stateMachine:{name}"));
    let mut body =
        Map::from_iter([("name".to_owned(), name.into()), ("stateMachineArn".to_owned(), machine.clone().into())]);
    for (property, field) in ANSWERED {
        if let Some(value) = fields.get(*property) {
            body.insert((*field).to_owned(), small(value.clone(), &[]));
        }
    }
    if fields.contains_key("Events") {
        out.emitted.elsewhere.push(format!("what starts the state machine {id} is not read"));
    }
    match definition {
        Some(definition) => drop(body.insert("definition".to_owned(), definition)),
        None => {
            out.emitted.elsewhere.push(format!("what the state machine {id} starts stands elsewhere, or is no JSON"))
        }
    }
    out.add(Kind::StateMachine, &machine, Value::Object(body));
}

fn vars(substitutions: Option<&Map<String, Value>>) -> Map<String, Value> {
    substitutions.cloned().unwrap_or_default()
}

/// A definition that is put together as a text: each of its texts then has its own functions.
fn of_text(eval: &Evaluator<'_>, text: &Value, substitutions: &Map<String, Value>) -> Option<Value> {
    let mut variables = substitutions.clone();
    let text = match (Intrinsic::of(text), text) {
        (Some(Intrinsic::Function("Sub", argument)), _) => {
            variables.extend(argument.get(1).and_then(Value::as_object).cloned().unwrap_or_default());
            argument.as_str().or_else(|| argument.get(0)?.as_str())?.to_owned()
        }
        (Some(Intrinsic::Function("Join", argument)), _) => {
            let (between, parts) = (argument.get(0)?.as_str()?, argument.get(1)?.as_array()?);
            let mut joined = Vec::with_capacity(parts.len());
            for (at, part) in parts.iter().enumerate() {
                joined.push(match part {
                    Value::String(literal) => literal.replace("${", "${!"),
                    made => {
                        let name = format!("Joined{at}");
                        variables.insert(name.clone(), made.clone());
                        format!("${{{name}}}")
                    }
                });
            }
            joined.join(between)
        }
        (None, Value::String(text)) => text.clone(),
        _ => return None,
    };
    let definition: Value = serde_json::from_str(&text).ok()?;
    Some(put_in(eval, &definition, &variables))
}

/// A definition with every function in its place, and every text with what is substituted in it.
fn put_in(eval: &Evaluator<'_>, value: &Value, variables: &Map<String, Value>) -> Value {
    match (Intrinsic::of(value), value) {
        (Some(_), _) => named(eval, value).unwrap_or_else(|| eval.value(value).unwrap_or_default()),
        (None, Value::String(text)) if text.contains("${") => {
            // What is open is said as the definition says it, and not as it is looked up here.
            let open = Unresolved { text, default: None };
            named(eval, &json!({"Fn::Sub": [text, variables]})).unwrap_or_else(|| open.to_value())
        }
        (None, Value::Array(items)) => items.iter().map(|item| put_in(eval, item, variables)).collect(),
        (None, Value::Object(fields)) => {
            fields.iter().map(|(field, value)| (field.clone(), put_in(eval, value, variables))).collect()
        }
        (None, scalar) => scalar.clone(),
    }
}

/// The value with the names of what the template makes; none where it stays open. What a state calls has a partition and no
/// account.
fn named(eval: &Evaluator<'_>, value: &Value) -> Option<Value> {
    match eval.outcome(value, &Places::of(&[""]), 0) {
        Outcome::Open { .. } => match eval.outcome(value, &Places::default(), 0) {
            Outcome::Open { default: Some(Value::String(text)), .. } if text.starts_with("arn:aws:states:::") => {
                Some(Value::String(text))
            }
            _ => None,
        },
        made => made.into_value(),
    }
}
