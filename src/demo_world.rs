//! The world of a folder that `caravan demo` made: what `cutover run` drives there. Nothing real is asked, and nothing real is
//! changed; what stands is kept in a file, so that it outlives every driver, as the real world does.
//!
//! Its time goes faster than the real one, for every process alike: docs/decisions/0110.

use crate::commands::demo;
use crate::cutover_world::Purpose;
use crate::error::{Failure, FailureKind, read_text};
use crate::{files, journal_db, paths};
use camino::{Utf8Path, Utf8PathBuf};
use caravan_cutover::SystemClock;
use caravan_cutover_engine::{Clock, Moment};
use caravan_cutover_rehearsal::world_of_all;
use caravan_plans::Sealed;
use caravan_providers::target::{FencingToken, Snapshot, Target};
use caravan_providers::{Call, CallError, Executor, Observer, Reply, Write};
use caravan_providers_simulated::World;
use serde::{Deserialize, Serialize};
use std::fs::File;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// What stands in the demonstration's world.
pub(crate) const FILE: &str = "demo-world.json";
/// How many times faster than time it goes: a bake of five minutes takes ten seconds.
pub(crate) const SPEED: u32 = 30;
/// The shortest and the longest stretch of a wait.
const STRETCH: (Duration, Duration) = (Duration::from_millis(25), Duration::from_millis(500));
/// Far longer than anybody looks at it.
const FOR_EVER_MS: u64 = 1_000_000_000_000;

/// The whole file. People may change `new_sides` while a run is under way, to see what it does.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
struct Kept {
    schema: Schema,
    /// When its time was that of day.
    began: Moment,
    /// How the new sides are.
    new_sides: NewSides,
    /// What stands where something was changed.
    stands: Vec<Standing>,
}

/// The versions of the format.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
enum Schema {
    #[serde(rename = "caravan.demo-world/v1")]
    V1,
}

/// How the new sides of a demonstration are.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "lowercase")]
enum NewSides {
    Healthy,
    Failing,
}

#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
struct Standing {
    target: Target,
    snapshot: Snapshot,
    token: Option<FencingToken>,
}

/// The demonstration's world.
#[derive(Debug)]
pub(crate) struct DemoWorld {
    file: Utf8PathBuf,
    plans: Vec<Sealed>,
    clock: DemoClock,
    seen: Mutex<Option<Seen>>,
}

/// The world as its file had it when it was last read or written.
#[derive(Debug)]
struct Seen {
    kept: Kept,
    world: World,
    /// The moment of the demonstration at which the world's own time began.
    zero: Moment,
}

/// The time in the demonstration: that of day when its world began, and faster from then on.
#[derive(Clone, Copy, Debug)]
pub(crate) struct DemoClock {
    began: Moment,
}

/// Whether a folder is a demonstration's.
pub(crate) fn is_of(dir: &Utf8Path) -> bool {
    demo::is_demo(dir)
}

/// The time in the demonstration of a folder, as whoever drives there has it.
pub(crate) fn clock_of(dir: &Utf8Path) -> DemoClock {
    let kept = read(&path(dir)).ok().flatten();
    DemoClock { began: kept.map_or_else(journal_db::now, |kept| kept.began) }
}

fn path(dir: &Utf8Path) -> Utf8PathBuf {
    paths::within(dir, FILE)
}

/// What the file holds; none where there is no file yet.
fn read(file: &Utf8Path) -> Result<Option<Kept>, Failure> {
    if let Ok(false) = file.try_exists() {
        return Ok(None);
    }
    let text = read_text(file, FailureKind::Work)?;
    let kept = serde_json::from_str(&text).map_err(|error| {
        Failure::caused(FailureKind::Work, error)
            .context(format!("{file} is no world of a demonstration"))
            .hint("take the file away to let the demonstration begin anew")
    })?;
    Ok(Some(kept))
}

impl DemoWorld {
    /// The world of the demonstration in `dir`. For a driver its time begins anew where no run holds anything there.
    ///
    /// # Errors
    /// When its file or the journal can't be used.
    pub(crate) async fn open(dir: &Utf8Path, purpose: Purpose) -> Result<Self, Failure> {
        let journal = journal_db::open_to_read(dir)?;
        let mut plans = Vec::new();
        for seal in journal.seals().await? {
            plans.push(journal.plan(&seal.hash).await?);
        }
        let file = path(dir);
        let _alone = lock(&file)?;
        let kept = match read(&file)? {
            Some(kept) if purpose == Purpose::Drive && kept.stands.iter().all(|standing| standing.token.is_none()) => {
                Kept { began: journal_db::now(), ..kept }
            }
            Some(kept) => kept,
            None => {
                Kept { schema: Schema::V1, began: journal_db::now(), new_sides: NewSides::Healthy, stands: Vec::new() }
            }
        };
        write(&file, &kept)?;
        Ok(Self { file, plans, clock: DemoClock { began: kept.began }, seen: Mutex::new(None) })
    }

