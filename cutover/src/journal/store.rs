//! SQLite as a store of runs. Each method stands in the file of its subject.

use super::{
    Approval, Audited, EngineRange, Journal, JournalError, Lease, LeaseBreak, NextNotice, NoticeRow, QueuedCommand,
    RefusedCommand, Request, RunEnd, RunRecord, SealRecord, Unseen, Verified, WaitingNotices,
};
use crate::budget::Acquire;
use crate::measure::{CounterMark, MeasuredSpan};
use crate::store::RunStore;
use crate::watched::WatchedRound;
use camino::Utf8Path;
use caravan_cutover_engine::{Entry, Moment};
use caravan_plans::Sealed;
use std::collections::BTreeSet;

impl RunStore for Journal {
    async fn keep_seal(&self, sealed: &Sealed, by: &str, at: Moment) -> Result<(), JournalError> {
        Self::keep_seal(self, sealed, by, at).await
    }

    async fn current_seal(&self, wave: &str) -> Result<Option<String>, JournalError> {
        Self::current_seal(self, wave).await
    }

    async fn seals(&self) -> Result<Vec<SealRecord>, JournalError> {
        Self::seals(self).await
    }

    async fn plan(&self, hash: &str) -> Result<Sealed, JournalError> {
        Self::plan(self, hash).await
    }

    async fn approve(&self, hash: &str, approval: &Approval) -> Result<(), JournalError> {
        Self::approve(self, hash, approval).await
    }

    async fn approvals(&self, hash: &str) -> Result<Vec<Approval>, JournalError> {
        Self::approvals(self, hash).await
    }

    async fn create_run(&self, run: &RunRecord) -> Result<(), JournalError> {
        Self::create_run(self, run).await
    }

    async fn runs(&self) -> Result<Vec<RunRecord>, JournalError> {
        Self::runs(self).await
    }

    async fn entries_after(
        &self,
        run: &str,
        verified: Option<Verified>,
    ) -> Result<(Vec<Entry>, Verified), JournalError> {
        Self::entries_after(self, run, verified).await
    }

    async fn audit(&self, run: &str) -> Result<Vec<Audited>, JournalError> {
        Self::audit(self, run).await
    }

    async fn audit_after(
        &self,
        run: &str,
        verified: Option<Verified>,
        limit: usize,
    ) -> Result<(Vec<Audited>, Verified), JournalError> {
        Self::audit_after(self, run, verified, limit).await
    }

    async fn chain_at(&self, run: &str, sequence: u64) -> Result<Option<Verified>, JournalError> {
        Self::chain_at(self, run, sequence).await
    }

    async fn submit(&self, run: &str, request: &Request) -> Result<(), JournalError> {
        Self::submit(self, run, request).await
    }

    async fn commands(&self, run: &str) -> Result<Vec<QueuedCommand>, JournalError> {
        Self::commands(self, run).await
    }

    async fn refuse(&self, command: i64, epoch: u64, why: &str) -> Result<(), JournalError> {
        Self::refuse(self, command, epoch, why).await
    }

    async fn refusals(&self, run: &str) -> Result<Vec<RefusedCommand>, JournalError> {
        Self::refusals(self, run).await
    }

    async fn give_up(&self, run: &str, driver: &str) -> Result<(), JournalError> {
        Self::give_up(self, run, driver).await
    }

    async fn driver_of(&self, run: &str) -> Result<Option<Lease>, JournalError> {
        Self::driver_of(self, run).await
    }

    async fn break_lease(&self, run: &str, who: &str, at: Moment, reason: &str) -> Result<LeaseBreak, JournalError> {
        Self::break_lease(self, run, who, at, reason).await
    }

    async fn lease_breaks(&self, run: &str) -> Result<Vec<LeaseBreak>, JournalError> {
        Self::lease_breaks(self, run).await
    }

    async fn keep_measured(
        &self,
        run: &str,
        epoch: u64,
        span: &MeasuredSpan,
        mark: Option<&CounterMark>,
    ) -> Result<(), JournalError> {
        Self::keep_measured(self, run, epoch, span, mark).await
    }

    async fn measured(&self, run: &str) -> Result<Vec<MeasuredSpan>, JournalError> {
        Self::measured(self, run).await
    }

    async fn counter_marks(&self, run: &str) -> Result<Vec<CounterMark>, JournalError> {
        Self::counter_marks(self, run).await
    }

    async fn keep_watched(&self, run: &str, epoch: u64, round: &WatchedRound) -> Result<(), JournalError> {
        Self::keep_watched(self, run, epoch, round).await
    }

    async fn watched(&self, run: &str) -> Result<Vec<WatchedRound>, JournalError> {
        Self::watched(self, run).await
    }

    async fn engines(&self, run: &str) -> Result<EngineRange, JournalError> {
        Self::engines(self, run).await
    }

    async fn note_engine(&self, run: &str) -> Result<(), JournalError> {
        Self::note_engine(self, run).await
    }

    async fn keep_end(&self, run: &str, end: &RunEnd) -> Result<(), JournalError> {
        Self::keep_end(self, run, end).await
    }

    async fn end(&self, run: &str) -> Result<Option<RunEnd>, JournalError> {
        Self::end(self, run).await
    }

    async fn give_up_all(&self, driver: &str) -> Result<(), JournalError> {
        Self::give_up_all(self, driver).await
    }

    async fn add_receivers(&self, names: &[String], position: i64, rows: &[NoticeRow]) -> Result<(), JournalError> {
        Self::add_receivers(self, names, position, rows).await
    }

    async fn last_sequence(&self, run: &str) -> Result<u64, JournalError> {
        Self::last_sequence(self, run).await
    }

    async fn unseen(&self, receivers: &[String]) -> Result<Unseen, JournalError> {
        Self::unseen(self, receivers).await
    }

    async fn keep_notices(
        &self,
        rows: &[NoticeRow],
        receivers: &[String],
        position: Option<i64>,
    ) -> Result<(), JournalError> {
        Self::keep_notices(self, rows, receivers, position).await
    }

    async fn next_notice(
        &self,
        receiver: &str,
        now: Moment,
        in_hand_ms: u64,
        rejected: &BTreeSet<i64>,
    ) -> Result<Option<NextNotice>, JournalError> {
        Self::next_notice(self, receiver, now, in_hand_ms, rejected).await
    }

    async fn delivered(&self, number: i64, at: Moment) -> Result<(), JournalError> {
        Self::delivered(self, number, at).await
    }

    async fn not_delivered(&self, number: i64, due: Moment, why: &str) -> Result<(), JournalError> {
        Self::not_delivered(self, number, due, why).await
    }

    async fn waiting_notices(&self) -> Result<Vec<WaitingNotices>, JournalError> {
        Self::waiting_notices(self).await
    }

    async fn forget_delivered(&self, before: Moment) -> Result<(), JournalError> {
        Self::forget_delivered(self, before).await
    }

    async fn acquire(&self, acquire: Acquire, now: Moment) -> Result<Result<(), Moment>, JournalError> {
        Self::acquire(self, acquire, now).await
    }

    fn back_up(&self, to: &Utf8Path) -> Result<(), JournalError> {
        Self::back_up(self, to)
    }
}
