//! Customers' hostnames: of which class each is and what has to be known of it, and beside them all of one.

use super::{body, inventory, panes};
use crate::data::DomainRow;
use crate::model::{DomainState, DomainsState, Model, Pane};
use crate::text;
use crate::theme::Role;
use crate::widgets::{Text, bar, draw, first_seen, put, put_with_place, tell_unseen, titled, unseen, waiting};
use caravan_plans::domains::{Class, FlagKind};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

/// Lines above the rows: what is looked for, and the headings.
const HEAD: u16 = 2;

/// From this width on flags are named, below it they are counted.
const NAMED: usize = 100;

/// How many rows are seen in a terminal of this size.
pub(crate) fn rows(size: (u16, u16)) -> usize {
    body(size).height.saturating_sub(HEAD).into()
}

/// How many lines a detail has, and how many of them are seen.
pub(crate) fn detail_size(detail: &DomainState, size: (u16, u16)) -> (usize, usize) {
    let side = panes(body(size), true).1.unwrap_or_default();
    let told = detail.told.value.as_ref();
    let lines = told.map_or(0, |told| inventory::section_lines(&told.sections, side.width).len());
    (lines, side.height.saturating_sub(1).into())
}

/// Draws it.
pub(crate) fn view(model: &Model, area: Rect, buffer: &mut Buffer) {
    let state = &model.domains;
    let (list, side) = panes(area, state.detail.is_some());
    if list.width > 0 {
        table(state, list, buffer);
    }
    let (Some(side), Some(detail)) = (side, &state.detail) else { return };
    let inner = titled(buffer, side, &detail.hostname, state.pane == Pane::Side);
    let Some(told) = &detail.told.value else { return waiting(buffer, inner, &detail.told) };
    let (lines, room) = (inventory::section_lines(&told.sections, inner.width), inner.height.into());
    let top = first_seen(detail.top, lines.len(), room);
    draw(buffer, inner, &lines, top);
    tell_unseen(buffer, side, unseen(top, lines.len(), room, "PageDown").as_deref());
}

fn table(state: &DomainsState, area: Rect, buffer: &mut Buffer) {
    let list = &state.list;
    let Some(window) = &list.window.value else { return waiting(buffer, area, &list.window) };
    let line = match state.text.as_str() {
        "" => Text::of(Role::Dim, "every hostname of a customer"),
        text => Text::of(Role::Dim, "hostnames and customers with ").and(Role::Wait, text),
    };
    put_with_place(buffer, area, &line, list.marked, window.total);
    let columns = Columns::of(area.width);
    let heading = columns.line(["HOSTNAME", "CLASS", "STATE", "CUSTOMER"]);
    put(buffer, area.x, area.y + 1, area.width, &Text::of(Role::Title, format!("{heading}FLAGS")));
    if window.total == 0 {
        let text = match state.text.as_str() {
            "" => "no hostname of a customer is known: caravan domains import FILE takes a list in",
            _ => "nothing has that",
        };
        put(buffer, area.x, area.y + HEAD, area.width, &Text::of(Role::Dim, text));
    }
    for (y, at) in (area.y + HEAD..area.bottom()).zip(list.top..window.total) {
        let line = list.row(at).map_or_else(|| Text::of(Role::Dim, "…"), |row| columns.row(row));
        put(buffer, area.x, y, area.width, &line);
        if at == list.marked {
            bar(buffer, area, y);
        }
    }
}

/// How wide each column is, and whether flags are named.
struct Columns {
    widths: [usize; 4],
    named: bool,
}

impl Columns {
    fn of(width: u16) -> Self {
        let width = usize::from(width);
        let named = width >= NAMED;
        let (customer, flags) = if named { (24, width * 3 / 10) } else { (16, 6) };
        Self { widths: [width.saturating_sub(6 + 11 + customer + flags).max(10), 6, 11, customer], named }
    }

    fn line(&self, cells: [&str; 4]) -> String {
        self.widths.iter().zip(cells).map(|(width, cell)| format!("{} ", text::fit(cell, width - 1))).collect()
    }

    fn row(&self, row: &DomainRow) -> Text {
        let class = row.class.map_or("?", Class::as_str);
        let customer = if row.customer.is_empty() { "?" } else { &row.customer };
        let role = if row.class.is_some() { Role::Plain } else { Role::Wait };
        let flags: Vec<&str> = row.flags.iter().copied().map(FlagKind::as_str).collect();
        let flags = match flags.as_slice() {
            [] => String::new(),
            _ if self.named => flags.join(", "),
            _ => format!("! {}", flags.len()),
        };
        Text::of(role, self.line([&row.hostname, class, row.state, customer])).and(Role::Wait, flags)
    }
}
