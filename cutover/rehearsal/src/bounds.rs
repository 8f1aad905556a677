//! How long a run may take, in terms of its plan: what the rules of users' time and of the way back hold it to.

use caravan_plans::{Analysis, HandOver, Shift, Step, WavePlan};
use caravan_providers_simulated::World;

/// Milliseconds within which a run must have acted once nothing is in its way: the longest pause between two tries of one
/// call is ten seconds, and a way back takes some calls for each target.
pub(crate) const ACTS_WITHIN_MS: u64 = 60_000;

/// Milliseconds for which users may stand on a new side of a shift that is known to be bad while the old one is well and
/// nothing else is in the way: the rounds of the background analysis in which that is noticed, a write whose outcome is
/// waited for, the time of hand-overs that go back first, and the minute in which they are taken back.
pub(crate) fn exposure_ms(plan: &WavePlan, shift: &Shift) -> u64 {
    let Analysis { every_ms, failures, unknown, .. } = shift.analysis;
    let rounds = u64::from(failures.max(unknown));
    let hand_overs: u64 = plan.steps.iter().map(hand_over_ms).sum();
    rounds * (every_ms + probing_ms(plan)) + in_flight_ms(plan) + hand_overs + ACTS_WITHIN_MS
}

/// Milliseconds within which everything must be back once nothing is in the way: the minute, a write whose outcome is
/// waited for, its propagation, the probes of every side; and of each hand-over the time in which owners finish and start.
pub(crate) fn way_back_ms(plan: &WavePlan, world: &World) -> u64 {
    let propagation = plan.targets().filter_map(|target| world.propagation_ms(target)).max().unwrap_or(0);
    let hand_overs: u64 = plan.steps.iter().map(hand_over_ms).sum();
    ACTS_WITHIN_MS + in_flight_ms(plan) + propagation + probing_ms(plan) + hand_overs
}

/// Milliseconds after which an unanswered write can no longer take effect, of any step.
fn in_flight_ms(plan: &WavePlan) -> u64 {
    plan.steps.iter().map(|step| u64::from(step.in_flight()) * 1000).max().unwrap_or(0)
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
