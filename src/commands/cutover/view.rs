//! A run in a terminal: one row for each target, as many as fit, nothing wider than the window.

use crate::printer::printable;
use caravan_cutover::operator::{RunStatus, StepProgress, StepStatus, StepValue};
use console::{measure_text_width, truncate_str};

/// Lines that what a run waits for may take.
const WAITING: usize = 5;

/// The view of a run, for a window of this width and height in characters.
pub(super) fn lines(status: &RunStatus, width: usize, height: usize) -> Vec<String> {
    let mut lines = vec![format!("{}  {}", status.run, status.state), String::new()];
    let waiting =
        status.waiting_for.as_ref().map(|text| wrapped(&format!("waits for {}", printable(&text.to_string())), width));
    let waiting = waiting.unwrap_or_default();
    let room = height.saturating_sub(lines.len() + waiting.len() + 3).max(1);
    lines.extend(rows(&status.steps, room));
    if !waiting.is_empty() {
        lines.push(String::new());
        lines.extend(waiting);
    }
    lines.iter().map(|line| truncate_str(line, width, "…").into_owned()).collect()
}

/// The rows around the first shift at which something happens, and how many there are before and after.
fn rows(steps: &[StepStatus], room: usize) -> Vec<String> {
    let shifts: Vec<&[StepStatus]> = steps.chunk_by(|a, b| a.target == b.target).collect();
    let moves = |shift: &&[StepStatus]| shift.iter().any(|step| step.state.is_moving());
    let unfinished = |shift: &&[StepStatus]| shift.iter().any(|step| step.state == StepProgress::Pending);
    let here = shifts.iter().position(moves).or_else(|| shifts.iter().position(unfinished));
    let begin = here.unwrap_or_default().saturating_sub(room / 2).min(shifts.len().saturating_sub(room));
    let shown = &shifts[begin..(begin + room).min(shifts.len())];
    let widest = shown.iter().map(|shift| measure_text_width(workload(shift))).max().unwrap_or_default();
    let mut rows: Vec<String> = shown.iter().map(|shift| row(shift, widest)).collect();
    let after = shifts.len() - begin - shown.len();
    if begin + after > 0 {
        rows.push(format!("… {begin} more before, {after} after"));
    }
    rows
}

fn row(stages: &[StepStatus], widest: usize) -> String {
    let marks: Vec<String> = stages.iter().map(|step| format!("{}{}", short(step.desired), mark(step.state))).collect();
    let stands = match stages.first().and_then(|step| step.actual) {
        Some(StepValue::Percent(percent)) => format!("{percent:>3} % new"),
        Some(owner @ StepValue::Owner(_)) => format!("{:<9}", owner.to_string()),
        None => "with others".to_owned(),
    };
    let target = stages.first().map(|step| step.target.as_str()).unwrap_or_default();
    format!("{:<widest$}  {stands}  {}  {target}", workload(stages), marks.join(" "))
}

/// A value among others of its kind: a share without its unit.
fn short(value: StepValue) -> String {
    value.to_string().trim_end_matches(" %").to_owned()
}

/// A step's name without its share.
fn workload(stages: &[StepStatus]) -> &str {
    let step = stages.first().map(|step| (step.name.as_str(), step.desired));
    step.map_or("", |(name, desired)| name.strip_suffix(&format!(" {desired}")).unwrap_or(name))
}

const fn mark(state: StepProgress) -> char {
    match state {
        StepProgress::Pending => '·',
        StepProgress::Running => '▶',
        StepProgress::Done => '✓',
        StepProgress::RollingBack => '◀',
        StepProgress::Released => '✗',
    }
}

/// Broken at spaces where it can be.
fn wrapped(text: &str, width: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in text.split(' ') {
        let line = lines.last().map_or(0, |line| measure_text_width(line));
        if line > 0 && line + 1 + measure_text_width(word) > width {
            lines.push(String::new());
        }
        if let Some(line) = lines.last_mut() {
            if !line.is_empty() {
                line.push(' ');
            }
            line.push_str(word);
        }
    }
    if lines.len() > WAITING {
        lines.truncate(WAITING);
        lines.push("… `caravan cutover status` shows all of it".to_owned());
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;
    use caravan_cutover::operator::{RunState, WaitingFor};
    use caravan_cutover_engine::Hold;

    fn shift(workload: &str, states: [StepProgress; 3]) -> Vec<StepStatus> {
        let step = |(desired, state)| StepStatus {
            name: format!("{workload} {desired} %"),
            state,
            target: format!("records {workload}.example.com. in zone Z1, account 123456789012"),
            desired: StepValue::Percent(desired),
            actual: Some(StepValue::Percent(10)),
        };
        [0, 10, 100].into_iter().zip(states).map(step).collect()
    }

    fn status(shifts: usize, at: usize, waiting_for: Option<WaitingFor>) -> RunStatus {
        let states = |number: usize| match number {
            number if number < at => [StepProgress::Done; 3],
            number if number == at => [StepProgress::Done, StepProgress::Running, StepProgress::Pending],
            _ => [StepProgress::Pending; 3],
        };
        RunStatus {
            schema: "caravan.run/v1",
            run: "friday-1".to_owned(),
            plan_hash: "0".repeat(64),
            state: RunState::Baking,
            steps: (0..shifts).flat_map(|number| shift(&format!("track-{number:02}"), states(number))).collect(),
            conflict: None,
            waiting_for,
            queued: Vec::new(),
        }
    }

    #[test]
    fn nothing_is_wider_or_higher_than_the_window_and_what_happens_is_in_it() {
        let long = WaitingFor::Held(Hold::Refused("somebody else changed the target ".repeat(40)));
        for (shifts, at, waiting) in [(1, 0, None), (40, 0, None), (40, 33, Some(long.clone())), (3, 2, Some(long))] {
            for (width, height) in [(80, 24), (40, 12), (200, 60)] {
                let lines = lines(&status(shifts, at, waiting.clone()), width, height);
                assert!(lines.len() < height, "{} lines in {height}", lines.len());
                assert!(lines.iter().all(|line| measure_text_width(line) <= width), "{lines:#?}");
                assert!(lines.iter().any(|line| line.contains(&format!("track-{at:02}"))), "{lines:#?}");
            }
        }
    }

    #[test]
    fn one_shift_is_one_row() {
        let lines = lines(&status(1, 0, None), 120, 24);
        assert_eq!(
            lines,
            [
                "friday-1  baking",
                "",
                "track-00   10 % new  0✓ 10▶ 100·  records track-00.example.com. in zone Z1, account 123456789012",
            ]
        );
    }
}
