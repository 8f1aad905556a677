//! What serves vanity hosts in a cluster: ListenerSets, routes and their Secrets, by server-side apply, one owner for each.
//!
//! Every object carries the name of the run that made it. What somebody else made is neither changed nor taken away.

use crate::Routes;
use crate::route::within;
use caravan_providers::CallError;
use k8s_openapi::ByteString;
use k8s_openapi::api::core::v1::Secret;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use kube::Api;
use kube::api::{ApiResource, DeleteParams, DynamicObject, Patch, PatchParams, Preconditions};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::fmt;

/// Who owns the fields.
const OWNER: &str = "caravan-domains";
/// Which run made an object.
pub const RUN_ANNOTATION: &str = "caravan.dev/domain-run";

/// An object that is there.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct EdgeObject {
    /// The run that made it; none where somebody else did.
    pub run: Option<String>,
    /// Why it serves nobody yet; none where its controllers say, of the generation that stands, that it does.
    pub waits: Option<String>,
}

/// A Secret's values by their names. They are shown nowhere.
#[derive(Clone, Default)]
pub struct SecretData(BTreeMap<String, Vec<u8>>);

impl SecretData {
    /// A value; none where there is none of this name.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&[u8]> {
        self.0.get(name).map(Vec::as_slice)
    }
}

impl fmt::Debug for SecretData {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.0.keys()).finish()
    }
}

impl<const N: usize> From<[(String, Vec<u8>); N]> for SecretData {
    fn from(values: [(String, Vec<u8>); N]) -> Self {
        Self(BTreeMap::from(values))
    }
}

impl Routes {
    /// How an object stands of a kind that serves vanity hosts; none where it is not there.
    ///
    /// # Errors
    /// Those of a call.
    pub async fn edge_object(&self, object: &Value) -> Result<Option<EdgeObject>, CallError> {
        let (api, name) = self.edge_api(object)?;
        let found = within(api.get_opt(&name)).await?;
        found
            .map(|found| {
                let run = found.metadata.annotations.as_ref().and_then(|all| all.get(RUN_ANNOTATION)).cloned();
                let whole = serde_json::to_value(&found).map_err(|error| CallError::Rejected(error.to_string()))?;
                Ok(EdgeObject { run, waits: waits(&whole) })
            })
            .transpose()
    }

    /// Makes an object as it is given, for this run.
    ///
    /// # Errors
    /// [`CallError::Conflict`] where somebody else owns one of its fields; those of a call.
    pub async fn apply_edge(&self, object: &Value, run: &str) -> Result<(), CallError> {
        let (api, name) = self.edge_api(object)?;
        let mut object = object.clone();
        object["metadata"]["annotations"][RUN_ANNOTATION] = run.into();
        within(api.patch(&name, &PatchParams::apply(OWNER), &Patch::Apply(&object))).await.map(drop)
    }

    /// Takes an object of this run away. One that is gone, or somebody else's, is left as it is.
    ///
    /// # Errors
    /// Those of a call.
    pub async fn remove_edge(&self, object: &Value, run: &str) -> Result<(), CallError> {
        let (api, name) = self.edge_api(object)?;
        let Some(found) = within(api.get_opt(&name)).await.map_err(CallError::before_write)? else { return Ok(()) };
        let of_run = found.metadata.annotations.as_ref().and_then(|all| all.get(RUN_ANNOTATION));
        if of_run.is_none_or(|other| other != run) {
            return Ok(());
        }
        let preconditions = Some(Preconditions { uid: found.metadata.uid, resource_version: None });
        let parameters = DeleteParams { preconditions, ..DeleteParams::default() };
        match within(api.delete(&name, &parameters)).await {
            Err(CallError::Missing(_)) => Ok(()),
            other => other.map(drop),
        }
    }

