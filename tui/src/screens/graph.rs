//! The hostnames of the estate; or everything around one thing: the ways in to it, what breaks if it moves, and what it needs.
//! Below, the whole of the line that is marked, and the field that shows it.

use super::body;
use crate::data::{DoorRow, Graph, GraphLine};
use crate::model::{FocusState, GraphState, Model};
use crate::text;
use crate::theme::Role;
use crate::widgets::{Text, bar, draw, put, put_with_place, said, tell_unseen, titled, unseen, waiting};
use ratatui::buffer::Buffer;
use ratatui::layout::{Constraint, Layout, Rect};

/// Lines above the hostnames: what is looked for, and the headings.
const HEAD: u16 = 2;

/// How many hostnames are seen in a terminal of this size.
pub(crate) fn rows(size: (u16, u16)) -> usize {
    body(size).height.saturating_sub(HEAD).into()
}

/// How many lines around a thing are seen in a terminal of this size.
pub(crate) fn lines_seen(size: (u16, u16)) -> usize {
    parts(body(size))[1].height.saturating_sub(1).into()
}

/// Draws it.
pub(crate) fn view(model: &Model, area: Rect, buffer: &mut Buffer) {
    match model.graph.focus() {
        Some(focus) => around(model, focus, area, buffer),
        None => doors(&model.graph, area, buffer),
    }
}

fn doors(state: &GraphState, area: Rect, buffer: &mut Buffer) {
    let list = &state.doors;
    let Some(window) = &list.window.value else { return waiting(buffer, area, &list.window) };
    let line = match state.text.as_str() {
        "" => Text::of(Role::Dim, "every hostname"),
        text => Text::of(Role::Dim, "hostnames with ").and(Role::Wait, text),
    };
    put_with_place(buffer, area, &line, list.marked, window.total);
    let name = usize::from(area.width) * 2 / 5;
    let heading = format!("{}ENDS IN", text::fit("HOSTNAME", name));
    put(buffer, area.x, area.y + 1, area.width, &Text::of(Role::Title, heading));
    if window.total == 0 {
        let text = match state.text.as_str() {
            "" => "no hostname is known: no record, rule, route or API was read that names one",
            _ => "no hostname has that; `/` with an id (it has `/` or `:`) looks at anything else",
        };
        put(buffer, area.x, area.y + HEAD, area.width, &Text::of(Role::Dim, text));
    }
    for (y, at) in (area.y + HEAD..area.bottom()).zip(list.top..window.total) {
        let line = list.row(at).map_or_else(|| Text::of(Role::Dim, "…"), |row| door(row, name, area.width.into()));
        put(buffer, area.x, y, area.width, &line);
        if at == list.marked {
            bar(buffer, area, y);
        }
    }
}

fn door(row: &DoorRow, name: usize, columns: usize) -> Text {
    let line = Text::of(Role::Plain, format!("{} ", text::fit(&row.hostname, name.saturating_sub(1))));
    let line = match row.ends.len() {
        0 => return line.and(Role::Dim, "–"),
        1 => line,
        several => line.and(Role::Dim, format!("{several} ends: ")),
    };
    let room = columns.saturating_sub(line.width());
    let end = row.ends.first().map(|end| text::tail(end, room)).unwrap_or_default();
    line.and(Role::Plain, end)
}

/// What is looked at, what stands around it, and what is known of the marked line.
fn parts(area: Rect) -> [Rect; 3] {
    let below = if area.height < 30 { 5 } else { 8 };
    Layout::vertical([Constraint::Length(2), Constraint::Min(3), Constraint::Length(below)]).areas(area)
}

