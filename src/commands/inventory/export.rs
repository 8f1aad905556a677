//! `caravan inventory export`.

use crate::error::Failure;
use crate::exit::Exit;
use crate::global::Global;
use crate::permit::WritePermit;
use crate::printer::{Printer, output_failure};
use crate::{files, inventory_db};
use camino::Utf8PathBuf;
use caravan_inventory_store::{ExportError, Store};
use clap::Args;
use std::io::{BufWriter, Write};

/// Write the whole inventory as lines of JSON: the same content, the same bytes
#[derive(Args, Debug)]
pub(crate) struct ExportArgs {
    /// Where to; `-` is standard output
    #[arg(value_name = "FILE")]
    file: Utf8PathBuf,
    /// Leave out the times and ids of scans, so that two scans of the same estate can be compared byte for byte; nothing
    /// imports it
    #[arg(long)]
    no_times: bool,
}

/// Runs the command.
///
/// # Errors
/// When the inventory can't be read or the file can't be written; then the file is as it was.
pub(crate) fn run(global: &Global, printer: &Printer, args: &ExportArgs) -> Result<Exit, Failure> {
    if args.file == "-" {
        let store = inventory_db::open(&global.dir)?;
        printer.stream(|out| export(&store, args.no_times, out, output_failure))?;
    } else {
        let permit = WritePermit::ask(global, "writing an export; `-` writes it to standard output")?;
        let store = inventory_db::open(&global.dir)?;
        export_to(&store, args, &permit)?;
        printer.note(&format!("the inventory is in {}", args.file));
    }
    Ok(Exit::Done)
}

/// Exports into a file, which is replaced whole or not at all.
///
/// # Errors
/// When the inventory can't be read or the file can't be written.
fn export_to(store: &Store, args: &ExportArgs, _permit: &WritePermit) -> Result<(), Failure> {
    let path = &args.file;
    files::replace_by(path, |file| {
        let mut out = BufWriter::new(file);
        export(store, args.no_times, &mut out, |error| files::failure(path, error))?;
        out.flush().map_err(|error| files::failure(path, error))
    })
}

fn export(
    store: &Store,
    no_times: bool,
    out: &mut impl Write,
    meaning: impl FnOnce(std::io::Error) -> Failure,
) -> Result<(), Failure> {
    let exported = if no_times { store.export_without_times(out) } else { store.export(out) };
    exported.map_err(|error| match error {
        ExportError::Store(error) => error.into(),
        ExportError::Write(error) => meaning(error),
    })
}