    /// A Secret's values, and the run that made it; none where there is no such Secret.
    ///
    /// # Errors
    /// Those of a call; no value is in them.
    pub async fn secret(&self, namespace: &str, name: &str) -> Result<Option<(SecretData, Option<String>)>, CallError> {
        let api: Api<Secret> = Api::namespaced(self.client.clone(), namespace);
        let found = within(api.get_opt(name)).await?;
        Ok(found.map(|secret| {
            let run = secret.metadata.annotations.and_then(|mut all| all.remove(RUN_ANNOTATION));
            let data = secret.data.unwrap_or_default().into_iter().map(|(key, value)| (key, value.0)).collect();
            (SecretData(data), run)
        }))
    }

    /// Keeps values in a Secret of this kind, for this run.
    ///
    /// # Errors
    /// [`CallError::Conflict`] where somebody else owns one of its values; those of a call.
    pub async fn keep_secret(
        &self,
        (namespace, name): (&str, &str),
        kind: &str,
        data: SecretData,
        run: &str,
    ) -> Result<(), CallError> {
        let api: Api<Secret> = Api::namespaced(self.client.clone(), namespace);
        let secret = Secret {
            metadata: ObjectMeta {
                name: Some(name.to_owned()),
                namespace: Some(namespace.to_owned()),
                annotations: Some(BTreeMap::from([(RUN_ANNOTATION.to_owned(), run.to_owned())])),
                ..ObjectMeta::default()
            },
            type_: Some(kind.to_owned()),
            data: Some(data.0.into_iter().map(|(key, value)| (key, ByteString(value))).collect()),
            ..Secret::default()
        };
        within(api.patch(name, &PatchParams::apply(OWNER), &Patch::Apply(&secret))).await.map(drop)
    }

    /// Takes a Secret of this run away.
    ///
    /// # Errors
    /// Those of a call.
    pub async fn remove_secret(&self, namespace: &str, name: &str, run: &str) -> Result<(), CallError> {
        let object = json!({
            "apiVersion": "v1", "kind": "Secret", "metadata": {"namespace": namespace, "name": name},
        });
        self.remove_edge(&object, run).await
    }

    fn edge_api(&self, object: &Value) -> Result<(Api<DynamicObject>, String), CallError> {
        let text = |pointer: &str| object.pointer(pointer).and_then(Value::as_str);
        let (group, version, plural) = match (text("/apiVersion"), text("/kind")) {
            (Some("gateway.networking.k8s.io/v1"), Some("ListenerSet")) => {
                ("gateway.networking.k8s.io", "v1", "listenersets")
            }
            (Some("gateway.networking.k8s.io/v1"), Some("HTTPRoute")) => {
                ("gateway.networking.k8s.io", "v1", "httproutes")
            }
            (Some("v1"), Some("Secret")) => ("", "v1", "secrets"),
            _ => return Err(CallError::NotSent("an object of a kind that serves no vanity host".to_owned())),
        };
        let (Some(namespace), Some(name)) = (text("/metadata/namespace"), text("/metadata/name")) else {
            return Err(CallError::NotSent("an object without a namespace or a name".to_owned()));
        };
        let resource = ApiResource {
            group: group.to_owned(),
            version: version.to_owned(),
            api_version: text("/apiVersion").unwrap_or_default().to_owned(),
            kind: text("/kind").unwrap_or_default().to_owned(),
            plural: plural.to_owned(),
        };
        Ok((Api::namespaced_with(self.client.clone(), namespace, &resource), name.to_owned()))
    }
}

/// Why an object serves nobody yet, as its status says of the generation that stands. Of a ListenerSet each listener is read: as a
/// whole it says that it is programmed while one of them has no certificate.
fn waits(object: &Value) -> Option<String> {
    let generation = object["metadata"]["generation"].as_i64();
    let named = |what: &str| format!("{} {what}", object["kind"].as_str().unwrap_or_default());
    let list = |pointer: &str| object.pointer(pointer).and_then(Value::as_array).cloned().unwrap_or_default();
    match object["kind"].as_str() {
        Some("ListenerSet") => {
            let own = lacking(&object["status"]["conditions"], generation, &["Accepted", "Programmed"]);
            if let Some(why) = own {
                return Some(named(&why));
            }
            let (wanted, told) = (list("/spec/listeners").len(), list("/status/listeners"));
            if told.len() < wanted {
                return Some(named("says nothing of its listeners yet"));
            }
            told.iter().find_map(|listener| {
                let name = listener["name"].as_str().unwrap_or_default();
                let why = lacking(&listener["conditions"], generation, &["Accepted", "ResolvedRefs", "Programmed"])?;
                Some(named(&format!("listener {name} {why}")))
            })
        }
        Some("HTTPRoute") => {
            let parents = list("/status/parents");
            if parents.is_empty() {
                return Some(named("is followed by no gateway yet"));
            }
            parents.iter().find_map(|parent| {
                lacking(&parent["conditions"], generation, &["Accepted", "ResolvedRefs"]).map(|why| named(&why))
            })
        }
        _ => None,
    }
}

