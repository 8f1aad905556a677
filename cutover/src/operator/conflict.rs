//! A conflict, three ways (K2).

use caravan_cutover_engine::{Phase, State};
use caravan_plans::Sealed;
use caravan_providers::target::{Snapshot, Target};
use schemars::JsonSchema;
use serde::Serialize;

/// A conflict, three ways.
#[derive(Clone, Debug, Eq, JsonSchema, PartialEq, Serialize)]
pub struct ConflictStatus {
    /// The target that somebody else changed.
    #[schemars(with = "serde_json::Value")]
    pub target: Target,
    /// What stood there when it was last observed.
    #[schemars(with = "serde_json::Value")]
    pub before: Snapshot,
    /// What the plan wants there.
    #[schemars(with = "serde_json::Value")]
    pub planned: Snapshot,
    /// The snapshot that stands there now.
    #[schemars(with = "serde_json::Value")]
    pub live: Snapshot,
    /// Whose fencing token is there.
    pub token: Option<String>,
    /// The command by which what stood there is put back by hand; none where there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub by_hand: Option<String>,
}

impl ConflictStatus {
    /// The conflict in which a run is; none when it is in none.
    pub(super) fn of(plan: &Sealed, state: &State) -> Option<Self> {
        let Phase::Conflict { task, expected, planned, live, token, .. } = &state.phase else { return None };
        let target = plan.plan().steps.get(task.step())?.target(task.place(plan.plan()))?.clone();
        Some(Self {
            by_hand: target.kind().by_hand(expected, live),
            target,
            before: (**expected).clone(),
            planned: (**planned).clone(),
            live: (**live).clone(),
            token: token.as_ref().map(ToString::to_string),
        })
    }

    /// What stood there before, what the plan wants there, and what is there now, each with its name, in lines.
    #[must_use]
    pub fn images(&self) -> [(&'static str, Vec<String>); 3] {
        let lines = |snapshot: &Snapshot| self.target.kind().lines(snapshot);
        [("before", lines(&self.before)), ("planned", lines(&self.planned)), ("there now", lines(&self.live))]
    }

    /// Before, planned and there now, in one line.
    pub(super) fn brief(&self) -> String {
        self.images().map(|(name, lines)| format!("{name}: {}", lines.join("; "))).join(", ")
    }
}
