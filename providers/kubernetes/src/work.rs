//! What works in a cluster without being asked, compared and swapped: CronJobs, Deployments, ScaledObjects.
//!
//! What stands there is read, held against what the write believes, and changed by a JSON Patch (RFC 6902) that tests the
//! resourceVersion of that reading. The controllers of these objects move it with every status that they write, so that a patch that
//! was refused, and has changed nothing, is made again over a new reading.

use crate::Routes;
use crate::clock;
use crate::controllers::{MANAGER, controllers};
use crate::pace::Pace;
use crate::route::{ANNOTATION_POINTER, json_of, patch, token_of, within};
use caravan_providers::target::{
    ClusterWork, ClusterWorkTarget, Controller, FencingToken, KnownOfCronJob, Snapshot, TargetKind,
};
use caravan_providers::{Activity, Beside, Call, CallError, Reply, Write};
use kube::Api;
use kube::api::{ApiResource, DynamicObject, ListParams, Patch, PatchParams};
use serde_json::{Value, json};

/// An object as it was read.
struct Seen {
    snapshot: Snapshot,
    token: Option<FencingToken>,
    has_annotations: bool,
    version: String,
}

impl Routes {
    /// Asks one question about work.
    pub(crate) async fn ask_work(&self, target: &ClusterWorkTarget, call: &Call) -> Result<Reply, CallError> {
        match call {
            Call::Observe(_) => {
                let seen = self.work(target).await?;
                Ok(Reply::Observed { snapshot: seen.snapshot, token: seen.token })
            }
            Call::Controllers(_) => self.controllers_of_work(target).await,
            Call::Activity(_) => self.activity(target).await,
            // What the API server has taken stands there; whether it is followed is asked of the owner itself.
            Call::Status { .. } => Ok(Reply::Settled),
            other => Err(CallError::NotSent(format!("not a question to {target}: {other:?}"))),
        }
    }

    /// Switches work on or off.
    pub(crate) async fn write_work(&self, target: &ClusterWorkTarget, write: &Write) -> Result<Reply, CallError> {
        let api = self.api_of_work(target);
        let mut last = CallError::Conflict(format!("{target} is not as the write believes"));
        let mut pace = Pace::begin();
        loop {
            let seen = self.work(target).await.map_err(CallError::before_write)?;
            if seen.token != write.token_before || seen.snapshot != write.before {
                return Err(last);
            }
            if let Some(why) = target.withheld(&seen.snapshot, &write.after, clock::now_ms()) {
                return Err(CallError::NotSent(format!("{target}: {why}")));
            }
            let change = patch(&operations(target, &seen, write))?;
            let parameters = PatchParams { field_manager: Some(MANAGER.to_owned()), ..PatchParams::default() };
            match within(api.patch(&target.name, &parameters, &Patch::Json::<()>(change))).await {
                Ok(_) => return Ok(Reply::Accepted { ticket: None }),
                Err(conflict @ CallError::Conflict(_)) => {
                    pace.refused(&conflict).await?;
                    last = conflict;
                }
                Err(other) => return Err(other),
            }
        }
    }

    fn api_of_work(&self, target: &ClusterWorkTarget) -> Api<DynamicObject> {
        let (group, version, kind, plural) = match target.kind {
            ClusterWork::CronJob => ("batch", "v1", "CronJob", "cronjobs"),
            ClusterWork::Deployment => ("apps", "v1", "Deployment", "deployments"),
            ClusterWork::ScaledObject => ("keda.sh", "v1alpha1", "ScaledObject", "scaledobjects"),
        };
        self.api_in(&target.namespace, [group, version, kind, plural])
    }

    fn api_in(&self, namespace: &str, [group, version, kind, plural]: [&str; 4]) -> Api<DynamicObject> {
        let resource = ApiResource {
            group: group.to_owned(),
            version: version.to_owned(),
            api_version: if group.is_empty() { version.to_owned() } else { format!("{group}/{version}") },
            kind: kind.to_owned(),
            plural: plural.to_owned(),
        };
        Api::namespaced_with(self.client.clone(), namespace, &resource)
    }

    async fn work(&self, target: &ClusterWorkTarget) -> Result<Seen, CallError> {
        let object = within(self.api_of_work(target).get(&target.name)).await?;
        let snapshot = target.snapshot(&json_of(&object)?).map_err(|error| CallError::Rejected(error.to_string()))?;
        Ok(Seen {
            snapshot,
            token: token_of(&object)?,
            has_annotations: object.metadata.annotations.is_some(),
            version: object.metadata.resource_version.unwrap_or_default(),
        })
    }

    async fn controllers_of_work(&self, target: &ClusterWorkTarget) -> Result<Reply, CallError> {
        let object = within(self.api_of_work(target).get(&target.name)).await?;
        let field = match target.kind {
            ClusterWork::CronJob => ["/f:spec", "f:suspend"],
            ClusterWork::Deployment => ["/f:spec", "f:replicas"],
            ClusterWork::ScaledObject => ["/f:metadata/f:annotations", "f:autoscaling.keda.sh/paused-replicas"],
        };
        let mut found = controllers(&object, field);
        if target.kind == ClusterWork::Deployment {
            found.extend(self.autoscalers(target).await?);
            found.sort();
            found.dedup_by(|one, other| one.tool == other.tool);
        }
        Ok(Reply::Controllers(found))
    }

