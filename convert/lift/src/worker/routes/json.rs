//! `JSON.stringify` of constants.

use super::calls::is_index;
use super::state::{Fits, unfit};
use super::value::{Value, constant};

/// The text, as a runtime writes it without spaces.
pub(super) fn stringify(value: &Value<'_>) -> Fits<String> {
    match value {
        Value::Null => Ok("null".to_owned()),
        Value::Bool(flag) => Ok(flag.to_string()),
        Value::Number(number) if number.fract() == 0.0 && number.abs() < 1e15 => Ok(format!("{number:.0}")),
        Value::Text(pieces) => match constant(pieces) {
            // Both escape the same: quotes, backslashes and what is below a space; neither escapes a slash.
            Some(text) if !text.contains('\u{7f}') => Ok(serde_json::Value::from(text).to_string()),
            _ => unfit("it answers with a part of the request"),
        },
        Value::Array(items) => {
            let items: Vec<String> = items.iter().map(stringify).collect::<Fits<_>>()?;
            Ok(format!("[{}]", items.join(",")))
        }
        Value::Object(fields) => {
            if fields.iter().any(|(name, _)| is_index(name)) {
                return unfit("an object has numbers for names, which change places");
            }
            let mut written = Vec::with_capacity(fields.len());
            for (name, value) in fields.iter().filter(|(_, value)| !matches!(value, Value::Undefined)) {
                written.push(format!("{}:{}", serde_json::Value::from(name.as_str()), stringify(value)?));
            }
            Ok(format!("{{{}}}", written.join(",")))
        }
        _ => unfit("it answers with something that is not constant"),
    }
}
