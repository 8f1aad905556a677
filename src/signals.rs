//! SIGINT, SIGTERM and SIGHUP: whatever runs is left where it is. Everything that is written is written so that this loses
//! nothing: files are renamed into place, the inventory is a database with transactions.

use crate::error::{Failure, FailureKind};
use std::future::Future;
use std::time::Duration;
use tokio::runtime::Runtime;

/// Runs a command, and returns early when a signal says so: then `after_signal` says what to do. A command that ends by
/// itself on signals ([`told_to_end`]) has `grace` for it; the thread of any other ends with the process. A command that
/// `takes_interrupts` ends by itself on SIGINT.
///
/// # Errors
/// The command's own failure, or one of kind `Interrupted` or `Terminated`.
pub(crate) fn run_until_signal<T: Send + 'static>(
    command: impl FnOnce() -> Result<T, Failure> + Send + 'static,
    after_signal: &str,
    takes_interrupts: bool,
    grace: Duration,
) -> Result<T, Failure> {
    let runtime = runtime()?;
    let outcome = runtime.block_on(async {
        let mut working = tokio::task::spawn_blocking(command);
        tokio::select! {
            // A command that hears the signal, too, may have ended by now: the exit code is the signal's all the same.
            biased;
            failure = signal(takes_interrupts) => {
                let _ended_or_not = tokio::time::timeout(grace, working).await;
                Err(failure.hint(after_signal))
            }
            outcome = &mut working => outcome.unwrap_or_else(|panicked| {
                Err(Failure::caused(FailureKind::Work, panicked).hint("this is a defect of Caravan: please report it"))
            }),
        }
    });
    runtime.shutdown_background();
    outcome
}

/// Runs something asynchronous inside a command.
///
/// # Errors
/// When the runtime can't be started.
pub(crate) fn block_on<T>(future: impl Future<Output = T>) -> Result<T, Failure> {
    Ok(runtime()?.block_on(future))
}

fn runtime() -> Result<Runtime, Failure> {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| Failure::caused(FailureKind::Work, error).context("can't start the runtime"))
}

/// Returns when SIGINT, SIGTERM or SIGHUP tells the process to end.
pub(crate) async fn told_to_end() {
    signal(false).await;
}

#[cfg(unix)]
async fn signal(takes_interrupts: bool) -> Failure {
    use tokio::signal::unix::{SignalKind, signal};
    let hears_hangup = !ignores_hangup();
    let heard = [SignalKind::interrupt(), SignalKind::terminate(), SignalKind::hangup()].map(signal);
    let [Ok(mut interrupt), Ok(mut terminate), Ok(mut hangup)] = heard else {
        // Without handlers the signals end the process themselves.
        return std::future::pending().await;
    };
    tokio::select! {
        _ = interrupt.recv(), if !takes_interrupts => stopped(FailureKind::Interrupted, "interrupted (SIGINT)"),
        _ = terminate.recv() => stopped(FailureKind::Terminated, "terminated (SIGTERM)"),
        // The terminal was closed.
        _ = hangup.recv(), if hears_hangup => stopped(FailureKind::HungUp, "the terminal is gone (SIGHUP)"),
    }
}

/// Whether whoever started the process wants it to outlive the terminal, as `nohup` does (proc(5), `SigIgn`).
#[cfg(unix)]
#[expect(clippy::disallowed_methods, reason = "the kernel tells it in a file")]
fn ignores_hangup() -> bool {
    static IGNORED: std::sync::LazyLock<bool> = std::sync::LazyLock::new(|| {
        let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
        let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
        mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok()).is_some_and(|mask| mask & 1 == 1)
    });
    *IGNORED
}

#[cfg(not(unix))]
async fn signal(takes_interrupts: bool) -> Failure {
    if takes_interrupts {
        return std::future::pending().await;
    }
    match tokio::signal::ctrl_c().await {
        Ok(()) => stopped(FailureKind::Interrupted, "interrupted"),
        Err(_) => std::future::pending().await,
    }
}

fn stopped(kind: FailureKind, text: &'static str) -> Failure {
    Failure::new(kind, text)
}
