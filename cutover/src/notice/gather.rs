//! Makes the notices of what has come into the journal, and notes it as seen.

use super::courier::Courier;
use super::follow::{Made, Stood, not_driven, notices, of_watched, unwatched};
use super::types::Notice;
use crate::journal::{JournalError, NoticeRow, RunRecord};
use crate::operator::{Advice, Program, Run, RunReadError, WatchedStatus};
use crate::store::RunStore;
use crate::watched::WatchedRound;
use caravan_cutover_engine::{Clock, Moment};
use caravan_plans::Step;

/// How long a notice is kept after it was delivered, in milliseconds. What is older is not told of any more, but where the run
/// still stands there.
const KEPT_MS: u64 = 7 * 24 * 3_600_000;

impl<S: RunStore, C: Clock> Courier<S, C> {
    /// Makes the notices of what has come, and forgets those that were delivered long ago.
    ///
    /// # Errors
    /// Those of the journal.
    pub(super) async fn make_notices(&self) -> Result<(), JournalError> {
        self.follow().await?;
        self.follow_watched().await?;
        self.journal.forget_delivered(self.long_ago()).await
    }

    /// Tells of a run that can't be driven: once for each reason, until it was driven again.
    ///
    /// # Errors
    /// Those of the journal: tell of it again.
    pub async fn not_driven(&self, run: &str, why: &str) -> Result<(), JournalError> {
        let args = ["cutover", "status", run].map(str::to_owned).to_vec();
        let shows = Advice { program: Program::Caravan, args, does: "shows it" };
        let by_hand = Advice {
            program: Program::ManualRollback,
            args: vec![run.to_owned()],
            does: "takes it back by hand; stop every driver first",
        };
        let next = match Run::read(&self.journal, run).await {
            Ok(read) if read.state().is_over() || read.status().at_risk.is_empty() => vec![shows],
            Ok(read) => Advice::back_first(&read, false).into_iter().chain([shows]).collect(),
            // No command that reads the run takes its users back.
            Err(RunReadError::Replay { .. } | RunReadError::OtherEngine { .. } | RunReadError::Journal(_)) => {
                vec![by_hand, shows]
            }
            Err(RunReadError::NoSuchRun { .. }) => vec![shows],
        };
        let next = next.iter().map(|advice| (self.command)(advice)).collect();
        let notice = self.cannot_drive(run, why, next).await?;
        self.journal.keep_notices(&self.rows(&notice, |_| true), &[], None).await
    }

    /// Tells that users are on a new side of a run that nobody drives any more: once, until it is driven again.
    ///
    /// # Errors
    /// Those of the journal: tell of it again.
    pub async fn unwatched(&self, run: &Run) -> Result<(), JournalError> {
        let notice = unwatched(run, self.clock.time_of_day(), &self.command);
        self.journal.keep_notices(&self.rows(&notice, |_| true), &[], None).await
    }

    /// Makes the receivers known that are new. They get what stands: of each run that is not over its last notice, where that
    /// still says how the run stands.
    pub(super) async fn welcome(&self) -> Result<(), JournalError> {
        let news = self.journal.unseen(&self.names()).await?;
        if news.unknown.is_empty() {
            return Ok(());
        }
        let is_new = |receiver: &str| news.unknown.iter().any(|name| name == receiver);
        let mut rows = Vec::new();
        for record in self.journal.runs().await? {
            if self.journal.end(&record.name).await?.is_some() {
                continue;
            }
            let (run, mut made) = self.notices_of(None, record).await?;
            let last = made.pop().filter(|last| run.as_ref().is_none_or(|run| last.stands(run)));
            rows.extend(last.iter().flat_map(|last| self.rows(&last.notice, is_new)));
        }
        self.journal.add_receivers(&news.unknown, news.position, &rows).await
    }

