//! `caravan cutover watch`.

use super::status::{Told, told};
use super::{exit_of, live, view};
use crate::error::Failure;
use crate::exit::Exit;
use crate::global::Global;
use crate::journal_db::Journal;
use crate::printer::{Printer, output_failure, printable};
use crate::{journal_db, signals};
use caravan_cutover::operator::{Run, RunStatus, WatchedStatus, time_text};
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
    let shown = Shown {
        plain,
        changes: live::Changes::new(&args.run),
        terminal: Term::buffered_stdout(),
        drawn: 0,
        noticed: None,
    };
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
    let (mut drawn_at, mut looked_at) = (journal_db::now(), journal_db::now());
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
        let has_news = !run.advance(&journal).await?.is_empty() || is_due;
        // What sides say and who drives changes without an entry.
        let is_looked_at = shown.plain && journal_db::now() >= looked_at.plus_ms(REDRAWN_EVERY_MS);
        if is_looked_at && !has_news {
            looked_at = journal_db::now();
            let told = told(global, &journal, &run).await?;
            shown.show_noticed(printer, &run, &told)?;
        }
        if has_news {
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
    /// What was noticed last beside the entries.
    noticed: Option<Vec<String>>,
}

impl Shown {
    fn show(&mut self, printer: &Printer, run: &Run, told: &Told) -> Result<(), Failure> {
        if printer.is_json() {
            self.noticed = Some(noticed(&told.status));
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
        lines.iter().try_for_each(|line| printer.text(|out| writeln!(out, "{}", printable(line))))?;
        self.show_noticed(printer, run, told)
    }

    /// Shows what has changed beside the entries: what sides say, what somebody else has made of a target, and who drives.
    fn show_noticed(&mut self, printer: &Printer, run: &Run, told: &Told) -> Result<(), Failure> {
        let now = noticed(&told.status);
        let before = self.noticed.replace(now.clone());
        if before.as_ref() == Some(&now) {
            return Ok(());
        }
        if printer.is_json() {
            return self.show(printer, run, told);
        }
        let at = time_text(journal_db::now());
        let is_new = |line: &&String| before.as_ref().map_or(is_trouble(line), |before| !before.contains(line));
        now.iter().filter(is_new).try_for_each(|line| {
            printer.text(|out| writeln!(out, "{}", printable(&format!("{at} {}  {line}", run.name()))))
        })
    }
}

/// What was noticed of a run beside its entries, without moments: a line for each side that is watched, and one for its driver.
fn noticed(status: &RunStatus) -> Vec<String> {
    let of_watched = |watched: &WatchedStatus| match &watched.changed_by_others {
        Some(drift) => format!("{}: somebody else has changed it: {}", watched.workload, drift.seen),
        None if let Some(why) = &watched.unseen_why => {
            format!("{}: nobody sees what stands at its target: {why}", watched.workload)
        }
        None if watched.new_side.passed => format!("{}: {WELL}", watched.workload),
        None => format!("{}: {}", watched.workload, watched.new_side.text),
    };
    let driver = status.driver.as_ref().filter(|_| !status.state.is_over());
    let driver = driver
        .map(|driver| if driver.drives { format!("{DRIVEN} {}", driver.name) } else { "nobody drives it".to_owned() });
    status.watched.iter().map(of_watched).chain(driver).collect()
}

const WELL: &str = "the new side is well";
const DRIVEN: &str = "driven by";

/// Whether a line tells of something that a person looks at.
fn is_trouble(line: &str) -> bool {
    !line.ends_with(WELL) && !line.starts_with(DRIVEN)
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
