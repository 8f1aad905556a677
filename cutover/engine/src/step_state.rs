//! How far one step of a run is.

use crate::{Blocked, Moment, Pending};
use caravan_providers::target::FencingToken;
use serde::{Deserialize, Serialize};

/// How far one step is.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct StepState {
    /// The stage whose snapshot was observed to stand; none is before the first.
    pub stage: Option<usize>,
    /// Whether that stage's gate has passed.
    pub baked: bool,
    /// The place of a switch that was turned, or turned back, and whose effect is not proved yet.
    pub unproven: Option<usize>,
    /// Whether its new side has failed and it alone is taken back: the run goes on without it.
    #[serde(default)]
    pub failed: bool,
    /// Whether it gets no further on the way back for now, and the other shifts go first.
    #[serde(default)]
    pub passed_over: bool,
    /// Why it gets no further on the way back until somebody else does something, as its last look told; none while its trouble
    /// may pass.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub blocked: Option<Blocked>,
    /// A write whose answer was lost, while the other shifts go back: what became of it is found out when their turn is over.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub doubt: Option<Doubt>,
    /// Each of its targets, by place.
    pub targets: Vec<TargetState>,
    /// Whether it was finalised: what stood there before in form stands there, leading to the new side.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub finalised: bool,
    /// Whether a person left it to whoever changed it.
    pub released_to_others: bool,
}

/// A write whose answer was lost.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Doubt {
    /// The write.
    pub pending: Pending,
    /// Until when it may still land: it is not observed before.
    pub until: Moment,
}

/// What is known of one target.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
pub struct TargetState {
    /// Our fencing token, as it was observed to stand there.
    pub token: Option<FencingToken>,
    /// Whether everybody else who writes to it by themselves was found to be paused.
    pub exclusive: bool,
    /// Whether this driver has seen it to stand as the run leaves it: on the way back each target, before a run ends on the new side
    /// those that carry no fencing token, as the others are seen when it is taken away.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub seen_at_end: bool,
    /// Whether another driver went before, and this one has not seen yet that the target stands as the journal says. Of those alone
    /// that no write is known to.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub unseen: bool,
    /// The fencing tokens that this journal has intended for it, as (epoch, sequence): nobody else makes one of this run.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub intended: Vec<(u64, u64)>,
    /// Whether this journal has intended to take the fencing token away while the target stays as it stands: such a write may land
    /// late, too.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub may_be_unmarked: bool,
}

impl TargetState {
    /// A target whose original was seen to stand there again.
    pub(crate) fn put_back(&self) -> Self {
        Self { seen_at_end: true, intended: self.intended.clone(), ..Self::default() }
    }
}

impl StepState {
    /// A step with so many targets that nothing was done to.
    #[must_use]
    pub fn untouched(places: usize) -> Self {
        let targets = vec![TargetState::default(); places];
        Self {
            stage: None,
            baked: false,
            unproven: None,
            failed: false,
            passed_over: false,
            blocked: None,
            doubt: None,
            targets,
            finalised: false,
            released_to_others: false,
        }
    }
}
