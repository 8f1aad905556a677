//! The API that Lambda gives to runtime clients and extensions, for one process each, on a loopback port of its own.
//!
//! ```text
//!   queue ──► next ──► the process ──► response, error ──► whoever waits
//!               │                          │
//!               └── in flight, with a deadline ──► timed out: the process has to go
//! ```

mod extensions;
mod in_flight;
mod replies;
mod response;
mod server;

pub(crate) use in_flight::InFlight;
pub(crate) use server::serve;

use crate::config::Function;
use crate::invocation::Failure;
use crate::queue::Queue;
use extensions::Extensions;
use std::sync::Arc;
use std::sync::atomic::AtomicUsize;
use tokio::sync::watch;

/// How far a process is, as far as its runtime client has said so.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Phase {
    /// It has not asked for an invocation yet.
    Starting,
    /// It takes invocations.
    Serving,
    /// It said that it can't be initialised.
    InitFailed(Failure),
    /// An invocation's time was over: it takes no more, and has to go when nothing else is in flight.
    Spent,
}

/// The API as one process sees it.
#[derive(Debug)]
pub(crate) struct Api {
    function: Arc<Function>,
    arn: String,
    queue: Arc<Queue>,
    /// How many invocations the process may hold at once.
    shared: usize,
    in_flight: InFlight,
    extensions: Extensions,
    phase: watch::Sender<Phase>,
}

impl Api {
    /// The API for a process that is about to start. `running` counts what is in flight in all processes.
    pub(crate) fn new(function: Arc<Function>, queue: Arc<Queue>, shared: u16, running: Arc<AtomicUsize>) -> Arc<Self> {
        Arc::new(Self {
            arn: function.invoked_arn(),
            function,
            queue,
            shared: usize::from(shared),
            in_flight: InFlight::new(running),
            extensions: Extensions::default(),
            phase: watch::Sender::new(Phase::Starting),
        })
    }

    /// Follows how far the process is.
    pub(crate) fn phase(&self) -> watch::Receiver<Phase> {
        self.phase.subscribe()
    }

    /// What the process holds.
    pub(crate) fn in_flight(&self) -> &InFlight {
        &self.in_flight
    }

    /// Tells the extensions that the process ends by `deadline` (milliseconds since 1970). Says whether there are any.
    pub(crate) fn shut_down(&self, reason: &str, deadline: i64) -> bool {
        self.extensions.shut_down(reason, deadline)
    }

    /// The time of an invocation is over.
    fn timed_out(&self, id: &str) {
        // Spent first: who sees that nothing is in flight any more must see why.
        self.phase.send_replace(Phase::Spent);
        self.in_flight.fail(id, |id| Failure::timed_out(id, self.function.timeout_seconds));
    }
}
