//! `caravan cutover watch`.

use super::{exit_of, live, view};
use crate::error::Failure;
use crate::exit::Exit;
use crate::global::Global;
use crate::printer::{Printer, output_failure};
use crate::{journal_db, signals};
use caravan_cutover::status;
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

/// How often it looks.
const EVERY: Duration = Duration::from_millis(250);

pub(super) fn run(global: &Global, printer: &Printer, args: &WatchArgs) -> Result<Exit, Failure> {
    let journal = journal_db::open(&global.dir)?;
    let plain = args.plain || printer.is_json() || !io::stdout().is_terminal();
    let deadline = args.timeout.map(|seconds| journal_db::now().plus_ms(seconds.saturating_mul(1000)));
    let terminal = Term::buffered_stdout();
    let (mut changes, mut entries, mut drawn) = (live::Changes::new(&args.run), None, 0);
    loop {
        let run = signals::block_on(journal_db::run(&journal, &args.run))??;
        if entries.replace(run.entries) != Some(run.entries) {
            let status = status(&args.run, &run.plan, &run.state);
            if printer.is_json() {
                printer.text(|out| {
                    serde_json::to_writer(&mut *out, &status)?;
                    writeln!(out)
                })?;
            } else if plain {
                if let Some(line) = changes.line(&run.plan, &run.state) {
                    printer.text(|out| writeln!(out, "{}", crate::printer::printable(&line)))?;
                }
            } else {
                drawn = redraw(&terminal, drawn, &status).map_err(output_failure)?;
            }
        }
        if run.state.is_over() || deadline.is_some_and(|deadline| journal_db::now() >= deadline) {
            return Ok(exit_of(&run.state));
        }
        std::thread::sleep(EVERY);
    }
}

/// Draws over the lines that were drawn before, and says how many there are now.
fn redraw(terminal: &Term, before: usize, status: &caravan_cutover::RunStatus) -> io::Result<usize> {
    let (height, width) = terminal.size();
    let lines = view::lines(status, width.into(), height.into());
    terminal.clear_last_lines(before.min(usize::from(height).saturating_sub(1)))?;
    lines.iter().try_for_each(|line| terminal.write_line(line))?;
    terminal.flush()?;
    Ok(lines.len())
}
