//! How a run is left by whoever drove it.

use super::live;
use super::tell::Notices;
use crate::error::Failure;
use crate::exit::Exit;
use crate::global::{Global, quoted};
use crate::journal_db::{self, Journal};
use crate::printer::{Printer, printable};
use caravan_cutover::operator::{Advice, Program, Run, RunState, RunStatus};

/// How one run was left.
pub(super) struct Left {
    /// What the run's end says to a script.
    pub(super) exit: Exit,
    /// Where it stands; none when it could not be read.
    pub(super) status: Option<RunStatus>,
    /// Whether what was to be recorded last of the sides says that one is not well, or users are on a new side and this driver has asked
    /// nobody: a journal that takes no entry never heard of it.
    pub(super) unwell: bool,
}

/// A run whose journal takes no entry any more: what its sides last said decides.
pub(super) async fn full(journal: &Journal, left: Left) -> Left {
    match &left.status {
        Some(status) if status.state == RunState::JournalUnavailable => {
            Left { exit: out_of_room(journal, &status.run, left.unwell).await, ..left }
        }
        _ => left,
    }
}

/// Halted with traffic that is safe when both sides passed when they were last asked, and nothing else was to be recorded since;
/// else a person is needed.
pub(super) async fn out_of_room(journal: &Journal, name: &str, unwell: bool) -> Exit {
    match Run::read(journal, name).await {
        Ok(run) if !unwell && run.status().since.is_some_and(|since| since.both_passed()) => Exit::Halted,
        _ => Exit::Stuck,
    }
}

/// One run's failure never ends another: it is said, and the others go on.
pub(super) fn unreadable(printer: &Printer, name: &str, failure: Failure) -> Left {
    let failure = failure.of_driving();
    let exit = failure.exit();
    printer.failure(&failure.context(format!("run {}", printable(name))));
    Left { exit, status: None, unwell: false }
}

/// Says of each of these runs that is left with users on a new side that nobody watches them: whoever leaves a run leaves
/// its users as well, whatever ended the command.
pub(super) async fn say_unwatched(
    global: &Global,
    printer: &Printer,
    journal: &Journal,
    runs: impl IntoIterator<Item = Run>,
    notices: &Notices,
) {
    for run in runs {
        let is_at_risk = !run.state().is_over() && !run.status().at_risk.is_empty();
        if !is_at_risk || run.driver(journal, journal_db::now()).await.is_ok_and(|driver| driver.is_some()) {
            continue;
        }
        printer.note(&format!("{}: users are on a new side, and nobody watches them from now on", run.name()));
        let next = Advice::next(&run, false).into_iter().next();
        if let Some(script) = next.filter(|advice| advice.program == Program::ManualRollback) {
            let command = live::pasted(&script, &global.dir, &global.repeated());
            printer.hint(&format!("by hand, once no driver runs: {command}"));
        }
        printer.hint(&format!("next: caravan {}cutover run {} --wait", global.repeated(), quoted(run.name())));
        notices.unwatched(&run).await;
    }
}
