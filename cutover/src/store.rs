//! What a journal keeps besides entries and leases, wherever it is kept.

use crate::budget::Acquire;
use crate::journal::{
    Approval, Audited, EngineRange, JournalError, Lease, LeaseBreak, NextNotice, NoticeRow, QueuedCommand,
    RefusedCommand, Request, RunEnd, RunRecord, SealRecord, Unseen, Verified, WaitingNotices,
};
use crate::measure::{CounterMark, MeasuredSpan};
use crate::watched::WatchedRound;
use camino::Utf8Path;
use caravan_cutover_engine::{Entry, JournalStore, Moment};
use caravan_plans::Sealed;
use std::collections::BTreeSet;
use std::future::Future;

/// Sealed plans, runs, people's commands and the budgets of APIs, shared by every process that drives or operates. What a
/// method has given back is durable. All of them fail with [`JournalError`] when the store can't be reached; named besides
/// are the errors that a method has of its own.
pub trait RunStore: JournalStore {
    /// Keeps a sealed plan. Its parent must be the wave's newest seal (P2). Sealing the same plan twice is one seal.
    ///
    /// # Errors
    /// [`JournalError::StaleParent`].
    fn keep_seal(&self, sealed: &Sealed, by: &str, at: Moment)
    -> impl Future<Output = Result<(), JournalError>> + Send;

    /// The hash of a wave's newest seal; none when it was never sealed.
    ///
    /// # Errors
    /// Those of the store.
    fn current_seal(&self, wave: &str) -> impl Future<Output = Result<Option<String>, JournalError>> + Send;

    /// Every sealed plan, the oldest first.
    ///
    /// # Errors
    /// Those of the store.
    fn seals(&self) -> impl Future<Output = Result<Vec<SealRecord>, JournalError>> + Send;

    /// A sealed plan, held against its hash.
    ///
    /// # Errors
    /// [`JournalError::NoSuchPlan`]; when it is kept and can't be opened, [`JournalError::ChangedSeal`],
    /// [`JournalError::NewerSeal`] or [`JournalError::UnreadableSeal`].
    fn plan(&self, hash: &str) -> impl Future<Output = Result<Sealed, JournalError>> + Send;

    /// Keeps an approval of exactly this plan.
    ///
    /// # Errors
    /// [`JournalError::NoSuchPlan`].
    fn approve(&self, hash: &str, approval: &Approval) -> impl Future<Output = Result<(), JournalError>> + Send;

    /// Who approved a plan, the first first.
    ///
    /// # Errors
    /// Those of the store.
    fn approvals(&self, hash: &str) -> impl Future<Output = Result<Vec<Approval>, JournalError>> + Send;

    /// Creates a run; nothing happens until somebody drives it.
    ///
    /// # Errors
    /// Those of the store; a name is given only once.
    fn create_run(&self, run: &RunRecord) -> impl Future<Output = Result<(), JournalError>> + Send;

    /// Every run, the oldest first.
    ///
    /// # Errors
    /// Those of the store.
    fn runs(&self) -> impl Future<Output = Result<Vec<RunRecord>, JournalError>> + Send;

    /// A run's events after those that were verified before, all of them without any, and how far the chain is verified
    /// with them.
    ///
    /// # Errors
    /// [`JournalError::BrokenChain`], [`JournalError::NoSuchRun`].
    fn entries_after(
        &self,
        run: &str,
        verified: Option<Verified>,
    ) -> impl Future<Output = Result<(Vec<Entry>, Verified), JournalError>> + Send;

    /// A run's events, each with the hash of the chain after it, verified.
    ///
    /// # Errors
    /// [`JournalError::BrokenChain`], [`JournalError::NoSuchRun`].
    fn audit(&self, run: &str) -> impl Future<Output = Result<Vec<Audited>, JournalError>> + Send;

    /// As [`RunStore::audit`], of the entries after those that were verified before, all of them without any, so many of them at
    /// the most, and how far the chain is verified with them. A store that can read a part of a run reads no more than that.
    ///
    /// # Errors
    /// [`JournalError::BrokenChain`], [`JournalError::NoSuchRun`].
    fn audit_after(
        &self,
        run: &str,
        verified: Option<Verified>,
        limit: usize,
    ) -> impl Future<Output = Result<(Vec<Audited>, Verified), JournalError>> + Send;

