//! What is to be read, and what may be read now.
//!
//! One lane for each unit. A batch leaves its lane when it is full, or when nothing is left that could fill it: so the
//! number of calls is the smallest that the API allows, however its lists were paged.

use crate::collect::{Start, call};
use crate::request::Request;
use caravan_inventory::{ProviderAccount, Scope, UnitId};
use caravan_inventory_store::{WorkId, WorkItem};
use std::collections::{BTreeMap, BTreeSet, HashSet, VecDeque};

/// Reads of one unit that are made at once. The budgets allow 20 a second at most; at 200 ms each, four fill them.
const PER_LANE: usize = 4;

/// Reads that are made at once in all. Bounds the memory that answers take: a page is up to a megabyte.
const AT_ONCE: usize = 128;

/// Reads that are held in memory; the store has the others. With an element waiting in each, about 20 MB.
const HELD: usize = 10_000;

/// A read with its place in the store.
#[derive(Clone, Debug)]
pub(super) struct Pending {
    pub(super) item: WorkItem,
    pub(super) request: Request,
}

/// Reads that go out together: one, or the members of a batch.
pub(super) type Job = Vec<Pending>;

/// The lanes.
#[derive(Debug, Default)]
pub(super) struct Queue {
    lanes: BTreeMap<UnitId, Lane>,
    held: HashSet<WorkId>,
    in_flight: usize,
    overflowed: bool,
    stopped: BTreeSet<ProviderAccount>,
    last: Option<UnitId>,
}

#[derive(Debug)]
struct Lane {
    scope: Scope,
    /// By what they have in common, so that a batch takes from one; only batches have more than one key.
    waiting: BTreeMap<String, VecDeque<Pending>>,
    /// Members of a batch that failed as a whole.
    single: VecDeque<Pending>,
    in_flight: usize,
    largest: usize,
    /// The calls in the same scope whose answers say what is to be read here.
    fed_by: &'static [&'static str],
}

impl Queue {
    /// Adds reads that the store has; those beyond what memory may hold are left there.
    pub(super) fn add(&mut self, items: impl IntoIterator<Item = Pending>) {
        for pending in items {
            let account = pending.request.read.scope.provider_account();
            if self.stopped.contains(&account) || self.held.contains(&pending.item.id) {
                continue;
            }
            if self.held.len() >= HELD {
                self.overflowed = true;
                continue;
            }
            self.held.insert(pending.item.id);
            self.lane(&pending.request).push(pending);
        }
    }

    /// Whether the store has reads that are not here and there is room for them now.
    pub(super) fn wants_refill(&self) -> bool {
        self.overflowed && self.held.len() < HELD / 2
    }

    /// To be called before the store's reads are added again.
    pub(super) fn begin_refill(&mut self) {
        self.overflowed = false;
    }

    /// Whether there is room for more.
    pub(super) fn has_room(&self) -> bool {
        self.held.len() < HELD
    }

    /// The next reads to make, taken from the lanes in turn; none while all that is left must wait.
    pub(super) fn next(&mut self) -> Option<Job> {
        if self.in_flight >= AT_ONCE {
            return None;
        }
        let after = self.last.take();
        let turn = self.lanes.keys().filter(|unit| after.as_ref().is_none_or(|last| *unit > last));
        let again = self.lanes.keys().filter(|unit| after.as_ref().is_some_and(|last| *unit <= last));
        let unit = turn.chain(again).find(|unit| self.is_ready(unit)).cloned();
        self.last = unit.clone().or(after);
        let unit = unit?;
        let complete_only = self.is_being_fed(&unit);
        let lane = self.lanes.get_mut(&unit)?;
        let job = lane.take(complete_only)?;
        lane.in_flight += 1;
        self.in_flight += 1;
        Some(job)
    }

    /// Says that these reads came back. Those that go on must be added again.
    pub(super) fn done(&mut self, job: &[Pending]) {
        let Some(first) = job.first() else { return };
        self.in_flight -= 1;
        let unit = first.request.unit();
        if let Some(lane) = self.lanes.get_mut(&unit) {
            lane.in_flight -= 1;
            // Every turn visits every lane, so those that are empty go; a read that comes later makes a new one.
            if lane.left() == 0 {
                self.lanes.remove(&unit);
            }
        }
        for pending in job {
            self.held.remove(&pending.item.id);
        }
    }

