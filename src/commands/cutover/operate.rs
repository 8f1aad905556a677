//! Operators' commands: left in the journal, and taken in by whoever drives the run.

use super::live;
use crate::error::{Failure, FailureKind};
use crate::exit::Exit;
use crate::global::{Global, quoted};
use crate::journal_db::Journal;
use crate::permit::WritePermit;
use crate::printer::Printer;
use crate::who::Who;
use crate::{journal_db, signals};
use caravan_cutover::operator::{
    BLANK, RemainsStatus, Run, has_come_to_its_end, makes_sense, shown, submit, submit_shown, time_text,
};
use caravan_cutover::{Command, Request};
use caravan_cutover_engine::Shown;
use clap::Args;
use serde::Serialize;
use std::io::{self, BufRead, IsTerminal, Write};

/// Leaves a command for the run's driver; without one, it waits for the next `caravan cutover run`. Refused with 2 when it
/// makes no sense where the run stands.
#[derive(Args, Debug)]
pub(crate) struct OperateArgs {
    /// The run
    #[arg(value_name = "RUN")]
    pub(super) run: String,
    #[command(flatten)]
    pub(super) who: Who,
}

/// Leaves a target in conflict to whoever changed it: the run writes to it no more, and goes on without it after `resume`. It
/// wants to know that you mean this target: `--step` with its step's name, or the run's name typed in a terminal. It is bound
/// to the journal's entry that was shown: if what stands there is another since, it is refused and says what has changed.
#[derive(Args, Debug)]
pub(crate) struct AdoptArgs {
    #[command(flatten)]
    command: OperateArgs,
    /// The step whose target is left, as `caravan cutover status` names it
    #[arg(long, value_name = "NAME")]
    step: Option<String>,
    /// The entry at which `caravan cutover status` showed it; without it, what stands now
    #[arg(long, value_name = "SEQUENCE")]
    entry: Option<u64>,
}

/// Ends a run: what stands stays, and so does what was installed to shift it; `caravan cutover finalise` ends it without.
/// At its end, when everything is on the new side, it needs no more than the run. Before its end it leaves traffic where it stands: it then wants to know that you mean this run (`--run-name`, or the name typed in
/// a terminal) and why (`--reason`), and the run ends with 25. It is bound to the journal's entry that was shown: if the run has
/// gone on since, it is refused.
#[derive(Args, Debug)]
pub(crate) struct ReleaseArgs {
    #[command(flatten)]
    command: OperateArgs,
    /// The run's name once more, to release it before its end
    #[arg(long, value_name = "RUN")]
    run_name: Option<String>,
    /// Why it is released before its end; the journal keeps it
    #[arg(long, value_name = "TEXT")]
    reason: Option<String>,
    /// The entry at which `caravan cutover status` showed where it stands; without it, where it stands now
    #[arg(long, value_name = "SEQUENCE")]
    entry: Option<u64>,
}

/// Puts everything back as it was. Traffic goes back to an old side only once its probes pass, however long that takes; where
/// you know better than its probes, `--despite-probes` with a reason sends it back at once.
#[derive(Args, Debug)]
pub(crate) struct RollbackArgs {
    #[command(flatten)]
    command: OperateArgs,
    /// Send traffic back also to an old side whose probes do not pass; wants the run's name and a reason
    #[arg(long)]
    despite_probes: bool,
    /// The run's name once more, for `--despite-probes`
    #[arg(long, value_name = "RUN", requires = "despite_probes")]
    run_name: Option<String>,
    /// Why its probes are not believed; the journal keeps it
    #[arg(long, value_name = "TEXT", requires = "despite_probes")]
    reason: Option<String>,
}

/// `caravan.command/v1`.
#[derive(Serialize)]
struct Document<'a> {
    schema: &'static str,
    run: &'a str,
    command: &'static str,
    who: &'a str,
    at: String,
    /// The driver that takes it in; null when it waits for one.
    driver: Option<String>,
}

pub(super) fn run(global: &Global, printer: &Printer, command: Command, args: &OperateArgs) -> Result<Exit, Failure> {
    let permit = WritePermit::ask(global, "leaving a command in the journal")?;
    let journal = journal_db::open(&global.dir, &permit)?;
    let run = signals::block_on(Run::read(&journal, &args.run))??;
    let request = command.by(&args.who.name()?, journal_db::now());
    signals::block_on(submit(&journal, &run, &request))??;
    left(printer, &journal, &run, &request)
}

