//! One run: where it stands and why, its stages with what is wanted and what stands, and beside them what it waits for.

use super::{WIDE, body, cutover_panel};
use crate::data::RunView;
use crate::model::{Model, Pane, is_driven};
use crate::text;
use crate::theme::Role;
use crate::widgets::{Text, bar, draw, first_seen, put, said, tell_unseen, titled, unseen, waiting};
use caravan_cutover::operator::{
    MeasuredStatus, RunState, RunStatus, ShareStatus, StepProgress, StepStatus, StepValue,
};
use caravan_cutover_engine::Direction;
use ratatui::buffer::Buffer;
use ratatui::layout::{Constraint, Layout, Rect};

/// Lines of the head at the most, of a body that is this high.
const fn head_room(height: u16) -> u16 {
    if height < 30 { 6 } else { 10 }
}

/// Draws it.
pub(crate) fn view(model: &Model, area: Rect, buffer: &mut Buffer) {
    if model.cutover.run.is_none() {
        let text = "no run yet: the screen Waves starts one";
        put(buffer, area.x, area.y, area.width, &Text::of(Role::Dim, text));
        return;
    }
    let Some(view) = &model.cutover.told.value else { return waiting(buffer, area, &model.cutover.told) };
    let (head, [top, stages, panel]) = laid_out(model, view, area);
    draw(buffer, top, &head, 0);
    draw_stages(model, view, stages, buffer);
    cutover_panel::view(model, view, panel, buffer);
}

/// The lines of the head, and where head, stages and panel stand.
fn laid_out(model: &Model, view: &RunView, area: Rect) -> (Vec<Text>, [Rect; 3]) {
    let mut head = head(view, area.width);
    if model.cutover.told.trouble.is_some() {
        head.insert(1, Text::of(Role::Bad, "! what is shown is old: it can't be read now, @ says why"));
    }
    let room = head_room(area.height);
    if head.len() > usize::from(room) {
        let rest = head.len() - usize::from(room) + 1;
        head.truncate(usize::from(room) - 1);
        head.push(Text::of(Role::Wait, format!("▼ {rest} lines more: caravan cutover status shows them")));
    }
    let rows = u16::try_from(head.len()).unwrap_or(room);
    let [top, rest] = Layout::vertical([Constraint::Length(rows), Constraint::Min(1)]).areas(area);
    let (stages, panel) = parts(rest);
    (head, [top, stages, panel])
}

/// The stages and the panel: beside each other where there is room, else below each other.
fn parts(area: Rect) -> (Rect, Rect) {
    if area.width >= WIDE {
        let [stages, _, panel] =
            Layout::horizontal([Constraint::Percentage(55), Constraint::Length(1), Constraint::Min(20)]).areas(area);
        return (stages, panel);
    }
    let [stages, panel] = Layout::vertical([Constraint::Percentage(40), Constraint::Min(1)]).areas(area);
    (stages, panel)
}

/// How many lines the stages have, and how many of them are seen at once.
pub(crate) fn stages_size(model: &Model) -> (usize, usize) {
    let Some(view) = &model.cutover.told.value else { return (0, 1) };
    let (_, [_, stages, _]) = laid_out(model, view, body(model.size));
    (lines(&view.status.steps).len(), stages.height.saturating_sub(1).into())
}

/// How many lines stand beside the stages, and how many of them are seen at once.
pub(crate) fn panel_size(model: &Model) -> (usize, usize) {
    let Some(view) = &model.cutover.told.value else { return (0, 1) };
    let (_, [_, _, panel]) = laid_out(model, view, body(model.size));
    cutover_panel::size(view, panel)
}

/// The line at which something happens, else the first that is not done.
pub(crate) fn moving_line(model: &Model) -> usize {
    let Some(view) = &model.cutover.told.value else { return 0 };
    let steps = &view.status.steps;
    let all = lines(steps);
    let of = |fits: fn(&StepStatus) -> bool| {
        all.iter().position(|line| matches!(line, Line::Stage(at) if steps.get(*at).is_some_and(fits)))
    };
    if view.status.state.is_over() {
        return 0;
    }
    let waits = all.len().saturating_sub(1);
    of(|step| step.state.is_moving()).or_else(|| of(|step| step.state == StepProgress::Pending)).unwrap_or(waits)
}

