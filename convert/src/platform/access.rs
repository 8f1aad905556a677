//! What the people of a team may do in their namespace: see what runs, read its logs, start pods anew, reach a port of one.
//! What runs is changed in Git alone. Secrets are seen by nobody, and nobody gets a shell that could read them.

use super::cluster::{Cluster, wave};
use super::document::{Document, From, Row, row};
use super::open::Open;
use caravan_inventory::TeamName;
use serde_json::{Value, json};

const ROLE: &[Row] = &[row("", "team-role", "what the people of a team may see and do", &[])];

const BINDING: &[Row] = &[
    row("", "team-binding", "the group of the team has the role", &[From::Apps]),
    row(
        "/subjects/*/name",
        "team-group",
        "the company's group for the team",
        &[From::Setting("groups/team"), From::People, From::Apps, From::Environment],
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
    let groups = team_groups(cluster, name, &what);
    if groups.is_empty() {
        return vec![role];
    }
    let subject = |group: &String| json!({"apiGroup": "rbac.authorization.k8s.io", "kind": "Group", "name": group});
    let binding = Document::new("rbac.authorization.k8s.io/v1", "RoleBinding", "team", BINDING)
        .by_people(cluster.people.is_some())
        .within(&namespace)
        .wave(wave::FENCES)
        .with(json!({
            "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": "team"},
            "subjects": groups.iter().map(subject).collect::<Vec<_>>(),
        }));
    vec![role, binding]
}

/// The groups whose people have the rights of a team's: those of `people.yaml`, or the one of the settings. Where nobody told it,
/// `what` is noted as left out.
pub(super) fn team_groups(cluster: &mut Cluster<'_>, name: &TeamName, what: &str) -> Vec<String> {
    let Some(people) = cluster.people else { return team_group(cluster, name, what).into_iter().collect() };
    if !people.has_team(name) {
        cluster.open.insert(Open {
            what: format!("{}: {what} (people.yaml does not have the team)", cluster.environment),
            remedy: format!("below `teams:` in people.yaml: `{name}: {{members: [PERSON]}}`"),
        });
    }
    people.groups_in(name, cluster.environment.as_str()).into_iter().map(str::to_owned).collect()
}

/// The group of a team, as the settings say it.
fn team_group(cluster: &mut Cluster<'_>, name: &TeamName, what: &str) -> Option<String> {
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
