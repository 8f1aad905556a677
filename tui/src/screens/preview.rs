//! What becomes of an app: what is open of it and its files, and beside them one file with what is behind the marked line.

use super::{body, panes};
use crate::data::{FileState, PreviewFile, PreviewText};
use crate::model::{Loaded, Model, Pane, PreviewItem, PreviewSide, PreviewState};
use crate::text;
use crate::theme::Role;
use crate::widgets::{Text, bar, draw, first_seen, put, put_with_place, said, tell_unseen, titled, unseen, waiting};
use caravan_inventory::Question;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

/// Lines above the rows: what is shown, and how much of what.
const HEAD: u16 = 2;

/// How many rows are seen in a terminal of this size.
pub(crate) fn rows(size: (u16, u16)) -> usize {
    body(size).height.saturating_sub(HEAD).into()
}

/// How many lines what stands beside the list has, and how many of them are seen.
pub(crate) fn side_size(model: &Model, size: (u16, u16)) -> (usize, usize) {
    let side = panes(body(size), true).1.unwrap_or_default();
    let inner = Rect { height: side.height.saturating_sub(1), ..side };
    match &model.preview.side {
        Some(PreviewSide::Question { .. }) => {
            let lines = model.preview.question().map_or(0, |question| question_lines(question, side.width).len());
            (lines, inner.height.into())
        }
        Some(PreviewSide::File { told, .. }) => {
            (told.value.as_ref().map_or(0, |told| told.lines.len()), split(inner).0.height.into())
        }
        Some(PreviewSide::Refused { text, .. }) => {
            (said("refused", Role::Bad, text, side.width).len(), inner.height.into())
        }
        None => (0, 0),
    }
}

/// Draws it.
pub(crate) fn view(model: &Model, area: Rect, buffer: &mut Buffer) {
    let state = &model.preview;
    if state.workload.is_none() {
        let text = "no workload was chosen: `o` on Inventory, Graph and Readiness shows what becomes of the marked one";
        draw(buffer, area, &said("", Role::Dim, text, area.width), 0);
        return;
    }
    let (list, side) = panes(area, state.side.is_some());
    if list.width > 0 {
        table(state, list, buffer);
    }
    let (Some(side), Some(open)) = (side, &state.side) else { return };
    let is_live = state.pane == Pane::Side;
    match open {
        PreviewSide::Question { id, top } => {
            let inner = titled(buffer, side, id.as_str(), is_live);
            let Some(question) = state.question() else { return };
            let (lines, room) = (question_lines(question, inner.width), inner.height.into());
            let top = first_seen(*top, lines.len(), room);
            draw(buffer, inner, &lines, top);
            tell_unseen(buffer, side, unseen(top, lines.len(), room, "PageDown").as_deref());
        }
        PreviewSide::Refused { text, top } => {
            let inner = titled(buffer, side, "refused", is_live);
            draw(buffer, inner, &said("", Role::Bad, text, inner.width), *top);
        }
        PreviewSide::File { path, told, line } => {
            let title = text::tail(path, usize::from(side.width).saturating_sub(30).max(20));
            let inner = titled(buffer, side, &title, is_live);
            file(state, told, *line, inner, buffer);
        }
    }
}

fn table(state: &PreviewState, area: Rect, buffer: &mut Buffer) {
    let Some(told) = &state.told.value else { return waiting(buffer, area, &state.told) };
    let items = state.items();
    let title = Text::of(Role::Dim, "the app ").and(Role::Title, told.app.as_str());
    put_with_place(buffer, area, &title, state.marked, items.len());
    put(buffer, area.x, area.y + 1, area.width, &counts(told));
    let room = usize::from(area.height.saturating_sub(HEAD)).max(1);
    let top = (state.marked + 1).saturating_sub(room);
    for (y, (at, item)) in (area.y + HEAD..area.bottom()).zip(items.iter().enumerate().skip(top)) {
        put(buffer, area.x, y, area.width, &row(item));
        if at == state.marked {
            bar(buffer, area, y);
        }
    }
}

/// How much there is of what.
fn counts(told: &crate::data::Preview) -> Text {
    let of = |is: fn(&FileState) -> bool| told.files.iter().filter(|file| is(&file.state)).count();
    let mut line = Text::default();
    let mut add = |role: Role, count: usize, what: &str| {
        if count > 0 {
            line = std::mem::take(&mut line).and(role, format!("{count} {what}  "));
        }
    };
    add(Role::Bad, told.refused.len(), "refused");
    add(Role::Wait, told.questions.len(), if told.questions.len() == 1 { "question" } else { "questions" });
    add(Role::Bad, of(|state| matches!(state, FileState::Conflict(_))), "in conflict");
    add(Role::Good, of(|state| *state == FileState::Missing), "new");
    add(Role::Wait, of(|state| *state == FileState::Differs), "to change");
    add(Role::Plain, of(|state| *state == FileState::Kept), "as people left them");
    add(Role::Dim, of(|state| *state == FileState::Same), "as they stand");
    line
}

