//! The entries: one public Gateway, and an internal one where apps have internal hosts.

use super::cluster::{Cluster, wave};
use super::document::{Document, From, Row, row};
use serde_json::{Value, json};

const NAMESPACE: &[Row] = &[row(
    "",
    "gateway-namespace",
    "the namespace of the Gateways",
    &[From::Setting("gateway/namespace"), From::Setting("internal_gateway/namespace")],
)];

const CLASS: &[Row] = &[row("", "gateway-class", "Envoy Gateway carries it", &[])];

const PROXY: &[Row] = &[
    row(
        "",
        "proxies",
        "how Envoy runs: never on spot, spread, behind a network load balancer of its own",
        &[From::Setting("group")],
    ),
    row(
        "/metadata/name",
        "gateway-name",
        "as the Gateway that it belongs to",
        &[From::Setting("gateway/name"), From::Setting("internal_gateway/name")],
    ),
];

const GATEWAY: &[Row] = &[
    row(
        "",
        "gateway",
        "the entry that routes of apps hang on",
        &[From::Setting("gateway/name"), From::Setting("internal_gateway/name")],
    ),
    row(
        "/metadata/name",
        "gateway-name",
        "as apps name it",
        &[From::Setting("gateway/name"), From::Setting("internal_gateway/name")],
    ),
    row(
        "/spec/infrastructure",
        "proxies",
        "how its Envoys run",
        &[From::Setting("gateway/name"), From::Setting("internal_gateway/name")],
    ),
    row(
        "/spec/allowedListeners",
        "listeners-of-teams",
        "namespaces of teams may add listeners",
        &[From::Setting("group")],
    ),
    row(
        "/spec/listeners",
        "listeners",
        "plain HTTP for what leads to HTTPS, and the wildcard of the platform's own domain",
        &[From::Setting("gateway/section"), From::Setting("apps_domain"), From::Setting("group"), From::Environment],
    ),
];

const CERTIFICATE: &[Row] = &[
    row(
        "",
        "wildcard",
        "one certificate for the hosts that apps have without asking",
        &[From::Setting("gateway/section")],
    ),
    row(
        "/spec/dnsNames",
        "wildcard",
        "every host below the domain",
        &[From::Setting("apps_domain"), From::Environment],
    ),
    row("/spec/issuerRef/name", "issuer", "who signs", &[From::Setting("issuer")]),
    row("/spec/secretName", "wildcard", "where the Gateway reads it", &[From::Setting("gateway/section")]),
    row("/metadata/name", "wildcard", "as the listener", &[From::Setting("gateway/section")]),
];

const REDIRECT: &[Row] = &[
    row("", "redirect", "who comes by plain HTTP is sent to HTTPS", &[]),
    row(
        "/metadata/name",
        "redirect",
        "one for each Gateway",
        &[From::Setting("gateway/name"), From::Setting("internal_gateway/name")],
    ),
    row(
        "/spec/parentRefs",
        "redirect",
        "on plain HTTP alone",
        &[From::Setting("gateway/name"), From::Setting("internal_gateway/name")],
    ),
];

const TRAFFIC: &[Row] = &[
    row("", "client-traffic", "callers keep their addresses, by the PROXY protocol; nothing below TLS 1.2", &[]),
    row(
        "/metadata/name",
        "gateway-name",
        "one for each Gateway",
        &[From::Setting("gateway/name"), From::Setting("internal_gateway/name")],
    ),
    row(
        "/spec/targetRefs",
        "gateway-name",
        "the Gateway that it is for",
        &[From::Setting("gateway/name"), From::Setting("internal_gateway/name")],
    ),
];

/// The name of the listener for plain HTTP.
pub(super) const HTTP: &str = "http";
const API: &str = "gateway.networking.k8s.io/v1";
const ENVOY: &str = "gateway.envoyproxy.io/v1alpha1";

/// One entry.
struct Entry<'a> {
    name: &'a str,
    namespace: &'a str,
    class: &'static str,
    /// Where its load balancer is reached.
    scheme: &'static str,
}

/// The Gateways with all that belongs to them.
pub(super) fn gateways(cluster: &Cluster<'_>) -> Vec<Document> {
    let settings = cluster.settings;
    let public = Entry {
        name: &settings.gateway.name,
        namespace: &settings.gateway.namespace,
        class: "envoy",
        scheme: "internet-facing",
    };
    let inside = &settings.internal_gateway;
    let internal =
        Entry { name: &inside.name, namespace: &inside.namespace, class: "envoy-internal", scheme: "internal" };
    let mut namespaces = vec![public.namespace];
    let mut documents = vec![certificate(cluster)];
    documents.extend(entry(cluster, &public, vec![plain_http(), wildcard(cluster)]));
    if has_internal(cluster) {
        if !namespaces.contains(&internal.namespace) {
            namespaces.push(internal.namespace);
        }
        documents.extend(entry(cluster, &internal, vec![plain_http()]));
    }
    let namespace = |name: &str| Document::new("v1", "Namespace", name, NAMESPACE).wave(wave::FIRST);
    namespaces.into_iter().map(namespace).chain(documents).collect()
}

/// Whether an app has internal hosts.
pub(super) fn has_internal(cluster: &Cluster<'_>) -> bool {
    let inside = &cluster.settings.internal_gateway;
    cluster.needs.gateways.contains(&format!("{}/{}", inside.namespace, inside.name))
}

