//! What a shift announces that its users may lose: the share that is on the new side, for as long as it may take to notice
//! that this side is bad and to take them back. People read it in the plan, and rehearsals hold every run to it.

use crate::{Analysis, HandOver, Shift, Stage, Step, WavePlan};

/// Milliseconds within which a run must have acted once nothing is in its way: the longest pause between two tries of one
/// call is ten seconds, and a way back takes some calls for each target.
pub const ACTS_WITHIN_MS: u64 = 60_000;

impl WavePlan {
    /// Milliseconds for which users may stand on a new side of a shift that is bad while the old one is well and nothing else
    /// is in the way, before they are taken back: the rounds of the background analysis in which that is noticed, a write
    /// whose outcome is waited for, the time of hand-overs that go back first, and the minute in which users are taken back.
    #[must_use]
    pub fn exposure_ms(&self, shift: &Shift) -> u64 {
        let Analysis { every_ms, failures, unknown, .. } = shift.analysis;
        let rounds = u64::from(failures.max(unknown));
        rounds * (every_ms + self.probing_ms()) + self.in_flight_ms() + self.hand_overs_ms() + ACTS_WITHIN_MS
    }

    /// Milliseconds after which an unanswered write can no longer take effect, of any step.
    #[must_use]
    pub fn in_flight_ms(&self) -> u64 {
        self.steps.iter().map(|step| u64::from(step.in_flight()) * 1000).max().unwrap_or(0)
    }

    /// Milliseconds that the probes of every side take at the most: one after the other, none answered in time.
    #[must_use]
    pub fn probing_ms(&self) -> u64 {
        let probes = self.steps.iter().flat_map(|step| step.old_probes().iter().chain(step.new_probes()));
        probes.map(|probe| u64::from(probe.timeout_ms)).sum()
    }

    /// Milliseconds that all hand-overs may take, one after the other.
    #[must_use]
    pub fn hand_overs_ms(&self) -> u64 {
        self.steps
            .iter()
            .map(|step| match step {
                Step::HandOver(HandOver { longest_gap_ms, .. }) => *longest_gap_ms,
                Step::Shift(_) => 0,
            })
            .sum()
    }
}

impl Shift {
    /// The share of its users in percent that may meet the new side in one of its stages. Behind names it is the share of the
    /// resolvers that may have drawn the new side by chance.
    #[must_use]
    pub fn percent_at_risk(&self, stage: &Stage) -> u8 {
        if self.kept_seconds(stage).is_some() { drawn_percent(stage.percent) } else { stage.percent }
    }

    /// Seconds for which resolvers may go on sending users to the new side of one of its stages after it was taken back: how
    /// long they may keep its answer. None where users follow a write at once.
    #[must_use]
    pub fn kept_seconds(&self, stage: &Stage) -> Option<u32> {
        self.target.kind().kept_seconds(&stage.snapshot)
    }
}

/// The largest share of 20 resolvers, in percent, that draw a side of this share: more than that happen to do so once in
/// thousands of millions of times.
const fn drawn_percent(percent: u8) -> u8 {
    match percent {
        0 => 0,
        1 => 35,
        2..=5 => 50,
        6..=10 => 65,
        11..=20 => 80,
        21..=30 => 95,
        _ => 100,
    }
}
