//! What the tests stand on: the simulated world as an executor, its time as a clock, a journal in a folder.

use crate::operator::{Run, shown};
use crate::{Command, Driver, Journal, Request, RunRecord, WaitPolicy};
use camino::Utf8PathBuf;
use caravan_cutover_engine::{Clock, JournalStore, LeaseClaim, LeaseState, Moment, Phase, State, soak_left_ms};
use caravan_cutover_rehearsal::world_of;
use caravan_plans::{Gate, Sealed, Shift, WavePlan};
use caravan_providers::{Call, CallError, Count, Counted, Executor, NotCounted, Observer, Reply, Write};
use caravan_providers_simulated::{Held, World};
use std::collections::BTreeMap;
use std::future::Future;
use std::pin::Pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};
use tempfile::TempDir;

/// The world, as whoever drives sees it: its executor and its clock.
#[derive(Clone, Debug)]
pub(super) struct Simulated {
    world: Arc<Mutex<World>>,
    pauses: Arc<AtomicUsize>,
    traffic: Arc<Mutex<Option<Traffic>>>,
}

/// The requests to one shift's target, a hundred in each millisecond, counted by whoever carries them.
#[derive(Debug)]
struct Traffic {
    shift: Shift,
    old: u64,
    new: u64,
}

impl Traffic {
    fn pass(&mut self, ms: u64, held: &Held) {
        let kind = self.shift.target.kind();
        let old: Vec<&str> = kind.shares(&self.shift.original).iter().map(|share| share.name).collect();
        let (mut to_old, mut to_new) = (0, 0);
        for share in kind.shares(&held.snapshot) {
            if old.contains(&share.name) { to_old += share.weight } else { to_new += share.weight }
        }
        let new = ms * 100 * to_new / (to_old + to_new);
        self.new += new;
        self.old += ms * 100 - new;
    }
}

impl Simulated {
    pub(super) fn of(plan: &Sealed) -> Self {
        Self { world: Arc::new(Mutex::new(world_of(plan.plan(), 1))), pauses: Arc::default(), traffic: Arc::default() }
    }

    /// How often whoever drives has paused so far: before and after each call, and at each wait.
    pub(super) fn pauses(&self) -> usize {
        self.pauses.load(Ordering::SeqCst)
    }

    async fn pause(&self) {
        self.pauses.fetch_add(1, Ordering::SeqCst);
        YieldOnce(false).await;
    }

    /// From now on the requests to a shift's target are counted.
    pub(super) fn send_to(&self, shift: Shift) {
        *self.traffic.lock().unwrap() = Some(Traffic { shift, old: 0, new: 0 });
    }

    /// How many requests were sent so far.
    pub(super) fn sent(&self) -> u64 {
        self.traffic.lock().unwrap().as_ref().map_or(0, |traffic| traffic.old + traffic.new)
    }

    /// Does something that may take time, in which requests come.
    fn pass<T>(&self, work: impl FnOnce(&mut World) -> T) -> T {
        self.with(|world| {
            let mut traffic = self.traffic.lock().unwrap();
            let (began, held) =
                (world.now(), traffic.as_ref().and_then(|traffic| world.held(&traffic.shift.target).cloned()));
            let done = work(world);
            if let (Some(traffic), Some(held)) = (traffic.as_mut(), held) {
                traffic.pass(world.now() - began, &held);
            }
            done
        })
    }

    async fn call(&self, call: &Call) -> Result<Reply, CallError> {
        self.pause().await;
        let reply = self.pass(|world| world.execute(call));
        self.pause().await;
        reply
    }

    pub(super) fn with<T>(&self, work: impl FnOnce(&mut World) -> T) -> T {
        work(&mut self.world.lock().unwrap())
    }

    /// Whether every target stands as a snapshot of its shift says, with or without our fencing token.
    pub(super) fn stands(
        &self,
        plan: &WavePlan,
        marked: bool,
        snapshot: impl Fn(&Shift) -> &caravan_providers::target::Snapshot,
    ) -> bool {
        self.with(|world| {
            plan.shifts().all(|shift| {
                let Some(Held { snapshot: held, token }) = world.held(&shift.target) else { return false };
                held == snapshot(shift)
                    && (token.is_some() == marked
                        || matches!(shift.target.guarantee(), caravan_providers::target::Guarantee::Checked))
            })
        })
    }
}

impl Observer for Simulated {
    async fn observe(&self, call: &Call) -> Result<Reply, CallError> {
        self.call(call).await
    }

    async fn count(&self, count: &Count) -> Result<Counted, NotCounted> {
        self.pause().await;
        let traffic = self.traffic.lock().unwrap();
        let traffic = traffic.as_ref().filter(|traffic| traffic.shift.target == count.target);
        let Traffic { old, new, .. } = traffic.ok_or(NotCounted::Unnamed)?;
        let series = |value: &u64| BTreeMap::from([("gateway all".to_owned(), *value)]);
        Ok(Counted {
            by: "the gateway".to_owned(),
            answers_within_ms: 2000,
            old: series(old),
            new: series(new),
            answered: series(&(old + new)),
            ..Counted::default()
        })
    }
}

impl Executor for Simulated {
    async fn write(&self, write: &Write) -> Result<Reply, CallError> {
        self.call(&Call::Write(write.clone())).await
    }

