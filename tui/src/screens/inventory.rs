//! Every workload that was found: a table of which only what is seen is read, and beside it everything about one of them.

use super::{body, panes};
use crate::data::{Row, Section};
use crate::model::{DetailState, Model, Pane};
use crate::text;
use crate::theme::Role;
use crate::widgets::{Text, bar, draw, first_seen, put, put_with_place, tell_unseen, titled, unseen, waiting};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

/// Lines above the rows: what is filtered, and the headings.
const HEAD: u16 = 2;

/// How many rows are seen in a terminal of this size.
pub(crate) fn rows(size: (u16, u16)) -> usize {
    body(size).height.saturating_sub(HEAD).into()
}

/// How many lines a detail has, and how many of them are seen.
pub(crate) fn detail_size(detail: &DetailState, size: (u16, u16)) -> (usize, usize) {
    let side = panes(body(size), true).1.unwrap_or_default();
    let lines = detail.told.value.as_ref().map_or(0, |told| section_lines(&told.sections, side.width).len());
    (lines, side.height.saturating_sub(1).into())
}

/// Draws it.
pub(crate) fn view(model: &Model, area: Rect, buffer: &mut Buffer) {
    let state = &model.inventory;
    let (list, side) = panes(area, state.detail.is_some());
    if list.width > 0 {
        table(model, list, buffer);
    }
    if let (Some(side), Some(detail)) = (side, &state.detail) {
        let inner = titled(buffer, side, detail.id.as_str(), state.pane == Pane::Side);
        match &detail.told.value {
            Some(told) => {
                let (lines, room) = (section_lines(&told.sections, inner.width), inner.height.into());
                let top = first_seen(detail.top, lines.len(), room);
                draw(buffer, inner, &lines, top);
                tell_unseen(buffer, side, unseen(top, lines.len(), room, "PageDown").as_deref());
            }
            None => waiting(buffer, inner, &detail.told),
        }
    }
}

fn table(model: &Model, area: Rect, buffer: &mut Buffer) {
    let state = &model.inventory;
    let Some(window) = &state.list.window.value else { return waiting(buffer, area, &state.list.window) };
    let filter = match state.text.as_str() {
        "" => Text::of(Role::Dim, "all workloads"),
        text => Text::of(Role::Dim, "where ").and(Role::Wait, text),
    };
    put_with_place(buffer, area, &filter, state.list.marked, window.total);
    let columns = Columns::of(area.width);
    let heading = columns.line(["KIND", "NAME", "TEAM", "ENVIRONMENT", "ACCOUNT", "REGION"]);
    put(buffer, area.x, area.y + 1, area.width, &Text::of(Role::Title, heading));
    if window.total == 0 {
        let text =
            if state.text.is_empty() { "the inventory is empty: caravan discover fills it" } else { "nothing fits" };
        put(buffer, area.x, area.y + HEAD, area.width, &Text::of(Role::Dim, text));
    }
    for (y, at) in (area.y + HEAD..area.bottom()).zip(state.list.top..window.total) {
        let line = match state.list.row(at) {
            Some(row) => Text::of(Role::Plain, columns.row(row)),
            None => Text::of(Role::Dim, "…"),
        };
        put(buffer, area.x, y, area.width, &line);
        if at == state.list.marked {
            bar(buffer, area, y);
        }
    }
}

/// How wide each column is: what matters least gives way first.
struct Columns([usize; 6]);

impl Columns {
    fn of(width: u16) -> Self {
        let width = usize::from(width);
        let (account, region) = match width {
            0..75 => (0, 0),
            75..95 => (0, 14),
            _ => (14, 14),
        };
        let fixed = 7 + 15 + 13 + account + region;
        Self([7, width.saturating_sub(fixed).max(10), 15, 13, account, region])
    }

    fn line(&self, cells: [&str; 6]) -> String {
        let parts = self.0.iter().zip(cells).filter(|(width, _)| **width > 0);
        parts.map(|(width, cell)| format!("{} ", text::fit(cell, width - 1))).collect()
    }

    fn row(&self, row: &Row) -> String {
        let Row { kind, name, team, environment, account, region, .. } = row;
        self.line([kind, name, team, environment, account, region])
    }
}

/// What is known, subject by subject, each fact with what shows it.
pub(super) fn section_lines(sections: &[Section], columns: u16) -> Vec<Text> {
    let columns = usize::from(columns);
    let mut lines = Vec::new();
    for section in sections {
        if !lines.is_empty() {
            lines.push(Text::default());
        }
        lines.push(Text::of(Role::Title, section.title.clone()));
        for fact in &section.facts {
            let wrapped = text::wrap(&fact.text, columns.saturating_sub(2));
            lines.extend(wrapped.into_iter().map(|line| Text::of(Role::Plain, format!("  {line}"))));
            if !fact.evidence.is_empty() {
                let wrapped = text::wrap(&fact.evidence, columns.saturating_sub(4));
                lines.extend(wrapped.into_iter().map(|line| Text::of(Role::Dim, format!("    {line}"))));
            }
        }
    }
    lines
}
