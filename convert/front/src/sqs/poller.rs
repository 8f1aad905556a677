//! Receives, filters, invokes, deletes.

use super::api::{CallError, Queue};
use super::batch::Batch;
use super::filter::{Pattern, matches_any};
use super::hidden::Hidden;
use super::message::Message;
use super::outcome;
use crate::config::{Config, Sqs};
use crate::invocation::Answer;
use crate::pool::{Carried, Pool};
use crate::say::say;
use crate::stop::told;
use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep};

/// Reads one queue for one pool.
#[derive(Clone, Debug)]
pub(crate) struct Poller {
    queue: Arc<Queue>,
    sqs: Arc<Sqs>,
    patterns: Arc<Vec<Pattern>>,
    pool: Arc<Pool>,
    workers: usize,
}

/// The first and the longest pause after a call that failed.
const PAUSES: (Duration, Duration) = (Duration::from_millis(500), Duration::from_secs(30));

/// How often a deletion is tried.
const DELETIONS: u32 = 5;

impl Poller {
    /// A poller that makes as many invocations at once as the processes take.
    ///
    /// # Errors
    ///
    /// When there are no credentials, or the queue's address is none.
    pub(crate) fn new(config: &Config, sqs: &Sqs, pool: Arc<Pool>) -> Result<Self, CallError> {
        let form = |why: String| CallError::Form { call: "the filters", why };
        let patterns: Result<Vec<_>, _> = sqs.filters.iter().map(|filter| Pattern::read(&filter.pattern)).collect();
        Ok(Self {
            queue: Arc::new(Queue::new(sqs, &config.function.region)?),
            sqs: Arc::new(sqs.clone()),
            patterns: Arc::new(patterns.map_err(|error| form(error.to_string()))?),
            pool,
            workers: usize::from(config.concurrency) * usize::from(config.shared),
        })
    }

    /// Works until `stop` is true and what was received is done.
    pub(crate) async fn run(self, stop: watch::Receiver<bool>) {
        let mut workers = JoinSet::new();
        for _ in 0..self.workers {
            let (poller, stop) = (self.clone(), stop.clone());
            workers.spawn(async move { poller.work(stop).await });
        }
        while workers.join_next().await.is_some() {}
    }

    async fn work(&self, mut stop: watch::Receiver<bool>) {
        let mut pause = PAUSES.0;
        while !*stop.borrow() {
            // Messages wait in the queue while no process takes invocations: each receipt counts towards its dead letters.
            if !self.pool.is_ready() {
                sleep(Duration::from_millis(50)).await;
                continue;
            }
            let hidden = Hidden::new(&self.queue, self.sqs.visibility_seconds);
            match self.gather(&mut stop, &hidden).await {
                Ok(messages) => {
                    pause = PAUSES.0;
                    self.handle(messages, &hidden).await;
                }
                Err(error) => {
                    say(&error.to_string());
                    tokio::select! {
                        () = sleep(pause) => {}
                        () = told(&mut stop) => {}
                    }
                    pause = (pause * 2).min(PAUSES.1);
                }
            }
        }
    }

