//! What lies over a screen: help, palette, filter, messages, and a change that waits for its word.

use super::{Text, bar, draw, put};
use crate::keymap;
use crate::model::{By, Confirm, Model, Overlay};
use crate::text;
use crate::theme::Role;
use caravan_cutover::operator::time_text;
use caravan_inventory::QueryField;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

/// Draws it over the body of the screen.
pub(crate) fn overlay(model: &Model, overlay: &Overlay, body: Rect, buffer: &mut Buffer) {
    let columns = columns(body.width);
    match overlay {
        Overlay::Help { top } => {
            let title = format!("Keys on {}", model.screen.title());
            let lines = help(model);
            let inner = framed(buffer, body, columns, lines.len(), &title, "Esc closes");
            draw(buffer, inner, &lines, *top);
        }
        Overlay::Messages { top } => {
            let lines = messages(model, columns.saturating_sub(4));
            let title = "Messages, the newest first; `$` is the command line that does the same";
            let inner = framed(buffer, body, columns, lines.len(), title, "Esc closes");
            draw(buffer, inner, &lines, *top);
        }
        Overlay::Palette { typed, marked } => palette(model, typed, *marked, body, columns, buffer),
        Overlay::Filter { typed, problem } => filter(typed, problem.as_deref(), body, columns, buffer),
        Overlay::Confirm(confirm) => confirming(confirm, body, columns, buffer),
    }
}

/// How wide an overlay is in a screen of so many columns.
fn columns(width: u16) -> u16 {
    width.saturating_sub(4).min(100)
}

/// How many lines an overlay has that is only read.
pub(crate) fn overlay_lines(model: &Model, overlay: &Overlay) -> usize {
    match overlay {
        Overlay::Help { .. } => help(model).len(),
        Overlay::Messages { .. } => messages(model, columns(model.size.0).saturating_sub(4)).len(),
        Overlay::Palette { .. } | Overlay::Filter { .. } | Overlay::Confirm(_) => 0,
    }
}

/// The keys of a screen, from the table of commands.
fn help(model: &Model) -> Vec<Text> {
    let line = |spec: &crate::command::Spec| {
        let keys: Vec<String> = spec.keys.iter().map(ToString::to_string).collect();
        let keys = text::fit(&keys.join(" "), 18);
        Text::of(Role::Title, keys).and(Role::Plain, text::fit(spec.name, 14)).and(Role::Dim, spec.about)
    };
    keymap::working(model.screen, model.operates()).map(line).collect()
}

fn messages(model: &Model, columns: u16) -> Vec<Text> {
    let mut lines = Vec::new();
    for said in model.messages.iter().rev() {
        let at = time_text(said.at);
        let at = at.get(11..19).unwrap_or_default().to_owned();
        for (number, line) in text::wrap(&said.text, usize::from(columns).saturating_sub(9)).into_iter().enumerate() {
            let at = if number == 0 { at.as_str() } else { "" };
            lines.push(Text::of(Role::Dim, text::fit(at, 9)).and(said.role, line));
        }
    }
    if lines.is_empty() {
        lines.push(Text::of(Role::Dim, "nothing was said yet"));
    }
    lines
}

fn palette(model: &Model, typed: &str, marked: usize, body: Rect, columns: u16, buffer: &mut Buffer) {
    let offered = keymap::offered(model.screen, model.operates(), typed);
    let inner = framed(buffer, body, columns, offered.len() + 2, "Every command", "Enter does it  Esc closes");
    put(buffer, inner.x, inner.y, inner.width, &Text::of(Role::Title, ":").and(Role::Plain, format!("{typed}_")));
    let list = Rect { y: inner.y + 1, height: inner.height.saturating_sub(1), ..inner };
    let top = (marked + 1).saturating_sub(list.height.into());
    let line = |spec: &&crate::command::Spec| {
        let key = text::fit(&spec.key(), 9);
        Text::of(Role::Title, key).and(Role::Plain, text::fit(spec.name, 14)).and(Role::Dim, spec.about)
    };
    let lines: Vec<Text> = offered.iter().map(line).collect();
    draw(buffer, list, &lines, top);
    if let Ok(row) = u16::try_from(marked - top)
        && marked < lines.len()
    {
        bar(buffer, list, list.y + row);
    }
}

