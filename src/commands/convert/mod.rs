//! `caravan convert`: from the inventory to the trees that Git carries.

mod remains;
mod report;
mod stale;

use crate::config::Config;
use crate::error::Failure;
use crate::exit::Exit;
use crate::global::Global;
use crate::lifting::{self, Estate};
use crate::permit::WritePermit;
use crate::printer::Printer;
use crate::progress::Progress;
use crate::shared::Shared;
use crate::tree::{self, Sink};
use crate::{decisions, inventory_db};
use camino::{Utf8Path, Utf8PathBuf};
use caravan_convert::{Converted, Names, Trace, convert_among};
use caravan_inventory::Decisions;
use caravan_inventory_store::Store;
use clap::Args;

pub(crate) use report::{ConversionReport, Document};

/// Write plconfig, manifests and the account of every field as files for Git, or compare with what is there
///
/// deployment/ holds a plconfig.yaml for each app and its manifests for each environment, infrastructure/ Terraform for
/// what workloads share, ledger/ one file for each workload and each module of Terraform. What is not answered yet is converted with what its question assumes, and nothing that could become a second
/// active one is started before its answer.
///
/// A file that somebody changed is never overwritten: changes are brought together, and where that can't be done the file
/// stays and is named as a conflict. Of several outcomes the exit code is the most severe: 1 failed or in conflict, 11 a
/// workload was refused or a field is unknown, 10 --check found differences, 0.
#[derive(Args, Debug)]
pub(crate) struct ConvertArgs {
    /// Where deployment/, infrastructure/ and ledger/ go; without it, beside caravan.yaml
    #[arg(long, value_name = "DIR")]
    out: Option<Utf8PathBuf>,
    /// Write nothing: compare, and end with 10 when something would change
    #[arg(long)]
    check: bool,
}

/// Runs the command.
///
/// # Errors
/// When the inventory can't be read or the trees can't be written.
pub(crate) fn run(global: &Global, printer: &Printer, args: &ConvertArgs) -> Result<Exit, Failure> {
    let config = Config::load(&global.dir)?;
    let decisions = decisions::load(&global.dir)?;
    let permit =
        if args.check { None } else { Some(WritePermit::ask(global, "writing the trees; `--check` compares")?) };
    let store = inventory_db::open(&global.dir)?;
    let out = args.out.as_deref().unwrap_or(&global.dir);
    let report = convert_all(&store, &decisions, &config, out, permit.as_ref(), printer)?;
    report.tell(printer, out)?;
    Ok(report.exit())
}

/// Converts every app, and writes each as soon as it is converted; without a permit, compares.
///
/// # Errors
/// When the inventory can't be read or the trees can't be written.
pub(crate) fn convert_all(
    store: &Store,
    decisions: &Decisions,
    config: &Config,
    out: &Utf8Path,
    permit: Option<&WritePermit>,
    printer: &Printer,
) -> Result<ConversionReport, Failure> {
    let progress = Progress::new(printer);
    let platform = &config.platform;
    let estate = Estate::read(store, decisions, platform)?;
    let apps = &estate.apps;
    let existing = tree::existing(out);
    let mut sink = Sink::new(out, permit);
    let mut report = ConversionReport::new(permit.is_none());
    let mut names = Names::default();
    let mut roles = Vec::new();
    for (at, app) in apps.iter().enumerate() {
        progress.now(format!("{at}/{} apps; {}/{}", apps.len(), app.team, app.name));
        let lifted = estate.lift_members(store, app, decisions)?;
        let mut converted = convert_among(&mut names, app, lifted, platform, &existing, Trace::Off);
        add_linked_questions(store, &mut converted, app, decisions)?;
        sink.take(std::mem::take(&mut converted.files))?;
        roles.append(&mut converted.roles);
        report.add(converted);
    }
    progress.now("what is shared".to_owned());
    let shared = Shared::read(store, &config.ownership, &estate)?;
    let mut shared = shared.convert(&roles, config, decisions, &existing);
    sink.take(std::mem::take(&mut shared.files))?;
    report.add_shared(shared);
    report.finish(sink.finish()?, stale::folders(out, apps), remains::names(store)?);
    Ok(report)
}

/// Whom a workload belongs to was asked when it was linked.
fn add_linked_questions(
    store: &Store,
    converted: &mut Converted,
    app: &caravan_convert::App,
    decisions: &Decisions,
) -> Result<(), Failure> {
    for member in &app.members {
        let lifted = Vec::new();
        converted.questions.extend(lifting::questions_with(store, &member.workload, decisions, lifted)?);
    }
    Ok(())
}
