//! The app behind the gateway, and what stands around it.

use super::tokens::claims;
use caravan_tests_testbed::Gateway;
use serde_json::{Value, json};
use std::io::{Read, Write};
use std::net::TcpListener;

/// Answers every request with its path and whose token it came with; gives the port.
pub(super) fn serve() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    std::thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            std::thread::spawn(move || {
                let (mut bytes, mut part) = (Vec::new(), [0; 65536]);
                while !bytes.windows(4).any(|end| end == b"\r\n\r\n") {
                    match stream.read(&mut part) {
                        Ok(read) if read > 0 => bytes.extend_from_slice(&part[..read]),
                        _ => return,
                    }
                }
                let head = String::from_utf8_lossy(&bytes).into_owned();
                let path = head.split(' ').nth(1).unwrap_or_default();
                let body = format!("the app, {path}, {}", holder(&head));
                let _ = write!(
                    stream,
                    "HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}",
                    body.len()
                );
            });
        }
    });
    port
}

/// Whose token a request has.
fn holder(head: &str) -> String {
    let value = |line: &str| {
        let (name, value) = line.split_once(": ")?;
        name.eq_ignore_ascii_case("authorization").then(|| value.to_owned())
    };
    match head.lines().find_map(value).as_deref().map(|value| value.strip_prefix("Bearer ").unwrap_or("")) {
        None => "without a token".to_owned(),
        Some(token) if token.split('.').count() == 3 => {
            format!("with a token of {}", claims(token)["groups"])
        }
        Some(_) => "with something else".to_owned(),
    }
}

pub(super) fn backend(port: u16) -> Value {
    json!({
        "apiVersion": "gateway.envoyproxy.io/v1alpha1", "kind": "Backend",
        "metadata": {"name": "app", "namespace": "team-shop"},
        "spec": {"endpoints": [{"ip": {"address": "127.0.0.1", "port": port}}]},
    })
}

/// The Secret with the certificate of the listener.
pub(super) const LISTENER: &str = "listener-tls";

/// One Gateway with both protocols.
pub(super) fn gateway(http: u16, https: u16) -> Vec<Value> {
    let namespace = "envoy-gateway-system";
    let mut manifests = Gateway::manifests_for_all(namespace, http);
    let gateway = manifests.last_mut().unwrap();
    let listeners = gateway["spec"]["listeners"].as_array_mut().unwrap();
    listeners.push(json!({
        "name": "https", "protocol": "HTTPS", "port": https,
        "tls": {"mode": "Terminate", "certificateRefs": [{"name": LISTENER}]},
        "allowedRoutes": {"namespaces": {"from": "All"}},
    }));
    manifests
}

/// What the installation of Envoy Gateway makes in its own namespace: the key that signs sessions.
pub(super) fn session_key() -> Value {
    json!({
        "apiVersion": "v1", "kind": "Secret",
        "metadata": {"name": "envoy-oidc-hmac", "namespace": "envoy-gateway-system"},
        "stringData": {"hmac-secret": "a-key-of-the-test-alone-0123456789"},
    })
}

/// What External Secrets would make, with the client's secret by this key.
pub(super) fn secret(key: &str, value: &str) -> Value {
    json!({
        "apiVersion": "v1", "kind": "Secret", "metadata": {"name": "desk--login", "namespace": "team-shop"},
        "stringData": {key: value},
    })
}

/// Of the app's manifests those that the gateway reads, in their order: each of so many policies before its routes.
pub(super) fn served(manifests: &[Value], policies: usize) -> Vec<Value> {
    let read = ["Backend", "SecurityPolicy", "HTTPRoute"];
    let mut served: Vec<Value> =
        manifests.iter().filter(|one| read.iter().any(|kind| one["kind"] == *kind)).cloned().collect();
    for route in served.iter_mut().filter(|one| one["kind"] == "HTTPRoute") {
        route["spec"]["parentRefs"] = json!([{"name": "public", "namespace": "envoy-gateway-system"}]);
        for rule in route["spec"]["rules"].as_array_mut().unwrap() {
            rule["backendRefs"] = json!([{"group": "gateway.envoyproxy.io", "kind": "Backend", "name": "app"}]);
        }
    }
    assert_eq!(served.iter().filter(|one| one["kind"] == "SecurityPolicy").count(), policies);
    served
}
