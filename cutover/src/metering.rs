//! Counts the requests of a run's shifts while a driver drives it, beside whatever the driver is doing. Nothing waits for it,
//! and nothing that can't be counted or kept stops anything: it is evidence.

use crate::measure::{CounterMark, Due, MeasuredSpan, Meter};
use crate::store::RunStore;
use caravan_cutover_engine::{Moment, State};
use caravan_plans::WavePlan;
use caravan_providers::{Counted, NotCounted, Observer};
use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;
use std::pin::Pin;
use tokio::sync::Mutex;

/// What is being read and kept.
#[derive(Default)]
pub(crate) struct Metering<'a> {
    meter: Meter,
    /// In a lock that nobody ever waits for: whoever holds a session may be moved between threads.
    under_way: Mutex<FuturesUnordered<Pin<Box<dyn Future<Output = Step> + Send + 'a>>>>,
}

/// What has come to its end.
enum Step {
    Read(Box<Due>, Result<Counted, NotCounted>),
    Kept,
}

impl<'a> Metering<'a> {
    /// Goes on from the counters that a driver before has read.
    pub(crate) fn after(marks: Vec<CounterMark>) -> Self {
        Self { meter: Meter::after(marks), under_way: Mutex::default() }
    }

    /// Begins the readings that are due.
    pub(crate) fn begin_readings(&mut self, world: &'a impl Observer, plan: &WavePlan, state: &State, now: Moment) {
        for due in self.meter.begin_readings(plan, state, now) {
            self.under_way.get_mut().push(Box::pin(async move {
                let read = world.count(&due.count).await;
                Step::Read(Box::new(due), read)
            }));
        }
    }

    /// Takes in the next thing that comes to its end, and keeps what was counted by it; waits for ever when nothing is under
    /// way.
    ///
    /// Cancel safety: what was not taken in yet is taken in by the next call.
    pub(crate) async fn go_on(
        &mut self,
        journal: &'a impl RunStore,
        run: &'a str,
        epoch: u64,
        plan: &WavePlan,
        now: impl Fn() -> Moment,
    ) {
        let Some(step) = self.under_way.get_mut().next().await else { return std::future::pending().await };
        let Step::Read(due, read) = step else { return };
        if let Some((span, mark)) = self.meter.take_in(plan, &due, read, now()) {
            self.under_way.get_mut().push(Box::pin(keep(journal, run, epoch, span, mark)));
        }
    }

    /// Whether something is being read or kept.
    pub(crate) fn is_under_way(&mut self) -> bool {
        !self.under_way.get_mut().is_empty()
    }

    /// The time in milliseconds after which every request that is under way is counted; none when nothing was counted.
    pub(crate) const fn answers_within_ms(&self) -> Option<u64> {
        self.meter.answers_within_ms()
    }

    /// Begins one more reading of everything that is counted.
    pub(crate) fn begin_last_readings(
        &mut self,
        world: &'a impl Observer,
        plan: &WavePlan,
        state: &State,
        now: Moment,
    ) {
        self.meter.read_anew(now);
        self.begin_readings(world, plan, state, now);
    }
}

/// A journal that can't be written to loses evidence and nothing else: the next reading brings what this one did.
async fn keep(journal: &impl RunStore, run: &str, epoch: u64, span: MeasuredSpan, mark: Option<CounterMark>) -> Step {
    let _lost = journal.keep_measured(run, epoch, &span, mark.as_ref()).await;
    Step::Kept
}
