//! Invocations that wait for a process, and processes that wait for an invocation. Never both.

use crate::invocation::{Failure, Invocation};
use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::oneshot;

/// The queue between all sources and all processes of one front. First come, first served, on both sides.
#[derive(Debug)]
pub(crate) struct Queue {
    sides: Mutex<Sides>,
    most: usize,
}

#[derive(Debug, Default)]
struct Sides {
    invocations: VecDeque<Invocation>,
    idle: VecDeque<oneshot::Sender<Invocation>>,
    /// Why nothing can be answered: every process fails to start. An invocation ends with it at once.
    broken: Option<Failure>,
}

impl Queue {
    /// A queue in which at most `most` invocations wait.
    pub(crate) fn new(most: usize) -> Arc<Self> {
        Arc::new(Self { sides: Mutex::default(), most })
    }

    /// Hands an invocation to a process, now or when one is free. One that can't be taken is answered with why.
    pub(crate) fn put(&self, mut invocation: Invocation) {
        let mut sides = self.sides();
        while let Some(process) = sides.idle.pop_front() {
            // A process that has gone away gives the invocation back.
            match process.send(invocation) {
                Ok(()) => return,
                Err(back) => invocation = back,
            }
        }
        let refusal = match &sides.broken {
            Some(failure) => failure.clone(),
            None if sides.invocations.len() >= self.most => Failure::throttled("Rate Exceeded."),
            None => return sides.invocations.push_back(invocation),
        };
        drop(sides);
        let _ = invocation.reply.send(Err(refusal));
    }

    /// The next invocation. Whoever stops waiting loses none: what was handed to it goes back to the head of the queue.
    pub(crate) async fn take(self: &Arc<Self>) -> Option<Invocation> {
        let receiver = {
            let mut sides = self.sides();
            if let Some(invocation) = sides.invocations.pop_front() {
                return Some(invocation);
            }
            let (sender, receiver) = oneshot::channel();
            sides.idle.push_back(sender);
            receiver
        };
        let mut waiting = Waiting { queue: Arc::clone(self), receiver };
        (&mut waiting.receiver).await.ok()
    }

    /// Says that no process can be initialised, or that one can again. What waits ends with the failure.
    pub(crate) fn set_broken(&self, failure: Option<Failure>) {
        let mut sides = self.sides();
        let waiting = if failure.is_some() { std::mem::take(&mut sides.invocations) } else { VecDeque::new() };
        sides.broken.clone_from(&failure);
        drop(sides);
        for invocation in waiting {
            if let Some(failure) = &failure {
                let _ = invocation.reply.send(Err(failure.clone()));
            }
        }
    }

    /// Whether nothing can be answered at present.
    pub(crate) fn is_broken(&self) -> bool {
        self.sides().broken.is_some()
    }

    /// How many wait for a process.
    pub(crate) fn len(&self) -> usize {
        self.sides().invocations.len()
    }

    fn put_first(&self, invocation: Invocation) {
        let mut sides = self.sides();
        let mut returned = invocation;
        while let Some(process) = sides.idle.pop_front() {
            match process.send(returned) {
                Ok(()) => return,
                Err(back) => returned = back,
            }
        }
        sides.invocations.push_front(returned);
    }

    fn sides(&self) -> MutexGuard<'_, Sides> {
        self.sides.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A process that waits; dropped with its connection.
struct Waiting {
    queue: Arc<Queue>,
    receiver: oneshot::Receiver<Invocation>,
}

impl Drop for Waiting {
    fn drop(&mut self) {
        self.receiver.close();
        if let Ok(invocation) = self.receiver.try_recv() {
            self.queue.put_first(invocation);
        }
    }
}

#[cfg(test)]
mod tests;