fn filter(typed: &str, problem: Option<&str>, body: Rect, columns: u16, buffer: &mut Buffer) {
    let mut lines = vec![Text::of(Role::Title, "/").and(Role::Plain, format!("{typed}_"))];
    match problem {
        Some(problem) => {
            let room = usize::from(columns).saturating_sub(4);
            lines.extend(text::wrap(problem, room).into_iter().map(|line| Text::of(Role::Bad, line)));
        }
        None => lines.push(Text::of(Role::Dim, "kind=ecs and team=shop and text~\"mongo\"; empty shows all")),
    }
    lines.push(Text::default());
    let width = QueryField::ALL.iter().map(|field| field.as_str().len()).max().unwrap_or_default() + 2;
    for field in QueryField::ALL {
        lines.push(Text::of(Role::Plain, text::fit(field.as_str(), width)).and(Role::Dim, field.about()));
    }
    let title = "Filter, as in `inventory list --where`";
    let inner = framed(buffer, body, columns, lines.len(), title, "Enter filters  Esc closes");
    draw(buffer, inner, &lines, 0);
}

fn confirming(confirm: &Confirm, body: Rect, columns: u16, buffer: &mut Buffer) {
    let room = usize::from(columns).saturating_sub(4);
    let wrapped = |line: &String| {
        let role = role_of(line);
        text::wrap(line, room).into_iter().map(move |part| Text::of(role, part))
    };
    let lines: Vec<Text> = confirm.lines.iter().flat_map(wrapped).collect();
    let keys = match confirm.by {
        By::Yes => "y does it  Esc does nothing",
        By::Name { .. } => "the name and Enter do it  Esc does nothing",
    };
    let inner = framed(buffer, body, columns, lines.len() + 2, &confirm.title, keys);
    let text = Rect { height: inner.height.saturating_sub(2), ..inner };
    draw(buffer, text, &lines, confirm.top);
    let word = match &confirm.by {
        By::Yes => Text::of(Role::Wait, "press y"),
        By::Name { name, typed } => {
            Text::of(Role::Wait, format!("type the name of the wave, {name}: ")).and(Role::Title, format!("{typed}_"))
        }
    };
    put(buffer, inner.x, inner.bottom().saturating_sub(1), inner.width, &word);
}

/// What goes and what comes is told apart by its sign, and by colour besides.
fn role_of(line: &str) -> Role {
    match line.trim_start().chars().next() {
        Some('+') => Role::Good,
        Some('-') => Role::Bad,
        _ => Role::Plain,
    }
}

/// A frame in the middle, as high as its lines and no higher than there is room; gives what is inside.
fn framed(buffer: &mut Buffer, body: Rect, columns: u16, lines: usize, title: &str, keys: &str) -> Rect {
    let rows = u16::try_from(lines).unwrap_or(u16::MAX).saturating_add(2).min(body.height);
    let x = body.x + body.width.saturating_sub(columns) / 2;
    let y = body.y + body.height.saturating_sub(rows) / 2;
    let frame = Rect::new(x, y, columns, rows);
    for row in frame.rows() {
        for column in row.columns() {
            buffer[(column.x, column.y)].reset();
        }
    }
    let across = |left: &str, text: &str, right: &str| {
        let room = usize::from(columns).saturating_sub(4);
        let text = text::cut(text, room);
        let rest = usize::from(columns).saturating_sub(text::width(&text) + 4);
        let edge = Text::of(Role::Dim, format!("{left} ")).and(Role::Title, text);
        edge.and(Role::Dim, format!(" {}{right}", "─".repeat(rest)))
    };
    put(buffer, x, y, columns, &across("┌", title, "┐"));
    put(buffer, x, frame.bottom() - 1, columns, &across("└", keys, "┘"));
    for y in y + 1..frame.bottom() - 1 {
        put(buffer, x, y, 1, &Text::of(Role::Dim, "│"));
        put(buffer, frame.right() - 1, y, 1, &Text::of(Role::Dim, "│"));
    }
    Rect::new(x + 2, y + 1, columns.saturating_sub(4), rows.saturating_sub(2))
}
