//! How long a way back may take, in terms of its plan; how long users may stand on a bad side is the plan's own word.

use caravan_plans::{ACTS_WITHIN_MS, WavePlan};
use caravan_providers_simulated::World;

/// Milliseconds within which everything must be back once nothing is in the way: the minute, a write whose outcome is
/// waited for, its propagation, the probes of every side; and of each hand-over the time in which owners finish and start, and for
/// which one that is about to fire is not stopped.
pub(crate) fn way_back_ms(plan: &WavePlan, world: &World) -> u64 {
    let propagation = plan.targets().filter_map(|target| world.propagation_ms(target)).max().unwrap_or(0);
    let withheld: u64 = plan.targets().map(|target| target.kind().longest_withheld_ms()).sum();
    ACTS_WITHIN_MS + plan.in_flight_ms() + propagation + plan.probing_ms() + plan.hand_overs_ms() + withheld
}
