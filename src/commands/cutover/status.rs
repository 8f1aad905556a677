//! `caravan cutover status`.

use super::live;
use crate::error::{Failure, FailureKind};
use crate::exit::Exit;
use crate::global::Global;
use crate::journal_db::Journal;
use crate::printer::{Printer, printable};
use crate::{journal_db, signals};
use caravan_cutover::Command;
use caravan_cutover::operator::{Advice, Program, Run, RunStatus, makes_sense};
use clap::Args;
use schemars::JsonSchema;
use serde::Serialize;
use std::io::Write as _;

/// Shows where a run stands: its direction, since when and why, what it waits for, who drives it, the share at risk, the
/// commands that make sense now, and each stage. Without a run it lists all of them, the oldest first. It needs no right to
/// write and waits for no driver.
#[derive(Args, Debug)]
pub(crate) struct StatusArgs {
    /// The run
    #[arg(value_name = "RUN")]
    run: Option<String>,
    /// Print only this command of those that make sense now, as it can be pasted: `approve`, `rollback`. For a shell:
    /// eval "$(caravan cutover status RUN --next approve)"
    #[arg(long, value_name = "COMMAND", requires = "run")]
    next: Option<String>,
}

/// `caravan.runs/v1`.
#[derive(JsonSchema, Serialize)]
pub(crate) struct Document {
    schema: &'static str,
    runs: Vec<Told>,
}

impl Document {
    pub(super) fn of(runs: Vec<Told>) -> Self {
        Self { schema: "caravan.runs/v1", runs }
    }
}

/// One run, `caravan.run/v1`.
#[derive(JsonSchema, Serialize)]
pub(crate) struct Told {
    #[serde(flatten)]
    pub(super) status: RunStatus,
    /// What can be done next, as it can be pasted.
    pub(super) next: Vec<live::Next>,
}

pub(super) fn run(global: &Global, printer: &Printer, args: &StatusArgs) -> Result<Exit, Failure> {
    let journal = journal_db::open_to_read(&global.dir)?;
    if signals::block_on(journal.is_copy())?? {
        printer.note(
            "this journal is a copy for reading alone: it knows nothing of what its runs wrote since it was made",
        );
    }
    if let Some(full) = journal_db::fullness(&global.dir) {
        printer.warning(&format!("{full}: what was seen since is not recorded, and is not shown here; make room"));
    }
    match &args.run {
        Some(name) => {
            let read = async {
                let run = Run::read(&journal, name).await?;
                Ok::<_, Failure>((told(global, &journal, &run).await?, run))
            };
            let (told, run) = signals::block_on(read)??;
            if let Some(word) = &args.next {
                let taken = if told.next.is_empty() { None } else { taken(global, &run, word) };
                return next(printer, &told, taken, word);
            }
            if printer.is_json() {
                printer.json(&told)?;
            } else {
                printer.text(|out| live::write(out, &told.status, &told.next))?;
            }
        }
        None => {
            let (runs, unreadable) = signals::block_on(all(global, &journal))??;
            list(printer, runs)?;
            unreadable.iter().for_each(|failure| printer.failure(failure));
            if !unreadable.is_empty() {
                return Ok(Exit::Failed);
            }
        }
    }
    Ok(Exit::Done)
}

/// A command that the run takes now and that needs nothing but the run, though it is none of the likeliest: `pause` before anybody drives.
fn taken(global: &Global, run: &Run, word: &str) -> Option<live::Next> {
    let plain = [Command::Pause, Command::Resume, Command::Retry, Command::Rollback];
    let command = plain.into_iter().find(|command| command.as_str() == word)?;
    makes_sense(run, &command.by("", journal_db::now())).ok()?;
    let args = ["cutover", word, run.name()].map(str::to_owned).to_vec();
    let advice = Advice { program: Program::Caravan, args, does: "is taken in by whoever drives the run" };
    Some(live::Next {
        command: live::pasted(&advice, &global.dir, &global.repeated()),
        does: advice.does,
        is_way_back: command == Command::Rollback,
        word: Some(word.to_owned()),
    })
}

/// One of the commands that make sense now, alone: what others said of a target is no part of it.
fn next(printer: &Printer, told: &Told, taken: Option<live::Next>, word: &str) -> Result<Exit, Failure> {
    let Some(found) = told.next.iter().find(|next| next.word.as_deref() == Some(word)).or(taken.as_ref()) else {
        let words: Vec<&str> = told.next.iter().filter_map(|next| next.word.as_deref()).collect();
        let text = format!("`{word}` makes no sense now: run {} is {}", told.status.run, told.status.state);
        let failure = Failure::new(FailureKind::Usage, text);
        return Err(match words.is_empty() {
            true => failure,
            false => failure.hint(format!("what does: {}", words.join(", "))),
        });
    };
    match printer.is_json() {
        true => printer.json(found)?,
        false => printer.text(|out| writeln!(out, "{}", found.command))?,
    }
    Ok(Exit::Done)
}

/// A run as it stands now.
pub(super) async fn told(global: &Global, journal: &Journal, run: &Run) -> Result<Told, Failure> {
    let status = run.full_status(journal, journal_db::now()).await?;
    // No command makes sense of a copy: it takes none.
    let next = if journal.is_copy().await? { Vec::new() } else { live::next(global, run, &status) };
    Ok(Told { status, next })
}

/// Every run that can be read, and why the others can't: one damaged run hides no other.
async fn all(global: &Global, journal: &Journal) -> Result<(Vec<Told>, Vec<Failure>), Failure> {
    let (mut runs, mut unreadable) = (Vec::new(), Vec::new());
    for record in journal.runs().await? {
        let name = record.name.clone();
        let read = async { told(global, journal, &Run::of(journal, record).await?).await };
        match read.await {
            Ok(told) => runs.push(told),
            Err(failure) => unreadable.push(failure.context(format!("run {}", printable(&name)))),
        }
    }
    Ok((runs, unreadable))
}

/// Each run with where it stands and why, and the first command that helps; one that is over in a line.
fn list(printer: &Printer, runs: Vec<Told>) -> Result<(), Failure> {
    if printer.is_json() {
        return printer.json(&Document::of(runs));
    }
    if runs.is_empty() {
        printer.note("there is no run yet");
    }
    printer.text(|out| {
        runs.iter().try_for_each(|told| {
            if told.status.state.is_over() {
                let since = told.status.since.as_ref().map(|since| format!(" since {}", since.at)).unwrap_or_default();
                return writeln!(out, "{}  {}{since}", printable(&told.status.run), told.status.state);
            }
            for line in live::head(&told.status, live::WIDTH) {
                writeln!(out, "{}", printable(&line))?;
            }
            match told.next.first() {
                Some(next) => writeln!(out, "  next, {}:\n    {}", next.does, printable(&next.command)),
                None => Ok(()),
            }
        })
    })
}
