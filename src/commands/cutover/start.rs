//! `caravan cutover start`.

use super::ready;
use crate::error::{Failure, Kind};
use crate::exit::Exit;
use crate::global::Global;
use crate::permit::WritePermit;
use crate::printer::Printer;
use crate::{files, journal_db, paths, signals, waves};
use camino::{Utf8Path, Utf8PathBuf};
use caravan_cutover::{Journal, RunRecord};
use caravan_plans::Sealed;
use clap::Args;
use serde::Serialize;
use std::fmt::Write as _;
use std::hash::{BuildHasher, Hasher, RandomState};

/// Creates a run of a wave's newest seal, which somebody must have approved, and prints its name. Before that it copies
/// journal.db into backups/, and writes the commands that take the run back by hand into plans/by-hand/, for Git. Nothing
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

pub(super) fn run(global: &Global, printer: &Printer, args: &StartArgs) -> Result<Exit, Failure> {
    let permit = WritePermit::ask(global, "starting a run")?;
    let journal = journal_db::open(&global.dir)?;
    let plan = signals::block_on(newest(&journal, args))??;
    signals::block_on(ready::check(&journal, &plan))??;
    let started = start_run(&global.dir, &journal, &plan, &permit)?;
    if printer.is_json() {
        printer.json(&Document {
            schema: "caravan.start/v1",
            run: &started.run,
            plan_hash: plan.hash().as_str(),
            manual_rollback: started.manual_rollback.to_string(),
            backup: started.backup.to_string(),
        })?;
    } else {
        printer.text(|out| {
            use std::io::Write as _;
            writeln!(out, "{}", started.run)
        })?;
    }
    printer.note(&format!("the journal was copied to {}", started.backup));
    printer.note(&format!("the manual rollback is in {}: commit it", started.manual_rollback));
    printer.hint(&format!("next: caravan cutover run {}", started.run));
    Ok(Exit::Done)
}

async fn newest(journal: &Journal, args: &StartArgs) -> Result<Sealed, Failure> {
    let seal = journal_db::current_seal(journal, &args.wave).await?;
    if let Some(hash) = args.hash.as_ref().filter(|hash| hash.len() < 8 || !seal.hash.starts_with(hash.as_str())) {
        return Err(Failure::new(
            Kind::Usage,
            format!("the newest seal of wave {} is {}, not {hash}", args.wave, seal.hash),
        )
        .hint(format!("look at it with `caravan plan show {}`", args.wave)));
    }
    Ok(journal.plan(&seal.hash).await?)
}

/// A run that was created.
pub(crate) struct Started {
    /// Its name.
    pub(crate) run: String,
    /// The commands that take it back by hand.
    pub(crate) manual_rollback: Utf8PathBuf,
    /// The copy of the journal as it was before.
    pub(crate) backup: Utf8PathBuf,
}

/// Backs the journal up, writes the rollback by hand, and creates the run.
///
/// # Errors
/// When disk or journal do not take it; there is then no run.
#[expect(clippy::disallowed_methods, reason = "the backup needs its folder")]
fn start_run(dir: &Utf8Path, journal: &Journal, plan: &Sealed, permit: &WritePermit) -> Result<Started, Failure> {
    let now = journal_db::now();
    let run = name(&plan.plan().wave, &journal_db::shown(now));
    let folder = paths::within(dir, paths::BACKUPS);
    std::fs::create_dir_all(&folder).map_err(|error| files::failure(&folder, error))?;
    let backup = folder.join(format!("journal-before-{run}.db"));
    journal.back_up(&backup)?;
    let manual_rollback = paths::within(dir, &format!("{}/manual-rollback/{run}.sh", paths::PLANS));
    waves::write(&manual_rollback, script(&run, plan).as_bytes(), permit)?;
    let record = RunRecord {
        name: run.clone(),
        hash: plan.hash().to_string(),
        code_version: env!("CARGO_PKG_VERSION").to_owned(),
        created_at: now,
    };
    signals::block_on(journal.create_run(&record))??;
    Ok(Started { run, manual_rollback, backup })
}

/// `<wave>-<date>-<time>-<four digits>`: unique also among journals that know nothing of each other.
fn name(wave: &str, time: &str) -> String {
    let time: String = time.chars().filter(|c| c.is_ascii_digit()).collect();
    let (date, time) = time.split_at(time.len().min(8));
    let chance = RandomState::new().build_hasher().finish() & 0xffff;
    format!("{wave}-{date}-{time}-{chance:04x}")
}

/// The rollback by hand, the last shift first.
fn script(run: &str, plan: &Sealed) -> String {
    let mut text = format!(
        "# The manual rollback of run {run}, without Caravan, for when neither it nor its journal is at hand.\n\
         # Stop every driver first. Plan {}.\n",
        plan.hash()
    );
    for shift in plan.plan().shifts.iter().rev() {
        let _ = writeln!(text, "\n# {}: {}", shift.workload, shift.target);
        for line in &shift.manual_rollback {
            let _ = writeln!(text, "{line}");
        }
    }
    text
}
