//! A place for one process: it is started, and started again whenever it ends.

use super::child::Running;
use super::reaper::Reaper;
use crate::config::Config;
use crate::invocation::{Failure, FailureKind};
use crate::metrics::Metrics;
use crate::queue::Queue;
use crate::runtime_api::{Api, Phase};
use crate::say::say;
use crate::stop::told;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;
use tokio::sync::watch;
use tokio::time::{sleep, timeout};

/// What all slots of one front know together.
#[derive(Debug)]
pub(crate) struct Watch {
    /// Whether a process has ever asked for an invocation.
    pub(crate) was_ready: AtomicBool,
    /// Processes that take invocations.
    pub(crate) serving: AtomicUsize,
    /// Processes that start, or serve: while there is any, invocations wait.
    pub(crate) hopeful: AtomicUsize,
    /// Invocations that processes hold.
    pub(crate) running: Arc<AtomicUsize>,
}

/// A place for one process.
pub(crate) struct Slot {
    pub(crate) config: Arc<Config>,
    pub(crate) queue: Arc<Queue>,
    pub(crate) reaper: Reaper,
    pub(crate) metrics: Arc<Metrics>,
    pub(crate) watch: Arc<Watch>,
    /// Becomes true when the process is to be ended for good.
    pub(crate) stop: watch::Receiver<bool>,
}

/// How a process came to its end.
enum End {
    Stopped,
    InitFailed(Failure),
    Timeout,
    Exit,
}

/// What a process posted last may still be on its way to this side when its end is known.
const LAST_WORDS: Duration = Duration::from_millis(5);

/// The first and the longest pause after a process that could not be initialised.
const PAUSES: (Duration, Duration) = (Duration::from_millis(100), Duration::from_secs(10));

impl Slot {
    /// Runs processes until it is told to stop.
    pub(crate) async fn run(mut self) {
        let mut pause = PAUSES.0;
        loop {
            self.watch.hopeful.fetch_add(1, Ordering::SeqCst);
            let end = self.one().await;
            let left = self.watch.hopeful.fetch_sub(1, Ordering::SeqCst) - 1;
            match end {
                End::Stopped => return,
                End::Timeout => self.metrics.restarted("timeout"),
                End::Exit => self.metrics.restarted("exit"),
                End::InitFailed(failure) => {
                    say(&format!("the function can't be initialised: {}", String::from_utf8_lossy(&failure.document)));
                    self.metrics.restarted("init_error");
                    if left == 0 {
                        self.queue.set_broken(Some(failure));
                    }
                    tokio::select! {
                        () = sleep(pause) => {}
                        () = told(&mut self.stop) => return,
                    }
                    pause = (pause * 2).min(PAUSES.1);
                    continue;
                }
            }
            pause = PAUSES.0;
        }
    }

    /// One process from its start to its end.
    async fn one(&mut self) -> End {
        let function = Arc::new(self.config.function.clone());
        let running = Arc::clone(&self.watch.running);
        let api = Api::new(function, Arc::clone(&self.queue), self.config.shared, running);
        let mut phase = api.phase();
        let mut process = match Running::start(&self.config, Arc::clone(&api), &self.reaper).await {
            Ok(process) => process,
            Err(error) => {
                let (command, root) = (self.config.command.join(" "), self.config.function.task_root.display());
                let message = format!("{command} (in {root}): {error}");
                return End::InitFailed(Failure::worded(FailureKind::Init, "Runtime.InvalidEntrypoint", &message));
            }
        };
        let init = Duration::from_secs(self.config.function.init_timeout_seconds.into());
        let first = tokio::select! {
            how = process.ended() => {
                // What it said last may still be on its way to this side.
                sleep(LAST_WORDS).await;
                match &*api.phase().borrow() {
                    Phase::InitFailed(failure) => Phase::InitFailed(failure.clone()),
                    _ => Phase::InitFailed(early_end(&how)),
                }
            }
            outcome = timeout(init, after(&mut phase, &Phase::Starting)) => {
                let seconds = self.config.function.init_timeout_seconds;
                outcome.unwrap_or_else(|_| Phase::InitFailed(init_timeout(seconds)))
            }
            () = told(&mut self.stop) => {
                process.stop().await;
                return End::Stopped;
            }
        };
        if let Phase::InitFailed(failure) = first {
            process.kill("failure").await;
            return End::InitFailed(failure);
        }
        self.watch.was_ready.store(true, Ordering::SeqCst);
        self.queue.set_broken(None);
        self.watch.serving.fetch_add(1, Ordering::SeqCst);
        let end = self.serve(&api, phase, process).await;
        self.watch.serving.fetch_sub(1, Ordering::SeqCst);
        end
    }

    /// While a process takes invocations.
    async fn serve(&mut self, api: &Api, mut phase: watch::Receiver<Phase>, mut process: Running) -> End {
        let spent = async {
            match after(&mut phase, &Phase::Serving).await {
                Phase::InitFailed(failure) => End::InitFailed(failure),
                _ => {
                    api.in_flight().empty().await;
                    End::Timeout
                }
            }
        };
        tokio::select! {
            how = process.ended() => {
                sleep(LAST_WORDS).await;
                api.in_flight().fail_all(|id| Failure::exited(id, &how));
                say(&format!("a process ended: {how}; it is started again"));
                process.kill("failure").await;
                End::Exit
            }
            end = spent => {
                if matches!(end, End::Timeout) {
                    say("a process is ended, since an invocation's time was over; it is started again");
                    process.kill("timeout").await;
                } else {
                    process.kill("failure").await;
                }
                end
            }
            () = told(&mut self.stop) => {
                process.stop().await;
                api.in_flight().fail_all(|id| Failure::exited(id, "signal: terminated"));
                End::Stopped
            }
        }
    }
}

/// The phase that follows `phase`.
async fn after(phases: &mut watch::Receiver<Phase>, phase: &Phase) -> Phase {
    match phases.wait_for(|now| now != phase).await {
        Ok(next) => next.clone(),
        Err(_) => Phase::Spent,
    }
}

fn early_end(how: &str) -> Failure {
    let message = format!("Error: Runtime exited with error: {how}");
    Failure::worded(FailureKind::Init, "Runtime.ExitError", &message)
}

fn init_timeout(seconds: u32) -> Failure {
    let message = format!("Error: the process did not ask for an invocation within {seconds} s");
    Failure::worded(FailureKind::Init, "Sandbox.Timedout", &message)
}
