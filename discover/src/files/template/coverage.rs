//! What a template holds that is not read, said for a person.

use super::document::Template;
use super::emit::Emitted;
use super::intrinsic::short;
use super::nested;

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
    let mut beside = by_place(template);
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

/// The stacks that are made of a place in S3, where the file of that name beside the template was read instead.
fn by_place(template: &Template) -> Vec<String> {
    let taken = template.stacks.keys().filter_map(|id| {
        let resource = template.resources.get(id).filter(|resource| nested::is_by_place(resource))?;
        Some(format!("{} ({})", template.at(id), nested::said(resource).map(short)?))
    });
    let taken: Vec<String> = taken.collect();
    if taken.is_empty() {
        return Vec::new();
    }
    vec![format!("made of an address, and read from the file of that name beside this one: {}", list(taken))]
}

fn list(mut parts: Vec<String>) -> String {
    let more = parts.len().saturating_sub(NAMED);
    parts.truncate(NAMED);
    let list = parts.join(", ");
    if more > 0 { format!("{list} and {more} more") } else { list }
}
