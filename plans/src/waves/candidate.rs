//! Who may be placed.

use super::risk::Risk;
use crate::readiness::{Assessment, Verdict};
use caravan_inventory::{EnvironmentName, TeamName, Workload, WorkloadId};

/// A workload as far as waves need to know it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Candidate {
    /// Its id.
    pub workload: WorkloadId,
    /// The team that sits up for it.
    pub team: TeamName,
    /// Where in the life of software it stands.
    pub environment: EnvironmentName,
    /// What should become of it: only what moves is placed.
    pub verdict: Verdict,
    /// Why, in one sentence.
    pub reason: String,
    /// What may go wrong with it, by itself; how many need it is added when it is placed.
    pub risk: Risk,
}

impl Candidate {
    /// A workload with what was found about it.
    #[must_use]
    pub fn new(workload: &Workload, assessment: &Assessment) -> Self {
        Self {
            workload: workload.id.clone(),
            team: workload.team.clone(),
            environment: workload.environment.clone(),
            verdict: assessment.verdict,
            reason: assessment.reasons.first().cloned().unwrap_or_default(),
            risk: Risk::of(assessment),
        }
    }
}
