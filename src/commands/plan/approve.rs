//! `caravan plan approve`.

use crate::error::{Failure, FailureKind};
use crate::exit::Exit;
use crate::global::Global;
use crate::permit::WritePermit;
use crate::printer::Printer;
use crate::who::Who;
use crate::{journal_db, signals};
use caravan_cutover::Approval;
use caravan_cutover::operator::{NewestSealError, approve_seal};
use clap::Args;

/// Approves a wave's newest sealed plan. The approval holds for this hash alone: a plan sealed later needs its own.
#[derive(Args, Debug)]
pub(crate) struct ApproveArgs {
    /// The wave
    #[arg(value_name = "WAVE")]
    wave: String,
    /// The hash that was reviewed: all of it, or its first 8 digits and more
    #[arg(long, value_name = "HASH")]
    hash: String,
    /// Why, for whoever reads it in a year
    #[arg(long, value_name = "TEXT")]
    reason: Option<String>,
    #[command(flatten)]
    who: Who,
}

pub(super) fn run(global: &Global, printer: &Printer, args: &ApproveArgs) -> Result<Exit, Failure> {
    let _permit = WritePermit::ask(global, "approving a plan")?;
    let journal = journal_db::open(&global.dir)?;
    let who = args.who.name()?;
    let approval = Approval { who: who.clone(), at: journal_db::now(), reason: args.reason.clone() };
    let approved = signals::block_on(approve_seal(&journal, &args.wave, &args.hash, &approval))?;
    let approved = approved.map_err(|error| match error {
        other @ NewestSealError::OtherSeal { .. } => Failure::caused(FailureKind::Usage, other)
            .hint(format!("look at it with `caravan plan show {}`, then approve its hash", args.wave)),
        error => error.into(),
    })?;
    printer.note(&format!("{who} approves {approved} of wave {}", args.wave));
    printer.hint(&format!("next: caravan rehearse {0}; caravan cutover start {0}", args.wave));
    Ok(Exit::Done)
}
