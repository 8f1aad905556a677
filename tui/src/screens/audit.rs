//! The runs; or the journal of one of them, entry by entry: who did what when, and how far its chain of hashes is verified.

use super::{body, panes};
use crate::data::{EntryRow, EntryText, JournalFacts, RunRow};
use crate::model::{AuditState, EntryState, Model, Pane};
use crate::text;
use crate::theme::Role;
use crate::widgets::{Text, bar, draw, first_seen, put, put_with_place, tell_unseen, titled, unseen, waiting};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

/// Lines above the entries, beside what stands outside of these: the run, the chain, and the headings.
const HEAD: u16 = 3;

/// Lines for what stands outside of the entries.
const BESIDE: u16 = 3;

/// How many runs are seen in a terminal of this size.
pub(crate) fn runs_seen(size: (u16, u16)) -> usize {
    body(size).height.saturating_sub(1).into()
}

/// How many entries are seen in a terminal of this size.
pub(crate) fn rows(size: (u16, u16)) -> usize {
    body(size).height.saturating_sub(HEAD + BESIDE).into()
}

/// How many lines an entry has, and how many of them are seen.
pub(crate) fn entry_size(entry: &EntryState, size: (u16, u16)) -> (usize, usize) {
    let side = panes(body(size), true).1.unwrap_or_default();
    let lines = entry.told.value.as_ref().map_or(0, |told| entry_lines(told, side.width).len());
    (lines, side.height.saturating_sub(1).into())
}

/// Draws it.
pub(crate) fn view(model: &Model, area: Rect, buffer: &mut Buffer) {
    let state = &model.audit;
    let Some(run) = &state.run else { return runs(model, area, buffer) };
    let (list, side) = panes(area, state.entry.is_some());
    if list.width > 0 {
        journal(state, run, list, buffer);
    }
    let (Some(side), Some(entry)) = (side, &state.entry) else { return };
    let inner = titled(buffer, side, &format!("Entry {}", entry.sequence), state.pane == Pane::Side);
    let Some(told) = &entry.told.value else { return waiting(buffer, inner, &entry.told) };
    let (lines, room) = (entry_lines(told, inner.width), inner.height.into());
    let top = first_seen(entry.top, lines.len(), room);
    draw(buffer, inner, &lines, top);
    tell_unseen(buffer, side, unseen(top, lines.len(), room, "PageDown").as_deref());
}

fn runs(model: &Model, rule: Rect, buffer: &mut Buffer) {
    let Some(_) = &model.waves.list.value else { return waiting(buffer, rule, &model.waves.list) };
    let area = titled(buffer, rule, "Every run: Enter shows its journal", true);
    let (count, room) = (model.waves.runs().count(), usize::from(area.height));
    if count == 0 {
        let text = "no run yet: what people did of a run stands here once a wave was started";
        put(buffer, area.x, area.y, area.width, &Text::of(Role::Dim, text));
    }
    let marked = model.audit.marked.min(count.saturating_sub(1));
    let top = (marked + 1).saturating_sub(room);
    tell_unseen(buffer, rule, unseen(top, count, room, "PageDown").as_deref());
    for (y, (at, (wave, run))) in (area.y..area.bottom()).zip(model.waves.runs().enumerate().skip(top)) {
        put(buffer, area.x, y, area.width, &run_line(&wave.wave, run));
        if at == marked {
            bar(buffer, area, y);
        }
    }
}

fn run_line(wave: &str, run: &RunRow) -> Text {
    let (sign, role) = if run.is_over { ("·", Role::Dim) } else { ("▶", Role::Busy) };
    Text::of(role, format!("{sign} {}  ", run.name))
        .and(Role::Plain, format!("{}  ", run.state))
        .and(Role::Dim, format!("wave {wave}"))
}