    async fn follow(&self) -> Result<(), JournalError> {
        let mut followed = self.followed.lock().await;
        let news = self.journal.unseen(&self.names()).await?;
        if news.runs.is_empty() {
            return Ok(());
        }
        let (mut rows, mut reached) = (Vec::new(), Vec::new());
        for record in &news.runs {
            let before = followed.get(&record.name).cloned();
            // What came while it was followed is new, whatever time its driver's clock told.
            let is_followed = before.is_some();
            let (run, made) = self.notices_of(before, record.clone()).await?;
            for (at, one) in made.iter().enumerate() {
                let is_last = at + 1 == made.len();
                let is_told = is_followed
                    || one.at >= self.long_ago()
                    || is_last && run.as_ref().is_none_or(|run| one.stands(run));
                rows.extend(
                    self.rows(&one.notice, |receiver| is_told && news.holds(receiver, &record.name, one.sequence)),
                );
            }
            reached.push((record.name.clone(), run.filter(|run| !run.state().is_over())));
        }
        self.journal.keep_notices(&rows, &self.names(), Some(news.position)).await?;
        // Only now: what was not kept is followed again.
        for (name, run) in reached {
            match run {
                Some(run) => drop(followed.insert(name, run)),
                None => drop(followed.remove(&name)),
            }
        }
        Ok(())
    }

    /// Tells of shifts of which neither side passes, of targets that somebody else has changed, and of work that has two owners or one that
    /// does not work as it should, and of what nobody sees: once for each time that it begins.
    async fn follow_watched(&self) -> Result<(), JournalError> {
        let followed = self.followed.lock().await;
        let mut rows = Vec::new();
        let has_work = |run: &&Run| run.plan().plan().steps.iter().any(|step| matches!(step, Step::HandOver(_)));
        for run in followed.values().filter(|run| !run.status().at_risk.is_empty() || has_work(run)) {
            let rounds = self.journal.watched(run.name()).await?;
            let may_need =
                |round: &&WatchedRound| round.neither.is_some() || round.drift.is_some() || round.unseen.is_some();
            for round in rounds.iter().filter(may_need) {
                let watched = WatchedStatus::of(run.plan(), run.state(), std::slice::from_ref(round));
                for watched in watched.iter().filter(|watched| watched.needs_person) {
                    let told = of_watched(run, round.step, watched, &self.command);
                    rows.extend(told.iter().flat_map(|notice| self.rows(notice, |_| true)));
                }
            }
        }
        match rows.is_empty() {
            true => Ok(()),
            false => self.journal.keep_notices(&rows, &[], None).await,
        }
    }

    /// The notices of a run from where it was followed to, or from its beginning. One that can't be read has a last notice that
    /// says so, and is none.
    async fn notices_of(
        &self,
        before: Option<Run>,
        record: RunRecord,
    ) -> Result<(Option<Run>, Vec<Made>), JournalError> {
        let (name, mut made) = (record.name.clone(), Vec::new());
        let run = match before {
            Some(run) => Ok(run),
            None => Run::untouched(&self.journal, record).await,
        };
        let followed = match run {
            Ok(mut run) => {
                let see = |before: Stood, run: &Run| made.extend(notices(&before, run, &self.command));
                run.follow(&self.journal, Stood::of, see).await.map(|()| run)
            }
            Err(error) => Err(error),
        };
        match followed {
            Ok(run) => Ok((Some(run), made)),
            Err(RunReadError::Journal(error)) if error.may_pass() => Err(error),
            Err(error) => {
                let notice = self.cannot_drive(&name, &error.to_string(), Vec::new()).await?;
                made.push(Made { sequence: u64::MAX, at: self.clock.time_of_day(), notice });
                Ok((None, made))
            }
        }
    }

    async fn cannot_drive(&self, run: &str, why: &str, next: Vec<String>) -> Result<Notice, JournalError> {
        let last = self.journal.last_sequence(run).await?;
        Ok(not_driven(run, last, why, self.clock.time_of_day(), next))
    }

    fn long_ago(&self) -> Moment {
        Moment(self.clock.time_of_day().0.saturating_sub(KEPT_MS))
    }

    /// A notice for each receiver that is told of its kind, and is one of these.
    fn rows(&self, notice: &Notice, is_for: impl Fn(&str) -> bool) -> Vec<NoticeRow> {
        let told =
            self.receivers.iter().filter(|receiver| receiver.kinds.contains(&notice.kind) && is_for(&receiver.name));
        told.map(|receiver| NoticeRow {
            receiver: receiver.name.clone(),
            notice: notice.clone(),
            due: self.clock.time_of_day(),
        })
        .collect()
    }
}