pub(super) fn rollback(global: &Global, printer: &Printer, args: &RollbackArgs) -> Result<Exit, Failure> {
    if !args.despite_probes {
        return run(global, printer, Command::Rollback, &args.command);
    }
    let permit = WritePermit::ask(global, "leaving a command in the journal")?;
    let journal = journal_db::open(&global.dir, &permit)?;
    let run = signals::block_on(Run::read(&journal, &args.command.run))??;
    let mut request = Command::Rollback.by(&args.command.who.name()?, journal_db::now());
    show(printer, &journal, &run)?;
    let to = "send traffic back to a side whose probes may fail";
    let again = named("rollback", &args.command, " --despite-probes");
    confirm(args.run_name.as_deref(), &args.command.run, to, &again)?;
    request.reason = Some(reason(args.reason.as_deref(), "why are its probes not believed: ", &again)?);
    signals::block_on(submit(&journal, &run, &request))??;
    left(printer, &journal, &run, &request)
}

/// Where the run stands, and who drives it, before somebody decides.
fn show(printer: &Printer, journal: &Journal, run: &Run) -> Result<(), Failure> {
    let status = signals::block_on(run.full_status(journal, journal_db::now()))??;
    live::head(&status, live::WIDTH).iter().for_each(|line| printer.note(line));
    Ok(())
}

/// The reason that was given, or is typed in a terminal; a blank of a command that was printed is none.
pub(in crate::commands) fn reason(given: Option<&str>, question: &str, again: &str) -> Result<String, Failure> {
    let reason = match given {
        Some(given) if given.contains(BLANK) => {
            let text = format!("`{BLANK}` is no reason: write your own in its place");
            return Err(Failure::new(FailureKind::Usage, text));
        }
        Some(given) => given.trim().to_owned(),
        None if io::stdin().is_terminal() => ask(question)?,
        None => String::new(),
    };
    if reason.contains(char::is_control) {
        return Err(Failure::new(FailureKind::Usage, "a reason is one line: write it without line breaks"));
    }
    if reason.is_empty() {
        return Err(
            Failure::new(FailureKind::Usage, "it is done only with a reason, which the journal keeps").hint(again)
        );
    }
    Ok(reason)
}

pub(super) fn adopt(global: &Global, printer: &Printer, args: &AdoptArgs) -> Result<Exit, Failure> {
    let permit = WritePermit::ask(global, "leaving a command in the journal")?;
    let journal = journal_db::open(&global.dir, &permit)?;
    let mut run = signals::block_on(Run::read(&journal, &args.command.run))??;
    let request = Command::Adopt.by(&args.command.who.name()?, journal_db::now());
    // Whether it makes sense at all is said first.
    makes_sense(&run, &request)?;
    show(printer, &journal, &run)?;
    let plan = run.plan().plan();
    let meant = |shown: &Shown| plan.step_title(shown.step).unwrap_or_default();
    let shown = shown(&run).map(|shown| {
        // A run that repeats turns from one step to another: any of those that get no further may be meant.
        let repeats = !run.state().waits_for_person();
        let named = (0..plan.steps.len()).find(|step| repeats && plan.step_title(*step) == args.step);
        Shown { step: named.unwrap_or(shown.step), entry: args.entry.unwrap_or(shown.entry), ..shown }
    });
    let (step, entry) = (shown.as_ref().map(meant).unwrap_or_default(), shown.map_or(0, |shown| shown.entry));
    match &args.step {
        Some(given) if *given == step => {}
        Some(given) => {
            let text = format!("the run waits with `{step}`, not `{given}`");
            return Err(Failure::new(FailureKind::Usage, text));
        }
        None => {
            let (name, step_name, who) = (quoted(&args.command.run), quoted(&step), args.command.who.repeated());
            let again = format!("say it so: caravan cutover adopt {name} --step {step_name} --entry {entry}{who}");
            confirm(None, &args.command.run, &format!("leave the target of {step} to others"), &again)?;
        }
    }
    let request = Request { shown, ..request };
    signals::block_on(submit_shown(&journal, &mut run, &request))??;
    left(printer, &journal, &run, &request)
}

