//! The courier: makes notices of entries, and takes them to their receivers.

use super::follow::{Stood, not_driven, notice};
use super::types::{Notice, NoticeKind, Sender};
use crate::journal::{JournalError, NoticeRow};
use crate::operator::{Advice, Run, RunReadError};
use crate::store::RunStore;
use caravan_cutover_engine::{Clock, Moment};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Mutex;
use tokio::task::JoinSet;

/// How often it looks for what is new and what is due.
const EVERY_MS: u64 = 1_000;
/// The longest that a sender may take for one notice.
const LONGEST_SENDING: Duration = Duration::from_secs(20);
/// Milliseconds for which a notice that is being sent is nobody else's to send.
const IN_HAND_MS: u64 = 60_000;
/// Milliseconds after the first try that failed; doubled with each further one.
const BETWEEN_TRIES_MS: u64 = 1_000;
/// The longest that this grows to.
const LONGEST_BETWEEN_TRIES_MS: u64 = 300_000;
/// How long a notice is kept after it was delivered.
const KEPT_MS: u64 = 7 * 24 * 3_600_000;

/// Who is told.
pub struct Receiver {
    /// Their name: the same after a restart.
    pub name: String,
    /// What they are told of.
    pub kinds: BTreeSet<NoticeKind>,
    /// What takes it there.
    pub sender: Box<dyn Sender>,
}

/// Makes notices of entries, and takes them to their receivers.
pub struct Courier<S, C> {
    journal: S,
    clock: C,
    receivers: Vec<Receiver>,
    command: Box<dyn Fn(&Advice) -> String + Send + Sync>,
    /// The runs that are not over, as far as they were followed.
    followed: Mutex<BTreeMap<String, Run>>,
}

impl<S: RunStore, C: Clock> Courier<S, C> {
    /// A courier; `command` writes a command as it can be pasted. Receivers that are new are told of what comes from now on.
    ///
    /// # Errors
    /// Those of the journal.
    pub async fn new(
        journal: S,
        clock: C,
        receivers: Vec<Receiver>,
        command: impl Fn(&Advice) -> String + Send + Sync + 'static,
    ) -> Result<Self, JournalError> {
        for receiver in &receivers {
            journal.add_receiver(&receiver.name).await?;
        }
        Ok(Self { journal, clock, receivers, command: Box::new(command), followed: Mutex::default() })
    }

