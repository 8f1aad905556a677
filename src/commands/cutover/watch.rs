//! `caravan cutover watch`.

use super::{exit_of, live, view};
use crate::error::Failure;
use crate::exit::Exit;
use crate::global::Global;
use crate::journal_db::Journal;
use crate::printer::{Printer, output_failure, printable};
use crate::{journal_db, signals};
use caravan_cutover::operator::{Run, RunStatus};
use caravan_cutover_engine::Moment;
use clap::Args;
use console::Term;
use std::io::{self, IsTerminal, Write};
use std::time::Duration;

/// Shows a run while somebody drives it, until it is over. It changes nothing, and quitting it changes nothing.
///
/// In a terminal the view is drawn anew with each change; with --plain, or in a pipe, each change is one more line.
/// Ends as `cutover run` would: 0 done, 22 rolled back.
#[derive(Args, Debug)]
pub(crate) struct WatchArgs {
    /// The run
    #[arg(value_name = "RUN")]
    run: String,
    /// One line for each change, and none is ever taken back
    #[arg(long)]
    plain: bool,
    /// Seconds after which it ends all the same, with what the run waits for: 20, 21 or 23
    #[arg(long, value_name = "SECONDS")]
    timeout: Option<u64>,
}

/// How often it asks the journal for new entries.
const EVERY: Duration = Duration::from_millis(250);

pub(super) fn run(global: &Global, printer: &Printer, args: &WatchArgs) -> Result<Exit, Failure> {
    let journal = journal_db::open(&global.dir)?;
    let plain = args.plain || printer.is_json() || !io::stdout().is_terminal();
    let deadline = args.timeout.map(|seconds| journal_db::now().plus_ms(seconds.saturating_mul(1000)));
    let shown = Shown { plain, changes: live::Changes::new(&args.run), terminal: Term::buffered_stdout(), drawn: 0 };
    signals::block_on(watch(printer, &journal, &args.run, shown, deadline))?
}

async fn watch(
    printer: &Printer,
    journal: &Journal,
    name: &str,
    mut shown: Shown,
    deadline: Option<Moment>,
) -> Result<Exit, Failure> {
    let mut run = Run::read(journal, name).await?;
    shown.show(printer, &run)?;
    while !run.state().is_over() && deadline.is_none_or(|deadline| journal_db::now() < deadline) {
        tokio::time::sleep(EVERY).await;
        if !run.advance(journal).await?.is_empty() {
            shown.show(printer, &run)?;
        }
    }
    Ok(exit_of(run.status().state))
}

/// What was shown of the run so far, and where.
struct Shown {
    plain: bool,
    changes: live::Changes,
    terminal: Term,
    /// Lines in the terminal that the next view is drawn over.
    drawn: usize,
}

impl Shown {
    fn show(&mut self, printer: &Printer, run: &Run) -> Result<(), Failure> {
        let status = run.status();
        if printer.is_json() {
            return printer.text(|out| {
                serde_json::to_writer(&mut *out, &status)?;
                writeln!(out)
            });
        }
        if !self.plain {
            self.drawn = redraw(&self.terminal, self.drawn, &status).map_err(output_failure)?;
            return Ok(());
        }
        match self.changes.line(run.plan(), run.state()) {
            Some(line) => printer.text(|out| writeln!(out, "{}", printable(&line))),
            None => Ok(()),
        }
    }
}

/// Draws over the lines that were drawn before, and says how many there are now.
fn redraw(terminal: &Term, before: usize, status: &RunStatus) -> io::Result<usize> {
    let (height, width) = terminal.size();
    let lines = view::lines(status, width.into(), height.into());
    terminal.clear_last_lines(before.min(usize::from(height).saturating_sub(1)))?;
    lines.iter().try_for_each(|line| terminal.write_line(line))?;
    terminal.flush()?;
    Ok(lines.len())
}
