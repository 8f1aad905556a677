//! The status of a run, for people.

use crate::journal_db;
use crate::printer::printable;
use crate::table::Table;
use caravan_cutover::operator::{RunStatus, status, time_text};
use caravan_cutover_engine::{Phase, State};
use caravan_plans::Sealed;
use std::io::{self, Write};

/// The changes of one run, one line each.
pub(super) struct Changes {
    run: String,
    last: String,
}

impl Changes {
    /// Of a run of which nothing was said yet.
    pub(super) fn new(run: &str) -> Self {
        Self { run: run.to_owned(), last: String::new() }
    }

    /// What to say of a state; none when it says nothing new.
    pub(super) fn line(&mut self, plan: &Sealed, state: &State) -> Option<String> {
        if let Phase::Recording { .. } = state.phase {
            // What is on its way into the journal has not happened yet.
            return None;
        }
        let status = status(&self.run, plan, state);
        let step = status.steps.iter().find(|step| step.state.is_moving());
        let doing = step.map(|step| format!("  {}", step.name)).unwrap_or_default();
        let waiting = status.waiting_for.map(|text| format!("  waits for {text}")).unwrap_or_default();
        let said = format!("{}{doing}{waiting}", status.state);
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

/// A run for people: where it stands, its steps, and what it waits for.
pub(super) fn write(out: &mut impl Write, status: &RunStatus) -> io::Result<()> {
    writeln!(out, "run {}: {}", status.run, status.state)?;
    if let Some(waiting) = &status.waiting_for {
        writeln!(out, "waits for {}", printable(&waiting.to_string()))?;
    }
    if !status.queued.is_empty() {
        let queued: Vec<String> = status.queued.iter().map(ToString::to_string).collect();
        writeln!(out, "queued, and not taken in yet: {}", printable(&queued.join(", ")))?;
    }
    let rows: Vec<[String; 4]> = status
        .steps
        .iter()
        .map(|step| {
            let actual = step.actual.map_or_else(|| "?".to_owned(), |value| value.to_string());
            [step.name.clone(), step.state.to_string(), actual, step.target.clone()]
        })
        .collect();
    Table::new(["STEP", "STATE", "STANDS AT", "TARGET"]).write_all(out, &rows)
}
