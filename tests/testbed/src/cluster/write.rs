//! Manifests: taken apart, and given to the API server.

use super::Cluster;
use kube::Client;
use kube::api::{Api, DynamicObject, Patch, PatchParams};
use kube::core::GroupVersionKind;
use kube::discovery::Scope;
use serde_json::Value;

/// Whether a write is to stay.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Write {
    /// Everything but the storing: defaults, validation, CEL, admission, quotas.
    DryRun,
    /// For good.
    Persist,
}

/// What the API server does not take, with its reason.
#[derive(Debug, thiserror::Error)]
#[error("{what}: {why}")]
pub struct Refusal {
    /// Kind, namespace and name.
    pub what: String,
    /// The API server's own words, or why it could not be asked.
    pub why: String,
}

impl Cluster {
    /// Gives one manifest to the API server by server-side apply with strict validation of its fields: an unknown or
    /// doubled field is a refusal. Gives the object as the server completed it.
    ///
    /// # Errors
    ///
    /// When the server refuses, or serves no such kind.
    pub async fn apply(&self, client: &Client, manifest: &Value, write: Write) -> Result<Value, Refusal> {
        let text = |pointer: &str| manifest.pointer(pointer).and_then(Value::as_str).unwrap_or_default();
        let (kind, name, namespace) = (text("/kind"), text("/metadata/name"), text("/metadata/namespace"));
        let refusal = |why: String| Refusal { what: format!("{kind} {namespace}/{name}"), why };
        let (group, version) = text("/apiVersion").split_once('/').unwrap_or(("", text("/apiVersion")));
        let gvk = GroupVersionKind::gvk(group, version, kind);
        let served = self.discovery.resolve_gvk(&gvk);
        let (resource, capabilities) = served.ok_or_else(|| refusal("the cluster serves no such kind".to_owned()))?;
        let api = match capabilities.scope {
            Scope::Cluster => Api::<DynamicObject>::all_with(client.clone(), &resource),
            Scope::Namespaced if namespace.is_empty() => return Err(refusal("it names no namespace".to_owned())),
            Scope::Namespaced => Api::namespaced_with(client.clone(), namespace, &resource),
        };
        let parameters = PatchParams::apply("testbed").force().validation_strict();
        let parameters = if write == Write::DryRun { parameters.dry_run() } else { parameters };
        let object = api.patch(name, &parameters, &Patch::Apply(manifest)).await;
        let object = object.map_err(|error| refusal(error.to_string()))?;
        serde_json::to_value(object).map_err(|error| refusal(error.to_string()))
    }
}

/// The documents of a YAML file, without the empty ones.
///
/// # Errors
///
/// When it is no YAML; the text says where.
pub fn documents(yaml: &str) -> Result<Vec<Value>, String> {
    // Definitions are larger than what the reader takes from strangers.
    let options = serde_yaml::options! { budget: None };
    let documents =
        serde_yaml::from_multiple_with_options::<Value>(yaml, options).map_err(|error| error.to_string())?;
    Ok(documents.into_iter().filter(|document| !document.is_null()).collect())
}
