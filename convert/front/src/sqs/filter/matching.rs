//! Whether a record matches.

use super::pattern::{Comparison, Fields, Node, Pattern, Rule};
use serde_json::Value;

/// Whether a record of the event matches one of these, or there are none. A pattern for fields of the body is held against
/// the body's JSON; a body that is none does not match it, and a list of rules does not match a body that is JSON of
/// objects or lists.
pub(in crate::sqs) fn matches_any(patterns: &[Pattern], record: &Value) -> bool {
    patterns.is_empty() || patterns.iter().any(|Pattern(fields)| matches(fields, &with_body(record)))
}

/// The record with its body as JSON, where that is an object or a list.
fn with_body(record: &Value) -> Value {
    let mut record = record.clone();
    let parsed = record.get("body").and_then(Value::as_str).and_then(|body| serde_json::from_str::<Value>(body).ok());
    if let (Some(body), Some(parsed)) =
        (record.get_mut("body"), parsed.filter(|body| body.is_object() || body.is_array()))
    {
        *body = parsed;
    }
    record
}

fn matches(pattern: &Fields, value: &Value) -> bool {
    // Of a list of objects one must match as a whole.
    if let Value::Array(values) = value {
        return values.iter().any(|value| matches(pattern, value));
    }
    let all = pattern.fields.iter().all(|(name, node)| match (node, value.get(name)) {
        (Node::Fields(fields), Some(value)) => matches(fields, value),
        // Only what asks for absence can hold where nothing stands.
        (Node::Fields(fields), None) => matches(fields, &Value::Null),
        (Node::Rules(rules), value) => rules.iter().any(|rule| holds_somewhere(rule, value)),
    });
    all && (pattern.either.is_empty() || pattern.either.iter().any(|fields| matches(fields, value)))
}

/// A rule holds for a list when it holds for one of its values.
fn holds_somewhere(rule: &Rule, value: Option<&Value>) -> bool {
    match (rule, value) {
        (Rule::Exists(there), Some(Value::Array(values))) => *there != values.is_empty(),
        // It is for leaves: an object is none.
        (Rule::Exists(there), Some(Value::Object(_))) => !there,
        (Rule::Exists(there), value) => *there == value.is_some(),
        (_, None) => false,
        (rule, Some(Value::Array(values))) => values.iter().any(|value| holds(rule, value)),
        (rule, Some(value)) => holds(rule, value),
    }
}

fn holds(rule: &Rule, value: &Value) -> bool {
    match rule {
        Rule::Equals(other) => value == other,
        Rule::EqualsIgnoreCase(other) => value.as_str().is_some_and(|text| text.to_lowercase() == other.to_lowercase()),
        Rule::Prefix(prefix) => value.as_str().is_some_and(|text| text.starts_with(prefix.as_str())),
        Rule::Suffix(suffix) => value.as_str().is_some_and(|text| text.ends_with(suffix.as_str())),
        Rule::Numeric(comparisons) => value.as_f64().is_some_and(|number| {
            comparisons.iter().all(|(comparison, bound)| match comparison {
                Comparison::Equal => number == *bound,
                Comparison::Less => number < *bound,
                Comparison::LessOrEqual => number <= *bound,
                Comparison::Greater => number > *bound,
                Comparison::GreaterOrEqual => number >= *bound,
            })
        }),
        Rule::AnythingBut(rules) => !value.is_object() && !rules.iter().any(|rule| holds(rule, value)),
        Rule::Exists(there) => *there,
    }
}
