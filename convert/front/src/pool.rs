//! The processes of one front behind one queue.

use crate::clock::{request_id, trace_id};
use crate::config::Config;
use crate::invocation::{Answer, Failure, FailureKind, Invocation};
use crate::metrics::Metrics;
use crate::process::{Reaper, Slot, Watch};
use crate::queue::Queue;
use bytes::Bytes;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;
use tokio::sync::{oneshot, watch};
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep, timeout};

/// The processes of one front.
#[derive(Debug)]
pub struct Pool {
    queue: Arc<Queue>,
    watch: Arc<Watch>,
    metrics: Arc<Metrics>,
    stop: watch::Sender<bool>,
    slots: tokio::sync::Mutex<JoinSet<()>>,
}

/// What an invocation carries besides its event.
#[derive(Clone, Debug, Default)]
pub struct Carried {
    /// The request's identifier; without it a new one.
    pub id: Option<String>,
    /// The value of `X-Amzn-Trace-Id`; without it a new one.
    pub trace: Option<String>,
    /// The client context of a call of `Invoke`, as JSON.
    pub client_context: Option<String>,
    /// Whether the caller takes the answer piece by piece.
    pub streams: bool,
}

impl Pool {
    /// Starts the processes.
    ///
    /// # Errors
    ///
    /// When this process can't listen to signals.
    pub fn start(config: &Arc<Config>) -> std::io::Result<Arc<Self>> {
        let reaper = Reaper::start()?;
        let queue = Queue::new(config.max_waiting);
        let metrics = Arc::new(Metrics::default());
        let watch = Arc::new(Watch {
            was_ready: AtomicBool::new(false),
            serving: AtomicUsize::new(0),
            hopeful: AtomicUsize::new(0),
            running: Arc::default(),
        });
        let (stop, stopped) = watch::channel(false);
        let mut slots = JoinSet::new();
        for _ in 0..config.concurrency {
            let slot = Slot {
                config: Arc::clone(config),
                queue: Arc::clone(&queue),
                reaper: reaper.clone(),
                metrics: Arc::clone(&metrics),
                watch: Arc::clone(&watch),
                stop: stopped.clone(),
            };
            slots.spawn(slot.run());
        }
        Ok(Arc::new(Self { queue, watch, metrics, stop, slots: tokio::sync::Mutex::new(slots) }))
    }

    /// Invokes the function and waits for its answer. That the caller stops waiting does not stop the handler.
    ///
    /// # Errors
    ///
    /// How the invocation failed.
    pub async fn invoke(&self, event: Bytes, carried: Carried) -> Result<Answer, Failure> {
        let begin = Instant::now();
        let mut counted = Counted { metrics: &self.metrics, begin, done: false };
        let (reply, answer) = oneshot::channel();
        let id = carried.id.unwrap_or_else(request_id);
        // That a process has gone away may be known already, and not yet be looked at: nothing is handed to it then.
        tokio::task::yield_now().await;
        self.queue.put(Invocation {
            id: id.clone(),
            event,
            trace: carried.trace.unwrap_or_else(trace_id),
            client_context: carried.client_context,
            streams: carried.streams,
            reply,
        });
        let outcome = answer.await.unwrap_or_else(|_| Err(Failure::exited(&id, "signal: terminated")));
        counted.done = true;
        self.metrics.ended(outcome.as_ref().map_or_else(|failure| failure.kind.word(), |_| "ok"), begin.elapsed());
        outcome
    }

    /// Whether the pod may get invocations: a process has asked for one, and not all fail to start since.
    #[must_use]
    pub fn is_ready(&self) -> bool {
        self.watch.was_ready.load(Ordering::SeqCst) && !self.queue.is_broken()
    }

    /// The counters.
    pub(crate) fn metrics(&self) -> &Arc<Metrics> {
        &self.metrics
    }

    /// Prometheus's text of the counters and of this moment.
    #[must_use]
    pub fn metrics_text(&self) -> String {
        let running = self.watch.running.load(Ordering::Relaxed);
        let serving = self.watch.serving.load(Ordering::SeqCst);
        self.metrics.text(&[
            ("waiting", "Invocations that wait for a process.", self.queue.len()),
            ("running", "Invocations that processes hold.", running),
            ("processes_serving", "Processes that take invocations.", serving),
        ])
    }

    /// Waits until nothing waits or runs, at most so long; says whether that was reached.
    pub async fn idle(&self, most: Duration) -> bool {
        let quiet = || self.queue.len() == 0 && self.watch.running.load(Ordering::Relaxed) == 0;
        let wait = async {
            while !quiet() {
                sleep(Duration::from_millis(5)).await;
            }
        };
        timeout(most, wait).await.is_ok()
    }

    /// Ends all processes in order: extensions are told, SIGTERM, then what is left is killed.
    pub async fn stop(&self) {
        self.stop.send_replace(true);
        let mut slots = self.slots.lock().await;
        while slots.join_next().await.is_some() {}
        let failure = Failure::worded(FailureKind::Throttled, "ServiceException", "the pod is being stopped");
        self.queue.set_broken(Some(failure));
    }
}

/// Counts an invocation whose caller stopped waiting, as one that was abandoned.
struct Counted<'a> {
    metrics: &'a Metrics,
    begin: Instant,
    done: bool,
}

impl Drop for Counted<'_> {
    fn drop(&mut self) {
        if !self.done {
            self.metrics.ended("abandoned", self.begin.elapsed());
        }
    }
}
