//! What should become of each workload, and beside it all that was found about one: each note with its evidence and its remedy.

use super::{body, panes};
use crate::data::{Assessed, ReadinessRow};
use crate::model::{AssessedState, Model, Pane, ReadinessState};
use crate::text;
use crate::theme::Role;
use crate::widgets::{Text, bar, draw, first_seen, put, put_with_place, said, tell_unseen, titled, unseen, waiting};
use caravan_plans::readiness::{Note, Severity, Verdict};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

/// Lines above the rows: what is shown, how many have each verdict, and the headings.
const HEAD: u16 = 3;

/// How many places of a note are told; the command line has them all.
const PLACES: usize = 5;

/// How many rows are seen in a terminal of this size.
pub(crate) fn rows(size: (u16, u16)) -> usize {
    body(size).height.saturating_sub(HEAD).into()
}

/// How many lines a detail has, and how many of them are seen.
pub(crate) fn detail_size(detail: &AssessedState, size: (u16, u16)) -> (usize, usize) {
    let side = panes(body(size), true).1.unwrap_or_default();
    let lines = detail.told.value.as_ref().map_or(0, |told| lines(told, side.width).len());
    (lines, side.height.saturating_sub(1).into())
}

/// Draws it.
pub(crate) fn view(model: &Model, area: Rect, buffer: &mut Buffer) {
    let state = &model.readiness;
    let (list, side) = panes(area, state.detail.is_some());
    if list.width > 0 {
        table(state, list, buffer);
    }
    let (Some(side), Some(detail)) = (side, &state.detail) else { return };
    let inner = titled(buffer, side, detail.id.as_str(), state.pane == Pane::Side);
    let Some(told) = &detail.told.value else { return waiting(buffer, inner, &detail.told) };
    let (lines, room) = (lines(told, inner.width), inner.height.into());
    let top = first_seen(detail.top, lines.len(), room);
    draw(buffer, inner, &lines, top);
    tell_unseen(buffer, side, unseen(top, lines.len(), room, "PageDown").as_deref());
}

