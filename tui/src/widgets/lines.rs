//! Lines of text in parts, each with its role.

use crate::text;
use crate::theme::Role;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

/// One line: parts with their roles, from the left.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub(crate) struct Text(pub(crate) Vec<(Role, String)>);

impl Text {
    /// A line of one part.
    pub(crate) fn of(role: Role, text: impl Into<String>) -> Self {
        Self(vec![(role, text.into())])
    }

    /// With one more part.
    pub(crate) fn and(mut self, role: Role, text: impl Into<String>) -> Self {
        self.0.push((role, text.into()));
        self
    }

    /// How many columns it takes.
    pub(crate) fn width(&self) -> usize {
        self.0.iter().map(|(_, part)| text::width(part)).sum()
    }
}

/// Writes a line at a place, cut to so many columns; gives the column after it.
pub(crate) fn put(buffer: &mut Buffer, x: u16, y: u16, columns: u16, line: &Text) -> u16 {
    let mut at = x;
    let end = x.saturating_add(columns);
    for (role, part) in &line.0 {
        let room = end.saturating_sub(at);
        if room == 0 || !buffer.area.contains((at, y).into()) {
            break;
        }
        let part = text::cut(part, room.into());
        at = buffer.set_stringn(at, y, &part, room.into(), role.style()).0;
    }
    at
}

/// Writes the line above a list: what is listed, and at the right which row is marked of how many.
pub(crate) fn put_with_place(buffer: &mut Buffer, area: Rect, line: &Text, marked: usize, total: usize) {
    let place = if total == 0 { 0 } else { marked + 1 };
    let count = format!("{place} of {total}");
    let wide = u16::try_from(text::width(&count)).unwrap_or(0).min(area.width);
    put(buffer, area.x, area.y, area.width.saturating_sub(wide + 2), line);
    put(buffer, area.right() - wide, area.y, wide, &Text::of(Role::Dim, count));
}

/// Writes lines below each other, as many as there is room for, from one of them on. Gives how many were written.
pub(crate) fn draw(buffer: &mut Buffer, area: Rect, lines: &[Text], from: usize) -> u16 {
    let shown = lines.iter().skip(from).take(area.height.into());
    let mut count = 0;
    for (line, y) in shown.zip(area.y..) {
        put(buffer, area.x, y, area.width, line);
        count += 1;
    }
    count
}

/// Where a text of so many lines begins in a place for so many, when it is to begin at one of them: there is always as much of
/// it as there is room for.
pub(crate) fn first_seen(top: usize, lines: usize, room: usize) -> usize {
    top.min(lines.saturating_sub(room))
}

/// How much of a text is not seen, above and below, and the key that shows it; none where all of it is seen.
pub(crate) fn unseen(from: usize, lines: usize, room: usize, key: &str) -> Option<String> {
    let below = lines.saturating_sub(from.saturating_add(room));
    match (from, below) {
        (0, 0) => None,
        (0, below) => Some(format!("▼ {below} more below ({key})")),
        (above, 0) => Some(format!("▲ {above} more above")),
        (above, below) => Some(format!("▲ {above}  ▼ {below} more below ({key})")),
    }
}

/// Says at the right of a rule how much of what stands below it is not seen.
pub(crate) fn tell_unseen(buffer: &mut Buffer, rule: Rect, unseen: Option<&str>) {
    let Some(unseen) = unseen else { return };
    let line = Text::of(Role::Wait, format!(" {unseen} "));
    let wide = u16::try_from(text::width(unseen) + 2).unwrap_or(rule.width).min(rule.width);
    put(buffer, rule.right() - wide, rule.y, wide, &line);
}

/// Marks a whole row: where the keyboard is.
pub(crate) fn bar(buffer: &mut Buffer, area: Rect, y: u16) {
    buffer.set_style(Rect { y, height: 1, ..area }, Role::Marked.style());
}

/// A line across, with a title in it.
fn rule(buffer: &mut Buffer, area: Rect, title: &str, is_live: bool) {
    let role = if is_live { Role::Title } else { Role::Dim };
    let title = if title.is_empty() { String::new() } else { format!(" {title} ") };
    let title = text::cut(&title, usize::from(area.width).saturating_sub(4));
    let rest = usize::from(area.width).saturating_sub(text::width(&title) + 2);
    let line = Text::of(Role::Dim, "──").and(role, title).and(Role::Dim, "─".repeat(rest));
    put(buffer, area.x, area.y, area.width, &line);
}

/// A rule with a title, and what is left below it.
pub(crate) fn titled(buffer: &mut Buffer, area: Rect, title: &str, is_live: bool) -> Rect {
    rule(buffer, area, title, is_live);
    Rect { y: area.y + 1, height: area.height.saturating_sub(1), ..area }
}

/// A name and what is said of it, in lines of so many columns.
pub(crate) fn said(name: &str, role: Role, text: &str, columns: u16) -> Vec<Text> {
    let indent = 11;
    let room = usize::from(columns).saturating_sub(indent).max(8);
    let lines = text::wrap(text, room).into_iter().enumerate();
    let line = |(at, line): (usize, String)| {
        let name = if at == 0 { name } else { "" };
        Text::of(Role::Dim, text::fit(name, indent)).and(role, line)
    };
    lines.map(line).collect()
}
