//! Beside a run's steps: what must hold before the next, what both sides said, who drives it, how long the way back stays open,
//! what can be done, and what happened last.

use crate::data::{Gate, RunView};
use crate::model::Model;
use crate::text;
use crate::theme::Role;
use crate::widgets::{Text, draw, said, titled};
use caravan_cutover::operator::{RunState, RunStatus, Said, SoakStatus};
use caravan_cutover_engine::Moment;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

/// Seconds after which a driver's silence is told as one.
const SILENT: u64 = 10;

/// Draws it.
pub(super) fn view(model: &Model, view: &RunView, area: Rect, buffer: &mut Buffer) {
    let area = titled(buffer, area, "Gate, sides, driver, way back", true);
    let mut lines = Vec::new();
    lines.extend(view.gate.as_ref().map(|gate| gate_lines(gate, view.now, area.width)).unwrap_or_default());
    lines.extend(sides(&view.status, area.width));
    lines.extend(driver(&view.status, area.width));
    lines.extend(said("way back", Role::Plain, &way_back(&view.status), area.width));
    lines.extend(commands(&view.status, area.width));
    // The commands are whole or not there: half a command is none.
    for next in &view.next {
        lines.extend(said("next", Role::Plain, &format!("{}: {}", next.does, next.command), area.width));
    }
    let room = usize::from(area.height).saturating_sub(lines.len());
    if room > 1 && !view.events.is_empty() {
        let skipped = view.events.len().saturating_sub(room - 1);
        lines.push(Text::of(Role::Title, "last entries of the journal"));
        lines.extend(view.events.iter().skip(skipped).map(|event| Text::of(Role::Dim, event.clone())));
    }
    if lines.len() > usize::from(area.height) {
        lines.truncate(usize::from(area.height).saturating_sub(1));
        let options = &model.place.options;
        let run = &view.status.run;
        lines.push(Text::of(Role::Dim, format!("… caravan {options}cutover status {run}")));
    }
    draw(buffer, area, &lines, 0);
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
        (_, Some(SoakStatus { until, approved_by, .. })) => {
            let by = match approved_by.as_slice() {
                [] => String::new(),
                some => format!(", {} has approved that", some.join(", ")),
            };
            format!("open; two persons may close it from {until} on{by}")
        }
        _ => "open until the run is released or finalised".to_owned(),
    }
}

/// What people want of it and no driver has taken in, and what drivers refused.
fn commands(status: &RunStatus, columns: u16) -> Vec<Text> {
    let queued = status.queued.iter().map(|queued| ("queued", Role::Wait, queued.to_string()));
    let refused = status.refused.iter().map(|refused| ("refused", Role::Bad, refused.to_string()));
    queued.chain(refused).flat_map(|(name, role, text)| said(name, role, &text, columns)).collect()
}
