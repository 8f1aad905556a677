//! A driver in a process of its own: `cutover run RUN --wait`, which goes on whatever becomes of whoever started it.

use crate::error::{Failure, FailureKind, read_text};
use crate::global::Global;
use crate::permit::WritePermit;
use crate::{files, paths};
use camino::Utf8Path;
use std::fs::File;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::Duration;

/// How long it is watched whether a driver ends at once: for want of a configuration or of a lease.
const WATCHED: Duration = Duration::from_millis(400);

/// Starts a driver for a run. What it says goes into a file of its own.
///
/// # Errors
/// When it can't be started, or ended at once.
#[expect(clippy::disallowed_methods, reason = "what a driver says is kept in a file")]
pub(super) fn start(global: &Global, run: &str, who: &str, _permit: &WritePermit) -> Result<(), Failure> {
    let folder = paths::within(&global.dir, paths::DRIVERS);
    std::fs::create_dir_all(&folder).map_err(|error| files::failure(&folder, error))?;
    let log = folder.join(format!("{run}.log"));
    let out = File::options().create(true).append(true).open(&log).map_err(|error| files::failure(&log, error))?;
    let err = out.try_clone().map_err(|error| files::failure(&log, error))?;
    let failed = |error| Failure::caused(FailureKind::Work, error).context("can't start a driver");
    let mut command = Command::new(std::env::current_exe().map_err(failed)?);
    command.args(["--dir", global.dir.as_str(), "cutover", "run", run, "--wait", "--who", who]);
    command.stdin(Stdio::null()).stdout(out).stderr(err);
    apart(&mut command);
    let mut driver = command.spawn().map_err(failed)?;
    thread::sleep(WATCHED);
    if let Ok(Some(ended)) = driver.try_wait()
        && !ended.success()
    {
        let text = format!("the driver ended at once ({ended}): {}", last_words(&log));
        return Err(Failure::new(FailureKind::Work, text).hint(format!("all that it said is in {log}")));
    }
    reap(driver);
    Ok(())
}

/// Signals to the group of the terminal, Ctrl-C and its end, do not reach it.
#[cfg(unix)]
fn apart(command: &mut Command) {
    use std::os::unix::process::CommandExt as _;
    command.process_group(0);
}

#[cfg(not(unix))]
fn apart(_command: &mut Command) {}

/// Takes note of its end, so that nothing is left of it while the interface lives.
fn reap(mut driver: Child) {
    thread::spawn(move || {
        let _ended = driver.wait();
    });
}

fn last_words(log: &Utf8Path) -> String {
    let text = read_text(log, FailureKind::Work).unwrap_or_default();
    text.lines().rev().find(|line| line.starts_with("error")).unwrap_or_default().to_owned()
}