fn row(item: &PreviewItem<'_>) -> Text {
    match item {
        PreviewItem::Refused(text) => Text::of(Role::Bad, "✗ ").and(Role::Plain, *text),
        PreviewItem::Question(question) => {
            Text::of(Role::Wait, format!("? {} ", question.id)).and(Role::Dim, question.text.as_str())
        }
        PreviewItem::File(PreviewFile { path, state, lines }) => {
            let (mark, role, word) = of(state);
            let line = Text::of(role, format!("{mark} ")).and(Role::Plain, path.as_str());
            let line = line.and(Role::Dim, format!("  {lines} lines"));
            if word.is_empty() { line } else { line.and(role, format!(", {word}")) }
        }
    }
}

/// The sign of how a file stands to the disk, how it looks, and the word besides.
fn of(state: &FileState) -> (&'static str, Role, &str) {
    match state {
        FileState::Missing => ("+", Role::Good, "new"),
        FileState::Same => ("=", Role::Dim, ""),
        FileState::Differs => ("~", Role::Wait, "changes"),
        FileState::Kept => ("·", Role::Plain, "as people left it"),
        FileState::Conflict(why) => ("✗", Role::Bad, why),
    }
}

fn question_lines(question: &Question, columns: u16) -> Vec<Text> {
    let mut lines = said("asks", Role::Plain, &question.text, columns);
    lines.extend(said("of", Role::Plain, question.workload.as_str(), columns));
    match question.options.as_slice() {
        [] => lines.extend(said("answers", Role::Dim, "any text that the question understands", columns)),
        options => lines.extend(said("answers", Role::Plain, &options.join(", "), columns)),
    }
    if let Some(assumed) = &question.assumed {
        lines.extend(said("until then", Role::Wait, assumed, columns));
    }
    lines.extend([Text::default(), Text::of(Role::Dim, "a answers it")]);
    lines
}

/// The text above, what is behind the marked line below.
fn split(area: Rect) -> (Rect, Rect) {
    let below = (area.height * 2 / 5).clamp(3.min(area.height), 14);
    let above = area.height.saturating_sub(below);
    (Rect { height: above, ..area }, Rect { y: area.y + above, height: below, ..area })
}

fn file(state: &PreviewState, told: &Loaded<Box<PreviewText>>, marked: usize, area: Rect, buffer: &mut Buffer) {
    let Some(text) = &told.value else { return waiting(buffer, area, told) };
    let (above, below) = split(area);
    let room: usize = above.height.into();
    let top = first_seen(marked.saturating_sub(room / 2), text.lines.len(), room);
    for (y, (at, line)) in (above.y..above.bottom()).zip(text.lines.iter().enumerate().skip(top)) {
        let (mark, role) = if line.is_generated { (' ', Role::Plain) } else { ('!', Role::Wait) };
        let number = Text::of(Role::Dim, format!("{:>4}", at + 1)).and(Role::Wait, format!("{mark} "));
        put(buffer, above.x, y, above.width, &number.and(role, line.text.as_str()));
        if at == marked {
            bar(buffer, above, y);
        }
    }
    let title = match (text.there, text.lines.get(marked)) {
        (false, _) => format!("why line {} would be written", marked + 1),
        (true, Some(line)) if !line.is_generated => format!("line {} is not as it would be written", marked + 1),
        (true, _) => format!("why line {}", marked + 1),
    };
    let inner = titled(buffer, below, &title, state.pane == Pane::Side);
    let mut lines = state.conflict().map(|why| said("conflict", Role::Bad, why, inner.width)).unwrap_or_default();
    let whys = text.lines.get(marked).into_iter().flat_map(|line| &line.why);
    lines.extend(whys.flat_map(|why| behind(why, inner.width)));
    draw(buffer, inner, &lines, 0);
    tell_unseen(buffer, below, unseen(0, lines.len(), inner.height.into(), "Y: caravan why").as_deref());
}

/// A line of what is behind another, with its indentation kept where it is wrapped.
fn behind(why: &str, columns: u16) -> Vec<Text> {
    let indent = why.len() - why.trim_start().len();
    let role = if why.trim_start().starts_with('←') { Role::Title } else { Role::Plain };
    let room = usize::from(columns).saturating_sub(indent + 2).max(8);
    let lines = text::wrap(why.trim_start(), room).into_iter().enumerate();
    lines
        .map(|(at, line)| Text::of(role, format!("{}{line}", " ".repeat(if at == 0 { indent } else { indent + 2 }))))
        .collect()
}