/// A target, or a stage of it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Line {
    /// The target of the stages from this one on.
    Target(usize),
    Stage(usize),
}

fn lines(steps: &[StepStatus]) -> Vec<Line> {
    let mut lines = Vec::new();
    let mut before = None;
    for (at, step) in steps.iter().enumerate() {
        if before != Some(&step.target) {
            lines.push(Line::Target(at));
            before = Some(&step.target);
        }
        lines.push(Line::Stage(at));
    }
    lines
}

fn draw_stages(model: &Model, view: &RunView, rule: Rect, buffer: &mut Buffer) {
    let area = titled(buffer, rule, "Stages: wanted, standing, measured", model.cutover.pane == Pane::List);
    let all = lines(&view.status.steps);
    let marked = model.cutover.marked.unwrap_or_else(|| moving_line(model));
    // What happens is in the middle, as far as there is something around it.
    let room = usize::from(area.height);
    let top = first_seen(marked.saturating_sub(room / 2), all.len(), room);
    tell_unseen(buffer, rule, unseen(top, all.len(), room, "PageDown").as_deref());
    for (y, (at, line)) in (area.y..area.bottom()).zip(all.iter().enumerate().skip(top)) {
        let text = match line {
            Line::Target(step) => view.status.steps.get(*step).map(target_line),
            Line::Stage(step) => view.status.steps.get(*step).map(|step| stage_line(step, &view.status)),
        };
        put(buffer, area.x, y, area.width, &text.unwrap_or_default());
        if model.cutover.marked == Some(at) {
            bar(buffer, area, y);
        }
    }
}

fn target_line(step: &StepStatus) -> Text {
    let workload = step.name.strip_suffix(&format!(" {}", step.desired)).unwrap_or(&step.name);
    Text::of(Role::Title, workload).and(Role::Dim, format!("  {}", step.target))
}

fn stage_line(step: &StepStatus, status: &RunStatus) -> Text {
    let is_over = status.state.is_over();
    let (sign, role) = match step.state {
        // Of a run that is over nothing is still to come.
        StepProgress::Pending if is_over && status.direction == Direction::Back => ("↩", Role::Dim),
        StepProgress::Pending => ("·", Role::Dim),
        StepProgress::Running => ("▶", Role::Busy),
        StepProgress::Done => ("✓", Role::Good),
        StepProgress::RollingBack => ("◀", Role::Wait),
        StepProgress::RolledBack => ("↩", Role::Wait),
        StepProgress::Released => ("✗", Role::Bad),
    };
    let stands = step.actual.map_or_else(|| "with others".to_owned(), |value| value.to_string());
    let state = match step.state {
        StepProgress::Pending if is_over && status.direction == Direction::Back => "as before",
        StepProgress::Pending if is_over => "not entered",
        state => state.as_str(),
    };
    let wants = format!("{} {}", if is_over { "planned" } else { "want" }, text::fit(&step.desired.to_string(), 9));
    Text::of(role, format!("  {sign} {} ", text::fit(state, 12)))
        .and(Role::Plain, wants)
        .and(Role::Plain, format!(" stands {}", text::fit(&stands, 11)))
        .and(Role::Dim, format!(" measured {}", measured(step, &status.measured)))
}

/// The share that was counted while the stage stood; a dash where nobody has counted it.
fn measured(step: &StepStatus, measured: &[MeasuredStatus]) -> String {
    let StepValue::Percent(percent) = step.desired else { return "–".to_owned() };
    let of_target = measured.iter().find(|one| one.target == step.target);
    let span = of_target.and_then(|one| one.spans.iter().rev().find(|span| span.planned_percent == percent));
    match span.map(|span| (span.new, span.old.saturating_add(span.new))) {
        Some((new, all)) if all > 0 => {
            let tenths = u128::from(new) * 1000 / u128::from(all);
            format!("{}.{} %", tenths / 10, tenths % 10)
        }
        _ => "–".to_owned(),
    }
}

