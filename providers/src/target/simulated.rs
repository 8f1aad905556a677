//! Owners of work that exist only in simulated worlds: what hand-overs are rehearsed on. No provider's adapter takes them,
//! and no strategy plans them.

use super::budget::{ApiBudget, Limit};
use super::kind::{Guarantee, Share, TargetKind, TargetLocation};
use super::snapshot::Snapshot;
use serde::{Deserialize, Serialize};
use std::fmt;

/// One owner of work.
#[derive(Clone, Debug, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
pub struct SimulatedOwnerTarget {
    /// What kind of work it owns.
    pub work: SimulatedWork,
    /// Its name.
    pub name: String,
}

/// A kind of work.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum SimulatedWork {
    /// A queue's consumer. It has no conditional write, as an event source mapping has none, and it drains when it is
    /// stopped.
    Consumer,
    /// A schedule. Its write is conditional, as a CronJob's is by JSON Patch, and a run that has begun goes on to its end.
    Schedule,
}

/// A world of our own has no limits.
const LIMIT: Limit = Limit { burst: 1_000_000, per_second: 1_000_000, reserve: 0 };
/// The name of the place where they live.
const WORLD: &str = "simulation";

impl fmt::Display for SimulatedOwnerTarget {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let work = match self.work {
            SimulatedWork::Consumer => "consumer",
            SimulatedWork::Schedule => "schedule",
        };
        write!(f, "simulated {work} {}", self.name)
    }
}

impl TargetKind for SimulatedOwnerTarget {
    fn short_name(&self) -> String {
        self.name.clone()
    }

    fn guarantee(&self) -> Guarantee {
        match self.work {
            SimulatedWork::Consumer => Guarantee::Checked,
            SimulatedWork::Schedule => Guarantee::Atomic,
        }
    }

    fn location(&self) -> TargetLocation {
        TargetLocation::Simulation
    }

    fn budget(&self) -> ApiBudget {
        ApiBudget { api: WORLD, owner: WORLD.to_owned(), region: String::new(), limit: LIMIT }
    }

    fn shares<'a>(&self, _snapshot: &'a Snapshot) -> Vec<Share<'a>> {
        Vec::new()
    }

    fn lines(&self, snapshot: &Snapshot) -> Vec<String> {
        match snapshot {
            Snapshot::Activation { active, settings } => {
                vec![format!("{} {settings}", if *active { "active" } else { "suspended" })]
            }
            _ => Vec::new(),
        }
    }

    fn settled_when(&self) -> &'static str {
        "it is written"
    }

    /// The world ends with the rehearsal: there is nothing to put back.
    fn manual_rollback(&self, _original: &Snapshot, _stages: &[(u8, &Snapshot)]) -> Vec<String> {
        Vec::new()
    }
}
