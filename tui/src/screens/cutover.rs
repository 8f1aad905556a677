//! One run: where it stands and why, its steps with what is wanted and what stands, and beside them what it waits for.

use super::{WIDE, cutover_panel};
use crate::data::RunView;
use crate::model::Model;
use crate::text;
use crate::theme::Role;
use crate::widgets::{Text, bar, draw, put, said, titled, waiting};
use caravan_cutover::operator::{MeasuredStatus, RunState, RunStatus, StepProgress, StepStatus, StepValue};
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
        let text = "no run yet: 3 Waves starts one";
        put(buffer, area.x, area.y, area.width, &Text::of(Role::Dim, text));
        return;
    }
    let Some(view) = &model.cutover.told.value else { return waiting(buffer, area, &model.cutover.told) };
    let mut head = head(view, area.width);
    if model.cutover.told.trouble.is_some() {
        head.insert(1, Text::of(Role::Bad, "! what is shown is old: it can't be read now, @ says why"));
    }
    let room = head_room(area.height);
    if head.len() > usize::from(room) {
        head.truncate(usize::from(room) - 1);
        head.push(Text::of(Role::Dim, "… caravan cutover status shows all of it"));
    }
    let rows = u16::try_from(head.len()).unwrap_or(room);
    let [top, rest] = Layout::vertical([Constraint::Length(rows), Constraint::Min(1)]).areas(area);
    draw(buffer, top, &head, 0);
    let (steps, panel) = parts(rest);
    draw_steps(model, view, steps, buffer);
    cutover_panel::view(model, view, panel, buffer);
}

/// The tree of steps and the panel: beside each other where there is room, else below each other.
fn parts(area: Rect) -> (Rect, Rect) {
    if area.width >= WIDE {
        let [steps, _, panel] =
            Layout::horizontal([Constraint::Percentage(55), Constraint::Length(1), Constraint::Min(20)]).areas(area);
        return (steps, panel);
    }
    let [steps, panel] = Layout::vertical([Constraint::Percentage(50), Constraint::Min(1)]).areas(area);
    (steps, panel)
}

/// How many lines the tree of steps has.
pub(crate) fn line_count(model: &Model) -> usize {
    model.cutover.told.value.as_ref().map_or(0, |view| lines(&view.status.steps).len())
}

/// The line at which something happens, else the first that is not done.
pub(crate) fn moving_line(model: &Model) -> usize {
    let Some(view) = &model.cutover.told.value else { return 0 };
    let steps = &view.status.steps;
    let all = lines(steps);
    let of = |fits: fn(&StepStatus) -> bool| {
        all.iter().position(|line| matches!(line, Line::Stage(at) if steps.get(*at).is_some_and(fits)))
    };
    let waits = all.len().saturating_sub(1);
    of(|step| step.state.is_moving()).or_else(|| of(|step| step.state == StepProgress::Pending)).unwrap_or(waits)
}

/// A line of the tree: a target, or a stage of it.
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

fn draw_steps(model: &Model, view: &RunView, area: Rect, buffer: &mut Buffer) {
    let area = titled(buffer, area, "Steps: what is wanted, what stands, what was measured", true);
    let all = lines(&view.status.steps);
    let marked = model.cutover.marked.unwrap_or_else(|| moving_line(model));
    // What happens is in the middle, as far as there is something around it.
    let room = usize::from(area.height);
    let top = marked.saturating_sub(room / 2).min(all.len().saturating_sub(room));
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
    let (sign, role) = match step.state {
        StepProgress::Pending => ("·", Role::Dim),
        StepProgress::Running => ("▶", Role::Busy),
        StepProgress::Done => ("✓", Role::Good),
        StepProgress::RollingBack => ("◀", Role::Wait),
        StepProgress::RolledBack => ("↩", Role::Wait),
        StepProgress::Released => ("✗", Role::Bad),
    };
    let stands = step.actual.map_or_else(|| "with others".to_owned(), |value| value.to_string());
    let wants = format!("want {}", text::fit(&step.desired.to_string(), 9));
    Text::of(role, format!("  {sign} {} ", text::fit(step.state.as_str(), 12)))
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
    let mut lines = vec![
        Text::of(role, format!("{sign} {}", status.state))
            .and(Role::Title, format!("  {}", status.run))
            .and(Role::Dim, format!("  direction: {direction}{since}")),
    ];
    if let Some(waits) = &status.waiting_for {
        lines.extend(said("waits for", Role::Wait, &waits.to_string(), columns));
    }
    if let Some(since) = &status.since {
        if let Some(why) = &since.why {
            lines.extend(said("why", Role::Bad, &format!("{} (at {})", why.text, why.at), columns));
        }
        if let Some(repeats) = &since.repeats {
            let text = format!("gets no further since {}: {}", repeats.at, repeats.text);
            lines.extend(said("trouble", Role::Bad, &text, columns));
        }
    }
    for share in &status.at_risk {
        let text = match share.changed_by_others {
            true => format!("nobody knows how much of {}: somebody else changed it", share.workload),
            false => format!("{} % of {} is on the new side", share.percent, share.workload),
        };
        lines.extend(said("at risk", Role::Plain, &text, columns));
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
        _ if status.direction == Direction::Back => ("◀", Role::Wait),
        _ => ("▶", Role::Busy),
    }
}
