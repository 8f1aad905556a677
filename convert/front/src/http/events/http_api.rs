//! The events of HTTP APIs, payload formats 1.0 and 2.0, and of function URLs, which have the form of 2.0.

use super::context::{authorizer_2, path_parameters, prefix, query, stage_variables};
use super::{Owner, joined_values, rest};
use crate::config::Http;
use crate::http::Route;
use crate::http::call::Call;
use crate::http::text::{body_value, decoded, is_text, request_time};
use serde_json::{Map, Value, json};

/// Payload format 1.0.
pub(super) fn event_1(call: &Call, http: &Http, owner: &Owner) -> Map<String, Value> {
    let resource = call.route.as_ref().map_or(Route::DEFAULT, |route| route.path.as_str());
    let path = staged(call, http);
    let context = json!({
        "identity": rest::identity(call),
        "path": path,
        "resourceId": Value::Null,
        "resourcePath": resource,
    });
    let (body, base64) = body(call).unwrap_or((Value::Null, false));
    let mut event = rest::fields(call, http);
    event.insert("version".to_owned(), json!("1.0"));
    event.insert("resource".to_owned(), json!(resource));
    event.insert("path".to_owned(), json!(path));
    event.insert("requestContext".to_owned(), Value::Object(rest::merged(context, rest::common(call, http, owner))));
    event.insert("body".to_owned(), body);
    event.insert("isBase64Encoded".to_owned(), json!(base64));
    event
}

/// Payload format 2.0.
pub(super) fn event_2(call: &Call, http: &Http, owner: &Owner) -> Map<String, Value> {
    let key = call.route.as_ref().map_or(Route::DEFAULT, |route| route.key.as_str());
    let mut event = format_2(call, http, &staged(call, http), &owner.account, key);
    let authorizer = authorizer_2(call, http);
    if let (Some(Value::Object(context)), Some(authorizer)) = (event.get_mut("requestContext"), authorizer) {
        context.insert("authorizer".to_owned(), authorizer);
    }
    for (name, map) in [("pathParameters", path_parameters(call)), ("stageVariables", stage_variables(http))] {
        if !map.is_empty() {
            event.insert(name.to_owned(), Value::Object(map));
        }
    }
    event
}

/// The event of a function URL that asks for no signature.
pub(super) fn event_url(call: &Call, http: &Http) -> Map<String, Value> {
    format_2(call, http, &call.path, "anonymous", Route::DEFAULT)
}

/// What is absent from the request is absent from the event.
fn format_2(call: &Call, http: &Http, path: &str, account: &str, key: &str) -> Map<String, Value> {
    let domain = call.domain(http);
    let headers = call.headers.iter().filter(|(name, _)| name != "cookie");
    let mut event = rest::merged(
        json!({
            "version": "2.0",
            "routeKey": key,
            "rawPath": decoded(path, false),
            "rawQueryString": call.query,
            "headers": joined_values(headers.map(|(name, value)| (name.as_str(), value.clone()))),
            "isBase64Encoded": false,
        }),
        json!({"requestContext": {
            "accountId": account,
            "apiId": http.api_id,
            "domainName": domain,
            "domainPrefix": prefix(&domain),
            "http": {
                "method": call.method,
                "path": decoded(path, false),
                "protocol": call.protocol,
                "sourceIp": call.source_ip,
                "userAgent": call.header("user-agent").unwrap_or_default(),
            },
            "requestId": call.id,
            "routeKey": key,
            "stage": http.stage(),
            "time": request_time(call.at),
            "timeEpoch": call.at.as_millisecond(),
        }}),
    );
    let query = query(call);
    if !query.is_empty() {
        let joined = joined_values(query.iter().map(|(name, value)| (name.as_str(), value.clone())));
        event.insert("queryStringParameters".to_owned(), Value::Object(joined));
    }
    let cookies: Vec<_> = call
        .headers
        .iter()
        .filter(|(name, _)| name == "cookie")
        .flat_map(|(_, value)| value.split(';').map(str::trim).filter(|cookie| !cookie.is_empty()))
        .collect();
    if !cookies.is_empty() {
        event.insert("cookies".to_owned(), json!(cookies));
    }
    if let Some((body, base64)) = body(call) {
        event.insert("body".to_owned(), body);
        event.insert("isBase64Encoded".to_owned(), json!(base64));
    }
    event
}

/// Paths of a named stage begin with it.
fn staged(call: &Call, http: &Http) -> String {
    match http.stage() {
        "$default" => call.path.clone(),
        stage => format!("/{stage}{}", call.path),
    }
}

fn body(call: &Call) -> Option<(Value, bool)> {
    let text = is_text(call.header("content-type").as_deref());
    (!call.body.is_empty()).then(|| body_value(&call.body, text))
}
