//! What a draft leaves for a person.

use serde::Serialize;
use serde_json::Value;

/// What stands in a draft where only a person knows what should stand there.
pub const FILL_IN: &str = "<fill in>";

/// The fields of what people write in which a draft's blank still stands: `start[0].cron-job.cluster`.
pub(crate) fn blanks(written: &impl Serialize) -> Vec<String> {
    let mut found = Vec::new();
    // What can be written as YAML is a value.
    serde_json::to_value(written).iter().for_each(|value| collect(value, "", &mut found));
    found
}

fn collect(value: &Value, place: &str, found: &mut Vec<String>) {
    let below = |name: &str| if place.is_empty() { name.to_owned() } else { format!("{place}.{name}") };
    match value {
        Value::String(text) if is_blank(text) => found.push(place.to_owned()),
        Value::Array(items) => {
            items.iter().enumerate().for_each(|(at, item)| collect(item, &format!("{place}[{at}]"), found));
        }
        Value::Object(fields) => fields.iter().for_each(|(name, item)| collect(item, &below(name), found)),
        _ => {}
    }
}

/// Whether a person has left something of the draft as it was.
pub(crate) fn is_blank(text: &str) -> bool {
    text.contains(FILL_IN)
}
