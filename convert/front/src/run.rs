//! Runs a front from its configuration to its end.

use crate::admin;
use crate::config::{Config, Source};
use crate::http::Listener;
use crate::invocation::Failure;
use crate::pool::Pool;
use crate::schedule;
use crate::sqs;
use bytes::Bytes;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::watch;
use tokio::time::{Instant, timeout};

/// Why a front could not begin.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// A port can't be had.
    #[error("{what} can't listen on {address}: {error}")]
    Listen {
        /// Whose port.
        what: &'static str,
        /// The address.
        address: std::net::SocketAddr,
        /// Why.
        error: std::io::Error,
    },
    /// Signals can't be listened to.
    #[error("signals can't be listened to: {0}")]
    Signals(std::io::Error),
    /// The source is another one than the command needs.
    #[error("{0}")]
    Source(&'static str),
    /// The queue can't be read.
    #[error("the queue can't be read: {0}")]
    Queue(String),
}

/// Of the time for a stop, what is kept for the end of the processes.
const FOR_PROCESSES: Duration = Duration::from_secs(3);

/// Serves until SIGTERM or SIGINT: then nothing new is taken, what runs is finished, the processes are ended.
///
/// # Errors
///
/// When it could not begin.
pub async fn serve(config: Arc<Config>) -> Result<(), RunError> {
    let ended = signals()?;
    let listen = |what, address| move |error| RunError::Listen { what, address, error };
    let admin = TcpListener::bind(config.admin).await.map_err(listen("health", config.admin))?;
    let pool = Pool::start(&config).map_err(RunError::Signals)?;
    let (stop, stopped) = watch::channel(false);
    let admin = tokio::spawn(admin::serve(admin, Arc::clone(&pool), stopped.clone()));
    let source = match &config.source {
        Source::Http(http) => {
            let listener =
                Listener::bind(&config, http, Arc::clone(&pool)).await.map_err(listen("the function", http.listen))?;
            tokio::spawn(listener.serve(stopped))
        }
        Source::Sqs(queue) => {
            let poller = sqs::Poller::new(&config, queue, Arc::clone(&pool))
                .map_err(|error| RunError::Queue(error.to_string()))?;
            tokio::spawn(poller.run(stopped))
        }
        Source::Schedule(_) => {
            return Err(RunError::Source("the source is a schedule: `caravan-front invoke` runs it"));
        }
    };
    ended.await;
    drain(&config, &pool, &stop, source).await;
    admin.abort();
    Ok(())
}

/// One invocation with `event`; without one, EventBridge's scheduled event. Ends with its answer or its last failure.
///
/// # Errors
///
/// When it could not begin.
pub async fn invoke(config: Arc<Config>, event: Option<Bytes>) -> Result<Result<Bytes, Failure>, RunError> {
    let Source::Schedule(schedule) = &config.source else {
        return Err(RunError::Source("the source is no schedule: `caravan-front serve` runs it"));
    };
    let ended = signals()?;
    let pool = Pool::start(&config).map_err(RunError::Signals)?;
    let event = event.unwrap_or_else(|| schedule::scheduled_event(&config, schedule));
    let outcome = tokio::select! {
        outcome = schedule::invoke(&pool, schedule, event) => outcome,
        () = ended => Err(Failure::throttled("the pod was stopped before the invocation had ended")),
    };
    pool.stop().await;
    Ok(outcome)
}

async fn drain(config: &Config, pool: &Pool, stop: &watch::Sender<bool>, mut source: tokio::task::JoinHandle<()>) {
    let end = Instant::now() + Duration::from_secs(config.drain_seconds).saturating_sub(FOR_PROCESSES);
    stop.send_replace(true);
    let left = || end.saturating_duration_since(Instant::now());
    let _ = timeout(left(), &mut source).await;
    if !pool.idle(left()).await {
        crate::say::say("not everything had ended in the time for a stop");
    }
    source.abort();
    pool.stop().await;
}

/// Completes with the first SIGTERM or SIGINT.
fn signals() -> Result<impl Future<Output = ()>, RunError> {
    let mut terminate = signal(SignalKind::terminate()).map_err(RunError::Signals)?;
    let mut interrupt = signal(SignalKind::interrupt()).map_err(RunError::Signals)?;
    Ok(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
    })
}
