//! The rules of an HTTPRoute, compared and swapped.
//!
//! One JSON Patch (RFC 6902) tests the run's fencing token and the rules as they were read, and replaces both. Server-side apply
//! can't own weights, whose lists are atomic, and the resourceVersion moves with every status that a controller writes.
//!
//! The API server takes a patch whether or not any controller lives: a write is settled when the route's gateways say that
//! they follow its generation.

use crate::controllers::controllers;
use crate::error::told;
use crate::frames::SealedRoutes;
use crate::refusal::refusal;
use caravan_providers::target::{FencingToken, HttpRouteTarget, RouteFrame, Snapshot, Speaker, Target};
use caravan_providers::{Beside, Call, CallError, Executor, Observer, Reply, Write};
use k8s_openapi::api::core::v1::Namespace;
use kube::Api;
use kube::api::{ApiResource, DynamicObject};
use serde_json::Value;
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

    pub(crate) fn api(&self, target: &HttpRouteTarget) -> Api<DynamicObject> {
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
        let deleted = route.metadata.deletion_timestamp.is_some();
        Ok(Seen { snapshot, token, has_annotations, version, frame, deleted })
    }

    /// As [`Routes::see`], held against what was sealed.
    pub(crate) async fn get(&self, target: &HttpRouteTarget) -> Result<Seen, CallError> {
        let seen = self.see(target).await?;
        let snapshot = self.sealed.of(target).map_or_else(|| seen.snapshot.clone(), |sealed| sealed.snapshot(&seen));
        Ok(Seen { snapshot, ..seen })
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
pub(crate) struct Seen {
    pub(crate) snapshot: Snapshot,
    pub(crate) token: Option<FencingToken>,
    pub(crate) frame: RouteFrame,
    pub(crate) has_annotations: bool,
    pub(crate) version: String,
    /// Whether somebody has deleted it, and it stands only until its finalizers are done.
    pub(crate) deleted: bool,
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
