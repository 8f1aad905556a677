//! What a template holds that is not read, said for a person.

use super::document::Template;
use super::emit::Emitted;

/// So many names are said; the others are counted.
const NAMED: usize = 12;

/// What was left out of a template.
pub(super) struct Coverage {
    /// What should have been read, and was not: the file is partial.
    pub(super) left_out: Option<String>,
    /// What is read from nowhere, and by no one: the file is complete all the same.
    pub(super) beside: Option<String>,
}

pub(super) fn said(template: &Template, emitted: &Emitted) -> Coverage {
    let mut left_out = template.notes.clone();
    left_out.extend(emitted.elsewhere.iter().cloned());
    let mut beside = Vec::new();
    if !emitted.not_read.is_empty() {
        let types = emitted.not_read.iter().map(|(of_type, count)| format!("{count} {of_type}"));
        beside.push(format!("not read: {}", list(types.collect())));
    }
    if !emitted.properties.is_empty() {
        let properties = emitted.properties.iter().map(|(property, count)| format!("{property} of {count}"));
        beside.push(format!("properties that no answer holds: {}", list(properties.collect())));
    }
    if !emitted.conditional.is_empty() {
        let conditional = emitted.conditional.iter().map(|(id, condition)| format!("{id} ({condition})"));
        beside.push(format!(
            "made only if a condition holds that the template leaves open: {}",
            list(conditional.collect())
        ));
    }
    if !emitted.left_out.is_empty() {
        beside.push(format!("not made, since their condition does not hold: {}", list(emitted.left_out.clone())));
    }
    let said = |parts: Vec<String>| (!parts.is_empty()).then(|| parts.join("; "));
    Coverage { left_out: said(left_out), beside: said(beside) }
}

fn list(mut parts: Vec<String>) -> String {
    let more = parts.len().saturating_sub(NAMED);
    parts.truncate(NAMED);
    let list = parts.join(", ");
    if more > 0 { format!("{list} and {more} more") } else { list }
}
