//! The rules of an HTTPRoute, compared and swapped.
//!
//! One JSON Patch (RFC 6902) tests the run's fencing token and the rules as they were read, and replaces both. Server-side apply
//! can't own weights, whose lists are atomic, and the resourceVersion moves with every status that a controller writes.
//!
//! The API server takes a patch whether or not any controller lives: a write is settled when the route's gateways say that
//! they follow its generation.

use crate::controllers::{MANAGER, controllers};
use crate::error::{one_line, told};
use caravan_providers::target::{FencingToken, HttpRouteTarget, Snapshot, Target};
use caravan_providers::{Call, CallError, Executor, Observer, Reply, Write};
use k8s_openapi::api::core::v1::Namespace;
use kube::Api;
use kube::api::{ApiResource, DynamicObject, Patch, PatchParams};
use serde_json::{Value, json};
use std::time::Duration;

/// The annotation that holds the fencing token.
const ANNOTATION: &str = "caravan.dev/epoch";
/// The same as a JSON pointer.
pub(crate) const ANNOTATION_POINTER: &str = "/metadata/annotations/caravan.dev~1epoch";
/// The longest time for one answer.
const LIMIT: Duration = Duration::from_secs(10);
/// How often a change is made against a status that keeps moving the resourceVersion.
pub(crate) const CLAIMS: u32 = 50;

/// Makes the calls of cutovers on routes of one cluster, and on what works there without being asked.
#[derive(Clone)]
pub struct Routes {
    pub(crate) client: kube::Client,
}

impl Routes {
    /// Speaks to the cluster of this client.
    #[must_use]
    pub const fn new(client: kube::Client) -> Self {
        Self { client }
    }

    /// Which cluster this is: the uid of the namespace `kube-system`.
    ///
    /// # Errors
    /// Those of any call.
    pub async fn identity(&self) -> Result<String, CallError> {
        let namespaces: Api<Namespace> = Api::all(self.client.clone());
        let found = within(namespaces.get_metadata("kube-system")).await?;
        found.metadata.uid.ok_or_else(|| CallError::Rejected("its namespace kube-system has no uid".to_owned()))
    }

    fn api(&self, target: &Target) -> Result<(Api<DynamicObject>, String), CallError> {
        let Target::Route(HttpRouteTarget { namespace, name, .. }) = target else {
            return Err(CallError::NotSent("not a route".to_owned()));
        };
        Ok((Api::namespaced_with(self.client.clone(), namespace, &resource()), name.clone()))
    }

    /// The rules that stand there now.
    ///
    /// # Errors
    /// Why they can't be read.
    pub(crate) async fn rules(&self, target: &HttpRouteTarget) -> Result<Snapshot, String> {
        let seen = self.get(&Target::Route(target.clone())).await;
        seen.map(|seen| seen.snapshot).map_err(|error| error.to_string())
    }

    async fn get(&self, target: &Target) -> Result<Seen, CallError> {
        let (api, name) = self.api(target)?;
        let route = within(api.get(&name)).await?;
        Ok(Seen {
            snapshot: HttpRouteTarget::snapshot(&route.data),
            token: token_of(&route)?,
            has_annotations: route.metadata.annotations.is_some(),
            version: route.metadata.resource_version.unwrap_or_default(),
        })
    }

    /// Gives the generation that the patch has made.
    async fn patch(&self, target: &Target, operations: &[Value]) -> Result<i64, CallError> {
        let (api, name) = self.api(target)?;
        within(api.patch(
            &name,
            &PatchParams { field_manager: Some(MANAGER.to_owned()), ..PatchParams::default() },
            &Patch::Json::<()>(patch(operations)?),
        ))
        .await
        .map(|route| route.metadata.generation.unwrap_or_default())
    }

    /// A patch can't assert that there is no annotation, so the first claim tests the resourceVersion, and is made again
    /// while only the status has moved it: a refused patch has changed nothing.
    async fn claim(&self, write: &Write, token: Option<&FencingToken>) -> Result<i64, CallError> {
        let mut last = CallError::Conflict(format!("{} is not as the write believes", write.target));
        for _ in 0..CLAIMS {
            let seen = self.get(&write.target).await?;
            if seen.token.is_some() || seen.snapshot != write.before {
                return Err(last);
            }
            let mut operations =
                vec![json!({"op": "test", "path": "/metadata/resourceVersion", "value": seen.version})];
            operations.extend(swap(write)?);
            if let Some(token) = token {
                if !seen.has_annotations {
                    operations.push(json!({"op": "add", "path": "/metadata/annotations", "value": {}}));
                }
                operations.push(json!({"op": "add", "path": ANNOTATION_POINTER, "value": token.to_string()}));
            }
            match self.patch(&write.target, &operations).await {
                Err(conflict @ CallError::Conflict(_)) => last = conflict,
                other => return other,
            }
        }
        Err(last)
    }
}

