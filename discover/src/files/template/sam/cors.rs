//! What SAM's REST APIs answer to browsers that ask first.

use serde_json::{Map, Value, json};
use std::collections::BTreeSet;

/// The method `OPTIONS` of a path, which the gateway answers by itself.
pub(super) fn preflight(cors: &Value, methods: &BTreeSet<String>) -> Map<String, Value> {
    let said = |field: &str| cors.get(field).cloned();
    let origin = if cors.is_object() { said("AllowOrigin") } else { Some(cors.clone()) };
    let allowed = methods.iter().map(String::as_str).chain(["OPTIONS"]).collect::<Vec<_>>().join(",");
    let mut headers = Map::new();
    let mut add = |header: &str, value: Option<Value>| {
        headers.extend(value.map(|value| (format!("method.response.header.Access-Control-{header}"), value)));
    };
    add("Allow-Origin", origin.or_else(|| Some(json!("'*'"))));
    add("Allow-Methods", said("AllowMethods").or_else(|| Some(json!(format!("'{allowed}'")))));
    add("Allow-Headers", said("AllowHeaders"));
    add("Allow-Credentials", said("AllowCredentials").map(|allowed| json!(format!("'{allowed}'"))));
    add("Max-Age", said("MaxAge"));
    let integration = json!({"Type": "MOCK", "RequestTemplates": {"application/json": "{\n  \"statusCode\" : 200\n}\n"},
        "IntegrationResponses": [{"StatusCode": "200", "ResponseParameters": headers}]});
    Map::from_iter([("AuthorizationType".to_owned(), json!("NONE")), ("Integration".to_owned(), integration)])
}
