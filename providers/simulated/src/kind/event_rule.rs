//! Rules of EventBridge: how they behave in the simulated world.

use super::simulation::{Delays, Simulation};
use caravan_providers::target::{EventRuleTarget, Snapshot};

impl Simulation for EventRuleTarget {
    /// A rule starts nothing and finishes nothing itself: what it sets off is not its own.
    fn delays_ms(&self) -> Option<Delays> {
        Some(Delays { start: 0, drain: 0 })
    }

    /// Somebody adds a target.
    fn touched(&self, snapshot: &Snapshot) -> Snapshot {
        let mut snapshot = snapshot.clone();
        if let Snapshot::Activation { settings, .. } = &mut snapshot
            && let Some(targets) = settings["Targets"].as_array_mut()
        {
            targets.push("touched".into());
        }
        snapshot
    }
}