/// What a route is to the API server.
pub(crate) fn resource() -> ApiResource {
    ApiResource {
        group: "gateway.networking.k8s.io".to_owned(),
        version: "v1".to_owned(),
        api_version: "gateway.networking.k8s.io/v1".to_owned(),
        kind: "HTTPRoute".to_owned(),
        plural: "httproutes".to_owned(),
    }
}

/// A route as it was read.
struct Seen {
    snapshot: Snapshot,
    token: Option<FencingToken>,
    has_annotations: bool,
    version: String,
}

impl Observer for Routes {
    async fn observe(&self, call: &Call) -> Result<Reply, CallError> {
        if let Some(Target::ClusterWork(target)) = call.target() {
            return self.ask_work(target, call).await;
        }
        match call {
            Call::Observe(target) => {
                let seen = self.get(target).await?;
                Ok(Reply::Observed { snapshot: seen.snapshot, token: seen.token })
            }
            Call::Controllers(target) => {
                let (api, name) = self.api(target)?;
                Ok(Reply::Controllers(controllers(&within(api.get(&name)).await?, ["/f:spec", "f:rules"])))
            }
            Call::Status { write, ticket } => {
                let (api, name) = self.api(&write.target)?;
                let route = within(api.get(&name)).await?;
                let route = serde_json::to_value(&route).map_err(|error| CallError::Rejected(error.to_string()))?;
                // Without its answer the write's generation is not known; what stands there is.
                let written = ticket.parse().unwrap_or_default();
                let reason = HttpRouteTarget::unsettled(&route, written);
                Ok(reason.map_or(Reply::Settled, |reason| Reply::Unsettled { reason }))
            }
            other => Err(CallError::NotSent(format!("not a question to a route: {other:?}"))),
        }
    }
}

impl Executor for Routes {
    async fn write(&self, write: &Write) -> Result<Reply, CallError> {
        if let Target::ClusterWork(target) = &write.target {
            return self.write_work(target, write).await;
        }
        let generation = match &write.token_before {
            None => self.claim(write, write.token_after.as_ref()).await?,
            Some(token) => {
                let mut operations =
                    vec![json!({"op": "test", "path": ANNOTATION_POINTER, "value": token.to_string()})];
                operations.extend(swap(write)?);
                operations.push(match &write.token_after {
                    Some(token) => {
                        json!({"op": "replace", "path": ANNOTATION_POINTER, "value": token.to_string()})
                    }
                    None => json!({"op": "remove", "path": ANNOTATION_POINTER}),
                });
                self.patch(&write.target, &operations).await?
            }
        };
        // A token alone moves nobody: no controller has to follow it.
        let moves = write.before != write.after;
        Ok(Reply::Accepted { ticket: moves.then(|| generation.to_string()) })
    }
}

/// The fencing token beside an object.
pub(crate) fn token_of(object: &DynamicObject) -> Result<Option<FencingToken>, CallError> {
    let text = object.metadata.annotations.as_ref().and_then(|annotations| annotations.get(ANNOTATION));
    let foreign =
        |text: &String| CallError::Rejected(format!("`{text}` in {ANNOTATION} is no fencing token of Caravan"));
    text.map(|text| text.parse().map_err(|_| foreign(text))).transpose()
}

/// Operations as a JSON Patch.
pub(crate) fn patch(operations: &[Value]) -> Result<json_patch::Patch, CallError> {
    serde_json::from_value(Value::Array(operations.to_vec())).map_err(|error| CallError::NotSent(error.to_string()))
}

/// Tests the rules and replaces them.
fn swap(write: &Write) -> Result<[Value; 2], CallError> {
    let (Snapshot::Rules(before), Snapshot::Rules(after)) = (&write.before, &write.after) else {
        return Err(CallError::NotSent("not a change of a route".to_owned()));
    };
    Ok([
        json!({"op": "test", "path": "/spec/rules", "value": before}),
        json!({"op": "replace", "path": "/spec/rules", "value": after}),
    ])
}

pub(crate) async fn within<T>(answer: impl Future<Output = kube::Result<T>>) -> Result<T, CallError> {
    match tokio::time::timeout(LIMIT, answer).await {
        Ok(answer) => answer.map_err(|error| failed(&error)),
        Err(_) => Err(CallError::InDoubt(format!("no answer within {} s", LIMIT.as_secs()))),
    }
}

/// What a failed call means: an answer of the API server that refuses has changed nothing.
fn failed(error: &kube::Error) -> CallError {
    match error {
        kube::Error::Api(status) => {
            let text = one_line(&status.message);
            match status.code {
                401 | 403 => CallError::Denied(text),
                404 => CallError::Missing(text),
                409 | 422 => CallError::Conflict(text),
                429 => CallError::Throttled(text),
                400..=499 => CallError::Rejected(text),
                _ => CallError::InDoubt(text),
            }
        }
        other => match told(other) {
            // The program may give them the next time: nobody has refused anything.
            (reason, true) => CallError::NotSent(reason),
            (reason, false) => CallError::InDoubt(reason),
        },
    }
}
