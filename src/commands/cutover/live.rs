//! The status of a run, for people.

use crate::global::{Global, quoted};
use crate::printer::{counted, printable};
use crate::wrap::wrapped;
use crate::{journal_db, paths};
use camino::Utf8Path;
use caravan_cutover::Command;
use caravan_cutover::operator::{
    Advice, ConflictStatus, MeasuredStatus, Program, RemainsStatus, Run, RunState, RunStatus, ShareStatus, SoakStatus,
    TurnsBack, WaitingFor, Why, status, time_text,
};
use caravan_cutover_engine::{Direction, Phase, State, is_going_back};
use caravan_plans::Sealed;
use console::measure_text_width;
use schemars::JsonSchema;
use serde::Serialize;
use std::io::{self, Write};

/// The changes of one run, one line each.
pub(super) struct Changes {
    run: String,
    last: String,
    turns: TurnsBack,
    goes_back: bool,
}

impl Changes {
    /// Of a run of which nothing was said yet.
    pub(super) fn new(run: &str) -> Self {
        Self { run: run.to_owned(), last: String::new(), turns: TurnsBack::default(), goes_back: false }
    }

    /// What to say of a state, with why it is so where that is known: a line where it says something new, and one before it when
    /// the run has turned back.
    pub(super) fn lines(&mut self, plan: &Sealed, state: &State, why: Option<&Why>) -> Vec<String> {
        let turned = self.turns.see(plan.plan(), state);
        if let Phase::Recording { .. } = state.phase {
            // What is on its way into the journal has not happened yet.
            return Vec::new();
        }
        let begins = is_going_back(state) && !self.goes_back;
        self.goes_back = is_going_back(state);
        // What was recorded before anybody watched has the moment of its entry.
        let now = || time_text(journal_db::now());
        let turned = turned.map(|text| (text, now())).or_else(|| why.map(|why| (why.text.clone(), why.at.clone())));
        let turned = turned.filter(|_| begins).map(|(why, at)| format!("{at} {} goes back: {why}", self.run));
        turned.into_iter().chain(self.line(plan, state, why.map(|why| why.text.as_str()))).collect()
    }

    fn line(&mut self, plan: &Sealed, state: &State, why: Option<&str>) -> Option<String> {
        let status = status(&self.run, plan, state);
        let step = status.steps.iter().find(|step| step.state.is_moving());
        let doing = step.map(|step| format!("  {}", step.name)).unwrap_or_default();
        let waiting = status.waiting_for.map(|text| format!("  waits for {text}")).unwrap_or_default();
        let back = if is_going_back(state) && !state.is_over() { "  going back" } else { "" };
        let why = why.map(|why| format!("  why: {why}")).unwrap_or_default();
        let said = format!("{}{back}{doing}{waiting}{why}", status.state);
        if said == self.last {
            return None;
        }
        self.last.clone_from(&said);
        Some(format!("{} {} {said}", time_text(journal_db::now()), self.run))
    }
}

/// One line of standard error. A standard error that is gone is no reason to stop.
pub(super) fn say(line: &str) {
    let _gone = writeln!(io::stderr().lock(), "{}", printable(line));
}

/// A run for people: where it stands and why, who drives it, what can be done, and its stages; nothing of it is wider than
/// 80 characters but names and commands, which are whole: a stage's name that does not fit beside where it stands is on the next
/// line.
pub(super) fn write(out: &mut impl Write, status: &RunStatus, next: &[Next]) -> io::Result<()> {
    for line in head(status, WIDTH) {
        writeln!(out, "{}", printable(&line))?;
    }
    for next in next {
        writeln!(out, "next, {}:\n  {}", next.does, printable(&next.command))?;
    }
    if let Some(command) = status.conflict.as_ref().and_then(|conflict| conflict.by_hand.as_ref()) {
        writeln!(out, "what stood before the conflict is put back by hand by:\n  {}", printable(command))?;
    }
    for RemainsStatus { target, commands, .. } in status.remains.iter().filter(|remains| !remains.commands.is_empty()) {
        writeln!(out, "where that still stands, it is made simple by hand at {} by:", printable(target))?;
        commands.iter().try_for_each(|line| writeln!(out, "  {}", printable(line)))?;
    }
    if !status.steps.is_empty() {
        writeln!(out)?;
    }
    let width = status.steps.iter().map(|step| measure_text_width(step.state.as_str())).max().unwrap_or_default();
    let mut target = None;
    for step in &status.steps {
        if target != Some(&step.target) {
            for (at, line) in wrapped(&printable(&step.target), WIDTH - 4).iter().enumerate() {
                writeln!(out, "{}{line}", if at > 0 { "    " } else { "" })?;
            }
            target = Some(&step.target);
        }
        let stands = step.actual.map_or_else(|| "with others".to_owned(), |value| format!("stands at {value}"));
        let (name, stands) = (printable(&step.name), format!("  {:<width$}  {stands:<16}", step.state.as_str()));
        let fits = measure_text_width(&stands) + 2 + measure_text_width(&name) <= WIDTH;
        let between = if fits { "  " } else { "\n      " };
        writeln!(out, "{}{between}{name}", if fits { stands.as_str() } else { stands.trim_end() })?;
    }
    Ok(())
}

