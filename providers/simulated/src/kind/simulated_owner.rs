//! Simulated owners of work: how they behave.

use super::simulation::{Delays, Simulation};
use caravan_providers::target::{SimulatedOwnerTarget, SimulatedWork, Snapshot};

impl Simulation for SimulatedOwnerTarget {
    /// A pod of a consumer is ready after some seconds, and a stopped one finishes its messages within its visibility
    /// timeout; a schedule takes effect at once, and a run of it lasts a while.
    fn delays_ms(&self) -> Option<Delays> {
        Some(match self.work {
            SimulatedWork::Consumer => Delays { start: 8_000, drain: 20_000 },
            SimulatedWork::Schedule => Delays { start: 0, drain: 45_000 },
        })
    }

    fn touched(&self, snapshot: &Snapshot) -> Snapshot {
        let mut snapshot = snapshot.clone();
        if let Snapshot::Activation { settings, .. } = &mut snapshot {
            settings["touched"] = true.into();
        }
        snapshot
    }
}
