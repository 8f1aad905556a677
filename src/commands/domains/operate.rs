//! People's words on hostnames that move: left in the journal, and taken in by whoever drives them.

use super::{moves, roles};
use crate::commands::cutover::reason;
use crate::error::{Failure, FailureKind};
use crate::exit::Exit;
use crate::global::Global;
use crate::permit::WritePermit;
use crate::printer::Printer;
use crate::who::Who;
use crate::{journal_db, signals};
use caravan_cutover_domains::{Event, State, transition};
use clap::Args;

/// Leaves a word for whoever drives the hostname; without a driver it waits for the next `caravan domains move --start`. Refused
/// with 2 when it makes no sense where the hostname is.
#[derive(Args, Debug)]
pub(crate) struct OperateArgs {
    /// The hostname
    #[arg(value_name = "NAME")]
    name: String,
    #[command(flatten)]
    who: Who,
}

/// Says that the hostname may be led to the new edge, or by `release` that its old side may go. It wants the hostname once more, in
/// `--confirm`: users follow from it.
#[derive(Args, Debug)]
pub(crate) struct ConfirmedArgs {
    #[command(flatten)]
    command: OperateArgs,
    /// The hostname once more
    #[arg(long, value_name = "NAME")]
    confirm: String,
}

/// Puts everything back as it was, from wherever the hostname is, until its old side is released.
#[derive(Args, Debug)]
pub(crate) struct BackArgs {
    #[command(flatten)]
    command: OperateArgs,
    /// Lead users back also to an old edge that does not answer, and why; the journal keeps it
    #[arg(long, value_name = "REASON")]
    despite_probes: Option<String>,
}

/// A word.
#[derive(Clone, Copy, Debug)]
pub(super) enum Word {
    Approve,
    Release,
    Pause,
    Resume,
    Retry,
    Adopt,
}

pub(super) fn confirmed(global: &Global, printer: &Printer, word: Word, args: &ConfirmedArgs) -> Result<Exit, Failure> {
    if args.confirm != args.command.name {
        return Err(Failure::new(FailureKind::Usage, "that is not the hostname: nothing was said")
            .hint(format!("say it once more: --confirm {}", args.command.name)));
    }
    run(global, printer, word, &args.command)
}

pub(super) fn run(global: &Global, printer: &Printer, word: Word, args: &OperateArgs) -> Result<Exit, Failure> {
    let (who, at) = (args.who.name()?, journal_db::now());
    roles::may_move(global, &who)?;
    let event = match word {
        Word::Approve => Event::Approved { who, at },
        Word::Release => Event::ReleaseApproved { who, at },
        Word::Pause => Event::Paused { who, at },
        Word::Resume => Event::Resumed { who, at },
        Word::Retry => Event::Retried { who, at },
        Word::Adopt => Event::Adopted { who, at },
    };
    leave(global, printer, &args.name, &event)
}

pub(super) fn back(global: &Global, printer: &Printer, args: &BackArgs) -> Result<Exit, Failure> {
    let (who, at) = (args.command.who.name()?, journal_db::now());
    roles::may_move(global, &who)?;
    let again = "write your own reason behind --despite-probes";
    let despite_probes = args.despite_probes.as_deref().map(|given| reason(Some(given), "", again)).transpose()?;
    let event = Event::TurnedBack { who, at, despite_probes };
    leave(global, printer, &args.command.name, &event)
}

fn leave(global: &Global, printer: &Printer, name: &str, event: &Event) -> Result<Exit, Failure> {
    let permit = WritePermit::ask(global, "leaving a word in the journal")?;
    let journal = journal_db::open(&global.dir, &permit)?;
    let (run, said) = signals::block_on(async {
        let known = journal.moves().await?;
        let under_way = known.into_iter().rev().find(|one| !one.ended && one.plan.name == name);
        let record = under_way.ok_or_else(|| {
            Failure::new(FailureKind::Usage, format!("{name} is not on its way"))
                .hint(format!("to begin: caravan domains move {name} --start"))
        })?;
        let (record, state) = moves::read(&journal, &record.plan.run).await?;
        // It is checked where it stands now; who takes it in checks it where it stands then.
        let _would_be: State = transition(&record.plan, state, event).map_err(|illegal| {
            Failure::caused(FailureKind::Usage, illegal)
                .context(format!("{name}: `{}` makes no sense now", event.name()))
        })?;
        journal.submit_move(&record.plan.run, event).await?;
        Ok::<_, Failure>((record.plan.run, event.name()))
    })??;
    printer.note(&format!("`{said}` waits for whoever drives {name} ({run})"));
    Ok(Exit::Done)
}