fn table(state: &ReadinessState, area: Rect, buffer: &mut Buffer) {
    let list = &state.list;
    let Some(window) = &list.window.value else { return waiting(buffer, area, &list.window) };
    put_with_place(buffer, area, &shown(state), list.marked, window.total);
    put(buffer, area.x, area.y + 1, area.width, &counts(state));
    let columns = Columns::of(area.width);
    let heading = columns.cells("VERDICT", "BLOCK", "WARN", "KIND", "NAME", "TEAM");
    put(buffer, area.x, area.y + 2, area.width, &Text::of(Role::Title, heading.concat()));
    if window.total == 0 {
        let text = if state.progress.is_whole() { "nothing fits" } else { "nothing fits yet" };
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

/// What is shown: the filter, and what besides.
fn shown(state: &ReadinessState) -> Text {
    let mut line = match state.sieve.text.as_str() {
        "" => Text::of(Role::Dim, "all workloads"),
        text => Text::of(Role::Dim, "where ").and(Role::Wait, text),
    };
    match state.sieve.severity {
        Some(Severity::Blocker) => line = line.and(Role::Dim, ", with a ").and(Role::Wait, "blocker"),
        Some(severity) => {
            line = line.and(Role::Dim, ", with a ").and(Role::Wait, format!("{} or graver", severity.as_str()));
        }
        None => {}
    }
    match state.sieve.verdict {
        Some(verdict) => line.and(Role::Dim, ", to ").and(Role::Wait, verdict.as_str()),
        None => line,
    }
}

/// How many have each verdict, as far as it is known.
fn counts(state: &ReadinessState) -> Text {
    let progress = &state.progress;
    let mut line = Text::default();
    for (verdict, count) in &progress.verdicts {
        line = line.and(of(*verdict).1, format!("{count} {}  ", verdict.as_str()));
    }
    match progress.is_whole() {
        true => line,
        false => line.and(Role::Busy, format!("… {} of {} assessed", progress.assessed, progress.of)),
    }
}

/// The sign of a verdict, and how it looks.
const fn of(verdict: Verdict) -> (&'static str, Role) {
    match verdict {
        Verdict::Move => ("✓", Role::Good),
        Verdict::Retire | Verdict::Keep | Verdict::Replace => ("·", Role::Plain),
        Verdict::Undecided => ("?", Role::Wait),
    }
}

/// The sign of a severity, and how it looks.
const fn sign(severity: Severity) -> (&'static str, Role) {
    match severity {
        Severity::Blocker => ("✗", Role::Bad),
        Severity::Warning => ("!", Role::Wait),
        Severity::Info => ("·", Role::Dim),
    }
}

/// How wide name and team are: the rest is as wide as it is.
struct Columns {
    name: usize,
    team: usize,
}

impl Columns {
    fn of(width: u16) -> Self {
        let team = if width < 70 { 12 } else { 18 };
        Self { name: usize::from(width).saturating_sub(12 + 6 + 6 + 7 + team).max(10), team }
    }

    fn cells(&self, verdict: &str, blockers: &str, warnings: &str, kind: &str, name: &str, team: &str) -> [String; 4] {
        let rest = format!("{} {} {}", text::fit(kind, 6), text::fit(name, self.name - 1), text::fit(team, self.team));
        [text::fit(verdict, 12), format!("{blockers:>5} "), format!("{warnings:>5} "), rest]
    }

    fn row(&self, row: &ReadinessRow) -> Text {
        let ((mark, role), [blockers, warnings, _]) = (of(row.verdict), row.notes);
        let verdict = format!("{mark} {}", row.verdict.as_str());
        let count = |count: usize| if count == 0 { "–".to_owned() } else { count.to_string() };
        let [verdict, block, warn, rest] =
            self.cells(&verdict, &count(blockers), &count(warnings), row.kind, &row.name, &row.team);
        let as_is = |count: usize, severity| if count == 0 { Role::Dim } else { sign(severity).1 };
        Text::of(role, verdict)
            .and(as_is(blockers, Severity::Blocker), block)
            .and(as_is(warnings, Severity::Warning), warn)
            .and(Role::Plain, rest)
    }
}

/// Everything about one workload.
fn lines(told: &Assessed, columns: u16) -> Vec<Text> {
    let assessment = &told.assessment;
    let (mark, role) = of(assessment.verdict);
    let how = assessment.how.map(|how| format!(" ({})", how.as_str())).unwrap_or_default();
    let mut lines = said("verdict", role, &format!("{mark} {}{how}", assessment.verdict.as_str()), columns);
    for reason in &assessment.reasons {
        lines.extend(said("", Role::Plain, reason, columns));
    }
    lines.extend(said("owner", Role::Plain, &format!("{}, environment {}", told.team, told.environment), columns));
    for (name, text) in &told.size {
        lines.extend(said(name, Role::Plain, text, columns));
    }
    let of_severity = |severity| assessment.notes.iter().filter(move |note| note.severity == severity);
    let counts: Vec<String> = Severity::ALL
        .iter()
        .map(|severity| (of_severity(*severity).count(), severity.as_str()))
        .filter(|(count, _)| *count > 0)
        .map(|(count, word)| format!("{count} {word}{}", if count == 1 { "" } else { "s" }))
        .collect();
    let counts = if counts.is_empty() { "nothing stands against it".to_owned() } else { counts.join(", ") };
    lines.extend([Text::default(), Text::of(Role::Title, counts)]);
    lines.extend(assessment.notes.iter().flat_map(|note| of_note(note, columns)));
    lines
}

/// A note: what was found, where, and what to do.
fn of_note(note: &Note, columns: u16) -> Vec<Text> {
    let (mark, role) = sign(note.severity);
    let title = Text::of(role, format!("{mark} {:<8} {}", note.severity.as_str(), note.kind.as_str()));
    let mut lines = vec![title.and(Role::Dim, format!(", for the {}", note.who.as_str()))];
    let room = usize::from(columns).saturating_sub(4).max(8);
    let mut add = |role: Role, begin: &str, text: &str| {
        let room = room.saturating_sub(text::width(begin)).max(8);
        for (at, line) in text::wrap(text, room).into_iter().enumerate() {
            let begin = if at == 0 { begin.to_owned() } else { " ".repeat(text::width(begin)) };
            lines.push(Text::of(Role::Dim, format!("    {begin}")).and(role, line));
        }
    };
    add(Role::Plain, "", &note.text);
    for place in note.evidence.iter().take(PLACES) {
        add(Role::Dim, "at ", format!("{} {}", place.observation, place.path).trim_end());
    }
    if let Some(more) = note.evidence.len().checked_sub(PLACES).filter(|more| *more > 0) {
        add(Role::Dim, "", &format!("and {more} more places, all of which `--format json` has"));
    }
    add(Role::Title, "→ ", &note.remedy);
    lines
}
