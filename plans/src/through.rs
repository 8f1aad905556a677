//! What users go through on their way to each side of a shift, as far as somebody else than the side can say whether they get there.

use caravan_providers::target::{RouteSide, Snapshot, Target, TargetGroup, Through};

/// What users go through on their way to the old side alone, and to the new one alone; nothing where a name moves.
pub(crate) fn through(target: &Target, original: &Snapshot, last: Option<&Snapshot>) -> (Vec<Through>, Vec<Through>) {
    let Some(last) = last else { return (Vec::new(), Vec::new()) };
    match target {
        Target::ListenerRule(rule) => {
            let groups =
                |of, other| TargetGroup::of_one_side(rule, of, other).into_iter().map(Through::Group).collect();
            (groups(original, last), groups(last, original))
        }
        Target::Route(route) => {
            let side = |of, other, followed| RouteSide::of_one_side(route, of, other, followed);
            (vec![Through::Route(side(original, last, false))], vec![Through::Route(side(last, original, true))])
        }
        _ => (Vec::new(), Vec::new()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use caravan_providers::target::HttpRouteTarget;
    use serde_json::json;

    /// Of each side its own backends count; what gateways say of the route as a whole counts for the new one.
    #[test]
    fn a_route_is_asked_for_the_endpoints_of_each_side_and_for_its_gateways_by_the_new_one() {
        let target =
            Target::Route(HttpRouteTarget { cluster: "prod".into(), namespace: "shop".into(), name: "track".into() });
        let service = |name: &str, weight: u32| json!({"group": "", "kind": "Service", "name": name, "port": 80, "weight": weight});
        let far =
            |weight: u32| json!({"group": "gateway.envoyproxy.io", "kind": "Backend", "name": "far", "weight": weight});
        let rules = |backends: Vec<serde_json::Value>| Snapshot::Rules(json!([{"backendRefs": backends}]));
        let sides = |through: &[Through]| {
            let side = |through: &Through| match through {
                Through::Route(side) => {
                    (side.backends.iter().map(|one| one.name.clone()).collect::<Vec<_>>(), side.followed)
                }
                Through::Group(group) => panic!("{group:?}"),
            };
            through.iter().map(side).collect::<Vec<_>>()
        };
        let (old, new) = through(
            &target,
            &rules(vec![service("old", 1)]),
            Some(&rules(vec![service("old", 0), service("new", 100)])),
        );
        assert_eq!(
            (sides(&old), sides(&new)),
            (vec![(vec!["old".to_owned()], false)], vec![(vec!["new".to_owned()], true)])
        );
        let (old, new) = through(&target, &rules(vec![far(1)]), Some(&rules(vec![far(0), service("new", 100)])));
        assert_eq!((sides(&old), sides(&new).len()), (vec![(vec!["far".to_owned()], false)], 1));
    }
}
