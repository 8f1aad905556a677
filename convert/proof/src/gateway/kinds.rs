//! Which manifests decide what becomes of a request, and of which of them the model knows what they do.

use super::GatewayError;
use serde_json::Value;

/// What a BackendTrafficPolicy may say here: which instance gets a request, and how long it may take.
const TRAFFIC: [&str; 4] = ["targetRefs", "mergeType", "loadBalancer", "timeout"];

/// Says which one is not known: whoever asks for a login, limits a rate or answers in the place of a backend changes answers, and a proof
/// that passed over it would call them the same.
pub(super) fn known(manifests: &[Value]) -> Result<(), GatewayError> {
    manifests.iter().try_for_each(one)
}

fn one(manifest: &Value) -> Result<(), GatewayError> {
    let text = |pointer: &str| manifest.pointer(pointer).and_then(Value::as_str).unwrap_or_default();
    let (kind, group) = (text("/kind"), text("/apiVersion").split('/').next().unwrap_or_default());
    let unknown = |what: String| Err(GatewayError::Unknown { route: text("/metadata/name").to_owned(), what });
    match (group, kind) {
        (_, "HTTPRoute" | "HTTPRouteFilter") => Ok(()),
        (_, "BackendTrafficPolicy") => {
            let mut fields = manifest["spec"].as_object().into_iter().flatten().map(|(field, _)| field);
            match fields.find(|field| !TRAFFIC.contains(&field.as_str())) {
                Some(field) => unknown(format!("{kind}, {field}")),
                None => Ok(()),
            }
        }
        ("gateway.envoyproxy.io", _) => unknown(kind.to_owned()),
        ("gateway.networking.k8s.io", _) if kind.ends_with("Route") => unknown(kind.to_owned()),
        // Whatever its group is called here: it decides who comes in.
        (_, "SecurityPolicy") => unknown(kind.to_owned()),
        _ => Ok(()),
    }
}
