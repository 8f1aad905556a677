//! How much shall go wrong in a simulated run: its faults, drawn by seed.

use crate::{FaultPlan, lasting, single};
use caravan_plans::{Step, WavePlan};
use caravan_providers_simulated::World;
use serde::{Deserialize, Serialize};

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
