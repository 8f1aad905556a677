//! ECS services that work without being asked: how they behave in the simulated world.

use super::simulation::{Delays, Simulation};
use caravan_providers::target::{EcsServiceTarget, Snapshot};

impl Simulation for EcsServiceTarget {
    /// A task is placed, pulled and started within some twenty seconds, and has 30 s to end (`stopTimeout`).
    fn delays_ms(&self) -> Option<Delays> {
        Some(Delays { start: 20_000, drain: 30_000 })
    }

    /// No field of the snapshot can be changed without changing who works: the difference is one of the rehearsal alone.
    fn touched(&self, snapshot: &Snapshot) -> Snapshot {
        let mut snapshot = snapshot.clone();
        if let Snapshot::Activation { settings, .. } = &mut snapshot {
            settings["touched"] = true.into();
        }
        snapshot
    }
}
