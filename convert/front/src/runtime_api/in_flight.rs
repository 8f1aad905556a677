//! What a process holds: invocations that were handed to it and are not answered.

use crate::invocation::{Failure, Invocation, Reply};
use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::{Notify, oneshot};
use tokio::task::AbortHandle;

/// The invocations that one process holds. Each is answered once, whatever comes first.
#[derive(Debug)]
pub(crate) struct InFlight {
    held: Mutex<HashMap<String, Held>>,
    running: Arc<AtomicUsize>,
    emptied: Notify,
}

#[derive(Debug)]
struct Held {
    streams: bool,
    to: To,
    timer: Option<AbortHandle>,
}

/// Where an answer goes, or a failure.
#[derive(Debug)]
enum To {
    Reply(Reply),
    /// The answer is under way already: a failure cuts it.
    Stream(oneshot::Sender<()>),
    Nobody,
}

impl InFlight {
    /// Nothing is held. `running` counts what all processes hold.
    pub(super) fn new(running: Arc<AtomicUsize>) -> Self {
        Self { held: Mutex::default(), running, emptied: Notify::new() }
    }

    /// Takes an invocation in.
    pub(super) fn insert(&self, id: &str, streams: bool, reply: Reply) {
        self.running.fetch_add(1, Ordering::Relaxed);
        let held = Held { streams, to: To::Reply(reply), timer: None };
        self.held().insert(id.to_owned(), held);
    }

    /// What ends it when its time is over.
    pub(super) fn set_timer(&self, id: &str, timer: AbortHandle) {
        if let Some(held) = self.held().get_mut(id) {
            held.timer = Some(timer);
        }
    }

    /// Whether the caller takes a stream; nothing where the process does not hold it.
    pub(super) fn streams(&self, id: &str) -> Option<bool> {
        self.held().get(id).map(|held| held.streams)
    }

    /// An invocation is answered: who waits for it. It is no longer held.
    pub(super) fn finish(&self, id: &str) -> Option<Reply> {
        match self.remove(id)?.to {
            To::Reply(reply) => Some(reply),
            To::Stream(_) | To::Nobody => None,
        }
    }

    /// The answer begins to stream; the invocation is held until it ends. The receiver says when it is cut.
    pub(super) fn begin_stream(&self, id: &str) -> Option<(Reply, oneshot::Receiver<()>)> {
        let mut all = self.held();
        let held = all.get_mut(id)?;
        let (cut, when_cut) = oneshot::channel();
        match std::mem::replace(&mut held.to, To::Nobody) {
            To::Reply(reply) => {
                held.to = To::Stream(cut);
                Some((reply, when_cut))
            }
            other => {
                held.to = other;
                None
            }
        }
    }

    /// One invocation fails.
    pub(super) fn fail(&self, id: &str, failure: impl Fn(&str) -> Failure) {
        match self.remove(id).map(|held| held.to) {
            // Who waited may have gone away: nobody is told then.
            Some(To::Reply(reply)) => drop(reply.send(Err(failure(id)))),
            Some(To::Stream(cut)) => drop(cut.send(())),
            Some(To::Nobody) | None => {}
        }
    }

    /// Everything that is held fails.
    pub(crate) fn fail_all(&self, failure: impl Fn(&str) -> Failure) {
        let ids: Vec<_> = self.held().keys().cloned().collect();
        for id in ids {
            self.fail(&id, &failure);
        }
    }

    /// How many are held.
    pub(crate) fn len(&self) -> usize {
        self.held().len()
    }

    /// Waits until nothing is held.
    pub(crate) async fn empty(&self) {
        loop {
            let emptied = self.emptied.notified();
            if self.len() == 0 {
                return;
            }
            emptied.await;
        }
    }

    fn remove(&self, id: &str) -> Option<Held> {
        let (held, left) = {
            let mut all = self.held();
            (all.remove(id)?, all.len())
        };
        if let Some(timer) = &held.timer {
            timer.abort();
        }
        self.running.fetch_sub(1, Ordering::Relaxed);
        if left == 0 {
            self.emptied.notify_waiters();
        }
        Some(held)
    }

    fn held(&self) -> MutexGuard<'_, HashMap<String, Held>> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl InFlight {
    /// Takes an invocation apart into what is held and what is sent.
    pub(super) fn take_in(&self, invocation: Invocation) -> Handed {
        let Invocation { id, event, trace, client_context, streams, reply } = invocation;
        self.insert(&id, streams, reply);
        Handed { id, event, trace, client_context }
    }
}

/// What a process gets of an invocation.
pub(super) struct Handed {
    pub(super) id: String,
    pub(super) event: bytes::Bytes,
    pub(super) trace: String,
    pub(super) client_context: Option<String>,
}