    /// Its time.
    pub(crate) const fn clock(&self) -> DemoClock {
        self.clock
    }

    /// Makes a call, alone among all processes: what others have changed is read first, what this changes is written.
    fn execute(&self, call: &Call) -> Result<Reply, CallError> {
        let away = |failure: Failure| CallError::NotSent(format!("{:#}", failure.error));
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        let _alone = lock(&self.file).map_err(away)?;
        let kept = read(&self.file).map_err(away)?;
        let kept = kept.ok_or_else(|| CallError::NotSent(format!("{} is gone", self.file)))?;
        let now = self.clock.now();
        if seen.as_ref().is_none_or(|seen| seen.kept != kept) {
            *seen = Some(self.built(kept, now));
        }
        let Some(Seen { kept, world, zero }) = seen.as_mut() else {
            return Err(CallError::NotSent("the world is gone".to_owned()));
        };
        world.pass_until(now.0.saturating_sub(zero.0));
        let reply = world.execute(call);
        if matches!(call, Call::Write(_) | Call::WriteAll(_)) {
            kept.stands = self.standing(world);
            write(&self.file, kept).map_err(away)?;
        }
        reply
    }

    /// The world as a file has it.
    fn built(&self, kept: Kept, now: Moment) -> Seen {
        let plans: Vec<_> = self.plans.iter().map(Sealed::plan).collect();
        let mut world = world_of_all(&plans, 1);
        for Standing { target, snapshot, token } in &kept.stands {
            world.edit(target, snapshot.clone(), token.clone());
        }
        if kept.new_sides == NewSides::Failing {
            // Each step has its old side and then its new one.
            (1..world.sides().len()).step_by(2).for_each(|side| world.turn_unhealthy(side, 0, FOR_EVER_MS));
        }
        Seen { kept, world, zero: now }
    }

    /// Everything that stands, in a fixed order.
    fn standing(&self, world: &World) -> Vec<Standing> {
        let targets: std::collections::BTreeSet<&Target> =
            self.plans.iter().flat_map(|sealed| sealed.plan().targets()).collect();
        let standing = targets.into_iter().filter_map(|target| {
            let held = world.held(target)?;
            Some(Standing { target: target.clone(), snapshot: held.snapshot.clone(), token: held.token.clone() })
        });
        standing.collect()
    }
}

fn write(file: &Utf8Path, kept: &Kept) -> Result<(), Failure> {
    let mut text = serde_json::to_vec_pretty(kept)
        .map_err(|error| Failure::caused(FailureKind::Work, error).context(format!("can't write {file}")))?;
    text.push(b'\n');
    files::replace(file, &text)
}

/// Keeps every other process away from the file until it is dropped.
#[expect(clippy::disallowed_methods, reason = "the lock of the demonstration's file is a file")]
fn lock(file: &Utf8Path) -> Result<File, Failure> {
    let beside = Utf8PathBuf::from(format!("{file}.lock"));
    let locked = File::create(&beside).and_then(|lock| lock.lock().map(|()| lock));
    locked.map_err(|error| files::failure(&beside, error))
}

impl Observer for DemoWorld {
    async fn observe(&self, call: &Call) -> Result<Reply, CallError> {
        match call {
            Call::Write(_) | Call::WriteAll(_) => Err(CallError::NotSent("a write is no observation".to_owned())),
            question => self.execute(question),
        }
    }
}

impl Executor for DemoWorld {
    async fn write(&self, write: &Write) -> Result<Reply, CallError> {
        self.execute(&Call::Write(write.clone()))
    }

    async fn write_all(&self, writes: &[Write]) -> Result<Reply, CallError> {
        self.execute(&Call::WriteAll(writes.to_vec()))
    }
}

impl Clock for DemoClock {
    fn now(&self) -> Moment {
        let passed = SystemClock.now().0.saturating_sub(self.began.0);
        self.began.plus_ms(passed.saturating_mul(u64::from(SPEED)))
    }

    fn time_of_day(&self) -> Moment {
        SystemClock.time_of_day()
    }

    async fn until(&self, moment: Moment) {
        while self.now() < moment {
            let left = Duration::from_millis((moment.0 - self.now().0.min(moment.0)) / u64::from(SPEED));
            tokio::time::sleep(left.clamp(STRETCH.0, STRETCH.1)).await;
        }
    }
}
