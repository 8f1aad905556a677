//! Owners of work: a rule of EventBridge and an ECS service in moto, and what they are handed over to in a real cluster.

use super::{Case, Place, zone};
use caravan_inventory::{AccountId, Region};
use caravan_providers::target::{
    ClusterWork, ClusterWorkTarget, EcsServiceTarget, EventRuleTarget, FencingToken, Snapshot, Target,
};
use caravan_providers_aws::AwsTargets;
use caravan_providers_kubernetes::Routes;
use caravan_tests_testbed::{Account, Cluster, Moto, Write};
use kube::Client;
use kube::api::{Api, ApiResource, DynamicObject, Patch, PatchParams};
use serde_json::{Value, json};
use std::path::Path;
use std::time::{SystemTime, UNIX_EPOCH};

const REGION: &str = "eu-central-1";

/// The hour that is half a day away: nothing fires while a test runs.
fn far_hour() -> u64 {
    (SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs() / 3600 + 12) % 24
}

fn state(active: bool, settings: Value) -> Snapshot {
    Snapshot::Activation { active, settings }
}

/// A rule and a service of an account of the test's own.
pub(crate) struct Owners {
    moto: &'static Moto,
    account: Account,
    cron: String,
}

impl Owners {
    /// Makes both, at work.
    pub(crate) fn new(moto: &'static Moto) -> Self {
        let owners = Self { moto, account: moto.account(), cron: format!("cron(15 {} * * ? *)", far_hour()) };
        owners.asked(&["make", &owners.cron]);
        owners
    }

    /// Does something by a client of its own, and gives what stands there then.
    pub(crate) fn asked(&self, arguments: &[&str]) -> Value {
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/testbed/estate/owners.py");
        self.moto.boto3(&self.account, REGION, &script, arguments)
    }

    /// What calls them.
    pub(crate) fn adapter(&self) -> AwsTargets {
        zone::adapter(&self.moto.endpoint(), &self.account)
    }

    /// The account that they are in.
    pub(crate) const fn account(&self) -> &Account {
        &self.account
    }

    /// The rule, which is stopped.
    pub(crate) fn rule(&self) -> Case {
        let settings = |targets: &[&str]| json!({"ScheduleExpression": self.cron, "Targets": targets});
        let target = |name: &str| {
            Target::EventRule(EventRuleTarget {
                account: AccountId::new(&self.account.id),
                region: Region::new(REGION),
                bus: "default".to_owned(),
                name: name.to_owned(),
            })
        };
        Case {
            name: "a rule of EventBridge",
            target: target("close"),
            missing: target("nowhere"),
            original: state(true, settings(&["daily"])),
            stages: vec![state(false, settings(&["daily"]))],
            edited: state(true, settings(&["daily", "other"])),
            joined: None,
        }
    }

    /// The service, which goes to 0.
    pub(crate) fn service(&self) -> Case {
        let target = |name: &str| {
            Target::EcsService(EcsServiceTarget {
                account: AccountId::new(&self.account.id),
                region: Region::new(REGION),
                cluster: "main".to_owned(),
                service: name.to_owned(),
            })
        };
        Case {
            name: "an ECS service",
            target: target("orders"),
            missing: target("nowhere"),
            original: EcsServiceTarget::with_desired(2),
            stages: vec![EcsServiceTarget::with_desired(0)],
            edited: EcsServiceTarget::with_desired(5),
            joined: None,
        }
    }
}

impl Place for Owners {
    async fn edit(&self, target: &Target, snapshot: &Snapshot, _token: Option<&FencingToken>) {
        let Snapshot::Activation { active, settings } = snapshot else { unreachable!() };
        if let Target::EcsService(_) = target {
            self.asked(&["service", &settings["desiredCount"].to_string()]);
            return;
        }
        let active = active.to_string();
        let targets = settings["Targets"].as_array().unwrap().iter().map(|id| id.as_str().unwrap());
        let arguments: Vec<&str> = ["rule", &active].into_iter().chain(targets).collect();
        self.asked(&arguments);
    }

    async fn everything(&self) -> String {
        self.asked(&["state"]).to_string()
    }
}

/// A namespace of the real API server, for a CronJob, a Deployment and a ScaledObject as conversion emits them suspended.
pub(crate) struct Work<'a> {
    cluster: &'a Cluster,
    client: Client,
    pub(crate) namespace: String,
}

impl<'a> Work<'a> {
    /// Makes the namespace.
    pub(crate) async fn new(cluster: &'a Cluster) -> Self {
        let client = cluster.client();
        let namespace = cluster.namespace(&client, "work").await.unwrap();
        Self { cluster, client, namespace }
    }

