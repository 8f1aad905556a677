//! How the tree is applied: Argo CD, from one Application that a person applies once.
//!
//! ```text
//! platform (Application) ─► deployment/platform/<environment>      by project `platform`
//!   └─ jails (ApplicationSet) ─► deployment/teams/*/jail/<environment>      by project `platform`
//!        └─ each jail's project and ApplicationSet ─► deployment/teams/<team>/apps/*/<environment>    by the team's project
//! ```

use super::access::team_groups;
use super::cluster::{ARGO, Cluster, wave};
use super::document::{Document, From, Row, row};
use caravan_inventory::TeamName;
use serde_json::{Value, json};

const PLATFORM: &[Row] = &[
    row("", "app-of-apps", "the platform's own tree, and the fences of all teams", &[From::Setting("repository/url")]),
    row("/spec", "app-of-apps", "the platform's own tree, and the fences of all teams", SOURCE),
];

const PROJECT: &[Row] = &[
    row("", "project", "what a team's apps may be made of, and where", &[From::Apps]),
    row("/metadata/name", "project", "one for each team", &[From::Setting("namespace_prefix"), From::Apps]),
    row("/spec/description", "project", "whose it is", &[From::Apps]),
    row("/spec/sourceRepos", "repository", "the one repository", &[From::Setting("repository/url"), From::Environment]),
    row(
        "/spec/destinations",
        "destination",
        "the team's namespace, and no other",
        &[From::Setting("namespace_prefix"), From::Apps],
    ),
    row(
        "/spec/roles",
        "team-in-argo",
        "the people of the team see their apps and may have them compared and applied again",
        &[From::Setting("groups/team"), From::People, From::Setting("namespace_prefix"), From::Apps, From::Environment],
    ),
];

const APPS: &[Row] = &[
    row("", "apps", "an Application for each app of the team", &[From::Apps]),
    row("/metadata/name", "apps", "one for each team", &[From::Setting("namespace_prefix"), From::Apps]),
    row(
        "/spec",
        "apps",
        "an Application for each app of the team",
        &[
            From::Setting("repository/url"),
            From::Setting("repository/revision"),
            From::Setting("namespace_prefix"),
            From::Setting("group"),
            From::Apps,
            From::Environment,
        ],
    ),
];

const SOURCE: &[From] = &[From::Setting("repository/url"), From::Setting("repository/revision"), From::Environment];

/// The cluster that Argo CD runs in.
const HERE: &str = "https://kubernetes.default.svc";
const API: &str = "argoproj.io/v1alpha1";
/// The platform's own project and Application.
const NAME: &str = "platform";

/// The kinds that manifests of apps have, by their API groups: what a team may bring, and nothing of its own fence.
const KINDS: &[(&str, &[&str])] = &[
    ("", &["ConfigMap", "PersistentVolumeClaim", "Service", "ServiceAccount"]),
    ("apps", &["Deployment", "StatefulSet"]),
    ("autoscaling", &["HorizontalPodAutoscaler"]),
    ("batch", &["CronJob", "Job"]),
    ("cert-manager.io", &["Certificate"]),
    ("external-secrets.io", &["ExternalSecret"]),
    ("gateway.envoyproxy.io", &["Backend", "BackendTrafficPolicy", "HTTPRouteFilter", "SecurityPolicy"]),
    ("gateway.networking.k8s.io", &["HTTPRoute", "ListenerSet"]),
    ("keda.sh", &["ScaledObject", "TriggerAuthentication"]),
    ("networking.k8s.io", &["NetworkPolicy"]),
    ("policy", &["PodDisruptionBudget"]),
];

/// The URL of the repository; where nobody told it, `what` is noted as left out.
fn repository(cluster: &mut Cluster<'_>, what: &str) -> Option<String> {
    let url = cluster.settings.repository.url.as_deref();
    cluster.told(url, None, what, "repository: {url: \"URL\"}")
}

