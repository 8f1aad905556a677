//! Edges as text: what is needed, how, how sure that is, and the field that shows it.

use super::around::{Break, Need};
use crate::printer::printable;
use caravan_inventory::Edge;
use std::io::{self, Write};

/// A title and a line for each item; nothing when there are none.
///
/// # Errors
/// When `out` does not take it.
pub(crate) fn section<T>(
    out: &mut impl Write,
    title: &str,
    items: &[T],
    text: impl Fn(&T) -> String,
) -> io::Result<()> {
    if items.is_empty() {
        return Ok(());
    }
    writeln!(out, "\n{title}")?;
    items.iter().try_for_each(|item| writeln!(out, "  {}", printable(&text(item))))
}

/// What is needed.
pub(crate) fn need(need: &Need) -> String {
    let Need { edge, through_role, also_needed_by } = need;
    let shared = match also_needed_by.as_slice() {
        [] => String::new(),
        [one] => format!("; also needed by {one}"),
        [one, rest @ ..] => format!("; also needed by {one} and {} more", rest.len()),
    };
    let by = if *through_role { format!(" allowed by {}", edge.from) } else { String::new() };
    format!("{}{by} ({}{shared})", edge.to, how(edge))
}

/// Who needs something; where it is only a part of it that is named, which part.
pub(crate) fn needed_by(edge: &Edge, id: &str) -> String {
    let part = if edge.to == id { String::new() } else { format!(" maybe, by {}", edge.to) };
    format!("{}{part} ({})", edge.from, how(edge))
}

/// Whom something breaks, and through whom.
pub(crate) fn through(one: &Break) -> String {
    format!("{} (through {})", one.id, one.through.join(", "))
}

/// The edge's kind, direction and confidence as files name them, and the field that shows it.
fn how(edge: &Edge) -> String {
    let (kind, confidence) = (edge.kind.as_str(), edge.confidence.as_str());
    let direction = edge.direction.map_or_else(String::new, |direction| format!(", {}", direction.as_str()));
    format!("{kind}{direction}, {confidence}; {}{}", edge.evidence.observation, edge.evidence.path)
}
