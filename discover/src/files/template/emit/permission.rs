//! Permissions to invoke, put together as the resource policy of each function.

use super::Emitter;
use crate::files::template::document::{Resource, Template};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// ARN of a function, or of an alias of one → the statements of its policy.
#[derive(Default)]
pub(super) struct Permissions(BTreeMap<String, Vec<Value>>);

impl Permissions {
    /// The policies, as GetPolicy answers them, by what they are the policies of.
    pub(super) fn into_policies(self) -> Vec<(String, Value)> {
        let policy = |statements: Vec<Value>| json!({"Policy": {"Version": "2012-10-17", "Id": "default", "Statement": statements}});
        self.0.into_iter().map(|(of, statements)| (of, policy(statements))).collect()
    }
}

/// A permission: one statement (Lambda API reference, AddPermission).
pub(super) fn permission(out: &mut Emitter<'_>, id: &str, resource: &Resource) {
    let mut fields = out.eval.properties(&resource.properties, &["SourceArn"]);
    let Some(function) = resource.properties.get("FunctionName").and_then(|named| out.eval.function_arn(named, 0))
    else {
        out.emitted.elsewhere.push(format!("{id} is a permission for a function that is not in it"));
        return;
    };
    let principal = match fields.remove("Principal") {
        Some(Value::String(service)) if service.contains(".amazonaws.com") || service.ends_with(".amazon.com") => {
            json!({"Service": service})
        }
        Some(Value::String(everybody)) if everybody == "*" => json!("*"),
        Some(account) => json!({"AWS": account}),
        None => Value::Null,
    };
    let mut conditions: Map<String, Value> = Map::new();
    let mut add = |operator: &str, key: &str, value: Option<Value>| {
        if let Some(value) = value {
            let keys = conditions.entry(operator.to_owned()).or_insert_with(|| json!({}));
            keys[key] = value;
        }
    };
    add("ArnLike", "AWS:SourceArn", fields.remove("SourceArn"));
    add("StringEquals", "AWS:SourceAccount", fields.remove("SourceAccount"));
    add("StringEquals", "aws:PrincipalOrgID", fields.remove("PrincipalOrgID"));
    add("StringEquals", "lambda:FunctionUrlAuthType", fields.remove("FunctionUrlAuthType"));
    add("StringEquals", "lambda:EventSourceToken", fields.remove("EventSourceToken"));
    add("Bool", "lambda:InvokedViaFunctionUrl", fields.remove("InvokedViaFunctionUrl"));
    let action = fields.remove("Action").unwrap_or_default();
    let mut statement =
        json!({"Sid": id, "Effect": "Allow", "Principal": principal, "Action": action, "Resource": function});
    if !conditions.is_empty() {
        statement["Condition"] = Value::Object(conditions);
    }
    out.permissions.0.entry(function).or_default().push(statement);
}

/// What CloudFormation itself calls when the template is deployed: functions behind custom resources and macros. No
/// permission says it, since it calls them with the rights of whoever deploys.
pub(super) fn called_by_cloud_formation(out: &mut Emitter<'_>, template: &Template) {
    for (id, resource) in &template.resources {
        let of_type = resource.of_type.as_str();
        let named = match of_type {
            "AWS::CloudFormation::Macro" => resource.properties.get("FunctionName"),
            "AWS::CloudFormation::CustomResource" => resource.properties.get("ServiceToken"),
            _ if of_type.starts_with("Custom::") => resource.properties.get("ServiceToken"),
            _ => None,
        };
        let function = named.and_then(|named| out.eval.function_arn(named, 0));
        let Some(function) = function.filter(|arn| out.functions.contains_key(arn)) else { continue };
        let principal = json!({"Service": "cloudformation.amazonaws.com"});
        let statement = json!({"Sid": id, "Effect": "Allow", "Principal": principal,
            "Action": "lambda:InvokeFunction", "Resource": function});
        out.permissions.0.entry(function).or_default().push(statement);
    }
}
