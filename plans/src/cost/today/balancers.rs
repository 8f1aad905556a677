//! Load balancers: their hours, divided among all workloads behind them.

use crate::cost::book;
use crate::cost::item::{Item, ItemKind};
use crate::cost::money::Cost;
use crate::readiness::Subject;
use caravan_inventory::{ObservationId, ObservationKind};

/// A load balancer in front of a workload.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(in crate::cost) struct Balancer {
    pub(in crate::cost) id: ObservationId,
    /// What it costs alone.
    item: Item,
}

/// Whether a part of a workload is one, by its id.
fn is_balancer(id: &ObservationId) -> bool {
    let kind = id.as_str().split('/').next().unwrap_or_default();
    kind == ObservationKind::LoadBalancer.as_str() || kind == ObservationKind::ClassicLoadBalancer.as_str()
}

/// Those in front of a workload.
pub(in crate::cost) fn balancers(subject: &Subject<'_>) -> Vec<Balancer> {
    let all = subject.observations.iter().filter(|seen| is_balancer(&seen.id));
    all.map(|seen| {
        let kind = match seen.kind {
            ObservationKind::ClassicLoadBalancer => "classic",
            _ => seen.body["Type"].as_str().unwrap_or("application"),
        };
        let region = super::region(subject, seen);
        let name = seen.body["LoadBalancerName"].as_str().unwrap_or_else(|| seen.native_name());
        let what = format!("{kind} load balancer {name}");
        let item = Item::priced(ItemKind::Balancer, what, [book::balancer(region, kind)], |[hour]| hour);
        Balancer { id: seen.id.clone(), item }
    })
    .collect()
}

/// The share of one of so many workloads behind it, and what nobody counts of it.
pub(in crate::cost) fn shared(balancer: &Balancer, users: u64) -> [Item; 2] {
    let mut item = balancer.item.clone();
    item.cost = item.cost.part(1, users);
    if users > 1 {
        item.what = format!("{}, one of {users} behind it", item.what);
    }
    let reason = "connections, bytes and rules that a load balancer evaluates are not read";
    let units = Item { what: format!("capacity units of {}", balancer.item.what), ..item.clone() };
    [
        item,
        Item {
            cost: Cost::unknown("capacity units of load balancers", reason),
            sources: std::collections::BTreeSet::new(),
            ..units
        },
    ]
}
