//! Routes of the Gateway API: how they behave in the simulated world.

use super::simulation::Simulation;
use caravan_providers::target::{HttpRouteTarget, Snapshot};

impl Simulation for HttpRouteTarget {
    fn touched(&self, snapshot: &Snapshot) -> Snapshot {
        let mut snapshot = snapshot.clone();
        if let Snapshot::Rules(rules) = &mut snapshot
            && let Some(first) = rules.get_mut(0)
        {
            first["Order"] = 7.into();
        }
        snapshot
    }
}
