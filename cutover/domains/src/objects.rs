//! What serves a hostname at the new edge: a ListenerSet with one listener, and the route behind it.

use crate::settings::{BackendSettings, EdgeSettings};
use serde_json::{Value, json};

/// The longest part of a hostname that stands in a name.
const LONGEST: usize = 40;

/// A name for the objects of a hostname: readable, and no other hostname's.
pub(crate) fn name_of(host: &str) -> String {
    let readable: String = host.chars().map(|one| if one.is_ascii_alphanumeric() { one } else { '-' }).collect();
    let readable = readable.get(..LONGEST).unwrap_or(&readable).trim_matches('-');
    format!("vanity-{readable}-{:08x}", hash(host))
}

/// FNV-1a: the same on every machine.
fn hash(text: &str) -> u32 {
    text.bytes().fold(0x811c_9dc5, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193))
}

/// The objects of a hostname, whole.
pub(crate) fn of(host: &str, edge: &EdgeSettings, secret: &str) -> Vec<Value> {
    let name = name_of(host);
    let metadata = json!({
        "name": name, "namespace": edge.namespace, "labels": {"app.kubernetes.io/managed-by": "caravan"},
    });
    let set = json!({
        "apiVersion": "gateway.networking.k8s.io/v1", "kind": "ListenerSet", "metadata": metadata,
        "spec": {
            "parentRef": {
                "group": "gateway.networking.k8s.io", "kind": "Gateway",
                "namespace": edge.gateway.namespace, "name": edge.gateway.name,
            },
            "listeners": [{
                "name": "https", "hostname": host, "port": edge.port, "protocol": "HTTPS",
                "tls": {"mode": "Terminate", "certificateRefs": [{"group": "", "kind": "Secret", "name": secret}]},
                "allowedRoutes": {"namespaces": {"from": "Same"}},
            }],
        },
    });
    let route = json!({
        "apiVersion": "gateway.networking.k8s.io/v1", "kind": "HTTPRoute", "metadata": metadata,
        "spec": {
            "parentRefs": [{
                "group": "gateway.networking.k8s.io", "kind": "ListenerSet", "name": name, "sectionName": "https",
            }],
            "hostnames": [host],
            "rules": [{"backendRefs": [backend(&edge.backend)]}],
        },
    });
    vec![set, route]
}

fn backend(settings: &BackendSettings) -> Value {
    let mut backend = json!({"name": settings.name});
    for (key, value) in [("kind", &settings.kind), ("group", &settings.group)] {
        if let Some(value) = value {
            backend[key] = value.as_str().into();
        }
    }
    if let Some(port) = settings.port {
        backend["port"] = port.into();
    }
    backend
}
