//! BackendTrafficPolicies: how long requests of a component may take, and who stays with which instance.

use super::app::{Part, duration};
use super::custom::{
    BackendTrafficPolicySpec, ConsistentHash, Cookie, Custom, HttpRouteSpec, HttpTimeout, LoadBalancer, TargetRef,
    Timeout,
};
use super::routes::GROUP;
use caravan_convert_lift::plconfig::{Ingress, SILENCE, Seconds};

/// The policy of those routes of a component that lead to it; none where nothing has to be said. The Gateway API lets only
/// one policy speak for a route, so this one says everything.
pub(super) fn policy(
    part: &Part<'_>,
    ingress: &Ingress,
    routes: &[Custom<HttpRouteSpec>],
) -> Option<Custom<BackendTrafficPolicySpec>> {
    let leads = |route: &&Custom<HttpRouteSpec>| route.spec.rules.iter().any(|rule| !rule.backend_refs.is_empty());
    let target = |route: &Custom<HttpRouteSpec>| TargetRef {
        group: GROUP,
        kind: "HTTPRoute",
        name: route.metadata.name.clone().unwrap_or_default(),
    };
    let target_refs: Vec<TargetRef> = routes.iter().filter(leads).map(target).collect();
    let (load_balancer, timeout) = (sticky(ingress), timeout(ingress));
    if target_refs.is_empty() || (load_balancer.is_none() && timeout.is_none()) {
        return None;
    }
    // Without it, what a policy of the platform says of its Gateway would hold for these routes no more.
    let spec = BackendTrafficPolicySpec { target_refs, merge_type: "StrategicMerge", load_balancer, timeout };
    Some(Custom::backend_traffic_policy(part.metadata(&part.object), spec))
}

/// A client stays with the instance that it reached first.
fn sticky(ingress: &Ingress) -> Option<LoadBalancer> {
    let length = ingress.sticky?;
    let cookie = Cookie { name: "caravan-instance", ttl: duration(Seconds(length.0.max(1))) };
    Some(LoadBalancer { kind: "ConsistentHash", consistent_hash: ConsistentHash { kind: "Cookie", cookie } })
}

/// Envoy ends whatever takes longer than 15 s where nobody says otherwise (Envoy, RouteAction.timeout). A bound on the whole
/// stands in the route.
fn timeout(ingress: &Ingress) -> Option<Timeout> {
    let whole = ingress.timeout;
    let silent = ingress.idle_timeout.or(Some(SILENCE).filter(|_| whole.is_none()));
    let http = HttpTimeout {
        request_timeout: whole.is_none().then(|| duration(Seconds(0))),
        stream_idle_timeout: silent.map(duration),
    };
    (http.request_timeout.is_some() || http.stream_idle_timeout.is_some()).then_some(Timeout { http })
}
