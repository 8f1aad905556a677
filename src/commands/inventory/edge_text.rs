//! Edges as text: what is needed, how, how sure that is, and the field that shows it.

use super::around::Need;
use crate::printer::printable;
use caravan_inventory::Edge;
use std::io::{self, Write};

/// A title and a line for each item; nothing when there are none.
///
/// # Errors
/// When `out` does not take it.
pub(super) fn section<T>(
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
pub(super) fn need(need: &Need) -> String {
    let Need { edge, also_needed_by } = need;
    let shared = match also_needed_by.as_slice() {
        [] => String::new(),
        [one] => format!("; also needed by {one}"),
        [one, rest @ ..] => format!("; also needed by {one} and {} more", rest.len()),
    };
    format!("{} ({}{shared})", edge.to, how(edge))
}

/// Who needs something; where it is only a part of it that is named, which part.
pub(super) fn needed_by(edge: &Edge, id: &str) -> String {
    let part = if edge.to == id { String::new() } else { format!(" maybe, by {}", edge.to) };
    format!("{}{part} ({})", edge.from, how(edge))
}

/// The edge's kind and confidence as files name them, and the field that shows it.
fn how(edge: &Edge) -> String {
    let (kind, confidence) = (edge.kind.as_str(), edge.confidence.as_str());
    format!("{kind}, {confidence}; {}{}", edge.evidence.observation, edge.evidence.path)
}