    /// Receives until the batch is full, its window is over or no process takes invocations, and keeps hidden what it has.
    async fn gather(&self, stop: &mut watch::Receiver<bool>, hidden: &Hidden) -> Result<Vec<Message>, CallError> {
        let (sqs, mut messages) = (&self.sqs, Vec::new());
        let mut end: Option<Instant> = None;
        while messages.len() < sqs.batch_size && self.pool.is_ready() && !*stop.borrow() {
            let left = end.map(|end| end.saturating_duration_since(Instant::now()));
            let wait = match left {
                None => sqs.wait_seconds,
                Some(left) if left.is_zero() => break,
                Some(left) => sqs.wait_seconds.min(u32::try_from(left.as_secs()).unwrap_or(u32::MAX)),
            };
            let receive = self.queue.receive(sqs.batch_size - messages.len(), wait, sqs.visibility_seconds);
            let received = tokio::select! {
                received = receive => received,
                () = told(stop) => break,
            };
            let received = match received {
                Ok(received) => received,
                // What was received before is worked on all the same.
                Err(error) if !messages.is_empty() => {
                    say(&error.to_string());
                    break;
                }
                Err(error) => return Err(error),
            };
            let empty = received.is_empty();
            if !empty {
                hidden.keep(&received);
                self.pool.metrics().messages("received", received.len());
                let kept = self.filtered(received, hidden).await;
                messages.extend(kept);
                end.get_or_insert_with(|| Instant::now() + Duration::from_secs(sqs.batch_window_seconds));
            }
            if sqs.batch_window_seconds == 0 && !messages.is_empty() {
                break;
            }
            if empty && wait == 0 && end.is_some() {
                sleep(Duration::from_millis(100)).await;
            }
        }
        Ok(messages)
    }

    /// Deletes what matches no filter, and gives the rest.
    async fn filtered(&self, messages: Vec<Message>, hidden: &Hidden) -> Vec<Message> {
        let matches = |message: &Message| matches_any(&self.patterns, &message.record(&self.sqs.queue_arn));
        let (kept, others): (Vec<_>, Vec<_>) = messages.into_iter().partition(matches);
        if !others.is_empty() {
            self.pool.metrics().messages("filtered", others.len());
            self.delete(&others.iter().collect::<Vec<_>>()).await;
            hidden.forget(&others);
        }
        kept
    }

    async fn handle(&self, messages: Vec<Message>, hidden: &Hidden) {
        let fifo = self.sqs.is_fifo();
        let mut stuck: HashSet<String> = HashSet::new();
        for batch in Batch::divide(messages, &self.sqs.queue_arn, fifo) {
            // Behind a message that failed, its group waits.
            if batch.group().is_some_and(|group| stuck.contains(group)) {
                hidden.forget(&batch.messages);
                continue;
            }
            let failed = self.invoke(&batch).await;
            if !failed.is_empty() {
                stuck.extend(batch.group().filter(|_| fifo).map(str::to_owned));
                self.pool.metrics().messages("failed", failed.len());
            }
            let done = batch.messages.iter().enumerate().filter(|(place, _)| !failed.contains(place));
            let done: Vec<_> = done.map(|(_, message)| message).collect();
            if !done.is_empty() {
                self.pool.metrics().messages("done", done.len());
                self.delete(&done).await;
            }
            hidden.forget(&batch.messages);
        }
    }

    /// The places of the messages that failed.
    async fn invoke(&self, batch: &Batch) -> HashSet<usize> {
        match self.pool.invoke(batch.event(), Carried::default()).await {
            Ok(Answer::Whole(bytes) | Answer::Gathered { bytes, .. }) if self.sqs.report_batch_item_failures => {
                outcome::failed(&batch.messages, &bytes)
            }
            Ok(_) => HashSet::new(),
            Err(failure) => {
                let document = String::from_utf8_lossy(&failure.document);
                say(&format!("{} messages failed ({}): {document}", batch.messages.len(), failure.kind.word()));
                (0..batch.messages.len()).collect()
            }
        }
    }

    /// Deletes messages, again where it did not succeed. What could not be deleted comes again, and is said.
    async fn delete(&self, messages: &[&Message]) {
        let mut receipts: Vec<&str> = messages.iter().map(|message| message.receipt_handle.as_str()).collect();
        for attempt in 0..DELETIONS {
            match self.queue.delete(&receipts).await {
                Ok(failed) if failed.is_empty() => return,
                Ok(failed) => receipts = failed.iter().filter_map(|place| receipts.get(*place).copied()).collect(),
                Err(error) => say(&error.to_string()),
            }
            sleep(Duration::from_millis(100 << attempt)).await;
        }
        say(&format!("{} messages that are done could not be deleted: they come again", receipts.len()));
    }
}