/// As wide as a terminal is at least.
pub(super) const WIDTH: usize = 80;

/// What can be done about a run next, as it can be pasted.
#[derive(Clone, Debug, JsonSchema, Serialize)]
pub(crate) struct Next {
    /// The command.
    pub(crate) command: String,
    /// What it does.
    pub(crate) does: &'static str,
    /// Whether it takes everything back.
    #[serde(skip)]
    pub(crate) is_way_back: bool,
    /// Its word: `approve`; none of what is no command of this program.
    #[serde(skip)]
    pub(crate) word: Option<String>,
}

/// What can be done about a run next.
pub(crate) fn next(global: &Global, run: &Run, status: &RunStatus) -> Vec<Next> {
    let is_driven = status.driver.as_ref().is_some_and(|driver| driver.drives);
    let command = |advice: Advice| {
        let command = pasted(&advice, &global.dir, &global.repeated());
        let word = advice.args.get(1).filter(|_| advice.program == Program::Caravan).cloned();
        let is_way_back = word.as_deref() == Some(Command::Rollback.as_str());
        Next { command, does: advice.does, is_way_back, word }
    };
    let needs_person = status.watched.iter().any(|watched| watched.needs_person);
    let next = if needs_person { Advice::back_first(run, is_driven) } else { Advice::next(run, is_driven) };
    next.into_iter().map(command).collect()
}

/// What makes sense, as it can be pasted: `options` are those of the command line that name the folder, with a blank after them.
pub(super) fn pasted(advice: &Advice, dir: &Utf8Path, options: &str) -> String {
    let args: Vec<String> = advice.args.iter().map(|arg| quoted(arg)).collect();
    match advice.program {
        Program::Caravan => format!("caravan {options}{}", args.join(" ")),
        Program::ManualRollback => {
            let run = advice.args.first().map_or("", String::as_str);
            format!("sh {}", quoted(paths::manual_rollback(dir, run).as_str()))
        }
    }
}

/// Where a run stands, in which direction, since when and why, who drives it, and what is at risk.
pub(super) fn head(status: &RunStatus, width: usize) -> Vec<String> {
    let direction = match status.direction {
        Direction::Forward => "forward",
        Direction::Back => "back",
        Direction::Release => "to its release",
        Direction::Finalise => "to its final form",
    };
    let mut lines = vec![format!("{}  {}, direction: {direction}", status.run, status.state)];
    let mut say = |text: String| {
        lines.extend(wrapped(&text, width.saturating_sub(2)).into_iter().map(|line| format!("  {line}")))
    };
    if let Some(since) = &status.since {
        say(format!("since {}", since.at));
        if let Some(why) = &since.why {
            say(format!("why: {} (at {})", why.text, why.at));
        }
        if let Some(stopped) = &since.stopped {
            say(format!("stopped at {}: {}", stopped.at, stopped.text));
        }
        if let Some(repeats) = &since.repeats {
            say(format!("gets no further since {}: {}", repeats.at, repeats.text));
        }
    }
    match (&status.waiting_for, &status.conflict) {
        (Some(WaitingFor::Conflict { workload, .. }), Some(conflict)) => {
            say(format!("waits for a person: somebody else changed the target of {workload}"));
            lines.extend(images(conflict, width));
        }
        (Some(waiting), _) => say(format!("waits for {waiting}")),
        (None, _) => {}
    }
    let mut say = |text: String| {
        lines.extend(wrapped(&text, width.saturating_sub(2)).into_iter().map(|line| format!("  {line}")))
    };
    if let Some(older) = &status.older_journal {
        say(format!("this journal is older than what was written: {older}"));
    }
    if let Some(SoakStatus { since, watched_seconds, left_seconds, no_way_back, .. }) = &status.soak {
        say(match no_way_back {
            true => "there is no way back: its first final write was made".to_owned(),
            false if *left_seconds == 0 => format!("has soaked since {since}, and may be finalised"),
            false => format!("soaks since {since}: watched for {watched_seconds} s, and {left_seconds} s are left"),
        });
    }
    match &status.driver {
        Some(driver) => {
            let silent = driver.silent_seconds.map(|seconds| format!(", last sign of life {seconds} s ago"));
            // Lease and moment are told by two clocks, where they are two machines'.
            let what = if driver.drives { "driven by" } else { "nobody drives it, by this clock; last was" };
            say(format!("{what} {}{}", driver.name, silent.unwrap_or_default()));
            if let Some(broken) = &driver.lease_broken {
                say(format!("its lease was broken by {broken}"));
            }
        }
        None if status.state == RunState::Planned && status.since.is_some() => {
            say("nobody has driven it yet".to_owned())
        }
        None => {}
    }
    lines.extend(at_risk(status, width));
    for workload in &status.nobody_works {
        lines.extend(
            wrapped(&format!("nobody is known to be at work for {workload}"), width - 2)
                .iter()
                .map(|line| format!("  {line}")),
        );
    }
    let mut say = |text: String| {
        lines.extend(wrapped(&text, width.saturating_sub(2)).into_iter().map(|line| format!("  {line}")))
    };
    status.watched.iter().for_each(|watched| say(watched.to_string()));
    for queued in &status.queued {
        say(format!("queued, and not taken in yet: {queued}"));
    }
    for refused in &status.refused {
        say(format!("refused: {refused}"));
    }
    shares(&status.measured).into_iter().for_each(&mut say);
    for remains in &status.remains {
        say(format!("remains, as it was written last, at {}: {}", remains.target, remains.stands.join("; ")));
    }
    lines
}

