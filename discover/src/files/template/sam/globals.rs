//! `Globals`: what all resources of a kind have (AWS SAM developer guide, "Globals section").

use crate::files::template::document::Template;
use serde_json::{Map, Value};

/// Section → the type of the resources that it is for.
const SECTIONS: &[(&str, &str)] = &[
    ("Api", "AWS::Serverless::Api"),
    ("Function", "AWS::Serverless::Function"),
    ("HttpApi", "AWS::Serverless::HttpApi"),
    ("LayerVersion", "AWS::Serverless::LayerVersion"),
    ("SimpleTable", "AWS::Serverless::SimpleTable"),
    ("StateMachine", "AWS::Serverless::StateMachine"),
    ("WebSocketApi", "AWS::Serverless::WebSocketApi"),
];

/// Merges the globals into the resources. Of a section that is none of SAM's a note is made.
pub(super) fn merge(template: &mut Template) {
    let globals = template.globals.clone();
    for (section, values) in &globals {
        let known = SECTIONS.iter().find(|(name, _)| name == section);
        match (known, values) {
            (Some((_, of_type)), Value::Object(values)) => {
                for resource in template.resources.values_mut().filter(|resource| resource.of_type == *of_type) {
                    merge_into(&mut resource.properties, values);
                }
            }
            (Some(_), _) => {
                template.notes.push(format!("the globals of {section} are made by a function, and are not read"))
            }
            (None, _) => template.notes.push(format!("Globals has no section {section}")),
        }
    }
}

/// The globals of a kind of API, for the ones that SAM makes by itself.
pub(super) fn of_section(template: &Template, section: &str) -> Map<String, Value> {
    template.globals.get(section).and_then(Value::as_object).cloned().unwrap_or_default()
}

/// Maps are merged, lists begin with the global's, all else is the resource's own.
fn merge_into(own: &mut Map<String, Value>, globals: &Map<String, Value>) {
    for (field, global) in globals {
        match (own.get_mut(field), global) {
            (None, global) => {
                own.insert(field.clone(), global.clone());
            }
            (Some(Value::Array(items)), Value::Array(first)) => {
                items.splice(0..0, first.iter().cloned());
            }
            (Some(Value::Object(fields)), Value::Object(globals)) if !is_function(fields) && !is_function(globals) => {
                merge_into(fields, globals);
            }
            (Some(_), _) => {}
        }
    }
}

/// `!Ref` and its like are no maps.
fn is_function(fields: &Map<String, Value>) -> bool {
    fields.len() == 1 && fields.keys().all(|field| field == "Ref" || field.starts_with("Fn::"))
}
