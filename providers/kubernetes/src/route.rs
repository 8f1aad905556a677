//! The rules of an HTTPRoute, compared and swapped.
//!
//! One JSON Patch (RFC 6902) tests the run's fencing token and the rules as they were read, and replaces both. Server-side apply
//! can't own weights, whose lists are atomic, and the resourceVersion moves with every status that a controller writes.
//!
//! The API server takes a patch whether or not any controller lives: a write is settled when the route's gateways say that
//! they follow its generation.

use crate::controllers::{MANAGER, controllers};
use crate::error::told;
use crate::frames::SealedRoutes;
use crate::pace::Pace;
use crate::refusal::refusal;
use caravan_providers::target::{FencingToken, HttpRouteTarget, RouteFrame, Snapshot, Speaker, Target};
use caravan_providers::{Beside, Call, CallError, Executor, Observer, Reply, Write};
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

/// Makes the calls of cutovers on routes of one cluster, and on what works there without being asked.
#[derive(Clone)]
pub struct Routes {
    pub(crate) client: kube::Client,
    pub(crate) sealed: SealedRoutes,
}

impl Routes {
    /// Speaks to the cluster of this client.
    #[must_use]
    pub fn new(client: kube::Client) -> Self {
        Self { client, sealed: SealedRoutes::default() }
    }

