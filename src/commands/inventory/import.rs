//! `caravan inventory import`.

use crate::config::Config;
use crate::error::{Failure, FailureKind};
use crate::exit::Exit;
use crate::global::Global;
use crate::inventory_db;
use crate::permit::WritePermit;
use crate::printer::Printer;
use camino::Utf8PathBuf;
use caravan_inventory::Ownership;
use caravan_inventory_store::{Imported, Store};
use clap::Args;
use serde::Serialize;
use std::fs::File;
use std::io::{BufRead, BufReader, Write};

/// Take in an export, all of it or nothing; what it does not name stays as it is
///
/// An export that holds observations and no workloads, because it was written by other means, is linked by the ownership
/// rules of caravan.yaml.
#[derive(Args, Debug)]
pub(crate) struct ImportArgs {
    /// The export; `-` is standard input
    #[arg(value_name = "FILE")]
    file: Utf8PathBuf,
}

/// `caravan.import/v1`.
#[derive(Serialize)]
struct Document {
    schema: &'static str,
    imported: ImportedCounts,
}

/// How much came in.
#[derive(Serialize)]
pub(crate) struct ImportedCounts {
    scans: u64,
    units: u64,
    observations: u64,
    workloads: u64,
    edges: u64,
    domains: u64,
    questions: u64,
}

/// Runs the command.
///
/// # Errors
/// When the export can't be read; then the inventory is as it was.
pub(crate) fn run(global: &Global, printer: &Printer, args: &ImportArgs) -> Result<Exit, Failure> {
    let permit = WritePermit::ask(global, "writing inventory.db")?;
    let ownership = Config::load(&global.dir)?.ownership;
    let input = open(args)?;
    let mut store = inventory_db::open_for_writing(&global.dir, &permit)?;
    let imported = import_and_link(&mut store, input, args.file.as_str(), &ownership)?;
    if printer.is_json() {
        printer.json(&Document { schema: "caravan.import/v1", imported: imported.into() })?;
    } else {
        printer.text(|out| writeln!(out, "{}", summary(imported)))?;
    }
    Ok(Exit::Done)
}

/// Takes in an export that is called `name` in errors. One that holds no workloads, because somebody wrote it by other
/// means, is linked by the ownership rules.
///
/// # Errors
/// When it can't be read or taken; then the inventory is as it was.
pub(crate) fn import_and_link(
    store: &mut Store,
    input: impl BufRead,
    name: &str,
    ownership: &Ownership,
) -> Result<Imported, Failure> {
    let imported = store.import(input).map_err(|error| Failure::from(error).context(format!("can't import {name}")))?;
    if imported.workloads == 0 && imported.observations > 0 {
        caravan_discover::relink(store, ownership)?;
    }
    Ok(imported)
}

#[expect(clippy::disallowed_methods, reason = "the command line reads the files that the user names")]
fn open(args: &ImportArgs) -> Result<Box<dyn BufRead>, Failure> {
    if args.file == "-" {
        return Ok(Box::new(BufReader::new(std::io::stdin())));
    }
    let file = File::open(&args.file)
        .map_err(|error| Failure::caused(FailureKind::Work, error).context(format!("can't read {}", args.file)))?;
    Ok(Box::new(BufReader::new(file)))
}

/// What came in, in one line.
pub(crate) fn summary(imported: Imported) -> String {
    let Imported { observations, workloads, edges, domains, questions, .. } = imported;
    format!(
        "imported {workloads} workloads, {observations} observations, {edges} edges, {domains} domains, {questions} questions"
    )
}

impl From<Imported> for ImportedCounts {
    fn from(imported: Imported) -> Self {
        let Imported { scans, units, observations, workloads, edges, domains, questions } = imported;
        Self { scans, units, observations, workloads, edges, domains, questions }
    }
}
