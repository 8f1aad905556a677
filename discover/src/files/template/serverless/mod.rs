//! Files of the serverless framework, as the CloudFormation that they deploy (Serverless Framework documentation, "AWS -
//! Resources").

mod events;
mod function;
mod http;
mod variables;

use super::document::Template;
use crate::files::TemplateParameters;
use caravan_inventory::Unresolved;
use serde_json::{Map, Value, json};
use variables::Variables;

/// A service with everything that its functions share.
pub(super) struct Service {
    pub(super) name: String,
    pub(super) provider: Map<String, Value>,
}

/// The template that a file is deployed as.
pub(super) fn template(document: Value, parameters: &TemplateParameters) -> Template {
    let variables = Variables::of(&document, parameters);
    let section = |name: &str| variables.resolved(document.get(name).unwrap_or(&Value::Null));
    let (service, provider, functions, layers) =
        (section("service"), section("provider"), section("functions"), section("layers"));
    let mut template = resources(section("resources"), parameters);
    let name = service.get("name").unwrap_or(&service).as_str().unwrap_or("service").to_owned();
    let provider = match provider {
        Value::Object(fields) if Unresolved::of(&Value::Object(fields.clone())).is_none() => fields,
        Value::Object(_) => {
            template.notes.push("its provider stands in another file".to_owned());
            Map::new()
        }
        _ => Map::new(),
    };
    let service = Service { name, provider };
    for (id, layer) in layers.as_object().into_iter().flatten() {
        let properties = json!({"LayerName": layer.get("name").cloned().unwrap_or_else(|| json!(id)),
            "Content": layer.get("path"), "Description": layer.get("description"),
            "CompatibleRuntimes": layer.get("compatibleRuntimes"), "CompatibleArchitectures": layer.get("compatibleArchitectures")});
        template.make(
            &format!("{}LambdaLayer", logical(id)),
            "AWS::Lambda::LayerVersion",
            without_nulls(properties),
            None,
        );
    }
    let mut all = Vec::new();
    match functions {
        Value::Array(several) => all.extend(several),
        Value::Null => {}
        one => all.push(one),
    }
    for some in all {
        match (Unresolved::of(&some), &some) {
            (Some(open), _) => template.notes.push(format!("functions of it stand in another file ({})", open.text)),
            (None, Value::Object(functions)) => {
                for (key, said) in functions {
                    function::expand(&mut template, &service, key, said);
                }
            }
            (None, _) => template.notes.push("its functions are no mapping".to_owned()),
        }
    }
    template
}

/// `resources`: CloudFormation, in one piece or in several.
fn resources(section: Value, parameters: &TemplateParameters) -> Template {
    let pieces = match section {
        Value::Array(pieces) => pieces,
        Value::Null => Vec::new(),
        one => vec![one],
    };
    let (mut whole, mut notes) = (Map::new(), Vec::new());
    for piece in pieces {
        if let Some(open) = Unresolved::of(&piece) {
            notes.push(format!("resources of it stand in another file ({})", open.text));
            continue;
        }
        let Value::Object(sections) = piece else { continue };
        if sections.contains_key("extensions") {
            notes.push("it changes resources by `extensions`, which are not read".to_owned());
        }
        for (name, values) in sections {
            match (whole.get_mut(&name), values) {
                (Some(Value::Object(before)), Value::Object(values)) => before.extend(values),
                (_, values) => {
                    whole.insert(name, values);
                }
            }
        }
    }
    if let Some(open) = whole.get("Resources").and_then(Unresolved::of) {
        notes.push(format!("resources of it stand in another file ({})", open.text));
    }
    if let Some(Value::Object(resources)) = whole.get_mut("Resources") {
        resources.retain(|id, resource| match Unresolved::of(resource) {
            Some(open) => {
                notes.push(format!("{id} stands in another file ({})", open.text));
                false
            }
            None => true,
        });
    }
    let mut template = Template::of(Value::Object(whole), "", parameters);
    template.notes.extend(notes);
    template
}

/// The logical id of a name: `order-created` is `OrderDashcreated`.
pub(super) fn logical(name: &str) -> String {
    let spelt = name.replace('-', "Dash").replace('_', "Underscore");
    let mut letters = spelt.chars();
    letters.next().map(|first| first.to_ascii_uppercase()).into_iter().chain(letters).collect()
}

/// A name of letters and digits alone.
pub(super) fn letters(text: &str) -> String {
    text.chars().filter(char::is_ascii_alphanumeric).collect()
}

/// The same object without the fields that nothing was said of.
pub(super) fn without_nulls(value: Value) -> Value {
    match value {
        Value::Object(fields) => Value::Object(fields.into_iter().filter(|(_, value)| !value.is_null()).collect()),
        other => other,
    }
}
