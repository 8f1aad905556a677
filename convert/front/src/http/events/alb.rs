//! The event of a target group of an Application Load Balancer.

use super::{all_values, last_values};
use crate::config::Http;
use crate::http::call::Call;
use crate::http::text::{body_value, is_text, pairs};
use serde_json::{Map, Value, json};

/// The event of `call`. Names and values of the query keep their percent-encoding, as a load balancer leaves them.
pub(super) fn event(call: &Call, http: &Http) -> Map<String, Value> {
    let text = call.body.is_empty()
        || (call.header("content-encoding").is_none() && is_text(call.header("content-type").as_deref()));
    let (body, base64) = body_value(&call.body, text);
    let headers = call.headers.iter().map(|(name, value)| (name.as_str(), value.clone()));
    let query = pairs(&call.query).map(|(name, value)| (name, value.to_owned()));
    let (header_key, headers, query_key, query) = if http.multi_value_headers {
        ("multiValueHeaders", all_values(headers), "multiValueQueryStringParameters", all_values(query))
    } else {
        ("headers", last_values(headers), "queryStringParameters", last_values(query))
    };
    let mut event = Map::new();
    let mut set = |name: &str, value: Value| event.insert(name.to_owned(), value);
    set("requestContext", json!({"elb": {"targetGroupArn": http.target_group_arn}}));
    set("httpMethod", json!(call.method));
    set("path", json!(call.path));
    set(query_key, Value::Object(query));
    set(header_key, Value::Object(headers));
    set("body", body);
    set("isBase64Encoded", json!(base64));
    event
}
