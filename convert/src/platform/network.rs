//! The network of a team's namespace: closed, but for what every pod needs. What single apps need besides is in their own
//! manifests.

use super::cluster::{Cluster, wave};
use super::document::{Document, From, Row, row};
use crate::Egress;
use serde_json::{Value, json};

const DENY: &[Row] =
    &[row("", "default-deny", "nothing comes in and nothing goes out that no policy lets through", &[])];

const BASELINE: &[Row] = &[
    row("", "baseline", "what every pod of the team may reach, and who reaches every pod", &[]),
    row("/spec/egress", "egress", "where pods may go", &[From::Setting("egress")]),
];

const SOLVERS: &[Row] = &[row(
    "",
    "name-proofs",
    "the pods by which cert-manager proves a name are reached by the Gateways",
    &[From::Setting("gateway/namespace")],
)];

/// Where pods that answer names run.
const DNS: &str = "kube-system";
/// Where the agents of Datadog run.
const DATADOG: &str = "datadog";
/// Where pods ask for the rights of their ServiceAccount (EKS Pod Identity).
const POD_IDENTITY: &str = "169.254.170.23/32";
/// Where machines ask for the rights of their node: no pod may.
const METADATA: &str = "169.254.169.254/32";

/// The policies.
pub(super) fn network(cluster: &Cluster<'_>, namespace: &str) -> Vec<Document> {
    let policy = |name, rows, spec| {
        Document::new("networking.k8s.io/v1", "NetworkPolicy", name, rows)
            .within(namespace)
            .wave(wave::FENCES)
            .with(json!({"spec": spec}))
    };
    let own = json!({"podSelector": {}});
    let baseline = json!({
        "podSelector": {},
        "policyTypes": ["Ingress", "Egress"],
        "ingress": [{"from": [own, in_namespace(DATADOG)]}],
        "egress": egress(cluster.settings.egress),
    });
    // The solver's own label and port (cert-manager, "HTTP01").
    let solvers = json!({
        "podSelector": {"matchLabels": {"acme.cert-manager.io/http01-solver": "true"}},
        "policyTypes": ["Ingress"],
        "ingress": [{
            "from": [in_namespace(&cluster.settings.gateway.namespace)],
            "ports": [{"protocol": "TCP", "port": 8089}],
        }],
    });
    vec![
        policy("default-deny", DENY, json!({"podSelector": {}, "policyTypes": ["Ingress", "Egress"]})),
        policy("baseline", BASELINE, baseline),
        policy("name-proofs", SOLVERS, solvers),
    ]
}

fn egress(egress: Egress) -> Vec<Value> {
    let port = |protocol: &str, port: u16| json!({"protocol": protocol, "port": port});
    let everywhere = json!([{"ipBlock": {"cidr": "0.0.0.0/0", "except": [METADATA]}}]);
    let mut rules = vec![
        json!({"to": [in_namespace(DNS)], "ports": [port("UDP", 53), port("TCP", 53)]}),
        json!({"to": [{"podSelector": {}}]}),
        json!({"to": [{"ipBlock": {"cidr": POD_IDENTITY}}], "ports": [port("TCP", 80)]}),
        json!({"to": [in_namespace(DATADOG)], "ports": [port("UDP", 8125), port("TCP", 8126)]}),
    ];
    rules.push(match egress {
        Egress::Open => json!({"to": everywhere}),
        Egress::Closed => json!({"to": everywhere, "ports": [port("TCP", 443)]}),
    });
    rules
}

fn in_namespace(name: &str) -> Value {
    json!({"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": name}}})
}