fn around(model: &Model, focus: &FocusState, area: Rect, buffer: &mut Buffer) {
    let [head, middle, below] = parts(area);
    let path: Vec<&str> = model.graph.path.iter().rev().skip(1).map(|focus| focus.id.as_str()).take(3).collect();
    let mut title = Text::of(Role::Title, focus.id.clone());
    if let [before, ..] = path.as_slice() {
        title = title.and(Role::Dim, format!("  ◀ {before}"));
    }
    put(buffer, head.x, head.y, head.width, &title);
    let Some(graph) = &focus.told.value else {
        return waiting(buffer, Rect { y: head.y + 1, height: area.height - 1, ..area }, &focus.told);
    };
    put(buffer, head.x, head.y + 1, head.width, &breaks(graph));
    let at = entries(graph).position(|entry| matches!(entry, Entry::Line(number, _) if number == focus.marked));
    let (at, count) = (at.unwrap_or_default(), entries(graph).count());
    let list = titled(buffer, middle, "What stands around it", true);
    let room = usize::from(list.height);
    // A title that stands right above what is marked is seen with it.
    let top = (at + 1).saturating_sub(room).min(at.saturating_sub(1));
    tell_unseen(buffer, middle, unseen(top, count, room, "PageDown").as_deref());
    if count == 0 {
        put(buffer, list.x, list.y, list.width, &Text::of(Role::Dim, "nothing is known around it"));
    }
    // Of many thousands of lines only those are made that are seen.
    for (y, entry) in (list.y..list.bottom()).zip(entries(graph).skip(top)) {
        match entry {
            Entry::Title(title) => _ = put(buffer, list.x, y, list.width, &Text::of(Role::Title, title)),
            Entry::Line(number, line) => {
                put(buffer, list.x, y, list.width, &one(line));
                if number == focus.marked {
                    bar(buffer, list, y);
                }
            }
        }
    }
    let inner = titled(buffer, below, "The marked line", false);
    if let Some(line) = focus.marked_line() {
        draw(buffer, inner, &whole(line, inner.width), 0);
    }
}

/// How many break, and what may be missing.
fn breaks(graph: &Graph) -> Text {
    let line = match graph.breaks {
        // A hostname is needed by nobody by itself: what is behind it breaks.
        0 if graph.workload.is_none() => Text::of(Role::Dim, "nothing that was read needs it by this name"),
        0 => Text::of(Role::Good, "✓ nothing that was read breaks if it moves"),
        1 => Text::of(Role::Wait, "! 1 workload breaks if it moves alone"),
        many => Text::of(Role::Wait, format!("! {many} workloads break if it moves alone")),
    };
    if graph.missing.is_empty() { line } else { line.and(Role::Dim, format!("  {}", graph.missing)) }
}

/// What is seen below each other.
enum Entry<'a> {
    /// The title of a part.
    Title(&'a str),
    /// A line, with its number among all that can be marked.
    Line(usize, &'a GraphLine),
}

fn entries(graph: &Graph) -> impl Iterator<Item = Entry<'_>> {
    let mut number = 0;
    graph.parts.iter().flat_map(move |part| {
        let first = number;
        number += part.lines.len();
        let lines = part.lines.iter().zip(first..).map(|(line, number)| Entry::Line(number, line));
        std::iter::once(Entry::Title(&part.title)).chain(lines)
    })
}

fn one(line: &GraphLine) -> Text {
    let indent = " ".repeat(2 + 2 * usize::from(line.depth));
    let leads = if line.leads.is_some() { "▶ " } else { "  " };
    let begin = Text::of(Role::Dim, indent).and(Role::Busy, leads);
    match line.what {
        "" => begin.and(Role::Plain, line.text.clone()),
        what => begin.and(Role::Dim, text::fit(what, 15)).and(Role::Plain, line.text.clone()),
    }
}

/// A line in full.
fn whole(line: &GraphLine, columns: u16) -> Vec<Text> {
    let name = if line.what.is_empty() { "is" } else { line.what };
    let mut lines = said(&text::cut(name, 10), Role::Plain, &line.text, columns);
    if !line.evidence.is_empty() {
        lines.extend(said("shown by", Role::Dim, &line.evidence, columns));
    }
    if let Some(leads) = &line.leads {
        lines.extend(said("Enter", Role::Title, &format!("looks at {leads}"), columns));
    }
    lines
}
