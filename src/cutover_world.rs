//! The world that a folder's runs are driven in: the real one, or that of a demonstration.

use crate::config::Config;
use crate::demo_world::{DemoClock, DemoWorld};
use crate::error::Failure;
use crate::world::RealWorld;
use crate::{demo_world, journal_db};
use camino::Utf8Path;
use caravan_cutover::SystemClock;
use caravan_cutover_engine::{Clock, Moment};
use caravan_plans::WavePlan;
use caravan_providers::target::{HttpRouteTarget, ListenerRuleTarget, RouteFrame, RuleFrame, Target};
use caravan_providers::{Beside, Call, CallError, Count, Counted, Executor, NotCounted, Observer, Reply, Write};

/// The world that a folder's runs are driven in.
pub(crate) enum CutoverWorld {
    /// The one that users are in.
    Real(Box<RealWorld>),
    /// The one of a folder that `caravan demo` made.
    Demo(Box<DemoWorld>),
}

/// What a world is opened for.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Purpose {
    /// To ask it something.
    Look,
    /// To drive runs in it.
    Drive,
}

/// The time by which a folder's runs are driven.
#[derive(Clone, Copy, Debug)]
pub(crate) enum CutoverClock {
    /// The machine's.
    System,
    /// That of a demonstration.
    Demo(DemoClock),
}

impl CutoverWorld {
    /// The world of a folder.
    ///
    /// # Errors
    /// A configuration failure when a file of roots can't be used, and those of a demonstration's files.
    pub(crate) async fn open(dir: &Utf8Path, config: &Config, purpose: Purpose) -> Result<Self, Failure> {
        Ok(match demo_world::is_of(dir) {
            true => Self::Demo(Box::new(DemoWorld::open(dir, purpose).await?)),
            false => Self::Real(Box::new(RealWorld::new(dir, config)?)),
        })
    }

    /// The world that a folder's runs are driven in, and what is wrong with a file of roots: it stops nobody whose users may have to be
    /// taken back. What one of its roots would have to vouch for can't be judged then.
    ///
    /// # Errors
    /// Those of a demonstration's files.
    pub(crate) async fn to_drive(dir: &Utf8Path, config: &Config) -> Result<(Self, Option<Failure>), Failure> {
        if demo_world::is_of(dir) {
            return Ok((Self::open(dir, config, Purpose::Drive).await?, None));
        }
        let (world, unread) = RealWorld::to_drive(dir, config);
        Ok((Self::Real(Box::new(world)), unread))
    }

    /// Its time.
    pub(crate) fn clock(&self) -> CutoverClock {
        match self {
            Self::Real(_) => CutoverClock::System,
            Self::Demo(world) => CutoverClock::Demo(world.clock()),
        }
    }

    /// Takes note of the clusters that a run's plan was made for: its contexts must lead to them. A demonstration has none.
    pub(crate) async fn expect(&self, run: &str, plan: &WavePlan) {
        if let Self::Real(world) = self {
            world.expect(run, plan).await;
        }
    }

    /// The run is over.
    pub(crate) fn forget(&self, run: &str) {
        if let Self::Real(world) = self {
            world.forget(run);
        }
    }

    /// From now on nobody is moved on, for this reason; the way back is made. In a demonstration there are no users.
    pub(crate) fn move_nobody_on(&self, why: String) {
        if let Self::Real(world) = self {
            world.move_nobody_on(why);
        }
    }

    /// Proves for every account of a plan that the credentials are this account's (D3). A demonstration has none.
    ///
    /// # Errors
    /// The first refusal.
    pub(crate) async fn prove(&self, plan: &WavePlan) -> Result<(), CallError> {
        match self {
            Self::Real(world) => world.prove(plan).await,
            Self::Demo(_) => Ok(()),
        }
    }
}

impl CutoverClock {
    /// The time by which the runs of a folder are driven, for whoever only looks.
    pub(crate) fn of(dir: &Utf8Path) -> Self {
        match demo_world::is_of(dir) {
            true => Self::Demo(demo_world::clock_of(dir)),
            false => Self::System,
        }
    }

    /// The time that is kept with a person's word, and by which waits are told: in the real world that of day.
    pub(crate) fn moment(self) -> Moment {
        match self {
            Self::System => journal_db::now(),
            Self::Demo(clock) => clock.now(),
        }
    }
}

impl Observer for CutoverWorld {
    async fn cluster_identity(&self, context: &str) -> Result<Option<String>, CallError> {
        match self {
            Self::Real(world) => world.cluster_identity(context).await,
            Self::Demo(_) => Ok(None),
        }
    }

    async fn route_frame(&self, target: &HttpRouteTarget) -> Result<Option<RouteFrame>, CallError> {
        match self {
            Self::Real(world) => world.route_frame(target).await,
            Self::Demo(_) => Ok(None),
        }
    }

    async fn rule_frame(&self, target: &ListenerRuleTarget) -> Result<Option<RuleFrame>, CallError> {
        match self {
            Self::Real(world) => world.rule_frame(target).await,
            Self::Demo(_) => Ok(None),
        }
    }

    async fn beside(&self, target: &Target) -> Result<Beside, CallError> {
        match self {
            Self::Real(world) => world.beside(target).await,
            Self::Demo(_) => Ok(Beside::default()),
        }
    }

    async fn observe(&self, call: &Call) -> Result<Reply, CallError> {
        match self {
            Self::Real(world) => world.observe(call).await,
            Self::Demo(world) => world.observe(call).await,
        }
    }

    async fn count(&self, count: &Count) -> Result<Counted, NotCounted> {
        match self {
            Self::Real(world) => world.count(count).await,
            Self::Demo(world) => world.count(count).await,
        }
    }
}

impl Executor for CutoverWorld {
    async fn write(&self, write: &Write) -> Result<Reply, CallError> {
        match self {
            Self::Real(world) => world.write(write).await,
            Self::Demo(world) => world.write(write).await,
        }
    }

    async fn write_all(&self, writes: &[Write]) -> Result<Reply, CallError> {
        match self {
            Self::Real(world) => world.write_all(writes).await,
            Self::Demo(world) => world.write_all(writes).await,
        }
    }
}

impl Clock for CutoverClock {
    fn now(&self) -> Moment {
        match self {
            Self::System => SystemClock.now(),
            Self::Demo(clock) => clock.now(),
        }
    }

    fn time_of_day(&self) -> Moment {
        SystemClock.time_of_day()
    }

    async fn until(&self, moment: Moment) {
        match self {
            Self::System => SystemClock.until(moment).await,
            Self::Demo(clock) => clock.until(moment).await,
        }
    }
}
