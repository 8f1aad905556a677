//! How long a run may take, in terms of its plan.

use caravan_plans::{Shift, WavePlan};

/// Rounds of probes within which a side that is bad must have been noticed.
const ROUNDS_TO_NOTICE: u64 = 3;
/// Milliseconds within which a run must have acted once nothing is in its way: the longest pause between two tries of one
/// call is ten seconds, and a way back takes some calls for each target.
const ACTS_WITHIN_MS: u64 = 60_000;

/// Milliseconds for which users may stand on a new side of a shift that is known to be bad while the old one is well and
/// nothing else is in the way: the rounds of probes of its gate in which that is noticed, and the minute in which they are
/// taken back.
pub(crate) fn exposure_ms(plan: &WavePlan, shift: &Shift) -> u64 {
    let every = shift.stages.iter().map(|stage| stage.gate.every_ms).max().unwrap_or(0);
    ROUNDS_TO_NOTICE * (every + probing_ms(plan)) + ACTS_WITHIN_MS
}

/// Milliseconds that the probes of every side take at the most: one after the other, none answered in time.
fn probing_ms(plan: &WavePlan) -> u64 {
    let probes = plan.steps.iter().flat_map(|step| step.old_probes().iter().chain(step.new_probes()));
    probes.map(|probe| u64::from(probe.timeout_ms)).sum()
}