/// The platform's project, its Application, and what makes one for each team's fence.
pub(super) fn platform(cluster: &mut Cluster<'_>) -> Vec<Document> {
    let Some(url) = repository(cluster, "Argo CD's Applications: nothing of the tree is applied by itself") else {
        return Vec::new();
    };
    let environment = cluster.environment.as_str();
    let revision = cluster.settings.repository.revision.as_str();
    let project = json!({"spec": {
        "description": "What lies under the apps of all teams",
        "sourceRepos": [url],
        "destinations": [{"server": HERE, "namespace": "*"}],
        "clusterResourceWhitelist": [{"group": "*", "kind": "*"}],
    }});
    let application = json!({"spec": {
        "project": NAME,
        "source": {
            "repoURL": url, "targetRevision": revision, "path": format!("deployment/platform/{environment}"),
            "directory": {"recurse": true},
        },
        "destination": {"server": HERE, "namespace": ARGO},
        "syncPolicy": sync_policy(),
    }});
    let template = json!({
        "metadata": {"name": "jail.{{ index .path.segments 2 }}"},
        "spec": {
            "project": NAME,
            "source": {"repoURL": url, "targetRevision": revision, "path": "{{ .path.path }}"},
            "destination": {"server": HERE, "namespace": ARGO},
            "syncPolicy": sync_policy(),
        },
    });
    let jails = set(&url, revision, &format!("deployment/teams/*/jail/{environment}"), template);
    vec![
        argo("AppProject", NAME, PLATFORM, wave::PROJECTS).with(project),
        argo("Application", NAME, PLATFORM, wave::APPLICATIONS).with(application),
        argo("ApplicationSet", "jails", PLATFORM, wave::APPLICATIONS).with(jails),
    ]
}

/// A team's project, and what makes an Application for each of its apps.
pub(super) fn team(cluster: &mut Cluster<'_>, name: &TeamName) -> Vec<Document> {
    let what = format!("Argo CD's project of team {name}: its apps are not applied by themselves");
    let Some(url) = repository(cluster, &what) else { return Vec::new() };
    let namespace = cluster.settings.namespace(name.as_str());
    let groups = team_groups(cluster, name, &format!("team {name} in Argo CD"));
    let environment = cluster.environment.as_str();
    let revision = cluster.settings.repository.revision.as_str();
    let kinds: Vec<Value> = KINDS
        .iter()
        .flat_map(|(group, kinds)| kinds.iter().map(move |kind| json!({"group": group, "kind": kind})))
        .collect();
    let may = |action: &str| format!("p, proj:{namespace}:team, applications, {action}, {namespace}/*, allow");
    let roles = (!groups.is_empty())
        .then(|| json!([{"name": "team", "policies": [may("get"), may("sync")], "groups": groups}]));
    let project = json!({"spec": {
        "description": format!("The apps of team {name}"),
        "sourceRepos": [url],
        "destinations": [{"server": HERE, "namespace": namespace}],
        "clusterResourceWhitelist": [],
        "namespaceResourceWhitelist": kinds,
        "roles": roles,
    }});
    let template = json!({
        "metadata": {
            "name": format!("{name}.{{{{ index .path.segments 4 }}}}"),
            "labels": {cluster.key("team"): name.as_str()},
        },
        "spec": {
            "project": namespace,
            "source": {"repoURL": url, "targetRevision": revision, "path": "{{ .path.path }}"},
            "destination": {"server": HERE, "namespace": namespace},
            "syncPolicy": sync_policy(),
            "ignoreDifferences": ignored(),
        },
    });
    let apps = set(&url, revision, &format!("deployment/teams/{name}/apps/*/{environment}"), template);
    vec![
        argo("AppProject", &namespace, PROJECT, wave::PROJECTS).by_people(cluster.people.is_some()).with(project),
        argo("ApplicationSet", &namespace, APPS, wave::APPLICATIONS).with(apps),
    ]
}

fn argo(kind: &str, name: &str, rows: &'static [Row], wave: i32) -> Document {
    Document::new(API, kind, name, rows).within(ARGO).wave(wave)
}

/// One Application for each folder.
fn set(url: &str, revision: &str, folders: &str, template: Value) -> Value {
    json!({"spec": {
        "goTemplate": true,
        "goTemplateOptions": ["missingkey=error"],
        "generators": [{"git": {"repoURL": url, "revision": revision, "directories": [{"path": folders}]}}],
        "template": template,
    }})
}

fn sync_policy() -> Value {
    json!({
        "automated": {"prune": true, "selfHeal": true},
        "syncOptions": ["CreateNamespace=false", "ServerSideApply=true", "RespectIgnoreDifferences=true"],
        "retry": {"limit": 5, "backoff": {"duration": "10s", "factor": 2, "maxDuration": "5m"}},
    })
}

/// What others write while they own it: a cutover owns the rules of a route, by the name under which the API server notes
/// what it changed, and the annotation with its epoch. Autoscalers own what Git leaves out: nothing has to be ignored.
fn ignored() -> Value {
    json!([{
        "group": "gateway.networking.k8s.io",
        "kind": "HTTPRoute",
        "managedFieldsManagers": ["caravan"],
        "jsonPointers": ["/metadata/annotations/caravan.dev~1epoch"],
    }])
}