    /// From now on routes are held against what was sealed of them.
    #[must_use]
    pub fn with_sealed(self, sealed: SealedRoutes) -> Self {
        Self { sealed, ..self }
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

    fn api(&self, target: &HttpRouteTarget) -> Api<DynamicObject> {
        Api::namespaced_with(self.client.clone(), &target.namespace, &resource())
    }

    /// The rules that stand there now.
    ///
    /// # Errors
    /// Why they can't be read.
    pub(crate) async fn rules(&self, target: &HttpRouteTarget) -> Result<Snapshot, String> {
        self.see(target).await.map(|seen| seen.snapshot).map_err(|error| error.to_string())
    }

    /// The route as it stands.
    pub(crate) async fn see(&self, target: &HttpRouteTarget) -> Result<Seen, CallError> {
        let route = within(self.api(target).get(&target.name)).await?;
        let (token, has_annotations) = (token_of(&route)?, route.metadata.annotations.is_some());
        let version = route.metadata.resource_version.clone().unwrap_or_default();
        let snapshot = HttpRouteTarget::snapshot(&route.data);
        let frame = RouteFrame::of(&json_of(&route)?);
        Ok(Seen { snapshot, token, has_annotations, version, frame })
    }

    /// As [`Routes::see`], held against what was sealed.
    async fn get(&self, target: &HttpRouteTarget) -> Result<Seen, CallError> {
        let seen = self.see(target).await?;
        let snapshot = self.sealed.of(target).map_or_else(|| seen.snapshot.clone(), |sealed| sealed.snapshot(&seen));
        Ok(Seen { snapshot, ..seen })
    }

    /// Gives the generation that the patch has made.
    async fn patch(&self, target: &HttpRouteTarget, operations: &[Value]) -> Result<i64, CallError> {
        within(self.api(target).patch(
            &target.name,
            &PatchParams { field_manager: Some(MANAGER.to_owned()), ..PatchParams::default() },
            &Patch::Json::<()>(patch(operations)?),
        ))
        .await
        .map(|route| route.metadata.generation.unwrap_or_default())
    }

    /// Makes a change, and again at a pace while it is refused and what it changes stands as it believes: a refused patch has changed
    /// nothing. Gives the generation.
    async fn change(&self, target: &HttpRouteTarget, write: &Write) -> Result<i64, CallError> {
        let sealed = self.sealed.of(target);
        let forward =
            write.before != write.after && !sealed.as_ref().is_some_and(|sealed| sealed.is_way_back(&write.after));
        let tests = sealed.as_ref().map(|sealed| sealed.tests(forward)).unwrap_or_default();
        let (mut pace, mut last) = (Pace::begin(), None);
        loop {
            // A claim is made over a reading, and so is what moves users on.
            let is_seen = write.token_before.is_none() || last.is_some() || (forward && sealed.is_some());
            let seen = match is_seen {
                true => Some(self.get(target).await.map_err(CallError::before_write)?),
                false => None,
            };
            if let Some(seen) = &seen {
                if seen.token != write.token_before || seen.snapshot != write.before {
                    let text = || CallError::Conflict(format!("{target} is not as the write believes"));
                    return Err(last.unwrap_or_else(text));
                }
                if let Some(sealed) = sealed.as_ref().filter(|_| forward) {
                    sealed.is_meant(seen)?;
                }
            }
            let operations = operations(write, seen.as_ref(), &tests)?;
            match self.patch(target, &operations).await {
                Err(conflict @ CallError::Conflict(_)) => {
                    pace.refused(&conflict).await?;
                    last = Some(conflict);
                }
                other => return other,
            }
        }
    }
}

/// A patch can't assert that there is no annotation, so that a claim tests the resourceVersion.
fn operations(write: &Write, seen: Option<&Seen>, tests: &[Value]) -> Result<Vec<Value>, CallError> {
    let token = |token: &FencingToken| Value::from(token.to_string());
    let mut all = tests.to_vec();
    match (&write.token_before, seen) {
        (Some(before), _) => {
            all.push(json!({"op": "test", "path": ANNOTATION_POINTER, "value": token(before)}));
            all.extend(swap(write)?);
            all.push(match &write.token_after {
                Some(after) => json!({"op": "replace", "path": ANNOTATION_POINTER, "value": token(after)}),
                None => json!({"op": "remove", "path": ANNOTATION_POINTER}),
            });
        }
        (None, Some(seen)) => {
            all.push(json!({"op": "test", "path": "/metadata/resourceVersion", "value": seen.version}));
            all.extend(swap(write)?);
            if let Some(after) = &write.token_after {
                if !seen.has_annotations {
                    all.push(json!({"op": "add", "path": "/metadata/annotations", "value": {}}));
                }
                all.push(json!({"op": "add", "path": ANNOTATION_POINTER, "value": token(after)}));
            }
        }
        (None, None) => return Err(CallError::NotSent("a claim without a reading".to_owned())),
    }
    Ok(all)
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
pub(crate) struct Seen {
    pub(crate) snapshot: Snapshot,
    pub(crate) token: Option<FencingToken>,
    pub(crate) frame: RouteFrame,
    has_annotations: bool,
    version: String,
}

fn route_of(target: &Target) -> Result<&HttpRouteTarget, CallError> {
    match target {
        Target::Route(target) => Ok(target),
        _ => Err(CallError::NotSent("not a route".to_owned())),
    }
}

/// An object as the API gives it.
pub(crate) fn json_of(object: &DynamicObject) -> Result<Value, CallError> {
    serde_json::to_value(object).map_err(|error| CallError::Rejected(error.to_string()))
}

impl Observer for Routes {
    async fn observe(&self, call: &Call) -> Result<Reply, CallError> {
        if let Some(Target::ClusterWork(target)) = call.target() {
            return self.ask_work(target, call).await;
        }
        match call {
            Call::Observe(target) => {
                let seen = self.get(route_of(target)?).await?;
                Ok(Reply::Observed { snapshot: seen.snapshot, token: seen.token })
            }
            Call::Controllers(target) => {
                let target = route_of(target)?;
                let route = within(self.api(target).get(&target.name)).await?;
                Ok(Reply::Controllers(controllers(&route, ["/f:spec", "f:rules"])))
            }
            Call::Status { write, ticket } => {
                let target = route_of(&write.target)?;
                let route = json_of(&within(self.api(target).get(&target.name)).await?)?;
                let gateways = self.gateways(&route).await;
                let speakers: Vec<Speaker> = gateways.into_iter().map(|gateway| gateway.speaker).collect();
                // Without its answer the write's generation is not known; what stands there is.
                let written = ticket.parse().unwrap_or_default();
                let reason = HttpRouteTarget::unsettled(&route, written, &speakers);
                Ok(reason.map_or(Reply::Settled, |reason| Reply::Unsettled { reason }))
            }
            other => Err(CallError::NotSent(format!("not a question to a route: {other:?}"))),
        }
    }

    async fn route_frame(&self, target: &HttpRouteTarget) -> Result<Option<RouteFrame>, CallError> {
        self.frame(target).await.map(Some)
    }

    async fn beside(&self, target: &Target) -> Result<Beside, CallError> {
        match target {
            Target::Route(target) => Ok(Beside { otherwise: self.otherwise(target).await?, ..Beside::default() }),
            Target::ClusterWork(target) => self.beside_work(target).await,
            _ => Ok(Beside::default()),
        }
    }
}

impl Executor for Routes {
    async fn write(&self, write: &Write) -> Result<Reply, CallError> {
        if let Target::ClusterWork(target) = &write.target {
            return self.write_work(target, write).await;
        }
        let generation = self.change(route_of(&write.target)?, write).await?;
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
        kube::Error::Api(status) => refusal(status.code, &status.message),
        other => match told(other) {
            // The program may give them the next time: nobody has refused anything.
            (reason, true) => CallError::NotSent(reason),
            (reason, false) => CallError::InDoubt(reason),
        },
    }
}