    /// Puts the members of a failed batch back, each to be asked for by itself.
    pub(super) fn split(&mut self, job: Job) {
        for pending in job {
            self.held.insert(pending.item.id);
            self.lane(&pending.request).single.push_back(pending);
        }
    }

    /// Takes all reads of an account out, for good. Gives back the units that still had some.
    pub(super) fn stop(&mut self, account: &ProviderAccount) -> Vec<UnitId> {
        self.stopped.insert(account.clone());
        let mut units = Vec::new();
        for (unit, lane) in self.lanes.iter_mut().filter(|(_, lane)| account.holds(&lane.scope)) {
            let dropped: Vec<WorkId> = lane.drain().map(|pending| pending.item.id).collect();
            if !dropped.is_empty() || lane.in_flight > 0 {
                units.push(unit.clone());
            }
            for id in dropped {
                self.held.remove(&id);
            }
        }
        units
    }

    /// How many reads of a unit wait or are being made.
    pub(super) fn left(&self, unit: &UnitId) -> usize {
        self.lanes.get(unit).map_or(0, Lane::left)
    }

    fn lane(&mut self, request: &Request) -> &mut Lane {
        self.lanes.entry(request.unit()).or_insert_with(|| Lane::of(request))
    }

    fn is_ready(&self, unit: &UnitId) -> bool {
        self.lanes.get(unit).is_some_and(|lane| {
            lane.in_flight < PER_LANE && (lane.has_whole_job() || !lane.waiting.is_empty() && !self.is_being_fed(unit))
        })
    }

    /// Whether answers may still come that add to a unit.
    fn is_being_fed(&self, unit: &UnitId) -> bool {
        let Some(lane) = self.lanes.get(unit) else { return false };
        // What the store still holds may fill a batch, too; but with nothing on its way, waiting would never end.
        if self.overflowed && self.in_flight > 0 && lane.largest > 1 {
            return true;
        }
        lane.fed_by.iter().any(|feeder| self.may_answer(&lane.scope, feeder))
    }

    /// Whether answers to a call may still come, also to reads that nobody knows of yet.
    fn may_answer(&self, scope: &Scope, api: &str) -> bool {
        let fed_by = call(scope.provider, api).map_or(&[][..], |call| call.fed_by);
        self.left(&UnitId::of(scope, api)) > 0 || fed_by.iter().any(|feeder| self.may_answer(scope, feeder))
    }
}

impl Lane {
    /// An empty lane for reads like this one.
    fn of(request: &Request) -> Self {
        let scope = request.read.scope.clone();
        let call = call(scope.provider, &request.read.api);
        Self {
            largest: match call.map(|call| &call.start) {
                Some(Start::Batch(_, largest)) => *largest,
                _ => 1,
            },
            fed_by: call.map_or(&[], |call| call.fed_by),
            waiting: BTreeMap::new(),
            single: VecDeque::new(),
            in_flight: 0,
            scope,
        }
    }

    fn push(&mut self, pending: Pending) {
        let key = if self.largest > 1 { pending.request.read.input.to_string() } else { String::new() };
        self.waiting.entry(key).or_default().push_back(pending);
    }

    fn has_whole_job(&self) -> bool {
        !self.single.is_empty() || self.waiting.values().any(|waiting| waiting.len() >= self.largest)
    }

    fn take(&mut self, complete_only: bool) -> Option<Job> {
        if let Some(single) = self.single.pop_front() {
            return Some(vec![single]);
        }
        let whole = self.waiting.iter().find(|(_, waiting)| waiting.len() >= self.largest);
        let any = self.waiting.iter().next().filter(|_| !complete_only);
        let key = whole.or(any).map(|(key, _)| key.clone())?;
        let waiting = self.waiting.get_mut(&key)?;
        let job = waiting.drain(..waiting.len().min(self.largest)).collect();
        if waiting.is_empty() {
            self.waiting.remove(&key);
        }
        Some(job)
    }

    fn drain(&mut self) -> impl Iterator<Item = Pending> {
        let waiting = std::mem::take(&mut self.waiting).into_values().flatten();
        std::mem::take(&mut self.single).into_iter().chain(waiting)
    }

    fn left(&self) -> usize {
        self.in_flight + self.single.len() + self.waiting.values().map(VecDeque::len).sum::<usize>()
    }
}
