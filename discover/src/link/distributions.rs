//! Distributions of CloudFront that ask a load balancer inside the network (Amazon CloudFront developer guide, "VPC origins"): what is
//! internal is called from everywhere by their names.

use super::balancing::Front;
use super::dns_name::plain_name;
use super::hosts::Hosts;
use super::view::View;
use caravan_inventory::{Observation, ObservationId};
use serde_json::Value;
use std::collections::BTreeSet;

/// A distribution with the names of its origins that are inside.
pub(super) struct Distribution {
    id: ObservationId,
    origins: Vec<String>,
}

impl Hosts {
    /// Takes a distribution in, where it has such an origin.
    pub(super) fn add_distribution(&mut self, observed: &Observation) {
        let view = View::of(observed);
        let inside = |origin: &&Value| origin.get("VpcOriginConfig").is_some_and(Value::is_object);
        let origins = view.list("/Origins/Items").iter().filter(inside);
        let origins: Vec<String> =
            origins.filter_map(|origin| origin.get("DomainName")?.as_str()).map(plain_name).collect();
        if !origins.is_empty() {
            self.distributions.push(Distribution { id: observed.id.clone(), origins });
        }
    }

    /// The distributions that ask the load balancers of these ways in, by their own name or by one whose records lead there.
    pub(super) fn distributions_to(&self, fronts: &[Front]) -> BTreeSet<ObservationId> {
        let balancers: BTreeSet<&ObservationId> = fronts.iter().map(|front| &front.balancer).collect();
        let asks = |name: &String| {
            let by_record = || self.records.get(name).into_iter().flatten().flat_map(|record| &record.targets);
            let names = std::iter::once(name).chain(by_record().map(|(target, _)| target));
            names.filter_map(|name| self.balancer(name)).any(|balancer| balancers.contains(balancer))
        };
        let asking = self.distributions.iter().filter(|one| one.origins.iter().any(asks));
        asking.map(|one| one.id.clone()).collect()
    }
}
