//! `caravan man`.

use crate::error::{Failure, FailureKind};
use crate::exit::Exit;
use crate::files;
use crate::global::Global;
use crate::permit::WritePermit;
use crate::printer::Printer;
use camino::{Utf8Path, Utf8PathBuf};
use clap::{Args, Command};
use clap_mangen::Man;

/// Print the manual page, or write one for each command
///
/// Read it: `caravan man | man -l -`.
#[derive(Args, Debug)]
pub(crate) struct ManArgs {
    /// Write caravan.1 and a page for each command into this folder instead
    #[arg(long, value_name = "DIR")]
    out: Option<Utf8PathBuf>,
}

/// Runs the command; `commands` is the whole command line.
///
/// # Errors
/// When standard output or the disk take no more.
pub(crate) fn run(global: &Global, printer: &Printer, args: &ManArgs, commands: Command) -> Result<Exit, Failure> {
    match &args.out {
        None => {
            // The generator is given memory: a reader that stops is the printer's business.
            let mut page = Vec::new();
            Man::new(commands).render(&mut page).map_err(|error| Failure::caused(FailureKind::Work, error))?;
            printer.document(&page)?;
        }
        Some(folder) => write(folder, commands, &WritePermit::ask(global, "writing the manual pages")?)?,
    }
    Ok(Exit::Done)
}

/// A page for the program and for each command.
#[expect(clippy::disallowed_methods, reason = "the user names the folder")]
fn write(folder: &Utf8Path, commands: Command, _permit: &WritePermit) -> Result<(), Failure> {
    let written = std::fs::create_dir_all(folder).and_then(|()| clap_mangen::generate_to(commands, folder));
    written.map_err(|error| files::failure(folder, error))
}
