//! How long a run may take, in terms of its plan: what the rules of users' time and of the way back hold it to.

use caravan_plans::{HandOver, Shift, Step, WavePlan};
use caravan_providers_simulated::World;

/// Rounds of probes within which a side that is bad must have been noticed.
const ROUNDS_TO_NOTICE: u64 = 3;
/// Milliseconds within which a run must have acted once nothing is in its way: the longest pause between two tries of one
/// call is ten seconds, and a way back takes some calls for each target.
pub(crate) const ACTS_WITHIN_MS: u64 = 60_000;

/// Milliseconds for which users may stand on a new side of a shift that is known to be bad while the old one is well and
/// nothing else is in the way: the rounds of probes of its gate in which that is noticed, and the minute in which they are
/// taken back.
pub(crate) fn exposure_ms(plan: &WavePlan, shift: &Shift) -> u64 {
    let every = shift.stages.iter().map(|stage| stage.gate.every_ms).max().unwrap_or(0);
    ROUNDS_TO_NOTICE * (every + probing_ms(plan)) + ACTS_WITHIN_MS
}

/// Milliseconds within which everything must be back once nothing is in the way: the minute, a write whose outcome is
/// waited for, its propagation, the probes of every side; and of each hand-over the time in which owners finish and start.
pub(crate) fn way_back_ms(plan: &WavePlan, world: &World) -> u64 {
    let propagation = plan.targets().filter_map(|target| world.propagation_ms(target)).max().unwrap_or(0);
    let in_flight = plan.steps.iter().map(|step| u64::from(step.in_flight()) * 1000).max().unwrap_or(0);
    let hand_overs: u64 = plan.steps.iter().map(hand_over_ms).sum();
    ACTS_WITHIN_MS + in_flight + propagation + probing_ms(plan) + hand_overs
}

/// Milliseconds that the probes of every side take at the most: one after the other, none answered in time.
fn probing_ms(plan: &WavePlan) -> u64 {
    let probes = plan.steps.iter().flat_map(|step| step.old_probes().iter().chain(step.new_probes()));
    probes.map(|probe| u64::from(probe.timeout_ms)).sum()
}

fn hand_over_ms(step: &Step) -> u64 {
    match step {
        Step::HandOver(HandOver { longest_gap_ms, .. }) => *longest_gap_ms,
        Step::Shift(_) => 0,
    }
}
