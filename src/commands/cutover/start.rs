//! `caravan cutover start`.

use crate::error::Failure;
use crate::exit::Exit;
use crate::global::Global;
use crate::journal_db::Journal;
use crate::permit::WritePermit;
use crate::printer::Printer;
use crate::{files, journal_db, paths, signals, waves};
use camino::{Utf8Path, Utf8PathBuf};
use caravan_cutover::RunRecord;
use caravan_cutover::operator::{NewRun, check_ready, newest_seal, reviewed_seal};
use caravan_plans::Sealed;
use clap::Args;
use serde::Serialize;

/// Creates a run of a wave's newest seal, which somebody must have approved, and prints its name. It copies
/// journal.db into backups/, and writes the commands of the manual rollback into plans/manual-rollback/, for Git. Nothing
/// is changed until `caravan cutover run` drives it.
#[derive(Args, Debug)]
pub(crate) struct StartArgs {
    /// The wave
    #[arg(value_name = "WAVE")]
    wave: String,
    /// Start only if this is the hash of the wave's newest seal; its first 8 digits and more are enough
    #[arg(long, value_name = "HASH")]
    hash: Option<String>,
}

/// `caravan.start/v1`.
#[derive(Serialize)]
struct Document<'a> {
    schema: &'static str,
    run: &'a str,
    plan_hash: &'a str,
    manual_rollback: String,
    backup: String,
}

/// A run that was created.
pub(crate) struct Started {
    /// What was written down of it.
    pub(crate) record: RunRecord,
    /// Where the journal was copied to.
    pub(crate) backup: Utf8PathBuf,
    /// Where the script of its manual rollback is.
    pub(crate) manual_rollback: Utf8PathBuf,
}

pub(super) fn run(global: &Global, printer: &Printer, args: &StartArgs) -> Result<Exit, Failure> {
    let permit = WritePermit::ask(global, "starting a run")?;
    let Started { record: started, backup, manual_rollback } =
        create(&global.dir, &args.wave, args.hash.as_deref(), &permit)?;
    if printer.is_json() {
        printer.json(&Document {
            schema: "caravan.start/v1",
            run: &started.name,
            plan_hash: &started.hash,
            manual_rollback: manual_rollback.to_string(),
            backup: backup.to_string(),
        })?;
    } else {
        printer.text(|out| {
            use std::io::Write as _;
            writeln!(out, "{}", started.name)
        })?;
    }
    printer.note(&format!("the journal was copied to {backup}"));
    printer.note(&format!("the manual rollback is in {manual_rollback}: commit it"));
    printer.hint(&format!("next: caravan cutover run {}", started.name));
    Ok(Exit::Done)
}

/// Creates a run of a wave's newest seal, if that has the hash that is given.
///
/// # Errors
/// When nobody has approved it, or something else is missing; when the copies can't be written. There is no run then.
#[expect(clippy::disallowed_methods, reason = "the backup needs its folder")]
pub(crate) fn create(dir: &Utf8Path, wave: &str, hash: Option<&str>, permit: &WritePermit) -> Result<Started, Failure> {
    let journal = journal_db::open(dir, permit)?;
    let ready = signals::block_on(async {
        let newest = newest(&journal, wave, hash).await?;
        Ok::<_, Failure>(check_ready(&journal, newest).await?)
    })??;
    let new = NewRun::of(&ready, env!("CARGO_PKG_VERSION"), journal_db::now());
    let backups = paths::within(dir, paths::BACKUPS);
    std::fs::create_dir_all(&backups).map_err(|error| files::failure(&backups, error))?;
    let backup = backups.join(format!("journal-{}.db", new.name()));
    let manual_rollback = paths::manual_rollback(dir, new.name());
    let keep = |new: &NewRun| waves::write(&manual_rollback, new.manual_rollback().as_bytes(), permit);
    let record = signals::block_on(new.create(&journal, &backup, keep))??;
    Ok(Started { record, backup, manual_rollback })
}

/// The wave's newest seal, if it is the one that was asked for.
async fn newest(journal: &Journal, wave: &str, hash: Option<&str>) -> Result<Sealed, Failure> {
    let seal = match hash {
        Some(hash) => reviewed_seal(journal, wave, hash).await?,
        None => newest_seal(journal, wave).await?,
    };
    Ok(journal.plan(&seal.hash).await?)
}
