//! The scan of clouds: resumable, each page one transaction, one unit's failure no other's (D2 to D5).
//!
//! ```text
//!            ┌── queue (lanes by unit, batches) ◄── follow-up reads ──┐
//!            ▼                                                        │
//!   perform: read → collect → redact     (many at once)      record (one writer)
//!            └────────────────────────────────────────────────────────┘
//! ```

mod accounts;
mod perform;
mod plan;
mod progress;
mod queue;
mod record;
mod signals;

#[cfg(test)]
mod tests;

use crate::Redactor;
use crate::link::finish_and_relink;
use crate::request::Request;
use caravan_inventory::{Coverage, Ownership, ProviderAccount, ScanId, Scope, UnitId};
use caravan_inventory_store::{NewScan, ScanState, Store, StoreError, WorkId};
use caravan_providers::{Prover, Reader};
use jiff::Timestamp;
use perform::{Performed, perform};
use queue::{Job, Pending, Queue};
use std::collections::BTreeSet;
use std::hash::{BuildHasher, Hasher, RandomState};
use tokio::task::JoinSet;

pub use plan::{ScanAccount, ScanPlan};
pub use progress::{ScanEvent, ScanProgress};

/// What a scan works with, besides its store and its reader.
#[derive(Clone, Copy)]
pub struct ScanContext<'a> {
    /// Replaces what could be a secret before anything is recorded (D1).
    pub redactor: &'a Redactor,
    /// Who owns what, for the linking at the end.
    pub ownership: &'a Ownership,
    /// The clock, UTC.
    pub now: &'a (dyn Fn() -> Timestamp + Sync),
    /// Takes what the scan tells.
    pub progress: &'a dyn ScanProgress,
}

/// How a scan ended.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct ScanReport {
    /// The scan.
    pub scan: ScanId,
    /// The states of its units.
    pub coverage: Coverage,
    /// How many observations were marked as gone.
    pub gone: u64,
    /// Accounts that were not read, or not to the end, because of their credentials (exit code 4).
    pub refused: Vec<RefusedAccount>,
    /// Whether anything was read: resuming when nothing was cut short reads nothing.
    pub was_read: bool,
}

/// An account that was not read because of its credentials.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct RefusedAccount {
    /// The account.
    pub account: ProviderAccount,
    /// Why, with what to do.
    pub reason: String,
}

/// A scan that could not go on. What it recorded until then stays, and `resume` goes on from there.
#[derive(Debug, thiserror::Error)]
pub enum ScanError {
    /// The inventory can't be read or written.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A read that was kept for later can't be understood.
    #[error("the unfinished scan {scan} was begun by another version of caravan; begin anew, without `--resume`")]
    ForeignWork {
        /// The scan.
        scan: ScanId,
    },
    /// A read ended without an answer or an error.
    #[error("a read ended by itself; this is a defect of caravan, please report it")]
    Defect(#[from] tokio::task::JoinError),
}

/// Reads clouds into the store, and works out what follows from it.
///
/// Writes happen in the calling task, each less than a few milliseconds; reads are spawned.
///
/// # Errors
/// Only what keeps the scan from being recorded; what can't be read is in the coverage.
///
/// Cancel safety: when the future is dropped, everything recorded stays, and a plan with `resume` goes on from there.
pub async fn scan<R>(
    store: &mut Store,
    plan: &ScanPlan,
    reader: &R,
    context: &ScanContext<'_>,
) -> Result<ScanReport, ScanError>
where
    R: Reader + Prover + Clone + 'static,
{
    let (scan, resumed) = match begin(store, plan, context)? {
        Begun::Scan { id, resumed } => (id, resumed),
        Begun::NothingToResume { id } => return finished(store, id),
    };
    context.progress.tell(ScanEvent::Began { scan: scan.clone(), resumed });
    let units = store.units(&scan)?.into_iter().map(|unit| unit.id).collect();
    let mut run = Run {
        store,
        scan,
        units,
        context,
        queue: Queue::default(),
        refused: Vec::new(),
        answered: BTreeSet::new(),
        restarts: Vec::new(),
    };
    run.fill()?;
    run.prove_accounts(reader).await?;
    run.read_all(reader).await?;
    run.ask_for_metrics()?;
    run.read_all(reader).await?;
    run.finish()
}

/// A scan that runs.
struct Run<'a> {
    store: &'a mut Store,
    scan: ScanId,
    /// Its units: one that an older version began lacks those of the calls that came since.
    units: BTreeSet<UnitId>,
    context: &'a ScanContext<'a>,
    queue: Queue,
    refused: Vec<RefusedAccount>,
    /// Where a read of this process was answered.
    answered: BTreeSet<Scope>,
    /// Lists that were begun anew, one entry for each time.
    restarts: Vec<WorkId>,
}