    /// The chain's hash after an entry, as it is kept; before the first one for 0, none where there is no such entry.
    ///
    /// # Errors
    /// [`JournalError::NoSuchRun`].
    fn chain_at(&self, run: &str, sequence: u64)
    -> impl Future<Output = Result<Option<Verified>, JournalError>> + Send;

    /// Leaves a command for the run's driver.
    ///
    /// # Errors
    /// [`JournalError::NoSuchRun`].
    fn submit(&self, run: &str, request: &Request) -> impl Future<Output = Result<(), JournalError>> + Send;

    /// The commands that wait for the run's driver, the oldest first. [`JournalStore::append`] takes one away.
    ///
    /// # Errors
    /// [`JournalError::NoSuchRun`].
    fn commands(&self, run: &str) -> impl Future<Output = Result<Vec<QueuedCommand>, JournalError>> + Send;

    /// Marks a command as refused, with the reason, unless the run has been taken over: the command is then its new
    /// driver's.
    ///
    /// # Errors
    /// Those of the store.
    fn refuse(&self, command: i64, epoch: u64, why: &str) -> impl Future<Output = Result<(), JournalError>> + Send;

    /// The last commands that the run's drivers refused, the newest first, three at the most.
    ///
    /// # Errors
    /// [`JournalError::NoSuchRun`].
    fn refusals(&self, run: &str) -> impl Future<Output = Result<Vec<RefusedCommand>, JournalError>> + Send;

    /// Gives the lease up, so that the next driver need not wait for it to run out.
    ///
    /// # Errors
    /// Those of the store; the lease then runs out by itself.
    fn give_up(&self, run: &str, driver: &str) -> impl Future<Output = Result<(), JournalError>> + Send;

    /// Who drives a run, or drove it last; none when nobody ever did.
    ///
    /// # Errors
    /// Those of the store.
    fn driver_of(&self, run: &str) -> impl Future<Output = Result<Option<Lease>, JournalError>> + Send;

    /// Breaks the lease of a run: it is free at once, its driver never gets it again, and whatever that driver still does is
    /// refused by its epoch. Gives what was broken.
    ///
    /// # Errors
    /// [`JournalError::NotLeased`], [`JournalError::NoSuchRun`].
    fn break_lease(
        &self,
        run: &str,
        who: &str,
        at: Moment,
        reason: &str,
    ) -> impl Future<Output = Result<LeaseBreak, JournalError>> + Send;

    /// The leases of a run that were broken, the oldest first.
    ///
    /// # Errors
    /// [`JournalError::NoSuchRun`].
    fn lease_breaks(&self, run: &str) -> impl Future<Output = Result<Vec<LeaseBreak>, JournalError>> + Send;

    /// Keeps what was counted of a run's shifts, in the place of what was kept of the same span, and the counters as they were
    /// read; nothing when the run has been taken over since this epoch.
    ///
    /// # Errors
    /// [`JournalError::NoSuchRun`].
    fn keep_measured(
        &self,
        run: &str,
        epoch: u64,
        span: &MeasuredSpan,
        mark: Option<&CounterMark>,
    ) -> impl Future<Output = Result<(), JournalError>> + Send;

    /// What was counted of a run's shifts, the oldest first.
    ///
    /// # Errors
    /// [`JournalError::NoSuchRun`].
    fn measured(&self, run: &str) -> impl Future<Output = Result<Vec<MeasuredSpan>, JournalError>> + Send;

    /// The counters of a run's shifts as they were last read.
    ///
    /// # Errors
    /// [`JournalError::NoSuchRun`].
    fn counter_marks(&self, run: &str) -> impl Future<Output = Result<Vec<CounterMark>, JournalError>> + Send;

    /// Keeps the last round of the background analysis of one shift, in the place of the one before; nothing when the run has been
    /// taken over since this epoch.
    ///
    /// # Errors
    /// [`JournalError::NoSuchRun`].
    fn keep_watched(
        &self,
        run: &str,
        epoch: u64,
        round: &WatchedRound,
    ) -> impl Future<Output = Result<(), JournalError>> + Send;

    /// The last round of each shift of a run that was watched, by step.
    ///
    /// # Errors
    /// [`JournalError::NoSuchRun`].
    fn watched(&self, run: &str) -> impl Future<Output = Result<Vec<WatchedRound>, JournalError>> + Send;

    /// The engines that have driven a run.
    ///
    /// # Errors
    /// [`JournalError::NoSuchRun`].
    fn engines(&self, run: &str) -> impl Future<Output = Result<EngineRange, JournalError>> + Send;