/// The first of these conditions that is not true of this generation, in its own words.
fn lacking(conditions: &Value, generation: Option<i64>, wanted: &[&str]) -> Option<String> {
    let conditions = conditions.as_array().map(Vec::as_slice).unwrap_or_default();
    wanted.iter().find_map(|kind| {
        let Some(condition) = conditions.iter().find(|condition| condition["type"] == **kind) else {
            return Some(format!("has no condition {kind} yet"));
        };
        if condition["observedGeneration"].as_i64() != generation {
            return Some(format!("has {kind} of another generation"));
        }
        let (reason, message) = (condition["reason"].as_str(), condition["message"].as_str());
        let is_true = condition["status"] == "True";
        (!is_true).then(|| format!("is not {kind}: {}: {}", reason.unwrap_or("?"), message.unwrap_or("?")))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn condition(kind: &str, status: &str, generation: i64) -> Value {
        json!({"type": kind, "status": status, "observedGeneration": generation, "reason": "Because", "message": "so"})
    }

    fn set(listener: Value) -> Value {
        json!({
            "kind": "ListenerSet", "metadata": {"generation": 2}, "spec": {"listeners": [{"name": "h"}]},
            "status": {
                "conditions": [condition("Accepted", "True", 2), condition("Programmed", "True", 2)],
                "listeners": [{"name": "h", "conditions": listener}],
            },
        })
    }

    fn all(status: [&str; 3], generation: i64) -> Value {
        let kinds = ["Accepted", "ResolvedRefs", "Programmed"];
        Value::Array(kinds.iter().zip(status).map(|(kind, status)| condition(kind, status, generation)).collect())
    }

    #[test]
    fn values_of_secrets_are_shown_nowhere() {
        let data = SecretData::from([("tls.key".to_owned(), b"hidden".to_vec())]);
        assert_eq!((format!("{data:?}").as_str(), data.get("tls.key")), ("{\"tls.key\"}", Some(&b"hidden"[..])));
    }

    #[test]
    fn each_listener_is_read_and_of_the_generation_that_stands() {
        assert_eq!(waits(&set(all(["True"; 3], 2))), None);
        let no_certificate = waits(&set(all(["True", "False", "True"], 2))).unwrap();
        assert_eq!(no_certificate, "ListenerSet listener h is not ResolvedRefs: Because: so");
        assert!(waits(&set(all(["True"; 3], 1))).unwrap().contains("another generation"));
        assert!(waits(&set(json!([]))).unwrap().contains("no condition Accepted"));
        let mut silent = set(json!([]));
        silent["status"]["listeners"] = json!([]);
        assert!(waits(&silent).unwrap().contains("nothing of its listeners"));
    }

    #[test]
    fn a_route_is_served_by_every_gateway_that_it_names() {
        let route = |parents: Value| json!({"kind": "HTTPRoute", "metadata": {"generation": 1}, "status": {"parents": parents}});
        assert!(waits(&route(json!([]))).unwrap().contains("no gateway"));
        let good = json!({"conditions": [condition("Accepted", "True", 1), condition("ResolvedRefs", "True", 1)]});
        let bad = json!({"conditions": [condition("Accepted", "True", 1), condition("ResolvedRefs", "False", 1)]});
        assert_eq!(waits(&route(json!([good]))), None);
        assert!(waits(&route(json!([good, bad]))).unwrap().contains("not ResolvedRefs"));
    }
}