    /// Makes and carries notices for ever, each receiver's apart from the others'. `tell` is told of each receiver that does not
    /// take one and why, and of each that takes one again. A journal that is away is asked again a second later.
    ///
    /// Cancel safety: dropping the future loses nothing; what is on its way is sent again.
    pub async fn carry(self: Arc<Self>, tell: impl Fn(&str, Result<(), &str>) + Clone + Send + Sync + 'static)
    where
        S: 'static,
        C: 'static,
    {
        let mut deliveries = JoinSet::new();
        for at in 0..self.receivers.len() {
            let (courier, tell) = (Arc::clone(&self), tell.clone());
            deliveries.spawn(async move {
                loop {
                    if let Some(receiver) = courier.receivers.get(at) {
                        let _away = courier.deliver(receiver, &tell).await;
                    }
                    courier.rest().await;
                }
            });
        }
        loop {
            let _away = self.make_notices().await;
            self.rest().await;
        }
    }

    /// Makes the notices of what has come and sends what is due, once, one receiver after the other.
    ///
    /// # Errors
    /// Those of the journal: what was not noted as seen is seen the next time.
    pub async fn make_round(&self, tell: &impl Fn(&str, Result<(), &str>)) -> Result<(), JournalError> {
        self.make_notices().await?;
        for receiver in &self.receivers {
            self.deliver(receiver, tell).await?;
        }
        Ok(())
    }

    /// Makes the notices of what has come, and forgets those that were delivered long ago.
    ///
    /// # Errors
    /// Those of the journal.
    async fn make_notices(&self) -> Result<(), JournalError> {
        self.follow().await?;
        self.journal.forget_delivered(Moment(self.clock.time_of_day().0.saturating_sub(KEPT_MS))).await
    }

    async fn rest(&self) {
        self.clock.until(self.clock.now().plus_ms(EVERY_MS)).await;
    }

    /// Tells of a run that can't be driven, once for each reason.
    ///
    /// # Errors
    /// Those of the journal: tell of it again.
    pub async fn not_driven(&self, run: &str, wave: &str, why: &str) -> Result<(), JournalError> {
        let advice = Advice { args: ["cutover", "status", run].map(str::to_owned).to_vec(), does: "shows it" };
        let notice = not_driven(run, wave, why, self.clock.time_of_day(), vec![(self.command)(&advice)]);
        self.journal.keep_notices(&self.rows(&notice), &[], None).await
    }

    async fn follow(&self) -> Result<(), JournalError> {
        let mut followed = self.followed.lock().await;
        let news = self.journal.unseen(&self.names()).await?;
        if news.runs.is_empty() {
            return Ok(());
        }
        let mut rows = Vec::new();
        for record in &news.runs {
            let mut run = match followed.remove(&record.name) {
                Some(run) => run,
                None => match Run::untouched(&self.journal, record.clone()).await {
                    Ok(run) => run,
                    Err(error) => {
                        rows.extend(self.unreadable(&record.name, &error));
                        continue;
                    }
                },
            };
            let first = news.first(&record.name);
            let seen = |before: Stood, run: &Run| {
                if run.sequence() >= first {
                    rows.extend(notice(before, run, &self.command).iter().flat_map(|notice| self.rows(notice)));
                }
            };
            match run.follow(&self.journal, Stood::of, seen).await {
                Ok(()) if !run.state().is_over() => drop(followed.insert(record.name.clone(), run)),
                Ok(()) => {}
                Err(RunReadError::Journal(error)) if !matches!(error, JournalError::BrokenChain { .. }) => {
                    return Err(error);
                }
                Err(error) => rows.extend(self.unreadable(&record.name, &error)),
            }
        }
        self.journal.keep_notices(&rows, &self.names(), Some(news.position)).await
    }

    fn unreadable(&self, run: &str, error: &RunReadError) -> Vec<NoticeRow> {
        let notice = not_driven(run, "", &error.to_string(), self.clock.time_of_day(), Vec::new());
        self.rows(&notice)
    }

    fn names(&self) -> Vec<String> {
        self.receivers.iter().map(|receiver| receiver.name.clone()).collect()
    }

    /// A notice for each receiver that is told of its kind.
    fn rows(&self, notice: &Notice) -> Vec<NoticeRow> {
        let told = self.receivers.iter().filter(|receiver| receiver.kinds.contains(&notice.kind));
        let row = |receiver: &Receiver| NoticeRow {
            receiver: receiver.name.clone(),
            notice: notice.clone(),
            due: self.clock.time_of_day(),
        };
        told.map(row).collect()
    }

    /// Sends what is due, in order; the first that fails keeps the others waiting.
    async fn deliver(&self, receiver: &Receiver, tell: &impl Fn(&str, Result<(), &str>)) -> Result<(), JournalError> {
        loop {
            let now = self.clock.time_of_day();
            let Some(due) = self.journal.due_notice(&receiver.name, now, IN_HAND_MS).await? else { return Ok(()) };
            let sent = match tokio::time::timeout(LONGEST_SENDING, receiver.sender.send(&due.notice)).await {
                Ok(sent) => sent.map_err(|error| error.to_string()),
                Err(_) => Err(format!("no answer within {} s", LONGEST_SENDING.as_secs())),
            };
            let now = self.clock.time_of_day();
            match sent {
                Ok(()) => {
                    self.journal.delivered(due.number, now).await?;
                    if due.tries > 0 {
                        tell(&receiver.name, Ok(()));
                    }
                }
                Err(why) => {
                    let wait = (BETWEEN_TRIES_MS << due.tries.min(9)).min(LONGEST_BETWEEN_TRIES_MS);
                    self.journal.not_delivered(due.number, now.plus_ms(wait), &why).await?;
                    if due.refused.as_ref() != Some(&why) {
                        tell(&receiver.name, Err(&why));
                    }
                    return Ok(());
                }
            }
        }
    }
}
