//! Who signs certificates: Let's Encrypt for what is public, once in earnest and once to try, and the company's own authority
//! for what is internal.

use super::cluster::{Cluster, wave};
use super::document::{Document, From, Row, row};
use super::gateways::{HTTP, has_internal};
use serde_json::{Value, json};
use std::collections::BTreeSet;

const ISSUER: &[Row] = &[
    row("", "issuer", "Let's Encrypt: in earnest, and to try", &[From::Setting("issuer")]),
    row("/metadata/name", "issuer", "as certificates name it", &[From::Setting("issuer")]),
    row("/spec/acme/email", "acme-account", "the address of the account", &[From::Setting("acme/email")]),
    row(
        "/spec/acme/privateKeySecretRef",
        "acme-account",
        "the key of the account, made once and kept",
        &[From::Setting("issuer")],
    ),
    row(
        "/spec/acme/solvers",
        "solvers",
        "names of the platform's own zones by DNS, all others by HTTP at the public Gateway",
        &[
            From::Setting("acme/dns_zones"),
            From::Setting("apps_domain"),
            From::Setting("region"),
            From::Setting("gateway/name"),
            From::Setting("gateway/namespace"),
            From::Environment,
        ],
    ),
];

const INTERNAL: &[Row] = &[
    row(
        "",
        "internal-issuer",
        "the company's own authority, for names that are nobody's business outside",
        &[From::Setting("internal_gateway/issuer")],
    ),
    row("/metadata/name", "internal-issuer", "as certificates name it", &[From::Setting("internal_gateway/issuer")]),
    row("/spec/ca/secretName", "authority", "its certificate and key", &[From::Setting("internal_gateway/ca_secret")]),
];

/// The API of Let's Encrypt, without what tells its two forms apart.
const SERVERS: [(&str, &str); 2] = [("", "acme-v02"), ("-staging", "acme-staging-v02")];

/// The issuers.
pub(super) fn issuers(cluster: &mut Cluster<'_>) -> Vec<Document> {
    let mut documents: Vec<Document> = SERVERS.iter().map(|(suffix, host)| public(cluster, suffix, host)).collect();
    let inside = &cluster.settings.internal_gateway;
    if has_internal(cluster) && inside.issuer != cluster.settings.issuer {
        let what = format!("the issuer `{}`: internal hosts get no certificates", inside.issuer);
        let secret = inside.ca_secret.as_deref();
        let paste = "internal_gateway: {ca_secret: NAME}";
        if let Some(secret) = cluster.told(secret, None, &what, paste) {
            let name = &cluster.settings.internal_gateway.issuer;
            documents.push(issuer(name, INTERNAL, json!({"ca": {"secretName": secret}})));
        }
    }
    documents
}

fn public(cluster: &Cluster<'_>, suffix: &str, host: &str) -> Document {
    let settings = cluster.settings;
    let name = format!("{}{suffix}", settings.issuer);
    let acme = json!({"acme": {
        "server": format!("https://{host}.api.letsencrypt.org/directory"),
        "email": settings.acme.email,
        "privateKeySecretRef": {"name": format!("{name}-account")},
        "solvers": solvers(cluster),
    }});
    issuer(&name, ISSUER, acme)
}

fn issuer(name: &str, rows: &'static [Row], spec: Value) -> Document {
    Document::new("cert-manager.io/v1", "ClusterIssuer", name, rows).wave(wave::MEANS).with(json!({"spec": spec}))
}

/// By DNS with cert-manager's own identity (EKS Pod Identity); by HTTP without a port of any node.
fn solvers(cluster: &Cluster<'_>) -> Value {
    let settings = cluster.settings;
    let own = settings.domain(cluster.environment.as_str());
    let zones: BTreeSet<&str> = settings.acme.dns_zones.iter().map(String::as_str).chain([own.as_str()]).collect();
    let gateway = &settings.gateway;
    let parent = json!({
        "group": "gateway.networking.k8s.io", "kind": "Gateway",
        "name": gateway.name, "namespace": gateway.namespace, "sectionName": HTTP,
    });
    json!([
        {"selector": {"dnsZones": zones}, "dns01": {"route53": {"region": &*settings.region}}},
        {"http01": {"gatewayHTTPRoute": {"parentRefs": [parent], "serviceType": "ClusterIP"}}},
    ])
}
