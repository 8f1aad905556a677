//! Conditions of load balancer rules: in one form, and whether two of them may ask for one request.
//!
//! Source: Elastic Load Balancing API, `RuleCondition`; User Guide, "Condition types for listener rules": in `host-header` and
//! `path-pattern` `*` stands for any characters and `?` for one; names are compared without case, paths and methods with it.

use serde_json::{Map, Value};
use sha2::{Digest, Sha256};
use std::collections::BTreeSet;
use std::fmt::Write as _;

/// The fields whose values often are secrets: what a request must bear to be taken at all.
const SECRET: [&str; 2] = ["http-header", "query-string"];

/// A list of conditions without what the API leaves out or not as it likes, and without an order. Of what may be a secret its SHA-256.
pub(super) fn plain_conditions(conditions: &Value) -> Value {
    let one = |condition: &Value| {
        let mut fields = condition.as_object().cloned().unwrap_or_default();
        // The short form, which the API gives beside the long one for names and paths.
        let short = fields.remove("Values").unwrap_or_default();
        let is_long = fields.values().any(|field| field.is_object() && !is_empty(&plain_values(field)));
        if !is_long && let Some(list) = short.as_array().filter(|list| !list.is_empty()) {
            let name = config_of(condition["Field"].as_str().unwrap_or_default());
            fields.insert(name.to_owned(), Value::Object(Map::from_iter([("Values".to_owned(), list.clone().into())])));
        }
        let plain = plain_values(&Value::Object(fields));
        match SECRET.iter().any(|field| condition["Field"] == *field) {
            true => plain_values(&veiled(&plain, false)),
            false => plain,
        }
    };
    let mut all: Vec<Value> = conditions.as_array().into_iter().flatten().map(one).collect();
    all.sort_by_key(Value::to_string);
    Value::Array(all)
}

/// A value without its empty parts, its lists sorted: in conditions none has an order that means something.
pub(super) fn plain_values(value: &Value) -> Value {
    match value {
        Value::Object(fields) => {
            let plain = fields.iter().map(|(name, field)| (name.clone(), plain_values(field)));
            Value::Object(plain.filter(|(_, field)| !is_empty(field)).collect())
        }
        Value::Array(items) => {
            let mut plain: Vec<Value> = items.iter().map(plain_values).collect();
            plain.sort_by_key(Value::to_string);
            Value::Array(plain)
        }
        other => other.clone(),
    }
}

/// A condition with the digest of each text of its values in that one's place.
fn veiled(value: &Value, is_value: bool) -> Value {
    match value {
        Value::Object(fields) => {
            let is_of = |name: &str| is_value || ["Values", "RegexValues"].contains(&name);
            Value::Object(fields.iter().map(|(name, field)| (name.clone(), veiled(field, is_of(name)))).collect())
        }
        Value::Array(items) => Value::Array(items.iter().map(|item| veiled(item, is_value)).collect()),
        Value::String(text) if is_value => {
            let digest = Sha256::digest(text.as_bytes());
            let hex = digest.iter().fold(String::new(), |mut hex, byte| {
                let _written = write!(hex, "{byte:02x}");
                hex
            });
            format!("sha256:{hex}").into()
        }
        other => other.clone(),
    }
}

/// Whether one request may fulfil both lists of conditions, in their plain form. What can't be told may.
pub(super) fn may_meet(one: &Value, other: &Value) -> bool {
    let fields = ["host-header", "path-pattern", "http-request-method"];
    fields.iter().all(|field| match (values(one, field), values(other, field)) {
        (Some(one), Some(other)) => one.iter().any(|one| other.iter().any(|other| patterns_meet(field, one, other))),
        _ => true,
    })
}

/// What a field is asked for; none where it is not asked for, or by regular expressions.
fn values<'a>(conditions: &'a Value, field: &str) -> Option<BTreeSet<&'a str>> {
    let mut all = conditions.as_array().into_iter().flatten();
    let config = &all.find(|condition| condition["Field"] == field)?[config_of(field)];
    if config.get("RegexValues").is_some() {
        return None;
    }
    Some(config["Values"].as_array()?.iter().filter_map(Value::as_str).collect())
}

/// The key under which a condition of a field has its values.
fn config_of(field: &str) -> &'static str {
    match field {
        "host-header" => "HostHeaderConfig",
        "path-pattern" => "PathPatternConfig",
        "http-request-method" => "HttpRequestMethodConfig",
        "http-header" => "HttpHeaderConfig",
        "query-string" => "QueryStringConfig",
        _ => "SourceIpConfig",
    }
}

fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.is_empty(),
        Value::Array(items) => items.is_empty(),
        Value::Object(fields) => fields.is_empty(),
        Value::Bool(_) | Value::Number(_) => false,
    }
}

/// Whether some text fits both patterns.
fn patterns_meet(field: &str, one: &str, other: &str) -> bool {
    let chars = |text: &str| match field {
        "host-header" => text.to_lowercase().chars().collect(),
        _ => text.chars().collect::<Vec<char>>(),
    };
    if field == "http-request-method" {
        return one == other;
    }
    let (one, other) = (chars(one), chars(other));
    // Whether what is left of the two from each place on may meet; of the last row, that is the place after the end.
    let mut meets = vec![vec![false; other.len() + 1]; one.len() + 1];
    for a in (0..=one.len()).rev() {
        for b in (0..=other.len()).rev() {
            let at = |row: usize, column: usize| meets.get(row).and_then(|row| row.get(column)).is_some_and(|is| *is);
            let is = match (one.get(a), other.get(b)) {
                (None, None) => true,
                (Some('*'), right) => at(a + 1, b) || (right.is_some() && at(a, b + 1)),
                (left, Some('*')) => at(a, b + 1) || (left.is_some() && at(a + 1, b)),
                (Some(left), Some(right)) => (left == right || *left == '?' || *right == '?') && at(a + 1, b + 1),
                _ => false,
            };
            if let Some(place) = meets.get_mut(a).and_then(|row| row.get_mut(b)) {
                *place = is;
            }
        }
    }
    meets.first().and_then(|row| row.first()).is_some_and(|is| *is)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn patterns_meet_where_some_text_fits_both() {
        let cases = [
            ("a.example.com", "A.example.com", true),
            ("*.example.com", "a.example.com", true),
            ("*.example.com", "example.com", false),
            ("a*.com", "*b.com", true),
            ("?.example.com", "ab.example.com", false),
            ("?.example.com", "*.example.com", true),
            ("*", "a", true),
            ("a*c", "ab", false),
            ("*a*", "*b*", true),
        ];
        for (one, other, meet) in cases {
            assert_eq!(patterns_meet("host-header", one, other), meet, "{one} {other}");
            assert_eq!(patterns_meet("host-header", other, one), meet, "{other} {one}");
        }
        assert!(!patterns_meet("path-pattern", "/A", "/a"));
    }

    #[test]
    fn the_short_form_and_the_long_one_are_one_and_lists_have_no_order() {
        let short = json!([{"Field": "host-header", "Values": ["b", "a"]}]);
        let long = json!([{"Field": "host-header", "Values": ["a", "b"], "HostHeaderConfig": {"Values": ["a", "b"]},
            "PathPatternConfig": {}}]);
        assert_eq!(plain_conditions(&short), plain_conditions(&long));
    }

    #[test]
    fn no_value_of_a_header_or_a_query_string_is_kept_and_a_change_of_one_is_seen() {
        let header = |secret: &str| {
            plain_conditions(&json!([
                {"Field": "http-header", "HttpHeaderConfig": {"HttpHeaderName": "X-Origin-Verify", "Values": [secret]}},
                {"Field": "query-string", "QueryStringConfig": {"Values": [{"Key": "token", "Value": secret}]}},
            ]))
        };
        let told = header("hunter2-of-the-test").to_string();
        assert!(!told.contains("hunter2") && told.contains("X-Origin-Verify"), "{told}");
        assert_eq!(header("hunter2-of-the-test"), header("hunter2-of-the-test"));
        assert_ne!(header("hunter2-of-the-test"), header("another"));
    }

    #[test]
    fn rules_meet_but_where_a_condition_keeps_them_apart() {
        let of = |field: &str, value: &str| plain_conditions(&json!([{"Field": field, "Values": [value]}]));
        assert!(!may_meet(&of("host-header", "a"), &of("host-header", "b")));
        assert!(!may_meet(&of("http-request-method", "GET"), &of("http-request-method", "POST")));
        assert!(may_meet(&of("host-header", "a"), &of("path-pattern", "/b")));
        assert!(may_meet(&Value::Null, &of("path-pattern", "/b")));
        let regex = json!([{"Field": "host-header", "HostHeaderConfig": {"RegexValues": ["^b$"]}}]);
        assert!(may_meet(&of("host-header", "a"), &plain_conditions(&regex)), "what can't be told may");
    }
}
