//! From the fields of CloudFormation to those of an API.

use caravan_inventory::Unresolved;
use serde_json::{Map, Value};

/// Properties on their way to a document.
pub(super) type Fields = Map<String, Value>;

/// Small first letters for the names of all fields, as most of AWS's JSON APIs write them; what stands in the fields of
/// `data` has names of its owners' choice.
pub(super) fn small(value: Value, data: &[&str]) -> Value {
    match value {
        value if Unresolved::of(&value).is_some() => value,
        Value::Array(items) => items.into_iter().map(|item| small(item, data)).collect(),
        Value::Object(fields) => fields
            .into_iter()
            .map(|(field, value)| {
                let value = if data.contains(&field.as_str()) { value } else { small(value, data) };
                (small_name(&field), value)
            })
            .collect(),
        scalar => scalar,
    }
}

/// `DesiredCount` is `desiredCount`; names that begin with an abbreviation are small up to its last letter: `EFSVolume…`
/// is `efsVolume…`.
fn small_name(field: &str) -> String {
    let upper = field.bytes().take_while(u8::is_ascii_uppercase).count();
    let small = match upper {
        0 | 1 => 1,
        all if all == field.len() => all,
        several => several - 1,
    };
    let small = small.min(field.len());
    format!("{}{}", field[..small].to_ascii_lowercase(), &field[small..])
}

/// Moves a field, if it is there.
pub(super) fn moved(fields: &mut Fields, from: &str, to: &str) {
    if let Some(value) = fields.remove(from) {
        fields.insert(to.to_owned(), value);
    }
}

/// Fills in what the API answers where nothing was said.
pub(super) fn filled(fields: &mut Fields, defaults: &[(&str, Value)]) {
    for (field, value) in defaults {
        fields.entry((*field).to_owned()).or_insert_with(|| value.clone());
    }
}

/// Numbers and booleans that a template writes as texts, wherever these fields stand.
pub(super) fn typed(value: &mut Value, numbers: &[&str], booleans: &[&str]) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(|item| typed(item, numbers, booleans)),
        Value::Object(fields) => {
            for (field, value) in fields.iter_mut() {
                let of = |value: &Value| match value.as_str() {
                    Some(text) if numbers.contains(&field.as_str()) => number(text),
                    Some(text) if booleans.contains(&field.as_str()) => boolean(text).map(Value::Bool),
                    _ => None,
                };
                let at = if Unresolved::of(value).is_some() { value.get_mut("default") } else { Some(&mut *value) };
                if let Some(at) = at {
                    match of(at) {
                        Some(read) => *at = read,
                        None => typed(at, numbers, booleans),
                    }
                }
            }
        }
        _ => {}
    }
}

fn number(text: &str) -> Option<Value> {
    text.parse::<i64>()
        .map(Value::from)
        .ok()
        .or_else(|| text.parse::<f64>().ok().filter(|one| one.is_finite()).map(Value::from))
}

/// A boolean as CloudFormation takes it from a text.
pub(super) fn boolean(text: &str) -> Option<bool> {
    match text.to_ascii_lowercase().as_str() {
        "true" => Some(true),
        "false" => Some(false),
        _ => None,
    }
}

/// `[{Key, Value}]` as a map; what is open stays as it is.
pub(super) fn tags(value: Value) -> Value {
    let Value::Array(list) = value else { return value };
    let tag = |tag: Value| {
        let Value::Object(mut tag) = tag else { return None };
        Some((tag.get("Key")?.as_str()?.to_owned(), tag.remove("Value")?))
    };
    Value::Object(list.into_iter().filter_map(tag).collect())
}

/// A text in which a document stands: as the API answers it, or, where the template leaves a place of it open, that
/// place's text inside of one that is open as a whole.
pub(super) fn as_text(value: Value) -> Value {
    if value.is_string() || Unresolved::of(&value).is_some() {
        return value;
    }
    if Unresolved::find(&value).is_empty() {
        return Value::String(value.to_string());
    }
    let text = plain(&value).to_string();
    Unresolved { text: &text, default: None }.to_value()
}

/// The document with each open place as its text.
fn plain(value: &Value) -> Value {
    match (Unresolved::of(value), value) {
        (Some(open), _) => Value::from(open.text),
        (None, Value::Array(items)) => items.iter().map(plain).collect(),
        (None, Value::Object(fields)) => fields.iter().map(|(field, value)| (field.clone(), plain(value))).collect(),
        (None, scalar) => scalar.clone(),
    }
}

/// `Enabled` as the API's state; open where the template leaves it open.
pub(super) fn state(enabled: Option<Value>, on: &str, off: &str) -> Value {
    let named = |value: &Value| match value {
        Value::Bool(true) => Value::from(on),
        Value::Bool(false) => Value::from(off),
        Value::String(text) => {
            boolean(text).map_or_else(|| value.clone(), |is_on| Value::from(if is_on { on } else { off }))
        }
        other => other.clone(),
    };
    let Some(enabled) = enabled else { return Value::from(on) };
    match Unresolved::of(&enabled) {
        Some(Unresolved { text, default }) => {
            let default = default.map(named);
            Unresolved { text, default: default.as_ref() }.to_value()
        }
        None => named(&enabled),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn names_become_small_and_those_of_owners_stay() {
        let long = json!({"ContainerDefinitions": [{"DockerLabels": {"Team": "a"}, "EnableECSManagedTags": true}],
            "EFSVolumeConfiguration": {"IAM": "x"}, "Open": {"$unresolved": "!Ref A", "default": {"Key": 1}}});
        let short = json!({"containerDefinitions": [{"dockerLabels": {"Team": "a"}, "enableECSManagedTags": true}],
            "efsVolumeConfiguration": {"iam": "x"}, "open": {"$unresolved": "!Ref A", "default": {"Key": 1}}});
        assert_eq!(small(long, &["DockerLabels"]), short);
    }

    #[test]
    fn texts_become_what_the_api_answers() {
        let mut value = json!({"MemorySize": "512", "Name": "512", "Enabled": "False", "Deep": [{"MemorySize": "1.5"}],
            "Timeout": {"$unresolved": "!Ref T", "default": "30"}, "BatchSize": "many"});
        typed(&mut value, &["MemorySize", "Timeout", "BatchSize"], &["Enabled"]);
        assert_eq!(
            value,
            json!({"MemorySize": 512, "Name": "512", "Enabled": false, "Deep": [{"MemorySize": 1.5}],
                "Timeout": {"$unresolved": "!Ref T", "default": 30}, "BatchSize": "many"})
        );
    }

    #[test]
    fn a_document_in_a_text_is_open_as_a_whole() {
        assert_eq!(as_text(json!({"a": [1]})), json!(r#"{"a":[1]}"#));
        assert_eq!(as_text(json!("{}")), json!("{}"));
        let open = as_text(json!({"account": [{"$unresolved": "!Ref AWS::AccountId"}]}));
        assert_eq!(open, json!({"$unresolved": r#"{"account":["!Ref AWS::AccountId"]}"#}));
    }

    #[test]
    fn a_switch_is_a_state() {
        assert_eq!(state(None, "Enabled", "Disabled"), json!("Enabled"));
        assert_eq!(state(Some(json!(false)), "Enabled", "Disabled"), json!("Disabled"));
        assert_eq!(state(Some(json!("true")), "ENABLED", "DISABLED"), json!("ENABLED"));
        let open = json!({"$unresolved": "!Ref On", "default": "false"});
        assert_eq!(state(Some(open), "ENABLED", "DISABLED"), json!({"$unresolved": "!Ref On", "default": "DISABLED"}));
    }
}
