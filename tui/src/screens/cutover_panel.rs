//! Beside a run's stages: what must hold before the next, what both sides said, who drives it, how long the way back stays open,
//! what can be done, and what happened last.

use crate::data::{Gate, RunView};
use crate::model::{Model, Pane};
use crate::text::{self, span};
use crate::theme::Role;
use crate::widgets::{Text, draw, first_seen, said, tell_unseen, titled, unseen};
use caravan_cutover::operator::{RunState, RunStatus, Said, SoakStatus};
use caravan_cutover_engine::Moment;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

/// Seconds after which a driver's silence is told as one.
const SILENT: u64 = 10;

/// How many of the last entries are there to be read where they are not all seen.
const ENTRIES: usize = 10;

/// Draws it.
pub(super) fn view(model: &Model, view: &RunView, rule: Rect, buffer: &mut Buffer) {
    let is_live = model.cutover.pane == Pane::Side;
    let area = titled(buffer, rule, "Gate, way back, driver, sides", is_live);
    let lines = lines(view, area.width, area.height.into());
    let room = usize::from(area.height);
    let top = first_seen(model.cutover.top, lines.len(), room);
    draw(buffer, area, &lines, top);
    let key = if is_live { "PageDown" } else { "Tab" };
    tell_unseen(buffer, rule, unseen(top, lines.len(), room, key).as_deref());
}

/// How many lines it has in such a place, and how many of them are seen at once.
pub(super) fn size(view: &RunView, area: Rect) -> (usize, usize) {
    let room = area.height.saturating_sub(1).into();
    (lines(view, area.width, room).len(), room)
}

/// What is needed first stands first: a small terminal shows no more.
fn lines(view: &RunView, columns: u16, room: usize) -> Vec<Text> {
    let mut lines = Vec::new();
    lines.extend(view.gate.as_ref().map(|gate| gate_lines(gate, view.now, columns)).unwrap_or_default());
    lines.extend(said("way back", Role::Plain, &way_back(&view.status), columns));
    lines.extend(driver(&view.status, columns));
    lines.extend(refused(&view.status, columns));
    lines.extend(sides(&view.status, columns));
    for next in &view.next {
        lines.extend(said("next", Role::Plain, &format!("{}: {}", next.does, next.command), columns));
    }
    if !view.events.is_empty() {
        let left = room.saturating_sub(lines.len() + 1);
        let shown = if left == 0 { ENTRIES } else { left };
        lines.push(Text::of(Role::Title, "last entries of the journal"));
        let skipped = view.events.len().saturating_sub(shown);
        lines.extend(view.events.iter().skip(skipped).map(|event| Text::of(Role::Dim, event.clone())));
    }
    lines
}

fn gate_lines(gate: &Gate, now: Moment, columns: u16) -> Vec<Text> {
    let mut lines = said("gate", Role::Plain, &gate.asks, columns);
    let passed = gate.since.map_or(0, |since| now.0.saturating_sub(since.0)).min(gate.lasts_ms);
    let left = gate.lasts_ms.saturating_sub(passed);
    let cells = 10;
    let full = usize::try_from(passed.saturating_mul(cells as u64) / gate.lasts_ms.max(1)).unwrap_or(cells);
    let bar = format!("{}{}", "█".repeat(full), "░".repeat(cells - full.min(cells)));
    let left = if gate.since.is_none() { "not begun".to_owned() } else { format!("{} left", text::span(left)) };
    let line = format!(" {} of {} rounds, {left}", gate.rounds.min(gate.wanted), gate.wanted);
    lines.push(Text::of(Role::Dim, text::fit("", 11)).and(Role::Busy, bar).and(Role::Plain, line));
    lines
}

/// What both sides said when they were last asked.
fn sides(status: &RunStatus, columns: u16) -> Vec<Text> {
    let Some(since) = &status.since else { return Vec::new() };
    let sides = [("old side", &since.old_side), ("new side", &since.new_side)];
    let lines = sides.into_iter().flat_map(|(name, side)| match side {
        Some(Said { passed, text, at }) => {
            let (sign, role) = if *passed { ("✓", Role::Good) } else { ("✗", Role::Bad) };
            said(name, role, &format!("{sign} {text} ({at})"), columns)
        }
        None => said(name, Role::Dim, "not asked yet", columns),
    });
    lines.collect()
}

fn driver(status: &RunStatus, columns: u16) -> Vec<Text> {
    let is_over = status.state.is_over();
    let Some(driver) = &status.driver else {
        let text = if is_over { "it is over" } else { "! nobody has driven it yet: D starts a driver" };
        return said("driver", if is_over { Role::Dim } else { Role::Wait }, text, columns);
    };
    let silent =
        driver.silent_seconds.map_or_else(String::new, |seconds| format!(", last sign of life {seconds} s ago"));
    let is_silent = driver.silent_seconds.is_some_and(|seconds| seconds > SILENT);
    let (role, text) = match (driver.drives, is_over) {
        (_, true) => (Role::Dim, format!("it is over; {} drove it", driver.name)),
        (true, _) if is_silent => (Role::Wait, format!("! {}{silent}", driver.name)),
        (true, _) => (Role::Good, format!("✓ {}{silent}", driver.name)),
        (false, _) => (Role::Bad, format!("! nobody drives it: D starts a driver; last was {}{silent}", driver.name)),
    };
    let mut lines = said("driver", role, &text, columns);
    if let Some(broken) = &driver.lease_broken {
        lines.extend(said("", Role::Wait, &format!("its lease was broken by {broken}"), columns));
    }
    lines
}

/// How the way back stands, and how long it stays open.
fn way_back(status: &RunStatus) -> String {
    match (status.state, &status.soak) {
        (RunState::Done | RunState::EndedElsewhere, _) => "closed: the run is over".to_owned(),
        (RunState::RolledBack, _) => "gone: everything is as it was".to_owned(),
        (_, Some(SoakStatus { no_way_back: true, .. })) => "closed: the first final write was made".to_owned(),
        (_, Some(SoakStatus { left_seconds, approved_by, .. })) => {
            let by = match approved_by.as_slice() {
                [] => String::new(),
                some => format!(", {} has approved that", some.join(", ")),
            };
            let when =
                if *left_seconds == 0 { "now".to_owned() } else { format!("after {} more", span(left_seconds * 1000)) };
            format!("open; two persons may close it {when}{by}")
        }
        _ => "open until the run is released or finalised".to_owned(),
    }
}

/// What drivers refused of what people wanted.
fn refused(status: &RunStatus, columns: u16) -> Vec<Text> {
    status.refused.iter().flat_map(|refused| said("refused", Role::Bad, &refused.to_string(), columns)).collect()
}
