//! The event of a REST API's proxy integration.

use super::context::{authorizer_1, path_parameters, prefix, query, stage_variables};
use super::{Owner, all_values, last_values, or_null};
use crate::config::{HeaderCase, Http};
use crate::http::call::Call;
use crate::http::text::{body_value, media_type, request_time, title_case};
use serde_json::{Map, Value, json};

/// The event of `call`.
pub(super) fn event(call: &Call, http: &Http, owner: &Owner) -> Map<String, Value> {
    let resource = call.route.as_ref().map_or("/{proxy+}", |route| route.path.as_str());
    let (body, base64) = body(call, http);
    let mut event = fields(call, http);
    let context = json!({
        "resourceId": http.api_id,
        "resourcePath": resource,
        "path": format!("/{}{}", http.stage(), call.path),
        "identity": identity(call),
    });
    let context = merged(context, common(call, http, owner));
    event.insert("resource".to_owned(), json!(resource));
    event.insert("path".to_owned(), json!(call.path));
    event.insert("requestContext".to_owned(), Value::Object(context));
    event.insert("body".to_owned(), body);
    event.insert("isBase64Encoded".to_owned(), json!(base64));
    event
}

/// What REST events and payload 1.0 have in common besides the context, the path and the body.
pub(super) fn fields(call: &Call, http: &Http) -> Map<String, Value> {
    let named = |name: &str| match http.header_case {
        HeaderCase::Title => title_case(name),
        HeaderCase::Lower => name.to_owned(),
    };
    let headers: Vec<_> = call.headers.iter().map(|(name, value)| (named(name), value.clone())).collect();
    let query = query(call);
    let pairs = |list: &[(String, String)], all: bool| {
        let pairs = list.iter().map(|(name, value)| (name.as_str(), value.clone()));
        or_null(if all { all_values(pairs) } else { last_values(pairs) })
    };
    let fields = json!({
        "httpMethod": call.method,
        "headers": pairs(&headers, false),
        "multiValueHeaders": pairs(&headers, true),
        "queryStringParameters": pairs(&query, false),
        "multiValueQueryStringParameters": pairs(&query, true),
        "pathParameters": or_null(path_parameters(call)),
        "stageVariables": or_null(stage_variables(http)),
    });
    match fields {
        Value::Object(fields) => fields,
        _ => Map::new(),
    }
}

/// What their contexts have in common.
pub(super) fn common(call: &Call, http: &Http, owner: &Owner) -> Value {
    let domain = call.domain(http);
    let mut context = json!({
        "accountId": owner.account,
        "apiId": http.api_id,
        "domainName": domain,
        "domainPrefix": prefix(&domain),
        "extendedRequestId": call.id,
        "httpMethod": call.method,
        "protocol": call.protocol,
        "requestId": call.id,
        "requestTime": request_time(call.at),
        "requestTimeEpoch": call.at.as_millisecond(),
        "stage": http.stage(),
    });
    if let (Value::Object(context), Some(authorizer)) = (&mut context, authorizer_1(call, http)) {
        context.insert("authorizer".to_owned(), authorizer);
    }
    context
}

/// Who calls, as far as it is known without IAM: the address and the program.
pub(super) fn identity(call: &Call) -> Value {
    let mut identity: Map<String, Value> = [
        "accessKey",
        "accountId",
        "caller",
        "cognitoAuthenticationProvider",
        "cognitoAuthenticationType",
        "cognitoIdentityId",
        "cognitoIdentityPoolId",
        "principalOrgId",
        "user",
        "userArn",
    ]
    .map(|name| (name.to_owned(), Value::Null))
    .into_iter()
    .collect();
    identity.insert("sourceIp".to_owned(), json!(call.source_ip));
    identity.insert("userAgent".to_owned(), json!(call.header("user-agent")));
    Value::Object(identity)
}

/// Two objects in one.
pub(super) fn merged(one: Value, other: Value) -> Map<String, Value> {
    let mut all = Map::new();
    for map in [one, other] {
        if let Value::Object(map) = map {
            all.extend(map);
        }
    }
    all
}

/// Bodies of the API's binary types are in base64, others are text; bytes that are none are replaced.
fn body(call: &Call, http: &Http) -> (Value, bool) {
    if call.body.is_empty() {
        return (Value::Null, false);
    }
    if is_binary(http, call.header("content-type").as_deref()) {
        return body_value(&call.body, false);
    }
    (Value::from(String::from_utf8_lossy(&call.body)), false)
}

/// Whether a type is among the API's binary ones, `*/*` and `image/*` among them.
pub(crate) fn is_binary(http: &Http, value: Option<&str>) -> bool {
    let kind = media_type(value.unwrap_or_default());
    http.binary_media_types.iter().any(|binary| {
        let binary = media_type(binary);
        binary == "*/*" || binary == kind || binary.strip_suffix('*').is_some_and(|family| kind.starts_with(family))
    })
}
