//! What must go and what must stay.

mod harmless;
mod hostile;
mod keys;
mod places;
mod random;
mod scripts;
mod secrets;

use super::Redactor;
use caravan_inventory::ObservationKind;
use serde_json::{Value, json};

fn redactor() -> Redactor {
    Redactor::new(b"the key of these tests")
}

/// One variable of one container, redacted.
fn variable(name: &str, value: &str) -> String {
    let mut document = json!({"containerDefinitions": [{"environment": [{"name": name, "value": value}]}]});
    redactor().redact(&mut document, ObservationKind::EcsTaskDefinition);
    let value = document.pointer("/containerDefinitions/0/environment/0/value").and_then(Value::as_str);
    value.expect("the variable is still there").to_owned()
}

/// A command's arguments, redacted.
fn arguments(arguments: &[&str]) -> Vec<String> {
    let mut document = json!({"containerDefinitions": [{"command": arguments}]});
    redactor().redact(&mut document, ObservationKind::EcsTaskDefinition);
    serde_json::from_value(document["containerDefinitions"][0]["command"].take()).expect("still a list of texts")
}
