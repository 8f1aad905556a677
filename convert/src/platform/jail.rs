//! The fence of a team: its namespace, and how much it may take.

use super::cluster::{Cluster, wave};
use super::demand::Team;
use super::document::{Document, From, Row, row};
use super::unit::Unit;
use crate::needs::DEFAULT;
use caravan_inventory::TeamName;
use serde_json::json;

const NAMESPACE: &[Row] = &[
    row(
        "",
        "namespace",
        "each team has one namespace",
        &[From::Setting("namespace_prefix"), From::Setting("group"), From::Apps],
    ),
    row("/metadata/name", "namespace", "the namespace of the team", &[From::Setting("namespace_prefix"), From::Apps]),
    row(
        "/metadata/labels/pod-security.kubernetes.io~1*",
        "pod-security",
        "the strictest standard that takes every pod of the team's apps; what is not of the strictest is noted",
        &[From::Apps],
    ),
    row(
        "/metadata/annotations/*~1hosts",
        "hosts",
        "the names that are the team's, and nobody else's",
        &[From::Setting("group"), From::Setting("apps_domain"), From::Apps, From::Environment],
    ),
    row(
        "/metadata/annotations/*~1guest-hosts",
        "guest-hosts",
        "the names that another team lends it",
        &[From::Setting("group"), From::Apps],
    ),
    row(
        "/metadata/annotations/*~1capabilities",
        "capabilities",
        "what its apps add beyond what container runtimes give",
        &[From::Setting("group"), From::Apps],
    ),
    row(
        "/metadata/annotations/*~1sysctls",
        "sysctls",
        "kernel parameters that reach beyond its pods",
        &[From::Setting("group"), From::Apps],
    ),
];

const QUOTA: &[Row] = &[
    row("", "quota", "what a team takes ends somewhere, so that its neighbours keep theirs", &[From::Apps]),
    row(
        "/spec",
        "unit",
        "the smallest unit that holds its apps at their upper bounds while all are replaced",
        &[From::Apps],
    ),
    row("/spec/hard/services.loadbalancers", "no-balancers", "whoever is reached is reached by the Gateways", &[]),
    row("/spec/hard/services.nodeports", "no-node-ports", "whoever is reached is reached by the Gateways", &[]),
];

const LIMITS: &[Row] = &[row(
    "",
    "default-requests",
    "what a container asks for that says nothing; nothing is limited that had no limit before",
    &[],
)];

/// The files of the fence.
pub(super) fn namespace(cluster: &mut Cluster<'_>, name: &TeamName, team: &Team) -> Vec<Document> {
    let namespace = cluster.settings.namespace(name.as_str());
    vec![
        namespace_itself(cluster, name, team, &namespace),
        quota(&namespace, team),
        Document::new("v1", "LimitRange", "defaults", LIMITS).within(&namespace).wave(wave::FENCES).with(
            json!({"spec": {"limits": [{
                "type": "Container",
                "defaultRequest": {"cpu": format!("{}m", DEFAULT.cpu), "memory": format!("{}Mi", DEFAULT.memory)},
            }]}}),
        ),
    ]
}

fn namespace_itself(cluster: &Cluster<'_>, name: &TeamName, team: &Team, namespace: &str) -> Document {
    const LEVEL: &str = "pod-security.kubernetes.io";
    let security = &team.needs.security;
    let mut document = Document::new("v1", "Namespace", namespace, NAMESPACE)
        .wave(wave::FIRST)
        .labelled(&cluster.key("team"), name.as_str())
        .labelled(&format!("{LEVEL}/enforce"), security.standard.name())
        .labelled(&format!("{LEVEL}/audit"), "restricted")
        .labelled(&format!("{LEVEL}/warn"), "restricted");
    let own = cluster.own_hosts(name, team);
    for (key, list) in [
        ("hosts", &own),
        ("guest-hosts", &team.needs.guest_hosts),
        ("capabilities", &security.capabilities),
        ("sysctls", &security.sysctls),
    ] {
        if !list.is_empty() {
            let list: Vec<&str> = list.iter().map(String::as_str).collect();
            document = document.annotated(&cluster.key(key), &list.join(","));
        }
    }
    document
}

fn quota(namespace: &str, team: &Team) -> Document {
    let unit = Unit::holding(team.needs.most);
    Document::new("v1", "ResourceQuota", "unit", QUOTA)
        .within(namespace)
        .wave(wave::FENCES)
        .annotated("caravan.dev/unit", &unit.name())
        .with(json!({"spec": {"hard": {
            "requests.cpu": unit.size().cpu.div_ceil(1000).to_string(),
            "requests.memory": format!("{}Gi", unit.size().memory.div_ceil(1024)),
            "requests.nvidia.com/gpu": unit.size().gpus.to_string(),
            "pods": unit.size().pods.to_string(),
            "persistentvolumeclaims": unit.size().disks.to_string(),
            "services.loadbalancers": "0",
            "services.nodeports": "0",
        }}}))
}
