//! `caravan cutover watch`.

use super::status::{Told, told};
use super::{exit_of, live, view};
use crate::error::Failure;
use crate::exit::Exit;
use crate::global::Global;
use crate::journal_db::Journal;
use crate::printer::{Printer, output_failure, printable};
use crate::{journal_db, signals};
use caravan_cutover::operator::Run;
use caravan_cutover_engine::Moment;
use clap::Args;
use console::Term;
use std::io::{self, IsTerminal, Write};
use std::pin::pin;
use std::time::Duration;

/// Shows a run while somebody drives it, until it is over. It changes nothing, and quitting it changes nothing.
///
/// In a terminal the view is drawn anew with each change; with --plain, or in a pipe, each change is one more line, and with
/// `--format json` each line is a document. `q` and Enter, or Ctrl-C, leaves. Ends as `cutover run` would: 0 ended on the
/// new side, 22 on the old one, 25 elsewhere; left before that, with what the run waits for.
#[derive(Args, Debug)]
pub(crate) struct WatchArgs {
    /// The run
    #[arg(value_name = "RUN")]
    run: String,
    /// One line for each change, and none is ever taken back
    #[arg(long)]
    plain: bool,
    /// Seconds after which it ends all the same, with what the run waits for: 20 at a gate or for its first driver, 21 halted or under way, 23 stuck
    #[arg(long, value_name = "SECONDS")]
    timeout: Option<u64>,
}

/// How often it asks the journal for new entries.
const EVERY: Duration = Duration::from_millis(250);

/// A view is drawn anew at least so often.
const REDRAWN_EVERY_MS: u64 = 1000;

pub(super) fn run(global: &Global, printer: &Printer, args: &WatchArgs) -> Result<Exit, Failure> {
    let journal = journal_db::open_to_read(&global.dir)?;
    let plain = args.plain || printer.is_json() || !io::stdout().is_terminal();
    let deadline = args.timeout.map(|seconds| journal_db::now().plus_ms(seconds.saturating_mul(1000)));
    let shown = Shown { plain, changes: live::Changes::new(&args.run), terminal: Term::buffered_stdout(), drawn: 0 };
    signals::block_on(watch(global, printer, journal, &args.run, shown, deadline))?
}

async fn watch(
    global: &Global,
    printer: &Printer,
    mut journal: Journal,
    name: &str,
    mut shown: Shown,
    deadline: Option<Moment>,
) -> Result<Exit, Failure> {
    let mut run = Run::read(&journal, name).await?;
    shown.show(printer, &run, &told(global, &journal, &run).await?)?;
    let mut leaves = pin!(left(!shown.plain));
    let mut drawn_at = journal_db::now();
    while !run.state().is_over() && deadline.is_none_or(|deadline| journal_db::now() < deadline) {
        tokio::select! {
            () = &mut leaves => break,
            () = tokio::time::sleep(EVERY) => {}
        }
        if journal.is_outdated() {
            journal = journal_db::open_to_read(&global.dir)?;
        }
        // The view says how long ago the driver's last sign of life was.
        let is_due = !shown.plain && journal_db::now() >= drawn_at.plus_ms(REDRAWN_EVERY_MS);
        if !run.advance(&journal).await?.is_empty() || is_due {
            drawn_at = journal_db::now();
            shown.show(printer, &run, &told(global, &journal, &run).await?)?;
        }
    }
    Ok(exit_of(run.state()))
}

/// Returns when somebody wants to leave: by Ctrl-C, or in a view by `q` and Enter.
async fn left(is_view: bool) {
    let (quit, quits) = tokio::sync::oneshot::channel();
    let quits = if is_view && io::stdin().is_terminal() {
        std::thread::spawn(move || {
            if io::stdin().lines().map_while(Result::ok).any(|line| line.trim() == "q") {
                let _gone = quit.send(());
            }
        });
        Some(quits)
    } else {
        None
    };
    let quit = async {
        match quits {
            Some(quits) => {
                if quits.await.is_err() {
                    std::future::pending::<()>().await;
                }
            }
            None => std::future::pending().await,
        }
    };
    tokio::select! {
        _interrupted = tokio::signal::ctrl_c() => {}
        () = quit => {}
    }
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
    fn show(&mut self, printer: &Printer, run: &Run, told: &Told) -> Result<(), Failure> {
        if printer.is_json() {
            return printer.text(|out| {
                serde_json::to_writer(&mut *out, told)?;
                writeln!(out)
            });
        }
        if !self.plain {
            self.drawn = redraw(&self.terminal, self.drawn, told).map_err(output_failure)?;
            return Ok(());
        }
        let why = told.status.since.as_ref().and_then(|since| since.why.as_ref());
        let lines = self.changes.lines(run.plan(), run.state(), why);
        lines.iter().try_for_each(|line| printer.text(|out| writeln!(out, "{}", printable(line))))
    }
}

/// Draws over the lines that were drawn before, and says how many there are now.
fn redraw(terminal: &Term, before: usize, told: &Told) -> io::Result<usize> {
    let (height, width) = terminal.size();
    let lines = view::lines(&told.status, &told.next, width.into(), height.into());
    terminal.clear_last_lines(before.min(usize::from(height).saturating_sub(1)))?;
    lines.iter().try_for_each(|line| terminal.write_line(line))?;
    terminal.flush()?;
    Ok(lines.len())
}