    /// The autoscalers of a Deployment, of which its number is.
    async fn autoscalers(&self, target: &ClusterWorkTarget) -> Result<Vec<Controller>, CallError> {
        let horizontal = ["autoscaling", "v2", "HorizontalPodAutoscaler", "horizontalpodautoscalers"];
        let listed = within(self.api_in(&target.namespace, horizontal).list(&ListParams::default())).await?;
        let scales = |object: &&DynamicObject| {
            let of = &object.data["spec"]["scaleTargetRef"];
            of["kind"] == "Deployment" && of["name"] == target.name.as_str()
        };
        let found = listed.items.iter().filter(scales).filter_map(|object| object.metadata.name.clone());
        Ok(found.map(|name| Controller::new("horizontal-pod-autoscaler", format!("its autoscaler {name}"))).collect())
    }

    async fn activity(&self, target: &ClusterWorkTarget) -> Result<Reply, CallError> {
        let object = json_of(&within(self.api_of_work(target).get(&target.name)).await?)?;
        let pods = match target.kind {
            ClusterWork::CronJob => {
                let jobs = self.jobs(&target.namespace, &object).await?;
                let known = KnownOfCronJob::of(target, &object, &jobs, clock::now_ms());
                if let Some(against) = known.against.filter(|_| object["spec"]["suspend"] != true) {
                    return Err(CallError::Rejected(format!("{target}: {against}")));
                }
                jobs.iter().filter(|job| !has_ended(job)).count()
            }
            ClusterWork::Deployment => self.pods(&target.namespace, &object).await?,
            ClusterWork::ScaledObject => {
                let scaled = object["spec"]["scaleTargetRef"]["name"].as_str().unwrap_or_default();
                let deployments = self.api_in(&target.namespace, ["apps", "v1", "Deployment", "deployments"]);
                self.pods(&target.namespace, &json_of(&within(deployments.get(scaled)).await?)?).await?
            }
        };
        let works = target.is_at_work(&object, pods);
        Ok(Reply::Activity(if works { Activity::Working } else { Activity::Idle }))
    }

    /// What is known of an owner beside what is set of it.
    pub(crate) async fn beside_work(&self, target: &ClusterWorkTarget) -> Result<Beside, CallError> {
        if target.kind != ClusterWork::CronJob {
            return Ok(Beside::default());
        }
        let object = json_of(&within(self.api_of_work(target).get(&target.name)).await?)?;
        if object["spec"]["suspend"] == true {
            return Ok(Beside { known: Some("it is suspended".to_owned()), ..Beside::default() });
        }
        let jobs = self.jobs(&target.namespace, &object).await?;
        let KnownOfCronJob { known, against } = KnownOfCronJob::of(target, &object, &jobs, clock::now_ms());
        Ok(Beside { known: Some(known), against, ..Beside::default() })
    }

    /// The Jobs of a CronJob. Its own list of active ones may miss some: those that somebody made of it by hand, and
    /// any after trouble of its controller (kubernetes/kubernetes#120649).
    async fn jobs(&self, namespace: &str, cron_job: &Value) -> Result<Vec<Value>, CallError> {
        let uid = &cron_job["metadata"]["uid"];
        let jobs = within(self.api_in(namespace, ["batch", "v1", "Job", "jobs"]).list(&ListParams::default())).await?;
        let is_of = |job: &&DynamicObject| {
            let owners = job.metadata.owner_references.iter().flatten();
            owners.into_iter().any(|owner| *uid == owner.uid.as_str())
        };
        jobs.items.iter().filter(is_of).map(json_of).collect()
    }

    /// How many pods a Deployment has, those that are ending among them, and without those that have ended and stay: one that was
    /// evicted works no more.
    async fn pods(&self, namespace: &str, deployment: &Value) -> Result<usize, CallError> {
        let selector = &deployment["spec"]["selector"];
        let labels = selector["matchLabels"].as_object().filter(|labels| !labels.is_empty());
        let (Some(labels), true) = (labels, selector["matchExpressions"].is_null()) else {
            let text = "its selector is not one of labels alone, by which its pods could be counted";
            return Err(CallError::Rejected(text.to_owned()));
        };
        let labels: Vec<String> =
            labels.iter().map(|(name, value)| format!("{name}={}", value.as_str().unwrap_or_default())).collect();
        let pods = self.api_in(namespace, ["", "v1", "Pod", "pods"]);
        let lasting =
            ListParams::default().labels(&labels.join(",")).fields("status.phase!=Failed,status.phase!=Succeeded");
        Ok(within(pods.list_metadata(&lasting)).await?.items.len())
    }
}

fn has_ended(job: &Value) -> bool {
    let mut all = job["status"]["conditions"].as_array().into_iter().flatten();
    all.any(|one| (one["type"] == "Complete" || one["type"] == "Failed") && one["status"] == "True")
}

/// The change itself, and the token that goes and comes with it.
fn operations(target: &ClusterWorkTarget, seen: &Seen, write: &Write) -> Vec<Value> {
    let mut operations = vec![json!({"op": "test", "path": "/metadata/resourceVersion", "value": seen.version})];
    match (&seen.token, &write.token_after) {
        (_, Some(token)) => {
            if !seen.has_annotations {
                operations.push(json!({"op": "add", "path": "/metadata/annotations", "value": {}}));
            }
            // An `add` of what is there replaces it.
            operations.push(json!({"op": "add", "path": ANNOTATION_POINTER, "value": token.to_string()}));
        }
        (Some(_), None) => operations.push(json!({"op": "remove", "path": ANNOTATION_POINTER})),
        (None, None) => {}
    }
    if write.before != write.after {
        if !seen.has_annotations && write.token_after.is_none() && target.kind == ClusterWork::ScaledObject {
            operations.push(json!({"op": "add", "path": "/metadata/annotations", "value": {}}));
        }
        operations.extend(target.operations(&write.after));
    }
    operations
}
