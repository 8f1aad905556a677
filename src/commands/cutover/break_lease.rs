//! `caravan cutover break-lease`.

use super::live;
use super::operate::{OperateArgs, confirm, named, reason};
use crate::error::Failure;
use crate::exit::Exit;
use crate::global::{Global, quoted};
use crate::permit::WritePermit;
use crate::printer::Printer;
use crate::{journal_db, signals};
use caravan_cutover::LeaseBreak;
use caravan_cutover::operator::{Run, time_text};
use clap::Args;
use serde::Serialize;

/// Takes a run from its driver, for when that one is gone for good or hangs, so that another can drive it at once. The old
/// driver never gets this run again, and whatever it still does is refused by the epoch of its lease; a write that it has on
/// its way is looked for by the next driver. A driver that is merely gone needs no breaking: its lease runs out after the
/// time that it lasts, whatever its clock said.
///
/// It wants to know that you mean this run (`--run-name`, or the name typed in a terminal) and why (`--reason`); the journal
/// keeps both, and `cutover audit` shows them. Ends with 2 when nobody holds the lease.
#[derive(Args, Debug)]
pub(crate) struct BreakLeaseArgs {
    #[command(flatten)]
    command: OperateArgs,
    /// The run's name once more
    #[arg(long, value_name = "RUN")]
    run_name: Option<String>,
    /// Why; the journal keeps it
    #[arg(long, value_name = "TEXT")]
    reason: Option<String>,
}

/// `caravan.lease-break/v1`.
#[derive(Serialize)]
struct Document<'a> {
    schema: &'static str,
    run: &'a str,
    driver: &'a str,
    epoch: u64,
    who: &'a str,
    at: String,
    reason: &'a str,
}

pub(super) fn run(global: &Global, printer: &Printer, args: &BreakLeaseArgs) -> Result<Exit, Failure> {
    let permit = WritePermit::ask(global, "breaking a lease")?;
    let journal = journal_db::open(&global.dir, &permit)?;
    let name = &args.command.run;
    let (who, now) = (args.command.who.name()?, journal_db::now());
    let status = signals::block_on(async {
        let run = Run::read(&journal, name).await?;
        Ok::<_, Failure>(run.full_status(&journal, now).await?)
    })??;
    live::head(&status, live::WIDTH).iter().for_each(|line| printer.note(line));
    let again = named("break-lease", &args.command, "");
    confirm(args.run_name.as_deref(), name, "take it from its driver", &again)?;
    let reason = reason(args.reason.as_deref(), "why is it taken from its driver: ", &again)?;
    let LeaseBreak { driver, epoch, who, at, reason } =
        signals::block_on(journal.break_lease(name, &who, now, &reason))??;
    if printer.is_json() {
        printer.json(&Document {
            schema: "caravan.lease-break/v1",
            run: name,
            driver: &driver,
            epoch,
            who: &who,
            at: time_text(at),
            reason: &reason,
        })?;
    }
    printer.note(&format!("the lease of driver {driver} is broken: it never gets run {name} again"));
    // With users on a new side it is left by nobody.
    let is_at_risk = signals::block_on(Run::read(&journal, name))?.is_ok_and(|run| !run.status().at_risk.is_empty());
    let wait = if is_at_risk { " --wait" } else { "" };
    printer.hint(&format!("next: caravan {}cutover run {}{wait}", global.repeated(), quoted(name)));
    Ok(Exit::Done)
}