    /// Notes that this program's engine drives a run from now on: before its first entry.
    ///
    /// # Errors
    /// [`JournalError::NoSuchRun`].
    fn note_engine(&self, run: &str) -> impl Future<Output = Result<(), JournalError>> + Send;

    /// Keeps how a run ended. The first end stays.
    ///
    /// # Errors
    /// [`JournalError::NoSuchRun`].
    fn keep_end(&self, run: &str, end: &RunEnd) -> impl Future<Output = Result<(), JournalError>> + Send;

    /// How a run ended, as it was kept; none when it is not over, or ended under a version that kept none.
    ///
    /// # Errors
    /// [`JournalError::NoSuchRun`].
    fn end(&self, run: &str) -> impl Future<Output = Result<Option<RunEnd>, JournalError>> + Send;

    /// Gives up every lease of a driver, so that the next one need not wait for them to run out.
    ///
    /// # Errors
    /// Those of the store; the leases then run out by themselves.
    fn give_up_all(&self, driver: &str) -> impl Future<Output = Result<(), JournalError>> + Send;

    /// Makes receivers of notices known whose notices are made of what comes after a position, with those that they get
    /// besides, all in one commit. One that is known already stays as it is.
    ///
    /// # Errors
    /// Those of the store.
    fn add_receivers(
        &self,
        names: &[String],
        position: i64,
        rows: &[NoticeRow],
    ) -> impl Future<Output = Result<(), JournalError>> + Send;

    /// The sequence of a run's last entry, whether the run can be read or not; 0 when it has none.
    ///
    /// # Errors
    /// Those of the store.
    fn last_sequence(&self, run: &str) -> impl Future<Output = Result<u64, JournalError>> + Send;

    /// What has come that the notices of one of these receivers were not made of yet.
    ///
    /// # Errors
    /// Those of the store.
    fn unseen(&self, receivers: &[String]) -> impl Future<Output = Result<Unseen, JournalError>> + Send;

    /// Puts notices into the outbox and, with a position, notes everything up to it as seen for these receivers, all in one
    /// commit. One that is there stays as it is.
    ///
    /// # Errors
    /// Those of the store.
    fn keep_notices(
        &self,
        rows: &[NoticeRow],
        receivers: &[String],
        position: Option<i64>,
    ) -> impl Future<Output = Result<(), JournalError>> + Send;

    /// The first notice for a receiver if it is to be sent by now; nobody else is given it for so many milliseconds. Those that are
    /// `rejected` keep no other one waiting until they are due again.
    ///
    /// # Errors
    /// Those of the store.
    fn next_notice(
        &self,
        receiver: &str,
        now: Moment,
        in_hand_ms: u64,
        rejected: &BTreeSet<i64>,
    ) -> impl Future<Output = Result<Option<NextNotice>, JournalError>> + Send;

    /// Notes that a notice was delivered.
    ///
    /// # Errors
    /// Those of the store; it is sent again then.
    fn delivered(&self, number: i64, at: Moment) -> impl Future<Output = Result<(), JournalError>> + Send;

    /// Notes that a notice was not taken, and when it is sent again.
    ///
    /// # Errors
    /// Those of the store.
    fn not_delivered(
        &self,
        number: i64,
        due: Moment,
        why: &str,
    ) -> impl Future<Output = Result<(), JournalError>> + Send;

    /// The notices that were not delivered yet, for each receiver.
    ///
    /// # Errors
    /// Those of the store.
    fn waiting_notices(&self) -> impl Future<Output = Result<Vec<WaitingNotices>, JournalError>> + Send;

    /// Forgets the notices that were delivered before a moment.
    ///
    /// # Errors
    /// Those of the store.
    fn forget_delivered(&self, before: Moment) -> impl Future<Output = Result<(), JournalError>> + Send;

    /// Takes from the bucket of an API ([`Acquire::take`]). What is given is durable before anybody is asked: a process
    /// that dies has spent it. The inner error is the moment before which there is too little to take; nothing was taken.
    ///
    /// # Errors
    /// Those of the store.
    fn acquire(
        &self,
        acquire: Acquire,
        now: Moment,
    ) -> impl Future<Output = Result<Result<(), Moment>, JournalError>> + Send;

    /// Copies the whole of it to a file, as it stands now.
    ///
    /// # Errors
    /// When the copy can't be written; the store is not touched.
    fn back_up(&self, to: &Utf8Path) -> Result<(), JournalError>;
}