fn entry(cluster: &Cluster<'_>, entry: &Entry<'_>, listeners: Vec<Value>) -> Vec<Document> {
    let controller = json!({"spec": {"controllerName": "gateway.envoyproxy.io/gatewayclass-controller"}});
    let parameters = json!({"group": "gateway.envoyproxy.io", "kind": "EnvoyProxy", "name": entry.name});
    let gateway = json!({"spec": {
        "gatewayClassName": entry.class,
        "infrastructure": {"parametersRef": parameters},
        "allowedListeners": {"namespaces": {"from": "Selector", "selector": cluster.team_namespaces()}},
        "listeners": listeners,
    }});
    let target = json!({"group": "gateway.networking.k8s.io", "kind": "Gateway", "name": entry.name});
    let traffic = json!({"spec": {
        "targetRefs": [target],
        "proxyProtocol": {"optional": false},
        "tls": {"minVersion": "1.2"},
    }});
    let redirect = json!({"spec": {
        "parentRefs": [{"group": "gateway.networking.k8s.io", "kind": "Gateway", "name": entry.name, "sectionName": HTTP}],
        "rules": [{"filters": [{"type": "RequestRedirect", "requestRedirect": {"scheme": "https", "statusCode": 301}}]}],
    }});
    let at = |api: &str, kind: &str, name: &str, rows| {
        Document::new(api, kind, name, rows).within(entry.namespace).wave(wave::GATEWAYS)
    };
    vec![
        Document::new(API, "GatewayClass", entry.class, CLASS).wave(wave::MEANS).with(controller),
        at(ENVOY, "EnvoyProxy", entry.name, PROXY).with(json!({"spec": proxies(cluster, entry)})),
        at(API, "Gateway", entry.name, GATEWAY).with(gateway),
        at(ENVOY, "ClientTrafficPolicy", entry.name, TRAFFIC).with(traffic),
        at(API, "HTTPRoute", &format!("{}-to-https", entry.name), REDIRECT).with(redirect),
    ]
}

/// Envoys are entries: one that is taken back at short notice breaks the connections of everybody.
fn proxies(cluster: &Cluster<'_>, entry: &Entry<'_>) -> Value {
    let never = json!({"key": "karpenter.sh/capacity-type", "operator": "NotIn", "values": ["spot"]});
    let pods = json!({"matchLabels": {"gateway.envoyproxy.io/owning-gateway-name": entry.name}});
    let spread = |key: &str| json!({"maxSkew": 1, "topologyKey": key, "whenUnsatisfiable": "ScheduleAnyway", "labelSelector": pods});
    let lb = |key: &str| format!("service.beta.kubernetes.io/aws-load-balancer-{key}");
    json!({"provider": {"type": "Kubernetes", "kubernetes": {
        "envoyDeployment": {
            "replicas": 3,
            "container": {"resources": {"requests": {"cpu": "500m", "memory": "1Gi"}, "limits": {"memory": "2Gi"}}},
            "pod": {
                "affinity": {"nodeAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": {
                    "nodeSelectorTerms": [{"matchExpressions": [never]}],
                }}},
                "tolerations": [{
                    "key": cluster.key("capacity"), "operator": "Equal", "value": "on-demand", "effect": "NoSchedule",
                }],
                "topologySpreadConstraints": [spread("topology.kubernetes.io/zone"), spread("kubernetes.io/hostname")],
            },
        },
        "envoyPDB": {"maxUnavailable": 1},
        "envoyService": {"annotations": {
            lb("type"): "external",
            lb("scheme"): entry.scheme,
            lb("nlb-target-type"): "ip",
            lb("proxy-protocol"): "*",
        }},
    }}})
}

fn plain_http() -> Value {
    // Nobody's routes but the platform's own: the redirect, and those that prove names to the authority.
    json!({"name": HTTP, "port": 80, "protocol": "HTTP", "allowedRoutes": {"namespaces": {"from": "All"}}})
}

fn wildcard(cluster: &Cluster<'_>) -> Value {
    let section = &cluster.settings.gateway.section;
    json!({
        "name": section,
        "port": 443,
        "protocol": "HTTPS",
        "hostname": format!("*.{}", cluster.settings.domain(cluster.environment.as_str())),
        "tls": {"mode": "Terminate", "certificateRefs": [{"group": "", "kind": "Secret", "name": format!("{section}-tls")}]},
        "allowedRoutes": {"namespaces": {"from": "Selector", "selector": cluster.team_namespaces()}},
    })
}

fn certificate(cluster: &Cluster<'_>) -> Document {
    let settings = cluster.settings;
    let section = &settings.gateway.section;
    Document::new("cert-manager.io/v1", "Certificate", section, CERTIFICATE)
        .within(&settings.gateway.namespace)
        .wave(wave::GATEWAYS)
        .with(json!({"spec": {
            "secretName": format!("{section}-tls"),
            "dnsNames": [format!("*.{}", settings.domain(cluster.environment.as_str()))],
            "issuerRef": {"group": "cert-manager.io", "kind": "ClusterIssuer", "name": settings.issuer},
            "privateKey": {"algorithm": "ECDSA", "size": 256, "rotationPolicy": "Always"},
            "revisionHistoryLimit": 1,
            "usages": ["digital signature", "key encipherment", "server auth"],
        }}))
}
