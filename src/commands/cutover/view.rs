//! A run in a terminal: two lines for each target, as many as fit, nothing wider than the window.

use super::live::{self, Next};
use crate::printer::printable;
use crate::wrap::wrapped;
use caravan_cutover::operator::{RunStatus, StepProgress, StepStatus, StepValue};
use console::{measure_text_width, truncate_str};

/// The view of a run with the command that makes most sense next, for a window of this width and height in characters.
pub(super) fn lines(status: &RunStatus, next: &[Next], width: usize, height: usize) -> Vec<String> {
    let mut head = live::head(status, width);
    // What is shown of the run's own words leaves room for its stages.
    let most = if status.conflict.is_some() { height * 2 / 3 } else { height / 2 }.max(2);
    if head.len() > most {
        // Who is at risk is said before anything that takes long to tell.
        let risk = live::at_risk(status, width);
        let rest: Vec<String> = head.iter().skip(1).filter(|line| !risk.contains(line)).cloned().collect();
        head.truncate(1);
        head.extend(risk.into_iter().take(most / 2));
        head.extend(rest);
        head.truncate(most - 1);
        head.push("  … the status of the run shows all of it".to_owned());
    }
    let mut lines = head;
    lines.push(String::new());
    // A low window is for what happens.
    let then = if height < LOW { Vec::new() } else { following(next, width) };
    let room = height.saturating_sub(lines.len() + then.len() + 4).max(2) / 2;
    lines.extend(rows(&status.steps, room.max(1)));
    lines.extend(then);
    lines.push(LEAVE.to_owned());
    lines.iter().map(|line| truncate_str(&printable(line), width, "…").into_owned()).collect()
}

/// What can be done next, how everything is taken back, and how somebody drives it and watches its users where nobody does, whole: a
/// command that a window cuts off can't be copied. One that is wider goes on in the next line, as a shell takes it; where one of its words
/// has no room it is in the status.
fn following(next: &[Next], width: usize) -> Vec<String> {
    // These are seen as long as they make sense.
    let is_kept = |next: &&Next| next.is_way_back || next.word.as_deref() == Some("run");
    let kept = next.iter().skip(1).filter(is_kept);
    let lines = |next: &Next| {
        let command = pasted(&next.command, width);
        let text =
            format!("next, {}{}", next.does, if command.is_empty() { ": the status has the command" } else { ":" });
        std::iter::once(text).chain(command)
    };
    next.first().into_iter().chain(kept).flat_map(lines).collect()
}

/// A command in lines that can be pasted together; none where a word has no room.
fn pasted(command: &str, width: usize) -> Vec<String> {
    if measure_text_width(command) + 2 <= width {
        return vec![format!("  {command}")];
    }
    let lines = wrapped(command, width.saturating_sub(6));
    let last = lines.len().saturating_sub(1);
    let line = |(at, line): (usize, &String)| {
        let (begin, end) = (if at > 0 { "    " } else { "  " }, if at < last { " \\" } else { "" });
        format!("{begin}{line}{end}")
    };
    let lines: Vec<String> = lines.iter().enumerate().map(line).collect();
    if lines.iter().all(|line| measure_text_width(line) <= width) { lines } else { Vec::new() }
}

/// Windows of fewer lines have no room for what could be done.
const LOW: usize = 20;

/// How to leave the view.
const LEAVE: &str = "q and Enter, or Ctrl-C, leaves; the run goes on";

/// The rows around the first shift at which something happens, and how many there are before and after.
fn rows(steps: &[StepStatus], room: usize) -> Vec<String> {
    let shifts: Vec<&[StepStatus]> = steps.chunk_by(|a, b| a.target == b.target).collect();
    let moves = |shift: &&[StepStatus]| shift.iter().any(|step| step.state.is_moving());
    let unfinished = |shift: &&[StepStatus]| shift.iter().any(|step| step.state == StepProgress::Pending);
    let here = shifts.iter().position(moves).or_else(|| shifts.iter().position(unfinished));
    let begin = here.unwrap_or_default().saturating_sub(room / 2).min(shifts.len().saturating_sub(room));
    let shown = &shifts[begin..(begin + room).min(shifts.len())];
    let mut rows: Vec<String> = shown.iter().flat_map(|shift| row(shift)).collect();
    let after = shifts.len() - begin - shown.len();
    if begin + after > 0 {
        rows.push(format!("… {begin} more before, {after} after"));
    }
    rows
}

