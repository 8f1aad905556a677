//! A pattern: a JSON document whose leaves are lists of rules.

use serde_json::{Map, Number, Value};

/// A pattern that was read and can be held against records.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Pattern(pub(super) Fields);

/// Rules by the names of fields; all must hold, and one of each list of alternatives.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Fields {
    pub(super) fields: Vec<(String, Node)>,
    /// `$or`: one of these must hold.
    pub(super) either: Vec<Fields>,
}

/// What stands at a field.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Node {
    Fields(Fields),
    /// One of these must hold.
    Rules(Vec<Rule>),
}

/// One rule.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Rule {
    Equals(Value),
    EqualsIgnoreCase(String),
    Prefix(String),
    Suffix(String),
    Exists(bool),
    Numeric(Vec<(Comparison, f64)>),
    /// None of these holds.
    AnythingBut(Vec<Rule>),
}

/// How a number is compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Comparison {
    Equal,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

/// Why a pattern can't be read.
#[derive(Debug, thiserror::Error)]
pub(crate) enum PatternError {
    /// No JSON.
    #[error("it is no JSON: {0}")]
    Json(#[from] serde_json::Error),
    /// No object, or an empty one.
    #[error("{0} is no object with at least one field")]
    NoFields(String),
    /// A field whose value is neither an object nor a list.
    #[error("at {0} stands neither an object nor a list of rules")]
    NoRules(String),
    /// A rule that Lambda does not have.
    #[error("at {0} stands no rule: {1}")]
    NoRule(String, String),
}

impl Pattern {
    /// Reads a pattern.
    ///
    /// # Errors
    ///
    /// What of it is no rule of Lambda's.
    pub(crate) fn read(text: &str) -> Result<Self, PatternError> {
        let value: Value = serde_json::from_str(text)?;
        fields(&value, "the pattern").map(Self)
    }
}

fn fields(value: &Value, at: &str) -> Result<Fields, PatternError> {
    let map = value.as_object().filter(|map| !map.is_empty()).ok_or_else(|| PatternError::NoFields(at.to_owned()))?;
    let mut all = Fields::default();
    for (name, value) in map {
        let place = format!("{at}.{name}");
        if let ("$or", Value::Array(either)) = (name.as_str(), value)
            && either.iter().all(Value::is_object)
            && either.len() > 1
        {
            all.either = either.iter().map(|one| fields(one, &place)).collect::<Result<_, _>>()?;
            continue;
        }
        let node = match value {
            Value::Object(_) => Node::Fields(fields(value, &place)?),
            Value::Array(rules) if !rules.is_empty() => {
                Node::Rules(rules.iter().map(|rule| read_rule(rule, &place)).collect::<Result<_, _>>()?)
            }
            _ => return Err(PatternError::NoRules(place)),
        };
        all.fields.push((name.clone(), node));
    }
    Ok(all)
}

fn read_rule(value: &Value, at: &str) -> Result<Rule, PatternError> {
    let none = || PatternError::NoRule(at.to_owned(), value.to_string());
    let rule = match value {
        Value::Object(map) => operator(map),
        Value::Array(_) => None,
        plain => Some(Rule::Equals(plain.clone())),
    };
    rule.ok_or_else(none)
}

fn operator(map: &Map<String, Value>) -> Option<Rule> {
    let (name, value) = map.iter().next().filter(|_| map.len() == 1)?;
    let text = || value.as_str().map(str::to_owned);
    match name.as_str() {
        "prefix" => text().map(Rule::Prefix),
        "suffix" => text().map(Rule::Suffix),
        "equals-ignore-case" => text().map(Rule::EqualsIgnoreCase),
        "exists" => value.as_bool().map(Rule::Exists),
        "numeric" => numeric(value.as_array()?).map(Rule::Numeric),
        "anything-but" => match value {
            Value::Array(values) if !values.is_empty() => {
                let plain =
                    |value: &Value| (value.is_string() || value.is_number()).then(|| Rule::Equals(value.clone()));
                values.iter().map(plain).collect::<Option<_>>().map(Rule::AnythingBut)
            }
            Value::String(_) | Value::Number(_) => Some(Rule::AnythingBut(vec![Rule::Equals(value.clone())])),
            Value::Object(inner) => match operator(inner)? {
                rule @ (Rule::Prefix(_) | Rule::Suffix(_) | Rule::EqualsIgnoreCase(_)) => {
                    Some(Rule::AnythingBut(vec![rule]))
                }
                _ => None,
            },
            _ => None,
        },
        _ => None,
    }
}

/// One comparison, or a lower and an upper bound.
fn numeric(words: &[Value]) -> Option<Vec<(Comparison, f64)>> {
    if ![2, 4].contains(&words.len()) {
        return None;
    }
    words
        .chunks(2)
        .map(|pair| {
            let [name, bound] = pair else { return None };
            let comparison = match name.as_str()? {
                "=" => Comparison::Equal,
                "<" => Comparison::Less,
                "<=" => Comparison::LessOrEqual,
                ">" => Comparison::Greater,
                ">=" => Comparison::GreaterOrEqual,
                _ => return None,
            };
            bound.as_number().and_then(Number::as_f64).map(|bound| (comparison, bound))
        })
        .collect()
}
