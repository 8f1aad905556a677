//! `caravan plan approve`.

use crate::error::{Failure, FailureKind};
use crate::exit::Exit;
use crate::global::Global;
use crate::permit::WritePermit;
use crate::printer::Printer;
use crate::who::Who;
use crate::{journal_db, signals};
use caravan_cutover::Approval;
use caravan_cutover::operator::{NewestSealError, approve_seal, time_text};
use clap::Args;
use serde::Serialize;

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

/// `caravan.approval/v1`.
#[derive(Serialize)]
struct Document<'a> {
    schema: &'static str,
    wave: &'a str,
    hash: &'a str,
    who: &'a str,
    at: String,
}

pub(super) fn run(global: &Global, printer: &Printer, args: &ApproveArgs) -> Result<Exit, Failure> {
    let permit = WritePermit::ask(global, "approving a plan")?;
    let journal = journal_db::open(&global.dir, &permit)?;
    let who = args.who.name()?;
    let approval = Approval { who: who.clone(), at: journal_db::now(), reason: args.reason.clone() };
    let approved = signals::block_on(approve_seal(&journal, &args.wave, &args.hash, &approval))?;
    let approved = approved.map_err(|error| match error {
        other @ NewestSealError::OtherSeal { .. } => Failure::caused(FailureKind::Usage, other)
            .hint(format!("look at it with `caravan plan show {}`, then approve its hash", args.wave)),
        error => error.into(),
    })?;
    if printer.is_json() {
        let at = time_text(approval.at);
        printer.json(&Document { schema: "caravan.approval/v1", wave: &args.wave, hash: &approved, who: &who, at })?;
    }
    printer.note(&format!("{who} approves {approved} of wave {}", args.wave));
    printer.hint(&format!("try it on a simulated world: caravan rehearse {}", args.wave));
    printer.hint(&format!("then: caravan cutover start {}", args.wave));
    Ok(Exit::Done)
}
