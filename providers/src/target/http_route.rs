//! The rules of an HTTPRoute: shifted by weighted backends.

use super::budget::{ApiBudget, Limit};
use super::kind::{Guarantee, Share, TargetKind, TargetLocation};
use super::shell::quoted;
use super::snapshot::Snapshot;
use super::weighted::WeightedMembers;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::fmt;

/// The rules of one HTTPRoute.
#[derive(Clone, Debug, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
pub struct HttpRouteTarget {
    /// The kubeconfig context of the cluster.
    pub cluster: String,
    /// The route's namespace.
    pub namespace: String,
    /// The route's name.
    pub name: String,
}

/// What kube's own clients have allowed themselves since long (client-go: 50 a second, bursts of 100).
const LIMIT: Limit = Limit { burst: 100, per_second: 50, reserve: 20 };

/// Where a rule's backends stand (Gateway API, `HTTPBackendRef`).
const BACKENDS: WeightedMembers = WeightedMembers { at: "/backendRefs", name: "name", weight: "weight" };

impl HttpRouteTarget {
    /// The snapshot in an HTTPRoute as the API gives it.
    #[must_use]
    pub fn snapshot(route: &Value) -> Snapshot {
        Snapshot::Rules(route["spec"]["rules"].clone())
    }
}

impl fmt::Display for HttpRouteTarget {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { cluster, namespace, name } = self;
        write!(f, "route {namespace}/{name} in cluster {cluster}")
    }
}

impl TargetKind for HttpRouteTarget {
    fn short_name(&self) -> String {
        format!("{}/{}", self.namespace, self.name)
    }

    /// A JSON Patch tests what it replaces.
    fn guarantee(&self) -> Guarantee {
        Guarantee::Atomic
    }

    fn location(&self) -> TargetLocation {
        TargetLocation::Cluster(self.cluster.clone())
    }

    fn budget(&self) -> ApiBudget {
        ApiBudget { api: "cluster", owner: self.cluster.clone(), region: String::new(), limit: LIMIT }
    }

    fn shares<'a>(&self, snapshot: &'a Snapshot) -> Vec<Share<'a>> {
        if let Snapshot::Rules(rules) = snapshot { BACKENDS.shares(rules) } else { Vec::new() }
    }

    fn lines(&self, snapshot: &Snapshot) -> Vec<String> {
        if let Snapshot::Rules(rules) = snapshot { BACKENDS.lines(rules) } else { Vec::new() }
    }

    fn manual_rollback(&self, original: &Snapshot, _stages: &[(u8, &Snapshot)]) -> Vec<String> {
        let Snapshot::Rules(rules) = original else { return Vec::new() };
        let patch = json!([{"op": "replace", "path": "/spec/rules", "value": rules}]);
        let (cluster, namespace) = (quoted(&self.cluster), quoted(&self.namespace));
        let (name, patch) = (quoted(&self.name), quoted(&patch.to_string()));
        let kubectl = format!("kubectl --context {cluster} --namespace {namespace}");
        vec![
            format!("{kubectl} patch httproute {name} --type json --patch {patch}"),
            format!("{kubectl} annotate httproute {name} caravan.dev/epoch-"),
        ]
    }
}