/// A shift in two lines: its name, and below it where it stands and its stages.
fn row(stages: &[StepStatus]) -> [String; 2] {
    let marks: Vec<String> = stages.iter().map(|step| format!("{}{}", short(step.desired), mark(step.state))).collect();
    let stands = match stages.first().and_then(|step| step.actual) {
        Some(StepValue::Percent(percent)) => format!("{percent:>3} % new"),
        Some(owner @ StepValue::Owner(_)) => format!("{:<9}", owner.to_string()),
        None => "with others".to_owned(),
    };
    [workload(stages).to_owned(), format!("  {stands}  {}", marks.join(" "))]
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
        StepProgress::RolledBack => '↩',
        StepProgress::Released => '✗',
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use caravan_cutover::operator::{RunState, ShareStatus, WaitingFor};
    use caravan_cutover_engine::{Direction, Hold};

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
            direction: Direction::Forward,
            since: None,
            driver: None,
            at_risk: Vec::new(),
            nobody_works: Vec::new(),
            soak: None,
            remains: Vec::new(),
            watched: Vec::new(),
            measured: Vec::new(),
            steps: (0..shifts).flat_map(|number| shift(&format!("track-{number:02}"), states(number))).collect(),
            conflict: None,
            older_journal: None,
            waiting_for,
            queued: Vec::new(),
            refused: Vec::new(),
        }
    }

    #[test]
    fn nothing_is_wider_or_higher_than_the_window_and_what_happens_is_in_it() {
        let long = WaitingFor::Held(Hold::Refused("somebody else changed the target ".repeat(40)));
        for (shifts, at, waiting) in [(1, 0, None), (40, 0, None), (40, 33, Some(long.clone())), (3, 2, Some(long))] {
            for (width, height) in [(80, 24), (40, 12), (200, 60)] {
                let next = [Next {
                    command: "caravan cutover retry friday-1".to_owned(),
                    does: "asks again",
                    is_way_back: false,
                    word: None,
                }];
                let lines = lines(&status(shifts, at, waiting.clone()), &next, width, height);
                assert_eq!(lines.iter().any(|line| line.contains("cutover retry")), height >= LOW, "{lines:#?}");
                assert!(lines.len() < height, "{} lines in {height}", lines.len());
                assert!(lines.iter().all(|line| measure_text_width(line) <= width), "{lines:#?}");
                assert!(lines.iter().any(|line| line.contains(&format!("track-{at:02}"))), "{lines:#?}");
            }
        }
    }

    #[test]
    fn who_is_at_risk_is_seen_however_long_a_conflict_is() {
        for (shares, height) in [(1, 24), (3, 24), (2, 12), (40, 24)] {
            let long = WaitingFor::Held(Hold::Refused("somebody else changed the target ".repeat(60)));
            let mut status = status(3, 1, Some(long));
            let share = |number: usize| ShareStatus {
                workload: format!("ecs/123456789012/eu-central-1/main/track-{number:02}"),
                target: format!("records track-{number:02}.example.com. in zone Z1, account 123456789012"),
                percent: 50,
                changed_by_others: false,
            };
            status.at_risk = (0..shares).map(share).collect();
            let lines = lines(&status, &[], 80, height);
            let seen = lines.iter().filter(|line| line.contains("at risk: 50 %")).count();
            assert!(seen >= shares.min(height / 8), "{lines:#?}");
            assert!(lines.iter().any(|line| line.contains("the status of the run shows all of it")), "{lines:#?}");
        }
    }

    #[test]
    fn the_way_back_is_seen_behind_whatever_comes_first() {
        let of = |word: &str, is_way_back| Next {
            command: format!("caravan cutover {word} friday-1"),
            does: "does it",
            is_way_back,
            word: None,
        };
        let next = [of("pause", false), of("retry", false), of("rollback", true)];
        let shown = lines(&status(1, 0, None), &next, 80, 24).join("\n");
        let seen =
            ["pause", "retry", "rollback"].map(|word| shown.contains(&format!("  caravan cutover {word} friday-1")));
        assert_eq!(seen, [true, false, true], "{shown}");
    }

    #[test]
    fn how_to_drive_it_is_seen_at_80_columns_whatever_comes_before_it_and_however_long_it_is() {
        let run = "a-wave-of-a-rather-long-name-20261201-031415-0a1b";
        let of = |word: &str, more: &str| Next {
            command: format!("caravan --dir 'a folder of ours' cutover {word} {run}{more}"),
            does: "does it",
            is_way_back: word == "rollback",
            word: Some(word.to_owned()),
        };
        let next = [of("approve", ""), of("rollback", ""), of("run", " --wait")];
        let shown = lines(&status(1, 0, None), &next, 80, 24);
        let seen = shown.join("\n").replace(" \\\n   ", "");
        for command in ["approve", "rollback", "run"] {
            assert!(
                seen.contains(&format!("  caravan --dir 'a folder of ours' cutover {command} {run}")),
                "{shown:#?}"
            );
        }
        assert!(seen.contains(&format!("cutover run {run} --wait")), "{shown:#?}");
        assert!(shown.iter().all(|line| measure_text_width(line) <= 80 && !line.contains('…')), "{shown:#?}");
    }

    #[test]
    fn a_conflict_is_read_whole_at_80_columns() {
        use caravan_cutover::operator::ConflictStatus;
        use caravan_providers::target::{ListenerRuleTarget, Snapshot, Target};
        let arn = |name: &str| {
            format!(
                "arn:aws:elasticloadbalancing:eu-central-1:123456789012:targetgroup/{name}-with-a-long-name/0123456789abcdef"
            )
        };
        let rule = |new: u64| {
            let group = |name, weight| serde_json::json!({"TargetGroupArn": arn(name), "Weight": weight});
            let groups = [group("old", 100 - new), group("new", new)];
            Snapshot::Actions(serde_json::json!([{"Type": "forward", "ForwardConfig": {"TargetGroups": groups}}]))
        };
        let conflict = ConflictStatus {
            target: Target::ListenerRule(ListenerRuleTarget {
                account: caravan_inventory::AccountId::new("123456789012"),
                region: caravan_inventory::Region::new("eu-central-1"),
                arn: "arn:rule".to_owned(),
            }),
            before: rule(10),
            planned: rule(50),
            live: rule(33),
            token: None,
            by_hand: None,
        };
        let waiting = WaitingFor::Conflict {
            workload: caravan_inventory::WorkloadId::new("ecs/1/r/main/track"),
            conflict: Box::new(conflict.clone()),
        };
        let mut status = status(1, 0, Some(waiting));
        status.conflict = Some(conflict);
        let shown = lines(&status, &[], 80, 60);
        assert!(shown.iter().all(|line| measure_text_width(line) <= 80 && !line.contains('…')), "{shown:#?}");
        let whole = shown.iter().map(|line| line.trim()).collect::<String>();
        for said in ["before:", "planned:", "there now:", &arn("old"), &arn("new"), "33"] {
            assert!(whole.contains(said), "{said}: {shown:#?}");
        }
    }

    #[test]
    fn every_stage_of_a_shift_is_seen_at_80_columns() {
        let mut status = status(1, 0, None);
        for step in &mut status.steps {
            step.name =
                step.name.replace("track-00", "ecs/123456789012/eu-central-1/a-rather-long-cluster-name/tracking");
        }
        let lines = lines(&status, &[], 80, 24);
        assert!(lines.iter().any(|line| line.contains("10 % new  0✓ 10▶ 100·")), "{lines:#?}");
        assert!(lines.iter().any(|line| line.contains("Ctrl-C")), "{lines:#?}");
    }
}
