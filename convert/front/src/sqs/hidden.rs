//! Messages that are worked on stay hidden from other receivers.

use super::api::Queue;
use super::message::Message;
use crate::say::say;
use std::collections::HashSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::task::JoinHandle;
use tokio::time::sleep;

/// Hides messages anew while it lives. What it forgets, or is dropped with, comes back after the rest of its time, as after
/// an error in Lambda.
#[derive(Debug)]
pub(super) struct Hidden {
    receipts: Arc<Mutex<HashSet<String>>>,
    beats: JoinHandle<()>,
}

impl Hidden {
    /// Hides nothing yet; `seconds` is how long each message was hidden when it was received.
    pub(super) fn new(queue: &Arc<Queue>, seconds: u32) -> Self {
        let receipts: Arc<Mutex<HashSet<String>>> = Arc::default();
        let beats = tokio::spawn({
            let (queue, receipts) = (Arc::clone(queue), Arc::clone(&receipts));
            async move {
                loop {
                    // One beat may be late, and the next still comes in time.
                    sleep(Duration::from_secs_f64(f64::from(seconds) / 3.0)).await;
                    let held: Vec<_> = locked(&receipts).iter().cloned().collect();
                    let held: Vec<_> = held.iter().map(String::as_str).collect();
                    match queue.hide(&held, seconds).await {
                        Ok(failed) => {
                            // Those that are done meanwhile could not be hidden, and need not be.
                            let still =
                                |place: &&usize| held.get(**place).is_some_and(|one| locked(&receipts).contains(*one));
                            let count = failed.iter().filter(still).count();
                            if count > 0 {
                                say(&format!("{count} messages could not be kept hidden: they may come twice"));
                            }
                        }
                        Err(error) => say(&format!("messages could not be kept hidden: {error}")),
                    }
                }
            }
        });
        Self { receipts, beats }
    }

    /// Keeps these hidden, too.
    pub(super) fn keep(&self, messages: &[Message]) {
        locked(&self.receipts).extend(messages.iter().map(|message| message.receipt_handle.clone()));
    }

    /// Keeps these hidden no longer.
    pub(super) fn forget<'a>(&self, messages: impl IntoIterator<Item = &'a Message>) {
        let mut receipts = locked(&self.receipts);
        for message in messages {
            receipts.remove(&message.receipt_handle);
        }
    }
}

fn locked(receipts: &Mutex<HashSet<String>>) -> MutexGuard<'_, HashSet<String>> {
    receipts.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Drop for Hidden {
    fn drop(&mut self) {
        self.beats.abort();
    }
}