    /// The same namespace in another cluster.
    pub(crate) async fn twin<'b>(&self, cluster: &'b Cluster) -> Work<'b> {
        let client = cluster.client();
        let namespace = json!({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": self.namespace}});
        cluster.apply(&client, &namespace, Write::Persist).await.unwrap();
        Work { cluster, client, namespace: self.namespace.clone() }
    }

    /// What calls them.
    pub(crate) fn routes(&self) -> Routes {
        Routes::new(self.client.clone())
    }

    /// A suspended CronJob.
    pub(crate) async fn cron_job(&self) -> Case {
        let template =
            json!({"spec": {"restartPolicy": "Never", "containers": [{"name": "close", "image": "close:1"}]}});
        let spec = json!({
            "schedule": format!("15 {} * * *", far_hour()), "timeZone": "Etc/UTC", "startingDeadlineSeconds": 300,
            "suspend": true, "jobTemplate": {"spec": {"template": template}},
        });
        let edited = |settings: &mut Value| settings["startingDeadlineSeconds"] = 77.into();
        self.case("a CronJob", ClusterWork::CronJob, "batch/v1", json!({}), spec, edited).await
    }

    /// A Deployment at 0 that is to have 2.
    pub(crate) async fn deployment(&self) -> Case {
        let labels = json!({"app": "orders"});
        let pod = json!({"containers": [{"name": "orders", "image": "orders:1"}]});
        let spec = json!({
            "replicas": 0, "selector": {"matchLabels": labels},
            "template": {"metadata": {"labels": labels}, "spec": pod},
        });
        let annotations = json!({"caravan.dev/replicas-after-hand-over": "2"});
        let edited = |settings: &mut Value| settings["replicas"] = 5.into();
        self.case("a Deployment", ClusterWork::Deployment, "apps/v1", annotations, spec, edited).await
    }

    /// A ScaledObject of KEDA that is paused at 0.
    pub(crate) async fn scaled_object(&self) -> Case {
        let spec = json!({
            "scaleTargetRef": {"name": "orders"},
            "triggers": [{"type": "cron", "metadata": {
                "timezone": "Etc/UTC", "start": "0 6 * * *", "end": "0 20 * * *", "desiredReplicas": "2",
            }}],
        });
        let annotations = json!({"autoscaling.keda.sh/paused-replicas": "0"});
        let edited = |settings: &mut Value| settings["autoscaling.keda.sh/paused-replicas"] = "3".into();
        self.case("a ScaledObject", ClusterWork::ScaledObject, "keda.sh/v1alpha1", annotations, spec, edited).await
    }

    async fn case(
        &self,
        name: &'static str,
        kind: ClusterWork,
        version: &str,
        annotations: Value,
        spec: Value,
        edit: impl Fn(&mut Value),
    ) -> Case {
        let work = |name: &str| ClusterWorkTarget {
            kind,
            cluster: "testbed".to_owned(),
            namespace: self.namespace.clone(),
            name: name.to_owned(),
        };
        let kind = match kind {
            ClusterWork::CronJob => "CronJob",
            ClusterWork::Deployment => "Deployment",
            ClusterWork::ScaledObject => "ScaledObject",
        };
        let mut metadata = json!({"name": "orders", "namespace": self.namespace});
        if annotations != json!({}) {
            metadata["annotations"] = annotations;
        }
        let manifest = json!({"apiVersion": version, "kind": kind, "metadata": metadata, "spec": spec});
        let stored = self.cluster.apply(&self.client, &manifest, Write::Persist).await.unwrap();
        let original = work("orders").snapshot(&stored).unwrap();
        let started = work("orders").started(&original, None).unwrap();
        let Snapshot::Activation { mut settings, .. } = original.clone() else { unreachable!() };
        edit(&mut settings);
        let is_active = kind != "CronJob";
        Case {
            name,
            target: Target::ClusterWork(work("orders")),
            missing: Target::ClusterWork(work("nowhere")),
            original,
            stages: vec![started],
            edited: state(is_active, settings),
            joined: None,
        }
    }

    fn api(&self, kind: ClusterWork) -> Api<DynamicObject> {
        let (group, version, kind, plural) = match kind {
            ClusterWork::CronJob => ("batch", "v1", "CronJob", "cronjobs"),
            ClusterWork::Deployment => ("apps", "v1", "Deployment", "deployments"),
            ClusterWork::ScaledObject => ("keda.sh", "v1alpha1", "ScaledObject", "scaledobjects"),
        };
        let resource = ApiResource {
            group: group.to_owned(),
            version: version.to_owned(),
            api_version: format!("{group}/{version}"),
            kind: kind.to_owned(),
            plural: plural.to_owned(),
        };
        Api::namespaced_with(self.client.clone(), &self.namespace, &resource)
    }

    /// One object as the API server has it; nothing when it was not made.
    pub(crate) async fn object(&self, kind: ClusterWork) -> Value {
        let found = self.api(kind).get_opt("orders").await.unwrap();
        found.map_or(Value::Null, |object| serde_json::to_value(object).unwrap())
    }
}

impl Place for Work<'_> {
    async fn edit(&self, target: &Target, snapshot: &Snapshot, token: Option<&FencingToken>) {
        let (Target::ClusterWork(work), Snapshot::Activation { active, settings }) = (target, snapshot) else {
            unreachable!()
        };
        let mut patch = json!({"metadata": {"annotations": {"caravan.dev/epoch": token.map(ToString::to_string)}}});
        match work.kind {
            ClusterWork::CronJob => {
                let deadline = &settings["startingDeadlineSeconds"];
                patch["spec"] = json!({"suspend": !active, "startingDeadlineSeconds": deadline});
            }
            ClusterWork::Deployment => patch["spec"] = json!({"replicas": settings["replicas"]}),
            ClusterWork::ScaledObject => {
                let paused = "autoscaling.keda.sh/paused-replicas";
                patch["metadata"]["annotations"][paused] = settings[paused].clone();
            }
        }
        self.api(work.kind).patch("orders", &PatchParams::default(), &Patch::Merge(&patch)).await.unwrap();
    }

    /// What people and tools have written, without what the API server and the controllers note of it.
    async fn everything(&self) -> String {
        let mut all = Vec::new();
        for kind in [ClusterWork::CronJob, ClusterWork::Deployment, ClusterWork::ScaledObject] {
            let mut object = self.object(kind).await;
            if let Some(annotations) = object["metadata"]["annotations"].as_object_mut() {
                annotations.remove("deployment.kubernetes.io/revision");
            }
            let annotations = object["metadata"]["annotations"].as_object().filter(|all| !all.is_empty());
            all.push(json!([annotations, object["spec"]]));
        }
        Value::Array(all).to_string()
    }
}
