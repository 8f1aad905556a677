//! SAM: resources of `AWS::Serverless` become the plain ones that SAM makes of them (AWS SAM specification, "Generated
//! CloudFormation resources").

mod api;
mod authorizer;
mod cors;
mod event;
mod function;
mod globals;
mod http_api;
mod pushed;
mod queued;

use super::document::{Resource, Template};
use super::evaluate::Evaluator;
use serde_json::{Map, Value, json};

/// Puts the plain resources in the place of those of SAM.
pub(super) fn expand(template: &mut Template) {
    globals::merge(template);
    let apis = api::Apis::of(template);
    http_api::expand(template, &apis);
    api::expand(template, &apis);
    for id in template.ids_of("AWS::Serverless::Function") {
        function::expand(template, &id, &apis);
    }
    for (of_type, plain) in RENAMED {
        for id in template.ids_of(of_type) {
            if let Some(resource) = template.resources.get_mut(&id) {
                resource.of_type = (*plain).to_owned();
                rename(resource);
            }
        }
    }
}

/// What SAM only writes shorter.
const RENAMED: &[(&str, &str)] = &[
    ("AWS::Serverless::LayerVersion", "AWS::Lambda::LayerVersion"),
    ("AWS::Serverless::SimpleTable", "AWS::DynamoDB::Table"),
    ("AWS::Serverless::StateMachine", "AWS::StepFunctions::StateMachine"),
];

fn rename(resource: &mut Resource) {
    let properties = &mut resource.properties;
    if let Some(content) = properties.remove("ContentUri") {
        properties.insert("Content".to_owned(), place_of(content));
    }
    properties.remove("RetentionPolicy");
    if let Some(name) = properties.remove("Name") {
        properties.insert("StateMachineName".to_owned(), name);
    }
}

/// `s3://bucket/key` and `{Bucket, Key, Version}` as CloudFormation writes them; a folder stays one.
fn place_of(content: Value) -> Value {
    match &content {
        Value::String(text) => match text.strip_prefix("s3://").and_then(|rest| rest.split_once('/')) {
            Some((bucket, key)) => json!({"S3Bucket": bucket, "S3Key": key}),
            None => content,
        },
        Value::Object(place) if place.contains_key("Bucket") => {
            let pairs = [("Bucket", "S3Bucket"), ("Key", "S3Key"), ("Version", "S3ObjectVersion")];
            let pairs = pairs.into_iter().filter_map(|(of, to)| Some((to.to_owned(), place.get(of)?.clone())));
            Value::Object(pairs.collect())
        }
        _ => content,
    }
}

/// `!Ref <id>`.
fn reference(id: &str) -> Value {
    json!({"Ref": id})
}

/// `!GetAtt <id>.<attribute>`.
fn attribute(id: &str, attribute: &str) -> Value {
    json!({"Fn::GetAtt": [id, attribute]})
}

/// The id in `!Ref <id>`, `!GetAtt <id>.…`, or a text that is one.
fn id_in(value: &Value) -> Option<&str> {
    let att = value.get("Fn::GetAtt");
    let of_att = att.and_then(|att| {
        att.as_str().map(|text| text.split('.').next().unwrap_or(text)).or_else(|| att.get(0)?.as_str())
    });
    value.get("Ref").and_then(Value::as_str).or(of_att).or_else(|| value.as_str())
}

/// A property's text where the template decides it.
fn known_text(template: &Template, value: Option<&Value>) -> Option<String> {
    let known = Evaluator::of(template).value(value?)?;
    super::intrinsic::scalar(&known)
}

/// Whether a property is `true`.
fn is_true(value: Option<&Value>) -> bool {
    match value {
        Some(Value::Bool(value)) => *value,
        Some(Value::String(text)) => text == "true",
        _ => false,
    }
}

/// Some of an object's fields.
fn picked(fields: &Map<String, Value>, names: &[&str]) -> Map<String, Value> {
    names.iter().filter_map(|name| Some(((*name).to_owned(), fields.get(*name)?.clone()))).collect()
}
