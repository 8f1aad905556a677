//! Rules and listeners of load balancers: how they behave in the simulated world.

use super::simulation::Simulation;
use caravan_providers::target::{ListenerRuleTarget, Snapshot};

impl Simulation for ListenerRuleTarget {
    fn touched(&self, snapshot: &Snapshot) -> Snapshot {
        let mut snapshot = snapshot.clone();
        if let Snapshot::Actions(actions) = &mut snapshot
            && let Some(first) = actions.get_mut(0)
        {
            first["Order"] = 7.into();
        }
        snapshot
    }
}
