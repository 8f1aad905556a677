//! Percent-encoding, media types and times, as the services in front of Lambda read and write them.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use jiff::Timestamp;
use serde_json::Value;

/// Names and values of a query, in their order, as they stand there.
pub(crate) fn pairs(query: &str) -> impl Iterator<Item = (&str, &str)> {
    query.split('&').filter(|pair| !pair.is_empty()).map(|pair| pair.split_once('=').unwrap_or((pair, "")))
}

/// A text without its percent-encoding; `+` is a blank where it stands in a query. What is no UTF-8 is replaced.
pub(crate) fn decoded(text: &str, in_query: bool) -> String {
    if !text.contains(['%', '+']) {
        return text.to_owned();
    }
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, others)) = rest.split_first() {
        rest = others;
        match first {
            b'+' if in_query => bytes.push(b' '),
            b'%' => match others.get(..2).and_then(hex) {
                Some(byte) => {
                    bytes.push(byte);
                    rest = others.get(2..).unwrap_or_default();
                }
                None => bytes.push(b'%'),
            },
            other => bytes.push(*other),
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

fn hex(digits: &[u8]) -> Option<u8> {
    let text = std::str::from_utf8(digits).ok().filter(|text| text.bytes().all(|byte| byte.is_ascii_hexdigit()))?;
    u8::from_str_radix(text, 16).ok()
}

/// `User-Agent` of `user-agent`.
pub(crate) fn title_case(name: &str) -> String {
    let mut upper = true;
    name.chars()
        .map(|letter| {
            let written = if upper { letter.to_ascii_uppercase() } else { letter };
            upper = letter == '-';
            written
        })
        .collect()
}

/// The type without its parameters, in lower case.
pub(crate) fn media_type(value: &str) -> String {
    value.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
}

/// Whether bodies of this type are handed over as text by HTTP APIs, function URLs and load balancers.
pub(crate) fn is_text(content_type: Option<&str>) -> bool {
    let kind = media_type(content_type.unwrap_or_default());
    kind.starts_with("text/")
        || ["application/json", "application/javascript", "application/xml"].contains(&kind.as_str())
        || (kind.starts_with("application/") && (kind.ends_with("+json") || kind.ends_with("+xml")))
}

/// A body as a JSON string, and whether it is in base64.
pub(crate) fn body_value(body: &[u8], as_text: bool) -> (Value, bool) {
    match std::str::from_utf8(body) {
        Ok(text) if as_text => (Value::from(text), false),
        _ => (Value::from(BASE64_STANDARD.encode(body)), true),
    }
}

/// `12/Mar/2026:19:03:58 +0000`.
pub(crate) fn request_time(at: Timestamp) -> String {
    at.strftime("%d/%b/%Y:%H:%M:%S +0000").to_string()
}
