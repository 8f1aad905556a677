//! How users get to one side of a shift of an HTTPRoute, and how a side is reached at all.

use super::backend::Backend;
use super::http_route::HttpRouteTarget;
use super::snapshot::Snapshot;
use super::target_group::TargetGroup;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// What users go through on their way to a side.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(untagged)]
pub enum Through {
    /// A target group of a load balancer.
    Group(TargetGroup),
    /// A route's backends in a cluster.
    Route(RouteSide),
}

/// One side of a shift of a route: the backends that are its alone.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct RouteSide {
    /// The route.
    pub route: HttpRouteTarget,
    /// The backends that the other side does not use.
    pub backends: Vec<Backend>,
    /// Whether what the gateways say of the route as a whole counts for this side: of a shift for the new one, since it is what is tried.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub followed: bool,
    /// Whether what the gateways say of this side's backends counts for it; of a side that is followed it does.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub heard: bool,
    /// Whether what the gateways say of themselves counts for this side; of a side that is followed it does. Both sides stand behind them:
    /// nobody is better off on the other one.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub behind: bool,
}

impl RouteSide {
    /// The side that carries traffic in one snapshot, by what carries none in another.
    #[must_use]
    pub fn of_one_side(route: &HttpRouteTarget, of: &Snapshot, other: &Snapshot, followed: bool) -> Self {
        let others = carrying(route, other);
        let mut backends: Vec<Backend> = carrying(route, of);
        backends.retain(|backend| !others.contains(backend));
        backends.sort();
        backends.dedup();
        Self { route: route.clone(), backends, followed, heard: !followed, behind: !followed }
    }
}

impl Through {
    /// The same for whoever goes back to a side: that a gateway which both sides stand behind is not well keeps nobody on the other one.
    #[must_use]
    pub fn to_go_back(&self) -> Self {
        match self {
            Self::Group(group) => Self::Group(group.clone()),
            Self::Route(side) => Self::Route(RouteSide { behind: false, ..side.clone() }),
        }
    }
}

/// The backends of rules that get a part of the traffic: one without a weight gets all of it.
fn carrying(route: &HttpRouteTarget, rules: &Snapshot) -> Vec<Backend> {
    let Snapshot::Rules(list) = rules else { return Vec::new() };
    let mut with_weight = list.clone();
    for rule in with_weight.as_array_mut().into_iter().flatten() {
        if let Some(references) = rule["backendRefs"].as_array_mut() {
            references.retain(|reference: &Value| reference["weight"] != 0);
        }
    }
    route.backends(&Snapshot::Rules(with_weight)).into_iter().flatten().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_side_is_the_backends_that_the_other_does_not_use() {
        let route = HttpRouteTarget { cluster: "prod".into(), namespace: "shop".into(), name: "track".into() };
        let split = |old: u32, new: u32| {
            Snapshot::Rules(json!([{"backendRefs": [
                {"name": "old", "port": 80, "weight": old}, {"name": "new", "port": 80, "weight": new}]}, {"filters": []}]))
        };
        let only = Snapshot::Rules(json!([{"backendRefs": [{"name": "old", "port": 80}]}, {"filters": []}]));
        let names = |of: &Snapshot, other: &Snapshot| {
            let side = RouteSide::of_one_side(&route, of, other, true);
            side.backends.into_iter().map(|backend| backend.name).collect::<Vec<_>>()
        };
        assert_eq!(names(&split(0, 100), &only), ["new"]);
        assert_eq!(names(&only, &split(0, 100)), ["old"]);
        assert!(names(&only, &split(50, 50)).is_empty());
    }

    /// Plans that were sealed before know target groups alone.
    #[test]
    fn both_ways_are_told_apart_by_their_fields() {
        let group = json!({"account": "123456789012", "region": "eu-central-1", "arn": "arn:new"});
        let read: Through = serde_json::from_value(group.clone()).unwrap();
        assert!(matches!(&read, Through::Group(_)) && serde_json::to_value(&read).unwrap() == group);
        let route = json!({
            "route": {"cluster": "prod", "namespace": "shop", "name": "track"}, "followed": true,
            "backends": [{"group": "", "kind": "Service", "namespace": "shop", "name": "new", "port": 80}],
        });
        let read: Through = serde_json::from_value(route.clone()).unwrap();
        assert!(matches!(&read, Through::Route(_)) && serde_json::to_value(&read).unwrap() == route);
    }
}