/// Where the run stands, and why.
fn head(view: &RunView, columns: u16) -> Vec<Text> {
    let status = &view.status;
    let (sign, role) = sign_of(status);
    let direction = match status.direction {
        Direction::Forward => "forward",
        Direction::Back => "back",
        Direction::Release => "to its release",
        Direction::Finalise => "to its final form",
    };
    let since = status.since.as_ref().map(|since| format!("  since {}", since.at)).unwrap_or_default();
    let mut first = Text::of(role, format!("{sign} {}", status.state));
    if !status.queued.is_empty() {
        let queued: Vec<String> = status.queued.iter().map(ToString::to_string).collect();
        first = first.and(Role::Wait, format!("  queued: {}", queued.join(", ")));
    }
    let mut lines = vec![
        first.and(Role::Title, format!("  {}", status.run)).and(Role::Dim, format!("  direction: {direction}{since}")),
    ];
    if !status.queued.is_empty() && !is_driven(status) {
        lines.push(Text::of(Role::Bad, "! nobody drives it, so nothing of that is done: D starts a driver"));
    }
    lines.extend(at_risk(status, columns));
    if let Some(waits) = &status.waiting_for {
        lines.extend(said("waits for", Role::Wait, &waits.to_string(), columns));
    }
    if let Some(since) = &status.since {
        if let Some(why) = &since.why {
            lines.extend(said("why", Role::Bad, &format!("{} (at {})", why.text, why.at), columns));
        }
        if let Some(stopped) = &since.stopped {
            lines.extend(said("stopped", Role::Bad, &format!("{} (at {})", stopped.text, stopped.at), columns));
        }
        if let Some(repeats) = &since.repeats {
            let text = format!("gets no further since {}: {}", repeats.at, repeats.text);
            lines.extend(said("trouble", Role::Bad, &text, columns));
        }
    }
    lines
}

/// How many of the shares at risk are told one by one.
const SHARES: usize = 2;

/// Who is at risk: the largest shares, and how many more there are.
fn at_risk(status: &RunStatus, columns: u16) -> Vec<Text> {
    let mut shares: Vec<&ShareStatus> = status.at_risk.iter().collect();
    shares.sort_by_key(|share| (!share.changed_by_others, std::cmp::Reverse(share.percent)));
    let room = usize::from(columns).saturating_sub(11);
    let line = |share: &&ShareStatus| {
        let text = match share.changed_by_others {
            true => format!("nobody knows how much of {}: somebody else changed it", share.workload),
            false => format!("{} % of {} is on the new side", share.percent, share.workload),
        };
        said("at risk", Role::Plain, &text::cut(&text, room), columns)
    };
    let mut lines: Vec<Text> = shares.iter().take(SHARES).flat_map(line).collect();
    if let Some(more) = shares.len().checked_sub(SHARES).filter(|more| *more > 0) {
        lines.extend(said("", Role::Plain, &format!("and {more} more"), columns));
    }
    lines
}

/// The sign of a state, and how it looks.
fn sign_of(status: &RunStatus) -> (&'static str, Role) {
    match status.state {
        RunState::Done | RunState::Shifted => ("✓", Role::Good),
        RunState::RolledBack => ("↩", Role::Good),
        RunState::EndedElsewhere => ("✗", Role::Wait),
        RunState::Planned | RunState::AwaitingApproval | RunState::Paused => ("◷", Role::Wait),
        RunState::Held
        | RunState::Conflict
        | RunState::Stuck
        | RunState::JournalUnavailable
        | RunState::LeaseLost
        | RunState::InDoubt => ("!", Role::Bad),
        // Nothing goes on where nobody drives.
        _ if !is_driven(status) => ("!", Role::Bad),
        _ if status.direction == Direction::Back => ("◀", Role::Wait),
        _ => ("▶", Role::Busy),
    }
}