    async fn write_all(&self, writes: &[Write]) -> Result<Reply, CallError> {
        self.call(&Call::WriteAll(writes.to_vec())).await
    }
}

impl Clock for Simulated {
    fn now(&self) -> Moment {
        Moment(self.with(|world| world.now()))
    }

    fn time_of_day(&self) -> Moment {
        self.now()
    }

    async fn until(&self, moment: Moment) {
        self.pass(|world| world.pass_until(moment.0));
        self.pause().await;
    }
}

/// Waits once, on any executor: so a test can drop a driver that waits for the time.
struct YieldOnce(bool);

impl Future for YieldOnce {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        if std::mem::replace(&mut self.0, true) {
            return Poll::Ready(());
        }
        context.waker().wake_by_ref();
        Poll::Pending
    }
}

/// A folder with a journal in it that holds one approved run `r1` of a plan.
pub(super) struct Room {
    folder: TempDir,
    pub(super) plan: Sealed,
    pub(super) world: Simulated,
}

impl Room {
    pub(super) async fn new(shifts: Vec<Shift>) -> Self {
        Self::of(super::common::sealed(shifts)).await
    }

    pub(super) async fn of(plan: Sealed) -> Self {
        let room = Self::of_unstarted(plan);
        room.start("r1").await;
        room
    }

    pub(super) fn unstarted(shifts: Vec<Shift>) -> Self {
        Self::of_unstarted(super::common::sealed(shifts))
    }

    fn of_unstarted(plan: Sealed) -> Self {
        // In memory where there is such a folder: these tests commit thousands of times.
        let folder = tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir()).unwrap();
        let world = Simulated::of(&plan);
        Self { folder, plan, world }
    }

    pub(super) async fn start(&self, run: &str) {
        let journal = self.journal();
        journal.keep_seal(&self.plan, "tests", Moment(0)).await.unwrap();
        let record = RunRecord {
            name: run.to_owned(),
            hash: self.plan.hash().to_string(),
            code_version: "0.1.0".to_owned(),
            created_at: Moment(0),
        };
        journal.create_run(&record).await.unwrap();
    }

    pub(super) fn file(&self) -> Utf8PathBuf {
        Utf8PathBuf::from_path_buf(self.folder.path().join("journal.db")).unwrap()
    }

    /// A connection of its own, as another process would have.
    pub(super) fn journal(&self) -> Journal {
        Journal::open(&self.file()).unwrap()
    }

    pub(super) fn driver(&self, name: &str) -> Driver<Journal, Simulated, Simulated> {
        self.driver_with(name, self.journal())
    }

    pub(super) fn driver_with(&self, name: &str, journal: Journal) -> Driver<Journal, Simulated, Simulated> {
        Driver {
            journal,
            world: self.world.clone(),
            clock: self.world.clone(),
            name: name.to_owned(),
            lease_ms: 15_000,
            wait_policy: WaitPolicy::Leave,
        }
    }

    /// A driver watches the run until its soak is over, and is gone then.
    pub(super) async fn soak(&self, name: &str) {
        self.soak_by(self.driver(name), |_| {}).await;
    }

    /// The same by this driver; `also` sees each state.
    pub(super) async fn soak_by<C: Clock>(&self, driver: Driver<Journal, Simulated, C>, mut also: impl FnMut(&State)) {
        let driver = Driver { wait_policy: WaitPolicy::Wait, ..driver };
        let is_over = tokio::sync::Notify::new();
        let see = |state: &State| {
            also(state);
            if state.phase == Phase::Shifted && soak_left_ms(self.plan.plan(), state) == Some(0) {
                is_over.notify_one();
            }
        };
        tokio::select! {
            driven = driver.drive("r1", &self.plan, "somebody", see) => panic!("{:?}", driven.map(|driven| driven.state)),
            () = is_over.notified() => {}
        }
    }

    pub(super) async fn submit(&self, command: Command) {
        let (journal, at) = (self.journal(), self.world.now());
        // What is bound is bound to what its giver was shown.
        let shown = shown(&Run::read(&journal, "r1").await.unwrap());
        journal.submit("r1", &Request { shown, ..command.by("somebody", at) }).await.unwrap();
    }
}

/// Takes a run from a driver whose lease has stood still, as another driver does that has watched it. Gives the epoch.
pub(super) async fn overtake(journal: &Journal, driver: &str, now: Moment, lasts_ms: u64) -> u64 {
    let claim = |silent| LeaseClaim { driver, now, lasts_ms, keeps: None, silent };
    let LeaseState::Other(mark) = journal.claim("r1", claim(None)).await.unwrap() else { panic!("nobody has it") };
    match journal.claim("r1", claim(Some(mark))).await.unwrap() {
        LeaseState::Held { epoch } => epoch,
        other => panic!("{other:?}"),
    }
}

/// A shift that bakes only a moment.
pub(super) fn quick(mut shift: Shift) -> Shift {
    for stage in &mut shift.stages {
        stage.gate = Gate { bake_ms: 0, every_ms: 100, rounds: 1, unknown: 5 };
        stage.approval = false;
    }
    shift.stages.remove(1);
    shift.stages.remove(1);
    shift
}
