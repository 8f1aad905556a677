//! The faults of one simulated run, drawn by seed.

use crate::{Crash, Manner, lasting, single};
use caravan_plans::{Step, WavePlan};
use caravan_providers_simulated::{CallFault, World};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

/// What shall go wrong in one rehearsal, apart from what the world itself has in store.
#[derive(Clone, Debug, Default)]
pub struct FaultPlan {
    /// Faults by the number of the call.
    pub faults: BTreeMap<u64, CallFault>,
    /// Deaths of the driver.
    pub crashes: Vec<Crash>,
    /// Effects whose journal write fails.
    pub full_disk: BTreeSet<usize>,
    /// The effect from which on another driver has the lease.
    pub lease_lost: Option<usize>,
    /// The step and stage in whose bake the new side turns unhealthy.
    pub fails_in: Option<(usize, usize)>,
    /// Whether third parties take their edits back as soon as a run is in conflict over them.
    pub edits_taken_back: bool,
    /// When the journal takes no entry and gives no lease, in milliseconds. In their order, apart from each other.
    pub journal_outages: Vec<Range<u64>>,
    /// How the person on call answers.
    pub manner: Manner,
    /// By how many milliseconds the clock of each driver is wrong, in the order in which they drive; those after the last
    /// have the right time. Each clock runs evenly.
    pub clocks: Vec<i64>,
    /// A driver that sleeps while another one drives.
    pub sleeper: Option<Sleeper>,
    /// How many troubles that last were set in the world.
    pub lasting: u64,
}

/// A driver falls asleep between the check of its lease and its write, and makes the write when it wakes: another one
/// drives, and has claimed the target, by then.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Sleeper {
    /// The effect from which on it falls asleep at the next write to a target on which its fencing token stands.
    pub effect: usize,
    /// How long it sleeps, in milliseconds.
    pub sleeps_ms: u64,
}

/// How much shall go wrong.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Profile {
    /// No fault.
    None,
    /// The new side fails while it takes traffic.
    Unhealthy,
    /// Single calls and single drivers fail.
    Single,
    /// Trouble lasts: outages, sides that hang, probes that lie, people who do not answer.
    Lasting,
    /// Anything, several at once.
    Everything,
}

impl Profile {
    /// Draws what goes wrong, by the seed; sides, outages and delays are set in the world.
    pub fn draw(self, seed: u64, plan: &WavePlan, world: &mut World) -> FaultPlan {
        let mut chance = fastrand::Rng::with_seed(seed ^ 0x7472_6f75_626c_6573);
        let mut fault_plan = FaultPlan::default();
        match self {
            Self::None => {}
            Self::Unhealthy => fault_plan.fails_in = stage_with_traffic(&mut chance, plan),
            Self::Single => single::draw(&mut chance, plan, world, &mut fault_plan),
            Self::Lasting => lasting::draw(&mut chance, plan, world, &mut fault_plan),
            Self::Everything => {
                single::draw(&mut chance, plan, world, &mut fault_plan);
                lasting::draw(&mut chance, plan, world, &mut fault_plan);
            }
        }
        fault_plan
    }
}

impl FaultPlan {
    /// How many faults it has.
    #[must_use]
    pub fn count(&self) -> u64 {
        let single =
            self.faults.len() + self.crashes.len() + self.full_disk.len() + usize::from(self.fails_in.is_some());
        single as u64 + self.lasting
    }

    /// The outage of the journal that lasts at a moment.
    #[must_use]
    pub fn journal_outage(&self, at: u64) -> Option<&Range<u64>> {
        self.journal_outages.iter().find(|outage| outage.contains(&at))
    }
}

/// One of the stages in which the new side takes traffic.
fn stage_with_traffic(chance: &mut fastrand::Rng, plan: &WavePlan) -> Option<(usize, usize)> {
    let stages = plan.steps.iter().enumerate().filter_map(|(at, step)| match step {
        Step::Shift(shift) => Some((at, shift)),
        Step::HandOver(_) => None,
    });
    let stages = stages.flat_map(|(at, shift)| {
        shift.stages.iter().enumerate().filter(|(_, stage)| stage.percent > 0).map(move |(stage, _)| (at, stage))
    });
    chance.choice(stages.collect::<Vec<_>>())
}
