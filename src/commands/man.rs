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
use std::io::Write;

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
pub(crate) fn run(global: &Global, printer: &Printer, args: &ManArgs, mut commands: Command) -> Result<Exit, Failure> {
    commands.build();
    match &args.out {
        None => {
            let page = page(&commands)?;
            printer.text(|out| out.write_all(&page))?;
        }
        Some(folder) => {
            let permit = WritePermit::ask(global, "writing the manual pages")?;
            write_all(folder, &commands, "caravan", &permit)?;
        }
    }
    Ok(Exit::Done)
}

/// A page for a command and for each below it.
fn write_all(folder: &Utf8Path, command: &Command, name: &str, permit: &WritePermit) -> Result<(), Failure> {
    #[expect(clippy::disallowed_methods, reason = "the user names the folder")]
    std::fs::create_dir_all(folder).map_err(|error| files::failure(folder, error))?;
    let named = command.clone().name(name.to_owned());
    files::replace(&folder.join(format!("{name}.1")), &page(&named)?)?;
    let below = command.get_subcommands().filter(|below| !below.is_hide_set());
    below.into_iter().try_for_each(|below| write_all(folder, below, &format!("{name}-{}", below.get_name()), permit))
}

fn page(command: &Command) -> Result<Vec<u8>, Failure> {
    // The generator writes what a person wrote into memory: only that can be full.
    let mut page = Vec::new();
    Man::new(command.clone())
        .render(&mut page)
        .map_err(|error| Failure::caused(FailureKind::Work, error).context("can't make the manual page"))?;
    Ok(page)
}