fn journal(state: &AuditState, run: &str, area: Rect, buffer: &mut Buffer) {
    let list = &state.list;
    let Some(window) = &list.window.value else { return waiting(buffer, area, &list.window) };
    let what = if state.people { "what people did in " } else { "all entries of " };
    let line = Text::of(if state.people { Role::Wait } else { Role::Dim }, what).and(Role::Title, run);
    put_with_place(buffer, area, &line, list.marked, window.total);
    put(buffer, area.x, area.y + 1, area.width, &chain(&state.facts));
    draw(buffer, Rect { y: area.y + 2, height: BESIDE, ..area }, &beside(&state.facts), 0);
    let heads = area.y + 2 + BESIDE;
    let columns = Columns::of(area.width);
    put(buffer, area.x, heads, area.width, &Text::of(Role::Title, columns.heading()));
    if window.total == 0 {
        let text = match (state.people, state.facts.is_told()) {
            (true, true) => "nobody did anything of it",
            (true, false) => "nobody did anything of it, as far as it was read",
            (false, _) => "it has no entry yet: nobody has driven it",
        };
        put(buffer, area.x, heads + 1, area.width, &Text::of(Role::Dim, text));
    }
    for (y, at) in (heads + 1..area.bottom()).zip(list.top..window.total) {
        let line = list.row(at).map_or_else(|| Text::of(Role::Dim, "…"), |row| columns.row(row));
        put(buffer, area.x, y, area.width, &line);
        if at == list.marked {
            bar(buffer, area, y);
        }
    }
}

/// How far the chain is verified.
fn chain(facts: &JournalFacts) -> Text {
    let JournalFacts { entries, verified, broken, .. } = facts;
    match broken {
        Some(at) => Text::of(
            Role::Bad,
            format!("✗ the chain is broken at entry {at} of {entries}: somebody changed the journal"),
        ),
        None if verified >= entries => Text::of(Role::Good, format!("✓ chain verified, all {entries} entries")),
        None => Text::of(Role::Busy, format!("… chain verified up to entry {verified} of {entries}")),
    }
}

/// What stands outside of the entries: the newest where there is not room for all.
fn beside(facts: &JournalFacts) -> Vec<Text> {
    let room = usize::from(BESIDE);
    let line = |said: &String| Text::of(Role::Dim, said.clone());
    if facts.beside.len() <= room {
        return facts.beside.iter().map(line).collect();
    }
    let skipped = facts.beside.len() + 1 - room;
    let more = Text::of(Role::Dim, format!("and {skipped} before: caravan plan show, caravan cutover audit"));
    std::iter::once(more).chain(facts.beside.iter().skip(skipped).map(line)).collect()
}

/// How wide each column is.
struct Columns {
    who: usize,
    event: usize,
}

impl Columns {
    fn of(width: u16) -> Self {
        if width < 110 { Self { who: 9, event: 15 } } else { Self { who: 16, event: 18 } }
    }

    fn heading(&self) -> String {
        let (who, event) = (text::fit("WHO", self.who), text::fit("WHAT", self.event));
        format!("{:>6} {:<20} {who} {event} EPOCH", "ENTRY", "AT")
    }

    fn row(&self, row: &EntryRow) -> Text {
        let EntryRow { sequence, at, epoch, who, event, detail } = row;
        let detail = detail.trim_start_matches([':', ',', ' ']);
        Text::of(Role::Dim, format!("{sequence:>6} {at:<20} "))
            .and(Role::Title, format!("{} ", text::fit(who, self.who)))
            .and(if who.is_empty() { Role::Plain } else { Role::Wait }, format!("{} ", text::fit(event, self.event)))
            .and(Role::Dim, format!("{epoch} "))
            .and(Role::Plain, detail)
    }
}

fn entry_lines(told: &EntryText, columns: u16) -> Vec<Text> {
    let broken = |line: &String| {
        let indent = line.len() - line.trim_start().len();
        let room = usize::from(columns).saturating_sub(indent).max(10);
        let parts = text::wrap(line.trim_start(), room).into_iter();
        parts.map(move |part| Text::of(Role::Plain, format!("{}{part}", " ".repeat(indent))))
    };
    told.lines.iter().flat_map(broken).collect()
}