enum Begun {
    Scan { id: ScanId, resumed: bool },
    NothingToResume { id: ScanId },
}

/// Begins a scan, or finds the one to go on with.
fn begin(store: &mut Store, plan: &ScanPlan, context: &ScanContext<'_>) -> Result<Begun, ScanError> {
    if plan.resume {
        let is_ours = |selection: &serde_json::Value| ScanPlan::is_selection(selection);
        if let Some(scan) = store.unfinished_scan()?.filter(|scan| is_ours(&scan.selection)) {
            return Ok(Begun::Scan { id: scan.id, resumed: true });
        }
        let last = store.scans()?.into_iter().rfind(|scan| is_ours(&scan.selection));
        if let Some(scan) = last.filter(|scan| scan.state == ScanState::Finished) {
            return Ok(Begun::NothingToResume { id: scan.id });
        }
    }
    let began = (context.now)();
    let id = fresh_id(began);
    store.begin_scan(&NewScan {
        id: id.clone(),
        began,
        selection: plan.selection(),
        units: plan.units(),
        work: plan.roots(),
    })?;
    Ok(Begun::Scan { id, resumed: false })
}

/// The report of a scan that was finished before.
fn finished(store: &Store, scan: ScanId) -> Result<ScanReport, ScanError> {
    let coverage = Coverage::of(store.units(&scan)?.iter().map(|unit| unit.state));
    Ok(ScanReport { scan, coverage, gone: 0, refused: Vec::new(), was_read: false })
}

/// A ULID of that time; its random part comes from the seeds that the standard library takes for hash maps.
fn fresh_id(now: Timestamp) -> ScanId {
    let random = || u128::from(RandomState::new().build_hasher().finish());
    let milliseconds = u64::try_from(now.as_millisecond()).unwrap_or_default();
    ScanId::new(ulid::Ulid::from_parts(milliseconds, random() << 64 | random()).to_string())
}

impl Run<'_> {
    /// Takes reads from the store until memory holds as many as it may.
    fn fill(&mut self) -> Result<(), ScanError> {
        /// Rows at a time.
        const ROWS: usize = 1_000;
        self.queue.begin_refill();
        let mut after = None;
        loop {
            let items = self.store.pending_work(&self.scan, after, ROWS)?;
            let Some(last) = items.last() else { return Ok(()) };
            after = Some(last.id);
            let whole = items.len() == ROWS;
            let pending = self.parse(items)?;
            self.queue.add(pending);
            if !whole || !self.queue.has_room() {
                return Ok(());
            }
        }
    }

    /// Makes every read, and those that its answers make necessary.
    async fn read_all<R: Reader + Clone + 'static>(&mut self, reader: &R) -> Result<(), ScanError> {
        let mut reads: JoinSet<(Job, Performed)> = JoinSet::new();
        loop {
            while let Some(job) = self.queue.next() {
                let (reader, redactor) = (reader.clone(), self.context.redactor.clone());
                reads.spawn(async move {
                    let performed = perform(reader, redactor, &job).await;
                    (job, performed)
                });
            }
            match reads.join_next().await {
                Some(joined) => {
                    let (job, performed) = joined?;
                    self.record(job, performed)?;
                }
                None => return Ok(()),
            }
            if self.queue.wants_refill() {
                self.fill()?;
            }
        }
    }

    /// Gives every unit its final state and works out what follows.
    fn finish(self) -> Result<ScanReport, ScanError> {
        self.context.progress.tell(ScanEvent::Linking);
        let ended = (self.context.now)();
        let outcome = finish_and_relink(self.store, &self.scan, ended, self.context.ownership)?;
        Ok(ScanReport {
            scan: self.scan,
            coverage: outcome.coverage,
            gone: outcome.gone,
            refused: self.refused,
            was_read: true,
        })
    }

    fn parse(&self, items: Vec<caravan_inventory_store::WorkItem>) -> Result<Vec<Pending>, ScanError> {
        let parsed =
            items.into_iter().map(|item| Request::parse(&item.request).map(|request| Pending { item, request }));
        parsed.collect::<Option<_>>().ok_or_else(|| ScanError::ForeignWork { scan: self.scan.clone() })
    }
}
