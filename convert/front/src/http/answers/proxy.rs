//! Answers that are whole: `statusCode`, `headers`, `multiValueHeaders`, `cookies`, `body`, `isBase64Encoded`, and what
//! payload format 2.0 infers where there is no `statusCode`.

use super::{Asked, plain, with_status};
use crate::body::Sent;
use crate::config::{Http, Shape};
use crate::http::events::is_binary;
use crate::invocation::MAX_ALB;
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use bytes::Bytes;
use hyper::header::{CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue, SET_COOKIE};
use hyper::{Response, StatusCode};
use serde_json::{Map, Value};

/// The response of a REST API, an HTTP API with payload 1.0, or a load balancer; nothing where the answer has not its form.
pub(super) fn response(http: &Http, asked: &Asked, answer: &Bytes) -> Option<Response<Sent>> {
    let Value::Object(answer_fields) = serde_json::from_slice(answer).ok()? else { return None };
    if http.event == Shape::Alb && answer.len() > MAX_ALB {
        return None;
    }
    let mut headers = HeaderMap::new();
    let single = http.event != Shape::Alb || !http.multi_value_headers;
    let several = http.event != Shape::Alb || http.multi_value_headers;
    if single {
        put_headers(&mut headers, answer_fields.get("headers"))?;
    }
    if several {
        // Where a name stands in both, these are sent.
        put_headers(&mut headers, answer_fields.get("multiValueHeaders"))?;
    }
    let encoded = answer_fields.get("isBase64Encoded").and_then(Value::as_bool).unwrap_or(false);
    // A REST API decodes for callers who accept one of its binary types, others for all.
    let decode = encoded && (http.event != Shape::Rest || accepts_binary(http, asked));
    let default_type = match http.event {
        Shape::Rest => "application/json",
        Shape::Alb => "application/octet-stream",
        _ => "text/plain;charset=utf-8",
    };
    built(&answer_fields, headers, decode, default_type)
}

/// The response of payload format 2.0.
pub(super) fn inferred(shape: Shape, answer: &Bytes) -> Option<Response<Sent>> {
    let value: Value = serde_json::from_slice(answer).ok()?;
    match value {
        Value::Object(fields) if fields.contains_key("statusCode") => {
            let mut headers = HeaderMap::new();
            put_headers(&mut headers, fields.get("headers"))?;
            if let Some(Value::Array(cookies)) = fields.get("cookies") {
                for cookie in cookies {
                    headers.append(SET_COOKIE, HeaderValue::from_str(cookie.as_str()?).ok()?);
                }
            }
            let encoded = fields.get("isBase64Encoded").and_then(Value::as_bool).unwrap_or(false);
            let default_type = if shape == Shape::Url { "application/json" } else { "text/plain;charset=utf-8" };
            built(&fields, headers, encoded, default_type)
        }
        Value::String(text) => Some(plain("application/json", text.into())),
        _ => Some(plain("application/json", answer.clone())),
    }
}

fn built(
    fields: &Map<String, Value>,
    headers: HeaderMap,
    decode: bool,
    default_type: &'static str,
) -> Option<Response<Sent>> {
    let status = status(fields.get("statusCode")?)?;
    let text = match fields.get("body") {
        None | Some(Value::Null) => "",
        Some(Value::String(text)) => text,
        Some(_) => return None,
    };
    let body = if decode { BASE64_STANDARD.decode(text).ok()?.into() } else { Bytes::from(text.to_owned()) };
    let mut response = with_status(status, plain(default_type, body));
    if headers.contains_key(CONTENT_TYPE) {
        response.headers_mut().remove(CONTENT_TYPE);
    }
    response.headers_mut().extend(headers);
    Some(response)
}

/// A status as a number, or as its digits.
pub(super) fn status(value: &Value) -> Option<StatusCode> {
    let number = match value {
        Value::Number(number) => number.as_u64()?,
        Value::String(digits) => digits.parse().ok()?,
        _ => return None,
    };
    StatusCode::from_u16(u16::try_from(number).ok()?).ok().filter(|status| status.as_u16() >= 200)
}

/// Headers of an object whose values are texts, numbers, truth values, or lists of these. What was there of a name before
/// is replaced; of names that differ in case alone the last one stands, but for cookies: so do handlers of REST APIs send
/// several. Nothing where one can't be sent.
pub(super) fn put_headers(headers: &mut HeaderMap, given: Option<&Value>) -> Option<()> {
    let Some(Value::Object(given)) = given else { return Some(()) };
    let mut own = HeaderMap::new();
    for (name, value) in given {
        let name: HeaderName = name.parse().ok()?;
        // The length and the connection are this side's.
        if ["content-length", "transfer-encoding", "connection"].contains(&name.as_str()) {
            continue;
        }
        let values = match value {
            Value::Array(values) => values.as_slice(),
            Value::Null => continue,
            one => std::slice::from_ref(one),
        };
        if name != SET_COOKIE {
            own.remove(&name);
        }
        for value in values {
            own.append(&name, header_value(value)?);
        }
    }
    headers.extend(own);
    Some(())
}

fn header_value(value: &Value) -> Option<HeaderValue> {
    match value {
        Value::String(text) => HeaderValue::from_str(text).ok(),
        Value::Number(_) | Value::Bool(_) => HeaderValue::from_str(&value.to_string()).ok(),
        _ => None,
    }
}

/// The first type of `accept` decides.
fn accepts_binary(http: &Http, asked: &Asked) -> bool {
    let first = asked.accept.as_deref().and_then(|accept| accept.split(',').next());
    is_binary(http, first)
}
