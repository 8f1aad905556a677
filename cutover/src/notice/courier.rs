//! The courier: makes notices of entries, and takes them to their receivers.

use super::types::{NoticeKind, SendError, Sender};
use crate::defect;
use crate::journal::{JournalError, NextNotice, WaitingNotices};
use crate::operator::{Advice, Run};
use crate::store::RunStore;
use caravan_cutover_engine::Clock;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::Mutex;
use tokio::task::{self, JoinSet};

/// How often it looks for what is new and what is due.
const EVERY_MS: u64 = 1_000;
/// How long what broke off by a defect is left alone.
const AFTER_DEFECT_MS: u64 = 30_000;
/// How often it looks whether all is delivered while somebody waits for that.
const LOOK_EVERY_MS: u64 = 100;
/// The longest that a sender may take for one notice.
pub(super) const LONGEST_SENDING: Duration = Duration::from_secs(20);
/// Milliseconds for which a notice that is being sent is nobody else's to send.
const IN_HAND_MS: u64 = 60_000;
/// Milliseconds after the first try that failed; doubled with each further one.
const BETWEEN_TRIES_MS: u64 = 1_000;
/// The longest that this grows to.
pub(super) const LONGEST_BETWEEN_TRIES_MS: u64 = 300_000;

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
    pub(super) journal: S,
    pub(super) clock: C,
    pub(super) receivers: Vec<Receiver>,
    pub(super) command: Box<dyn Fn(&Advice) -> String + Send + Sync>,
    /// The notices that their receivers have rejected, by their numbers in the outbox.
    pub(super) rejected: std::sync::Mutex<BTreeSet<i64>>,
    /// The runs that are not over, as far as their notices are in the outbox.
    pub(super) followed: Mutex<BTreeMap<String, Run>>,
}

impl<S: RunStore, C: Clock> Courier<S, C> {
    /// A courier; `command` writes a command as it can be pasted. Receivers that are new are told of what stands now and of
    /// what comes from now on.
    ///
    /// # Errors
    /// Those of the journal.
    pub async fn new(
        journal: S,
        clock: C,
        receivers: Vec<Receiver>,
        command: impl Fn(&Advice) -> String + Send + Sync + 'static,
    ) -> Result<Self, JournalError> {
        let courier = Self {
            journal,
            clock,
            receivers,
            command: Box::new(command),
            rejected: std::sync::Mutex::default(),
            followed: Mutex::default(),
        };
        courier.welcome().await?;
        Ok(courier)
    }

    /// Makes and carries notices for ever, each receiver's apart from the others'. `tell` is told of each receiver that does not
    /// take one and why, and of each that takes one again. A journal that is away is asked again a second later, and what breaks
    /// off by a defect is begun again.
    ///
    /// Cancel safety: dropping the future loses nothing; what is on its way is sent again.
    pub async fn carry(self: Arc<Self>, tell: impl Fn(&str, Result<(), &str>) + Clone + Send + Sync + 'static)
    where
        S: 'static,
        C: 'static,
    {
        let (mut tasks, mut begun) = (JoinSet::new(), BTreeMap::<task::Id, Option<usize>>::new());
        let begin = |tasks: &mut JoinSet<()>, receiver: Option<usize>, after_ms: u64| {
            let (courier, tell) = (Arc::clone(&self), tell.clone());
            let task = tasks.spawn(async move {
                courier.clock.until(courier.clock.now().plus_ms(after_ms)).await;
                loop {
                    let _away = match receiver.and_then(|at| courier.receivers.get(at)) {
                        Some(receiver) => courier.deliver(receiver, &tell).await,
                        None => courier.make_notices().await,
                    };
                    courier.rest().await;
                }
            });
            (task.id(), receiver)
        };
        // One that makes them, and one for each receiver.
        for receiver in [None].into_iter().chain((0..self.receivers.len()).map(Some)) {
            begun.extend([begin(&mut tasks, receiver, 0)]);
        }
        while let Some(ended) = tasks.join_next_with_id().await {
            let Err(broken) = ended else { continue };
            let receiver = begun.remove(&broken.id()).flatten();
            let name = receiver.and_then(|at| self.receivers.get(at)).map_or("anybody", |receiver| &receiver.name);
            tell(name, Err(&defect::text(broken)));
            begun.extend([begin(&mut tasks, receiver, AFTER_DEFECT_MS)]);
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

    /// Returns when everything that has come was delivered, while somebody carries it, at the latest after so many
    /// milliseconds. Gives what waits then.
    ///
    /// # Errors
    /// Those of the journal: what is in it waits for whoever carries next.
    pub async fn until_delivered(&self, longest_ms: u64) -> Result<Vec<WaitingNotices>, JournalError> {
        let deadline = self.clock.now().plus_ms(longest_ms);
        loop {
            self.make_notices().await?;
            let mut waiting = self.journal.waiting_notices().await?;
            waiting.retain(|waiting| self.receivers.iter().any(|receiver| receiver.name == waiting.receiver));
            let is_all = waiting.iter().all(|waiting| waiting.count == waiting.unreadable);
            if is_all || self.clock.now() >= deadline {
                return Ok(waiting);
            }
            self.clock.until(self.clock.now().plus_ms(LOOK_EVERY_MS).min(deadline)).await;
        }
    }

    async fn rest(&self) {
        self.clock.until(self.clock.now().plus_ms(EVERY_MS)).await;
    }

    pub(super) fn names(&self) -> Vec<String> {
        self.receivers.iter().map(|receiver| receiver.name.clone()).collect()
    }

    fn rejected(&self) -> MutexGuard<'_, BTreeSet<i64>> {
        self.rejected.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Sends what is due, in order; the first that fails keeps the others waiting, unless its receiver does not want that very one.
    async fn deliver(&self, receiver: &Receiver, tell: &impl Fn(&str, Result<(), &str>)) -> Result<(), JournalError> {
        loop {
            let now = self.clock.time_of_day();
            let rejected = self.rejected().clone();
            let due = match self.journal.next_notice(&receiver.name, now, IN_HAND_MS, &rejected).await? {
                Some(NextNotice::Due(due)) => due,
                Some(NextNotice::Unreadable(why)) => {
                    tell(&receiver.name, Err(&why));
                    continue;
                }
                None => return Ok(()),
            };
            let sent = match tokio::time::timeout(LONGEST_SENDING, receiver.sender.send(&due.notice)).await {
                Ok(sent) => sent,
                Err(_) => Err(SendError::Unavailable(format!("no answer within {} s", LONGEST_SENDING.as_secs()))),
            };
            let now = self.clock.time_of_day();
            match sent {
                Ok(()) => {
                    self.journal.delivered(due.number, now).await?;
                    self.rejected().remove(&due.number);
                    if due.tries > 0 {
                        tell(&receiver.name, Ok(()));
                    }
                }
                Err(error) => {
                    let why = error.to_string();
                    let wait = (BETWEEN_TRIES_MS << due.tries.min(9)).min(LONGEST_BETWEEN_TRIES_MS);
                    self.journal.not_delivered(due.number, now.plus_ms(wait), &why).await?;
                    if due.refused.as_ref() != Some(&why) {
                        tell(&receiver.name, Err(&why));
                    }
                    match error {
                        SendError::Rejected(_) => self.rejected().insert(due.number),
                        SendError::Unavailable(_) => return Ok(()),
                    };
                }
            }
        }
    }
}
