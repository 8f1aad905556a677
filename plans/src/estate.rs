//! What a wave is drafted from and held against.

use crate::draft::ClosedWay;
use caravan_inventory::Observation;

/// What a draft reads: everything observed of these kinds, whoever it belongs to.
#[derive(Clone, Debug, Default)]
pub struct Estate {
    /// Route 53 record sets.
    pub record_sets: Vec<Observation>,
    /// Rules of load balancers.
    pub rules: Vec<Observation>,
    /// Their listeners.
    pub listeners: Vec<Observation>,
    /// The load balancers.
    pub load_balancers: Vec<Observation>,
    /// Target groups.
    pub target_groups: Vec<Observation>,
    /// Certificates of ACM, and which of them each listener has.
    pub certificates: Vec<Observation>,
    /// Hosted zones.
    pub hosted_zones: Vec<Observation>,
    /// What workloads are reached by beside load balancers: ECS services (for Service Connect and Cloud Map, and as what is handed
    /// over), function URLs, APIs and their mappings, routes and domains of Workers, rules of EventBridge.
    pub entries: Vec<Observation>,
    /// What keeps ways in to workloads closed on the gateway, as far as somebody asked.
    pub closed: Vec<ClosedWay>,
}

impl Estate {
    /// Everything that may be a target's state.
    pub fn observations(&self) -> impl Iterator<Item = &Observation> {
        self.record_sets.iter().chain(&self.rules).chain(&self.listeners)
    }
}
