//! `caravan completions`.

use crate::error::Failure;
use crate::exit::Exit;
use crate::printer::Printer;
use clap::{Args, Command};
use clap_complete::Shell;

/// Print what makes a shell complete commands and options
///
/// Bash: `source <(caravan completions bash)`.
#[derive(Args, Debug)]
pub(crate) struct CompletionsArgs {
    /// The shell
    shell: Shell,
}

/// Runs the command; `commands` is the whole command line.
///
/// # Errors
/// When standard output takes no more.
pub(crate) fn run(printer: &Printer, args: &CompletionsArgs, mut commands: Command) -> Result<Exit, Failure> {
    // The generator takes no failure of its output: it gets memory.
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut commands, "caravan", &mut script);
    printer.document(&script)?;
    Ok(Exit::Done)
}
