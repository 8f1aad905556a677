//! Paths of REST APIs as resources: each lies in the one of the path without its last part.

use super::document::Template;
use serde_json::{Map, Value, json};

/// Makes the resource of a path, and those that it lies in; gives what names it.
pub(super) fn resource(template: &mut Template, api: &str, path: &str, condition: Option<&String>) -> Value {
    let mut above = json!({"Fn::GetAtt": [api, "RootResourceId"]});
    let mut whole = String::new();
    for part in path.split('/').filter(|part| !part.is_empty()) {
        whole = format!("{whole}/{part}");
        let id = format!("{api}:{whole}");
        let properties = json!({"RestApiId": {"Ref": api}, "ParentId": above, "PathPart": part});
        template.make(&id, "AWS::ApiGateway::Resource", properties, condition);
        above = json!({"Ref": id});
    }
    above
}

/// Makes a method of a path, unless the path has one already.
pub(super) fn method(
    template: &mut Template,
    (api, path, method): (&str, &str, &str),
    mut properties: Map<String, Value>,
    condition: Option<&String>,
) {
    let method = method.to_ascii_uppercase();
    let at = resource(template, api, path, condition);
    let id = format!("{api}:{method} {path}");
    properties.insert("RestApiId".to_owned(), json!({"Ref": api}));
    properties.insert("ResourceId".to_owned(), at);
    properties.insert("HttpMethod".to_owned(), json!(method));
    template.make(&id, "AWS::ApiGateway::Method", Value::Object(properties), condition);
}

/// `arn:…:lambda:path/2015-03-31/functions/<function>/invocations`: how an API names a function.
pub(super) fn invocation(function: &Value) -> Value {
    let text =
        "arn:${AWS::Partition}:apigateway:${AWS::Region}:lambda:path/2015-03-31/functions/${Function}/invocations";
    json!({"Fn::Sub": [text, {"Function": function}]})
}

/// `arn:…:execute-api:…:<api>/<stage>/<method>/<path>`: the requests that may invoke.
pub(super) fn requests(api: &Value, method: &str, path: &str) -> Value {
    let parts = path.split('/').map(|part| if part.starts_with('{') { "*" } else { part });
    let path = parts.collect::<Vec<_>>().join("/");
    let method = if method.eq_ignore_ascii_case("any") { "*".to_owned() } else { method.to_ascii_uppercase() };
    // A dollar in a path, as in `$default`, begins no name.
    let path = path.replace("${", "*");
    let text =
        format!("arn:${{AWS::Partition}}:execute-api:${{AWS::Region}}:${{AWS::AccountId}}:${{Api}}/*/{method}{path}");
    json!({"Fn::Sub": [text, {"Api": api}]})
}
