//! Waves with their runs, and beside them the plan of one.

use super::{body, panes};
use crate::data::{RunRow, WaveRow};
use crate::model::{MembersState, Model, Pane, PlanState, WaveLine};
use crate::text;
use crate::theme::Role;
use crate::widgets::{Text, bar, draw, first_seen, put, tell_unseen, titled, unseen, waiting};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

/// How many lines a plan has, and how many of them are seen.
pub(crate) fn plan_size(plan: &PlanState, size: (u16, u16)) -> (usize, usize) {
    let side = panes(body(size), true).1.unwrap_or_default();
    let lines = plan.told.value.as_ref().map_or(0, |told| plan_lines(&told.lines, side.width).len());
    (lines, side.height.saturating_sub(1).into())
}

/// Draws it.
pub(crate) fn view(model: &Model, area: Rect, buffer: &mut Buffer) {
    let state = &model.waves;
    let (list, side) = panes(area, state.plan.is_some() || state.members.is_some());
    if list.width > 0 {
        waves(model, list, buffer);
    }
    if let (Some(side), Some(steps)) = (side, &state.members) {
        members(steps, state.pane == Pane::Side, side, buffer);
    }
    if let (Some(side), Some(plan)) = (side, &state.plan) {
        let title = format!("Plan of wave {}", plan.wave);
        let inner = titled(buffer, side, &title, state.pane == Pane::Side);
        match &plan.told.value {
            Some(told) => {
                let (lines, room) = (plan_lines(&told.lines, inner.width), inner.height.into());
                let top = first_seen(plan.top, lines.len(), room);
                draw(buffer, inner, &lines, top);
                tell_unseen(buffer, side, unseen(top, lines.len(), room, "PageDown").as_deref());
            }
            None => waiting(buffer, inner, &plan.told),
        }
    }
}

fn members(state: &MembersState, is_live: bool, rule: Rect, buffer: &mut Buffer) {
    let area = titled(buffer, rule, &format!("Steps of wave {}, as they are written", state.wave), is_live);
    let Some(told) = &state.told.value else { return waiting(buffer, area, &state.told) };
    if told.is_empty() {
        put(buffer, area.x, area.y, area.width, &Text::of(Role::Dim, "it has no step"));
    }
    // A step is two lines: whose it is, and what it changes.
    let room = usize::from(area.height / 2).max(1);
    let top = (state.marked + 1).saturating_sub(room);
    tell_unseen(buffer, rule, unseen(top, told.len(), room, "PageDown").as_deref());
    for (row, (at, member)) in (0..).zip(told.iter().enumerate().skip(top).take(room)) {
        let y = area.y + row * 2;
        let line = Text::of(Role::Dim, text::fit(member.what, 10)).and(Role::Plain, member.workload.as_str());
        put(buffer, area.x, y, area.width, &line);
        put(buffer, area.x, y + 1, area.width, &Text::of(Role::Dim, format!("          {}", member.target)));
        if at == state.marked {
            bar(buffer, area, y);
        }
    }
}

fn waves(model: &Model, area: Rect, buffer: &mut Buffer) {
    let state = &model.waves;
    let Some(list) = &state.list.value else { return waiting(buffer, area, &state.list) };
    let rule = area;
    let area = titled(buffer, area, "Waves and their runs", state.pane == Pane::List);
    if list.is_empty() {
        let text = "no wave yet: caravan plan draft NAME --workload ID proposes one";
        put(buffer, area.x, area.y, area.width, &Text::of(Role::Dim, text));
        return;
    }
    let lines = state.lines();
    let top = (state.marked + 1).saturating_sub(area.height.into());
    tell_unseen(buffer, rule, unseen(top, lines.len(), area.height.into(), "PageDown").as_deref());
    for (y, (at, line)) in (area.y..area.bottom()).zip(lines.iter().enumerate().skip(top)) {
        let text = match *line {
            WaveLine::Wave(wave) => list.get(wave).map(wave_line),
            WaveLine::Run(wave, run) => list.get(wave).and_then(|wave| wave.runs.get(run)).map(run_line),
        };
        put(buffer, area.x, y, area.width, &text.unwrap_or_default());
        if at == state.marked {
            bar(buffer, area, y);
        }
    }
}

fn wave_line(wave: &WaveRow) -> Text {
    let WaveRow { wave, hash, approvals, changes, is_production, sealed, .. } = wave;
    let line = Text::of(Role::Title, text::fit(wave, 14));
    let Some(hash) = hash else { return line.and(Role::Dim, "· not sealed") };
    let line = match approvals.as_slice() {
        [] => line.and(Role::Wait, "▶ sealed, not approved"),
        some => line.and(Role::Good, format!("✓ approved by {}", some.join(", "))),
    };
    let production = if *is_production { "  production" } else { "" };
    line.and(Role::Dim, format!("  {changes}{production}  {} {sealed}", hash.get(..8).unwrap_or(hash)))
}

fn run_line(run: &RunRow) -> Text {
    let role = if run.is_over { Role::Dim } else { Role::Busy };
    let waits = match (run.waits.as_str(), run.taken_back.as_str()) {
        ("", "") => String::new(),
        ("", why) => format!("  {why}"),
        (waits, _) => format!("  waits for {waits}"),
    };
    let sign = if run.is_over { "·" } else { "▶" };
    Text::of(role, format!("  {sign} {}  {}", run.name, run.state)).and(Role::Wait, waits)
}

/// The lines of a plan, broken where they are too long; what goes and what comes in its colour besides its sign.
fn plan_lines(lines: &[String], columns: u16) -> Vec<Text> {
    let role = |line: &str| match line.trim_start().chars().next() {
        Some('+') => Role::Good,
        Some('-') => Role::Bad,
        _ => Role::Plain,
    };
    let broken = |line: &String| {
        let indent = line.len() - line.trim_start().len();
        let room = usize::from(columns).saturating_sub(indent).max(10);
        let parts = text::wrap(line.trim_start(), room);
        let role = role(line);
        parts.into_iter().map(move |part| Text::of(role, format!("{}{part}", " ".repeat(indent))))
    };
    lines.iter().flat_map(broken).collect()
}
