//! What the people of a team may do in their namespace: see what runs, read its logs, start pods anew, reach a port of one.
//! What runs is changed in Git alone. Secrets are seen by nobody, and nobody gets a shell that could read them.

use super::cluster::{Cluster, wave};
use super::document::{Document, From, Row, row};
use caravan_inventory::TeamName;
use serde_json::{Value, json};

const ROLE: &[Row] = &[row("", "team-role", "what the people of a team may see and do", &[])];

const BINDING: &[Row] = &[
    row("", "team-binding", "the group of the team has the role", &[From::Apps]),
    row(
        "/subjects/*/name",
        "team-group",
        "the company's group for the team",
        &[From::Setting("groups/team"), From::Apps, From::Environment],
    ),
];

/// The role, and who has it.
pub(super) fn access(cluster: &mut Cluster<'_>, name: &TeamName) -> Vec<Document> {
    let namespace = cluster.settings.namespace(name.as_str());
    let role = Document::new("rbac.authorization.k8s.io/v1", "Role", "team", ROLE)
        .within(&namespace)
        .wave(wave::FENCES)
        .with(json!({"rules": rules()}));
    let what = format!("the people of team {name} see nothing in their namespace, nor in Argo CD");
    let Some(group) = team_group(cluster, name, &what) else { return vec![role] };
    let binding = Document::new("rbac.authorization.k8s.io/v1", "RoleBinding", "team", BINDING)
        .within(&namespace)
        .wave(wave::FENCES)
        .with(json!({
            "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": "team"},
            "subjects": [{"apiGroup": "rbac.authorization.k8s.io", "kind": "Group", "name": group}],
        }));
    vec![role, binding]
}

/// The group of a team; where nobody told it, `what` is noted as left out.
pub(super) fn team_group(cluster: &mut Cluster<'_>, name: &TeamName, what: &str) -> Option<String> {
    let group = cluster.settings.groups.team.as_deref();
    cluster.told(group, Some(name), what, "groups: {team: \"GROUP-{team}\"}")
}

fn rules() -> Value {
    let look = ["get", "list", "watch"];
    json!([
        {
            "apiGroups": [""],
            "resources": ["pods", "pods/log", "events", "services", "endpoints", "configmaps", "persistentvolumeclaims",
                "serviceaccounts", "resourcequotas", "limitranges"],
            "verbs": look,
        },
        {"apiGroups": [""], "resources": ["pods"], "verbs": ["delete"]},
        {"apiGroups": [""], "resources": ["pods/portforward"], "verbs": ["create"]},
        {"apiGroups": ["apps"], "resources": ["deployments", "replicasets", "statefulsets"], "verbs": look},
        {"apiGroups": ["batch"], "resources": ["jobs", "cronjobs"], "verbs": look},
        {"apiGroups": ["autoscaling"], "resources": ["horizontalpodautoscalers"], "verbs": look},
        {"apiGroups": ["policy"], "resources": ["poddisruptionbudgets"], "verbs": look},
        {"apiGroups": ["networking.k8s.io"], "resources": ["networkpolicies"], "verbs": look},
        {"apiGroups": ["discovery.k8s.io"], "resources": ["endpointslices"], "verbs": look},
        {"apiGroups": ["keda.sh"], "resources": ["scaledobjects", "triggerauthentications"], "verbs": look},
        {"apiGroups": ["external-secrets.io"], "resources": ["externalsecrets", "secretstores"], "verbs": look},
        {"apiGroups": ["cert-manager.io"], "resources": ["certificates"], "verbs": look},
        {"apiGroups": ["gateway.networking.k8s.io"], "resources": ["httproutes", "listenersets"], "verbs": look},
        {
            "apiGroups": ["gateway.envoyproxy.io"],
            "resources": ["backends", "backendtrafficpolicies", "httproutefilters"],
            "verbs": look,
        },
    ])
}