pub(super) fn release(global: &Global, printer: &Printer, args: &ReleaseArgs) -> Result<Exit, Failure> {
    let permit = WritePermit::ask(global, "leaving a command in the journal")?;
    let journal = journal_db::open(&global.dir, &permit)?;
    let mut run = signals::block_on(Run::read(&journal, &args.command.run))??;
    let mut request = Command::Release.by(&args.command.who.name()?, journal_db::now());
    request.reason.clone_from(&args.reason);
    // Whether it makes sense at all is said first.
    makes_sense(&run, &request)?;
    request.shown = shown(&run).map(|shown| Shown { entry: args.entry.unwrap_or(shown.entry), ..shown });
    if !has_come_to_its_end(&run) {
        show(printer, &journal, &run)?;
        let again = named("release", &args.command, "");
        confirm(args.run_name.as_deref(), &args.command.run, "release it where it stands", &again)?;
        request.reason = Some(reason(args.reason.as_deref(), "why is it released before its end: ", &again)?);
    } else if args.run_name.is_some() {
        // Whoever names another run means another one, also where no name is asked for.
        confirm(args.run_name.as_deref(), &args.command.run, "release it", "")?;
    }
    let remains = run.status().remains;
    signals::block_on(submit_shown(&journal, &mut run, &request))??;
    for RemainsStatus { target, stands, .. } in &remains {
        printer.note(&format!("stays for good, since it is not finalised: {target}: {}", stands.join("; ")));
    }
    left(printer, &journal, &run, &request)
}

/// The command with which somebody says that they mean this run, and why.
pub(super) fn named(command: &str, args: &OperateArgs, more: &str) -> String {
    let (run, who) = (quoted(&args.run), args.who.repeated());
    format!("say it so: caravan cutover {command} {run}{more} --run-name {run} --reason '{BLANK}'{who}")
}

/// Enter alone never confirms (S3): what is given, or typed in a terminal, must be the run's name. `again` is the command that
/// gives it.
pub(super) fn confirm(given: Option<&str>, run: &str, to: &str, again: &str) -> Result<(), Failure> {
    let typed = match given {
        Some(given) => given.to_owned(),
        None if io::stdin().is_terminal() => ask(&format!("type the run's name to {to}: "))?,
        None => {
            return Err(
                Failure::new(FailureKind::Usage, format!("it wants to know that you mean it, to {to}")).hint(again)
            );
        }
    };
    if typed == run {
        return Ok(());
    }
    Err(Failure::new(FailureKind::Usage, "that is not the run's name: nothing was done"))
}

/// What a person types.
pub(super) fn ask(question: &str) -> Result<String, Failure> {
    let _gone = write!(io::stderr().lock(), "{question}");
    let mut typed = String::new();
    let read = io::stdin().lock().read_line(&mut typed);
    read.map_err(|error| Failure::caused(FailureKind::Work, error).context("can't read what was typed"))?;
    Ok(typed.trim().to_owned())
}

/// Says that a command was left, and who takes it in.
pub(super) fn left(printer: &Printer, journal: &Journal, run: &Run, request: &Request) -> Result<Exit, Failure> {
    let driver = signals::block_on(run.driver(journal, journal_db::now()))??.map(|lease| lease.driver);
    let command = request.command;
    if printer.is_json() {
        printer.json(&Document {
            schema: "caravan.command/v1",
            run: run.name(),
            command: command.as_str(),
            who: &request.who,
            at: time_text(request.at),
            driver: driver.clone(),
        })?;
    }
    match driver {
        Some(driver) => printer.note(&format!("{command} {}: driver {driver} takes it in", run.name())),
        None => {
            printer.note(&format!("{command} {}: it waits, since nobody drives the run", run.name()));
            // With users on a new side, or soon there, it is left by nobody.
            let goes_on = matches!(command, Command::Approve | Command::Resume | Command::Retry);
            let wait = if run.status().at_risk.is_empty() && !goes_on { "" } else { " --wait" };
            printer.hint(&format!("next: caravan cutover run {}{wait}", run.name()));
        }
    }
    Ok(Exit::Done)
}
