//! What the request contexts of several shapes have in common.

use crate::config::{AuthorizerKind, Http};
use crate::http::call::Call;
use crate::http::text::{decoded, pairs};
use serde_json::{Map, Value, json};

/// Names and values of the query without their percent-encoding.
pub(super) fn query(call: &Call) -> Vec<(String, String)> {
    pairs(&call.query).map(|(name, value)| (decoded(name, true), decoded(value, true))).collect()
}

/// The first label of a domain.
pub(super) fn prefix(domain: &str) -> &str {
    domain.split('.').next().unwrap_or_default()
}

/// Parameters of the path, without their percent-encoding.
pub(super) fn path_parameters(call: &Call) -> Map<String, Value> {
    let parameters = call.route.iter().flat_map(|route| &route.parameters);
    parameters.map(|(name, value)| (name.clone(), Value::from(decoded(value, false)))).collect()
}

/// Variables of the stage.
pub(super) fn stage_variables(http: &Http) -> Map<String, Value> {
    http.stage_variables.iter().map(|(name, value)| (name.clone(), Value::from(value.as_str()))).collect()
}

/// What an authorizer found out, in the form of REST APIs and of payload 1.0; nothing where there was none.
pub(super) fn authorizer_1(call: &Call, http: &Http) -> Option<Value> {
    let claims = call.claims.clone()?;
    Some(match http.authorizer.as_ref()?.kind {
        AuthorizerKind::Cognito => json!({"claims": texts(claims)}),
        AuthorizerKind::Jwt => json!({"scopes": scopes(&claims), "claims": texts(claims)}),
        AuthorizerKind::Lambda => Value::Object(claims),
    })
}

/// The same in the form of payload 2.0.
pub(super) fn authorizer_2(call: &Call, http: &Http) -> Option<Value> {
    let claims = call.claims.clone()?;
    Some(match http.authorizer.as_ref()?.kind {
        AuthorizerKind::Jwt | AuthorizerKind::Cognito => {
            json!({"jwt": {"scopes": scopes(&claims), "claims": texts(claims)}})
        }
        AuthorizerKind::Lambda => json!({"lambda": claims}),
    })
}

/// Claims are texts in events: lists as `[a b]`, numbers and truth values as they are written.
fn texts(claims: Map<String, Value>) -> Map<String, Value> {
    let text = |value: Value| match value {
        Value::String(text) => text,
        Value::Array(values) => {
            let words: Vec<_> =
                values.iter().map(|one| one.as_str().map_or_else(|| one.to_string(), str::to_owned)).collect();
            format!("[{}]", words.join(" "))
        }
        other => other.to_string(),
    };
    claims.into_iter().map(|(name, value)| (name, Value::from(text(value)))).collect()
}

/// The scopes of a token, `null` where it has none.
fn scopes(claims: &Map<String, Value>) -> Value {
    match claims.get("scope").or_else(|| claims.get("scp")).and_then(Value::as_str) {
        Some(scopes) => scopes.split_whitespace().collect(),
        None => Value::Null,
    }
}
