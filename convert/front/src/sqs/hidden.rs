//! Messages that are worked on stay hidden from other receivers.

use super::api::Queue;
use super::message::Message;
use crate::say::say;
use std::sync::Arc;
use std::time::Duration;
use tokio::task::JoinHandle;
use tokio::time::{MissedTickBehavior, interval};

/// Hides messages anew while it lives. Dropped, they come back after the rest of their time, as after an error in Lambda.
#[derive(Debug)]
pub(super) struct Hidden(JoinHandle<()>);

impl Hidden {
    /// Hides `messages`, which were received with `seconds`, again and again.
    pub(super) fn keep(queue: &Arc<Queue>, messages: &[Message], seconds: u32) -> Self {
        let queue = Arc::clone(queue);
        let receipts: Vec<_> = messages.iter().map(|message| message.receipt_handle.clone()).collect();
        Self(tokio::spawn(async move {
            let mut beats = interval(Duration::from_secs_f64(f64::from(seconds) / 3.0));
            beats.set_missed_tick_behavior(MissedTickBehavior::Delay);
            // The first comes at once.
            beats.tick().await;
            let receipts: Vec<_> = receipts.iter().map(String::as_str).collect();
            loop {
                beats.tick().await;
                match queue.hide(&receipts, seconds).await {
                    Ok(failed) if failed.is_empty() => {}
                    Ok(failed) => {
                        say(&format!("{} messages could not be kept hidden: they may come twice", failed.len()))
                    }
                    Err(error) => say(&format!("messages could not be kept hidden: {error}")),
                }
            }
        }))
    }
}

impl Drop for Hidden {
    fn drop(&mut self) {
        self.0.abort();
    }
}
