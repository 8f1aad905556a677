//! The events of the services in front of Lambda, each by its documentation.

mod alb;
mod context;
mod http_api;
mod rest;

pub(crate) use rest::is_binary;

use crate::config::{Http, Shape};
use crate::http::call::Call;
use bytes::Bytes;
use serde_json::{Map, Value};

/// What of the function stands in events.
#[derive(Clone, Debug)]
pub(crate) struct Owner {
    /// The account of twelve digits.
    pub(crate) account: String,
}

/// The event of a request.
pub(crate) fn event(call: &Call, http: &Http, owner: &Owner) -> Bytes {
    let event = match http.event {
        Shape::Rest => rest::event(call, http, owner),
        Shape::HttpApi1 => http_api::event_1(call, http, owner),
        Shape::HttpApi2 => http_api::event_2(call, http, owner),
        Shape::Url => http_api::event_url(call, http),
        Shape::Alb => alb::event(call, http),
        Shape::Invoke => return call.body.clone(),
    };
    Bytes::from(Value::Object(event).to_string())
}

/// The last value of each name.
fn last_values<'a>(pairs: impl Iterator<Item = (&'a str, String)>) -> Map<String, Value> {
    pairs.map(|(name, value)| (name.to_owned(), Value::from(value))).collect()
}

/// All values of each name, in their order.
fn all_values<'a>(pairs: impl Iterator<Item = (&'a str, String)>) -> Map<String, Value> {
    let mut all = Map::new();
    for (name, value) in pairs {
        if let Value::Array(values) = all.entry(name).or_insert_with(|| Value::Array(Vec::new())) {
            values.push(Value::from(value));
        }
    }
    all
}

/// All values of each name, joined by commas.
fn joined_values<'a>(pairs: impl Iterator<Item = (&'a str, String)>) -> Map<String, Value> {
    let mut all: Map<String, Value> = Map::new();
    for (name, value) in pairs {
        match all.get_mut(name) {
            Some(Value::String(before)) => {
                before.push(',');
                before.push_str(&value);
            }
            _ => {
                all.insert(name.to_owned(), Value::from(value));
            }
        }
    }
    all
}

/// `null` for what is empty.
fn or_null(map: Map<String, Value>) -> Value {
    if map.is_empty() { Value::Null } else { Value::Object(map) }
}