/// The three images of a conflict, one below the other: what of a line does not fit goes on below it, where it is one word, too.
fn images(conflict: &ConflictStatus, width: usize) -> Vec<String> {
    let mut shown = Vec::new();
    for (name, lines) in conflict.images() {
        shown.push(format!("    {name}:"));
        for line in lines {
            let broken = wrapped(&line, width.saturating_sub(8)).into_iter();
            let parts = broken.flat_map(|part| cut(&part, width.saturating_sub(8)));
            shown.extend(parts.enumerate().map(|(at, part)| format!("      {}{part}", if at > 0 { "  " } else { "" })));
        }
    }
    shown
}

/// A word in parts, none wider than this.
fn cut(word: &str, width: usize) -> Vec<String> {
    let mut parts = vec![String::new()];
    for letter in word.chars() {
        let is_full = parts.last().is_some_and(|part| measure_text_width(part) >= width.max(1));
        if is_full {
            parts.push(String::new());
        }
        parts.iter_mut().last().into_iter().for_each(|part| part.push(letter));
    }
    parts
}

/// What was measured of each shift's share, and what was not.
fn shares(measured: &[MeasuredStatus]) -> Vec<String> {
    let of_shift = |one: &MeasuredStatus| {
        let lost = one.lost.map(|lost| format!("; {lost} lost in all")).unwrap_or_default();
        one.spans.last().map(|last| format!("{}: {last}{lost}", one.workload))
    };
    measured.iter().filter_map(of_shift).chain(unmeasured(measured)).collect()
}

/// Of how many shifts no share was measured, once for all: where nobody counts, it is so of each.
pub(super) fn unmeasured(measured: &[MeasuredStatus]) -> Option<String> {
    let missing: Vec<&MeasuredStatus> = measured.iter().filter(|one| one.spans.is_empty()).collect();
    let why = missing.iter().find_map(|one| one.not_measured)?;
    let all = counted(measured.len(), "shift");
    Some(format!("share not measured of {} of {all}: {why}", missing.len()))
}

/// The users on the new side, and whether anybody watches them.
pub(super) fn at_risk(status: &RunStatus, width: usize) -> Vec<String> {
    let of_share = |share: &ShareStatus| format!("at risk: {share}");
    let is_driven = status.driver.as_ref().is_some_and(|driver| driver.drives);
    let is_unwatched = !status.at_risk.is_empty() && status.since.is_some() && !is_driven;
    let unwatched = is_unwatched.then(|| "nobody watches them: no driver runs".to_owned());
    let texts = status.at_risk.iter().map(of_share).chain(unwatched);
    let broken = |text: String| wrapped(&text, width.saturating_sub(2));
    texts.flat_map(broken).map(|line| format!("  {line}")).collect()
}
