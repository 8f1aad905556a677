//! `caravan tui`: the terminal interface, over the same files as every other command.

mod audit;
mod detail;
mod domains;
mod drive;
mod graph;
mod look;
mod members;
mod operate;
mod preview;
mod readiness;
mod runs;
mod waves;

use crate::error::{Failure, FailureKind};
use crate::exit::Exit;
use crate::global::{ColorChoice, Global};
use crate::permit::WritePermit;
use crate::printer::Printer;
use crate::who::Who;
use crate::{demo_world, env, inventory_db, journal_db, signals};
use caravan_tui::{Access, Colours, Place, Remote, Theme, TuiError};
use clap::Args;
use look::Look;
use operate::{Edits, Operate};
use std::io::{self, IsTerminal};

/// Open the terminal interface: see what was found, operate waves and runs by keys
///
/// It reads the inventory and the journal of the folder, and asks no cloud. A run that it starts has a driver in a process of
/// its own (`cutover run RUN --wait`): leaving or killing the interface changes nothing. With --read-only it has no way to
/// change anything. `?` shows the keys of a screen, `:` every command; `docs/tui.md` has all of them.
#[derive(Args, Debug)]
pub(crate) struct TuiArgs {
    /// Draw with ASCII alone
    #[arg(long)]
    ascii: bool,
    #[command(flatten)]
    who: Who,
}

/// Runs the command.
///
/// # Errors
/// When there is no terminal, no inventory and no journal, or the terminal can't be used.
pub(crate) fn run(global: &Global, printer: &Printer, args: &TuiArgs) -> Result<Exit, Failure> {
    open(global, printer, &args.who, args.ascii)
}

/// Opens the interface on a folder, until a person leaves it.
///
/// # Errors
/// As [`run`].
pub(crate) fn open(global: &Global, printer: &Printer, who: &Who, ascii: bool) -> Result<Exit, Failure> {
    need_terminal()?;
    if !inventory_db::is_there(&global.dir) && !journal_db::path(&global.dir).exists() {
        let text = format!("there is no inventory in {}", global.dir);
        return Err(Failure::new(FailureKind::Usage, text)
            .hint("`caravan demo --tui` opens it on an invented company")
            .hint("`caravan discover`, or `caravan discover --files PATH`, makes an inventory"));
    }
    let theme = Theme { colours: colours(global.color), ascii };
    let sessions = [Look::new(global, printer.commands()), Look::new(global, printer.commands())];
    let shown = if global.read_only {
        let place = place(global, "nobody".to_owned(), Access::ReadOnly);
        caravan_tui::watch(place, theme, sessions, journal_db::now, end_on_signal)
    } else {
        let permit = WritePermit::ask(global, "giving orders to runs")?;
        let who = who.name()?;
        let operator = Operate { global: global.clone(), who: who.clone(), permit, edits: Edits::default() };
        let place = place(global, who, Access::Operator);
        caravan_tui::operate(place, theme, sessions, operator, journal_db::now, end_on_signal)
    };
    shown.map_err(failure)?;
    say_what_goes_on(global, printer);
    Ok(Exit::Done)
}

fn place(global: &Global, who: String, access: Access) -> Place {
    let speed = demo_world::is_of(&global.dir).then_some(demo_world::SPEED);
    Place { dir: global.dir.to_string(), options: global.repeated(), who, speed, access }
}

/// A key has to be read, and a screen to be drawn.
fn need_terminal() -> Result<(), Failure> {
    let is_dumb = env::get(env::TERM).is_none_or(|term| term == "dumb" || term.is_empty());
    if io::stdin().is_terminal() && io::stdout().is_terminal() && !is_dumb {
        return Ok(());
    }
    Err(Failure::new(FailureKind::Usage, "the interface needs a terminal: input, output and TERM")
        .hint("`caravan cutover watch RUN --plain` says the same line by line; every command has `--format json`"))
}

fn colours(choice: ColorChoice) -> Colours {
    match choice {
        ColorChoice::Always => Colours::Sixteen,
        ColorChoice::Auto if !env::is_set(env::NO_COLOR) => Colours::Sixteen,
        ColorChoice::Auto | ColorChoice::Never => Colours::None,
    }
}

/// A signal ends the interface as a key does: the terminal is given back first.
fn end_on_signal(remote: Remote) {
    std::thread::spawn(move || {
        if signals::block_on(signals::told_to_end()).is_ok() {
            remote.end();
        }
    });
}

fn failure(error: TuiError) -> Failure {
    Failure::caused(FailureKind::Work, error)
}

/// Leaving changes nothing: says which runs go on, and of which nobody takes care.
fn say_what_goes_on(global: &Global, printer: &Printer) {
    // Whoever can't be asked now is told of by `cutover status`.
    let Ok(runs) = runs::unfinished(global, printer) else { return };
    for (run, driver) in runs {
        match driver {
            Some(driver) => printer.note(&format!("{run} goes on: {driver} drives it")),
            None => {
                printer.note(&format!("{run} is not over, and nobody drives it"));
                printer.hint(&format!("next: caravan cutover run {run} --wait"));
            }
        }
    }
}
