//! What works in a cluster without being asked: a CronJob, a Deployment that no autoscaler has, and a ScaledObject of KEDA, each as
//! conversion emits it suspended.
//!
//! Sources: Kubernetes API, `CronJob`, `Deployment`; KEDA, "Pausing autoscaling".

use super::budget::ApiBudget;
use super::firings::{Edge, Firings};
use super::kind::{Ask, Guarantee, Share, TargetKind, TargetLocation};
use super::shell::{if_ours, if_owned, kubectl, quoted};
use super::snapshot::{Snapshot, SnapshotError};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::fmt;

/// One owner of work in a cluster.
#[derive(Clone, Debug, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
pub struct ClusterWorkTarget {
    /// What it is.
    pub kind: ClusterWork,
    /// The kubeconfig context of the cluster.
    pub cluster: String,
    /// Its namespace.
    pub namespace: String,
    /// Its name.
    pub name: String,
}

/// A kind of work in a cluster.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum ClusterWork {
    /// A CronJob, by `spec.suspend`.
    CronJob,
    /// A Deployment, by `spec.replicas`.
    Deployment,
    /// A ScaledObject of KEDA, by the annotation `autoscaling.keda.sh/paused-replicas`.
    ScaledObject,
}

impl ClusterWork {
    /// How `kubectl` names it.
    #[must_use]
    pub const fn resource(self) -> &'static str {
        match self {
            Self::CronJob => "cronjob",
            Self::Deployment => "deployment",
            Self::ScaledObject => "scaledobject",
        }
    }
}

/// The number of replicas for afterwards, as conversion writes it beside a Deployment.
const AFTERWARDS: &str = "caravan.dev/replicas-after-hand-over";
/// The number at which KEDA keeps a ScaledObject that is paused.
const PAUSED_REPLICAS: &str = "autoscaling.keda.sh/paused-replicas";
/// Pauses a ScaledObject at whatever number it has.
const PAUSED: &str = "autoscaling.keda.sh/paused";

impl ClusterWorkTarget {
    /// Around a firing no CronJob is suspended. Before: a firing in the gap would be nobody's. After: EventBridge fires at any moment
    /// of a minute, so that a rule that is enabled within it would repeat what the CronJob has just done.
    pub const EDGE: Edge = Edge { before: 180, after: 90 };

    /// The snapshot in an object as the API gives it.
    ///
    /// # Errors
    /// When it says nothing of what is switched, or says it in a way that can't be put back.
    pub fn snapshot(&self, object: &Value) -> Result<Snapshot, SnapshotError> {
        let annotation = |name: &str| object["metadata"]["annotations"][name].as_str();
        let spec = &object["spec"];
        Ok(match self.kind {
            ClusterWork::CronJob => {
                let mut settings = json!({});
                for field in ["schedule", "timeZone", "startingDeadlineSeconds"] {
                    if !spec[field].is_null() {
                        settings[field] = spec[field].clone();
                    }
                }
                Snapshot::Activation { active: spec["suspend"] != true, settings }
            }
            ClusterWork::Deployment => {
                let missing = SnapshotError { what: "Deployment", field: "spec.replicas" };
                let replicas = spec["replicas"].as_u64().ok_or(missing)?;
                let mut settings = json!({"replicas": replicas});
                if let Some(number) = annotation(AFTERWARDS) {
                    settings[AFTERWARDS] = number.into();
                }
                Snapshot::Activation { active: replicas > 0, settings }
            }
            ClusterWork::ScaledObject => {
                if spec["scaleTargetRef"]["kind"].as_str().is_some_and(|kind| kind != "Deployment") {
                    let field = "scaleTargetRef.kind that is a Deployment, whose pods alone can be counted";
                    return Err(SnapshotError { what: "ScaledObject", field });
                }
                if annotation(PAUSED).is_some() {
                    let field = "state: its annotation autoscaling.keda.sh/paused stops it at any number";
                    return Err(SnapshotError { what: "ScaledObject", field });
                }
                let paused = annotation(PAUSED_REPLICAS);
                let settings = paused.map_or_else(|| json!({}), |number| json!({PAUSED_REPLICAS: number}));
                Snapshot::Activation { active: paused != Some("0"), settings }
            }
        })
    }

    /// The operations of a JSON Patch that make a snapshot of what stands there.
    #[must_use]
    pub fn operations(&self, after: &Snapshot) -> Vec<Value> {
        let Snapshot::Activation { active, settings } = after else { return Vec::new() };
        let paused = "/metadata/annotations/autoscaling.keda.sh~1paused-replicas";
        match (self.kind, settings.get(PAUSED_REPLICAS)) {
            // An `add` of what is there replaces it.
            (ClusterWork::CronJob, _) => vec![json!({"op": "add", "path": "/spec/suspend", "value": !active})],
            (ClusterWork::Deployment, _) => {
                vec![json!({"op": "add", "path": "/spec/replicas", "value": settings["replicas"]})]
            }
            (ClusterWork::ScaledObject, Some(number)) => {
                vec![json!({"op": "add", "path": paused, "value": number})]
            }
            (ClusterWork::ScaledObject, None) => vec![json!({"op": "remove", "path": paused})],
        }
    }

    /// The snapshot in which it is at work, of one in which it is suspended: a Deployment with `replicas`, or with as many as conversion
    /// wrote beside it. None where that number is not known.
    #[must_use]
    pub fn started(&self, suspended: &Snapshot, replicas: Option<u32>) -> Option<Snapshot> {
        let Snapshot::Activation { settings, .. } = suspended else { return None };
        let mut settings = settings.clone();
        match self.kind {
            ClusterWork::CronJob => {}
            ClusterWork::Deployment => {
                let written = settings[AFTERWARDS].as_str().and_then(|number| number.parse().ok());
                settings["replicas"] = replicas.or(written).filter(|number| *number > 0)?.into();
            }
            ClusterWork::ScaledObject => {
                settings.as_object_mut()?.remove(PAUSED_REPLICAS);
            }
        }
        Some(Snapshot::Activation { active: true, settings })
    }

    /// The snapshot in which it is suspended, of one in which it is at work.
    #[must_use]
    pub fn stopped(&self, working: &Snapshot) -> Option<Snapshot> {
        let Snapshot::Activation { settings, .. } = working else { return None };
        let mut settings = settings.clone();
        match self.kind {
            ClusterWork::CronJob => {}
            ClusterWork::Deployment => settings["replicas"] = 0.into(),
            ClusterWork::ScaledObject => settings[PAUSED_REPLICAS] = "0".into(),
        }
        Some(Snapshot::Activation { active: false, settings })
    }

    /// Whether it works, by an object as the API gives it and the number of its pods, those that are ending among them, of a CronJob of its
    /// Jobs that have not ended: one that is
    /// suspended until its last run or pod is gone, one that is not as soon as all that it asks for is there.
    #[must_use]
    pub fn is_at_work(&self, object: &Value, pods: usize) -> bool {
        let (spec, status) = (&object["spec"], &object["status"]);
        let says = |kind: &str| {
            let mut all = status["conditions"].as_array().into_iter().flatten();
            all.any(|condition| condition["type"] == kind && condition["status"] == "True")
        };
        match self.kind {
            ClusterWork::CronJob if spec["suspend"] == true => {
                pods > 0 || status["active"].as_array().is_some_and(|active| !active.is_empty())
            }
            ClusterWork::CronJob => true,
            ClusterWork::Deployment => match spec["replicas"].as_u64().unwrap_or(1) {
                0 => pods > 0,
                wanted => {
                    let seen = status["observedGeneration"].as_u64() >= object["metadata"]["generation"].as_u64();
                    seen && status["readyReplicas"].as_u64().unwrap_or_default() >= wanted
                }
            },
            ClusterWork::ScaledObject => match object["metadata"]["annotations"][PAUSED_REPLICAS].as_str() {
                Some("0") => pods > 0 || !says("Paused"),
                _ => says("Ready") && !says("Paused"),
            },
        }
    }

    /// When a CronJob fires, by its snapshot; none for what can't be computed, and for a time zone that has summer time.
    #[must_use]
    pub fn firings(snapshot: &Snapshot) -> Option<Firings> {
        let Snapshot::Activation { settings, .. } = snapshot else { return None };
        let zone = settings["timeZone"].as_str()?;
        Firings::of_cron_job(settings["schedule"].as_str()?).filter(|_| matches!(zone, "Etc/UTC" | "UTC"))
    }

    /// What `kubectl` prints of what is switched: where it stands, and what that is in a snapshot.
    fn printed(&self, snapshot: &Snapshot) -> (&'static str, Option<String>) {
        let Snapshot::Activation { active, settings } = snapshot else { return ("", None) };
        match self.kind {
            ClusterWork::CronJob => ("{.spec.suspend}", Some((!active).to_string())),
            ClusterWork::Deployment => ("{.spec.replicas}", Some(settings["replicas"].to_string())),
            ClusterWork::ScaledObject => {
                let number = settings[PAUSED_REPLICAS].as_str().unwrap_or_default();
                (r"{.metadata.annotations.autoscaling\.keda\.sh/paused-replicas}", Some(number.to_owned()))
            }
        }
    }

    /// The merge patch that makes a snapshot.
    fn merged(&self, snapshot: &Snapshot) -> Option<Value> {
        let Snapshot::Activation { active, settings } = snapshot else { return None };
        Some(match self.kind {
            ClusterWork::CronJob => json!({"spec": {"suspend": !active}}),
            ClusterWork::Deployment => json!({"spec": {"replicas": settings["replicas"]}}),
            ClusterWork::ScaledObject => {
                json!({"metadata": {"annotations": {PAUSED_REPLICAS: settings[PAUSED_REPLICAS]}}})
            }
        })
    }

    /// The lines that wait until nothing of it works any more.
    fn until_gone(&self) -> Vec<String> {
        let (kubectl, name) = (kubectl(&self.cluster, &self.namespace), quoted(&self.name));
        let deployment = match self.kind {
            ClusterWork::CronJob => {
                return vec![
                    format!("uid=$({kubectl} get cronjob {name} --output jsonpath='{{.metadata.uid}}')"),
                    until_none(&format!("{kubectl} get jobs --output go-template={UNFINISHED}")),
                ];
            }
            ClusterWork::Deployment => name,
            ClusterWork::ScaledObject => {
                let of = "jsonpath='{.spec.scaleTargetRef.name}'";
                format!("\"$({kubectl} get scaledobject {name} --output {of})\"")
            }
        };
        let labels = "'{{range $k, $v := .spec.selector.matchLabels}}{{$k}}={{$v}},{{end}}'";
        vec![
            format!("labels=$({kubectl} get deployment {deployment} --output go-template={labels})"),
            until_none(&format!(
                "{kubectl} get pods --selector \"${{labels%,}}\" --field-selector status.phase!=Failed,status.phase!=Succeeded \
                 --output name"
            )),
        ]
    }
}

/// Waits until a command names nothing any more. One that gets no answer says nothing of it, and is asked again.
fn until_none(command: &str) -> String {
    format!("until left=$({command}) && [ -z \"$left\" ]; do sleep 5; done")
}

/// The Jobs of the CronJob `$uid` that have not ended, for a shell.
const UNFINISHED: &str = concat!(
    r#"'{{range $job := .items}}{{range .metadata.ownerReferences}}{{if eq .uid "'"$uid"'"}}{{$ended := false}}"#,
    r#"{{range $job.status.conditions}}{{if eq .status "True"}}{{if or (eq .type "Complete") (eq .type "Failed")}}"#,
    r#"{{$ended = true}}{{end}}{{end}}{{end}}{{if not $ended}}{{$job.metadata.name}} {{end}}{{end}}{{end}}{{end}}'"#,
);

impl fmt::Display for ClusterWorkTarget {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { kind, cluster, namespace, name } = self;
        let kind = match kind {
            ClusterWork::CronJob => "CronJob",
            ClusterWork::Deployment => "Deployment",
            ClusterWork::ScaledObject => "ScaledObject",
        };
        write!(f, "{kind} {namespace}/{name} in cluster {cluster}")
    }
}

impl TargetKind for ClusterWorkTarget {
    fn short_name(&self) -> String {
        format!("{}/{}", self.namespace, self.name)
    }

    /// A JSON Patch tests the resourceVersion that was read.
    fn guarantee(&self) -> Guarantee {
        Guarantee::Atomic
    }

    fn location(&self) -> TargetLocation {
        TargetLocation::Cluster(self.cluster.clone())
    }

    fn budget(&self) -> ApiBudget {
        ApiBudget::of_cluster(&self.cluster)
    }

    fn requests(&self, ask: Ask) -> u64 {
        match ask {
            // It is read before it is written.
            Ask::Write | Ask::Controllers => 2,
            Ask::Observe | Ask::Status => 1,
            // It, the Deployment that it scales, and the pods.
            Ask::Activity => 3,
        }
    }

    fn withheld(&self, stands: &Snapshot, after: &Snapshot, at_ms: u64) -> Option<String> {
        match self.kind {
            ClusterWork::CronJob => super::firings::withheld(stands, after, at_ms, Self::EDGE, Self::firings),
            ClusterWork::Deployment | ClusterWork::ScaledObject => None,
        }
    }

    fn longest_withheld_ms(&self) -> u64 {
        if self.kind == ClusterWork::CronJob { Self::EDGE.ms() } else { 0 }
    }

    fn shares<'a>(&self, _snapshot: &'a Snapshot) -> Vec<Share<'a>> {
        Vec::new()
    }

    fn lines(&self, snapshot: &Snapshot) -> Vec<String> {
        let Snapshot::Activation { active, settings } = snapshot else { return Vec::new() };
        match self.kind {
            ClusterWork::CronJob => vec![format!("spec.suspend {}", !active), format!("with {settings}")],
            ClusterWork::Deployment => vec![format!("spec.replicas {}", settings["replicas"])],
            ClusterWork::ScaledObject => {
                let number = settings[PAUSED_REPLICAS].as_str();
                let paused = number.map(|number| format!("annotation {PAUSED_REPLICAS}: \"{number}\""));
                vec![paused.unwrap_or_else(|| format!("no annotation {PAUSED_REPLICAS}"))]
            }
        }
    }

    fn settled_when(&self) -> &'static str {
        match self.kind {
            ClusterWork::CronJob => "the API server shows it; no run of a suspended one is left",
            ClusterWork::Deployment | ClusterWork::ScaledObject => {
                "the API server shows it; no pod of a suspended one is left, and of one that works all are ready"
            }
        }
    }

    fn by_hand(&self, snapshot: &Snapshot, _stands: &Snapshot) -> Option<String> {
        let patch = quoted(&self.merged(snapshot)?.to_string());
        let (kubectl, kind) = (kubectl(&self.cluster, &self.namespace), self.kind.resource());
        Some(format!("{kubectl} patch {kind} {} --type merge --patch {patch}", quoted(&self.name)))
    }

    fn manual_rollback(&self, original: &Snapshot, stages: &[(u8, &Snapshot)]) -> Vec<String> {
        let Some(write) = self.by_hand(original, original) else { return Vec::new() };
        let all = std::iter::once(original).chain(stages.iter().map(|(_, stage)| *stage));
        let ours: Vec<String> = all.filter_map(|snapshot| self.printed(snapshot).1).collect();
        let (kubectl, kind, name) = (kubectl(&self.cluster, &self.namespace), self.kind.resource(), quoted(&self.name));
        let (what, seen) = (self.to_string(), self.printed(original).0);
        let epoch = r"'{.metadata.annotations.caravan\.dev/epoch}'";
        let mut lines = vec![format!("owner=$({kubectl} get {kind} {name} --output jsonpath={epoch})")];
        lines.extend(if_owned("", "", &what));
        lines.push(format!("seen=$({kubectl} get {kind} {name} --output jsonpath='{seen}')"));
        lines.extend(if_ours("seen", &ours, &write, &what));
        if matches!(original, Snapshot::Activation { active: false, .. }) {
            lines.extend(self.until_gone());
        }
        lines.push(format!("{kubectl} annotate {kind} {name} caravan.dev/epoch-"));
        lines
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn target(kind: ClusterWork) -> ClusterWorkTarget {
        let text = |text: &str| text.to_owned();
        ClusterWorkTarget { kind, cluster: text("prod"), namespace: text("shop"), name: text("orders") }
    }

    /// What conversion emits suspended.
    fn suspended(kind: ClusterWork) -> Value {
        match kind {
            ClusterWork::CronJob => json!({"metadata": {"generation": 1}, "spec": {
                "schedule": "15 2 * * 1-5", "timeZone": "Etc/UTC", "startingDeadlineSeconds": 300, "suspend": true,
            }}),
            ClusterWork::Deployment => json!({
                "metadata": {"generation": 2, "annotations": {"caravan.dev/replicas-after-hand-over": "3"}},
                "spec": {"replicas": 0}, "status": {"observedGeneration": 2},
            }),
            ClusterWork::ScaledObject => json!({
                "metadata": {"annotations": {"autoscaling.keda.sh/paused-replicas": "0"}},
                "spec": {"scaleTargetRef": {"name": "orders"}},
                "status": {"conditions": [{"type": "Paused", "status": "True"}]},
            }),
        }
    }

    const ALL: [ClusterWork; 3] = [ClusterWork::CronJob, ClusterWork::Deployment, ClusterWork::ScaledObject];

    #[test]
    fn what_is_started_and_stopped_again_is_what_it_was_and_the_patch_makes_it() {
        for kind in ALL {
            let target = target(kind);
            let mut object = suspended(kind);
            let before = target.snapshot(&object).unwrap();
            assert!(matches!(before, Snapshot::Activation { active: false, .. }), "{before:?}");
            let started = target.started(&before, None).unwrap();
            assert_eq!(target.stopped(&started).as_ref(), Some(&before), "{kind:?}");
            for wanted in [&started, &before] {
                for operation in target.operations(wanted) {
                    let path = operation["path"].as_str().unwrap();
                    let (parent, field) = path.rsplit_once('/').unwrap();
                    let parent = object.pointer_mut(parent).unwrap().as_object_mut().unwrap();
                    let field = field.replace("~1", "/");
                    match operation["op"].as_str().unwrap() {
                        "remove" => assert!(parent.remove(&field).is_some()),
                        _ => drop(parent.insert(field, operation["value"].clone())),
                    }
                }
                assert_eq!(target.snapshot(&object).unwrap(), *wanted, "{kind:?}");
            }
        }
        let deployment = target(ClusterWork::Deployment);
        let unmarked = Snapshot::Activation { active: false, settings: json!({"replicas": 0}) };
        assert_eq!(deployment.started(&unmarked, None), None, "nobody said how many");
        assert!(deployment.started(&unmarked, Some(2)).is_some());
    }

    #[test]
    fn who_is_suspended_works_until_the_last_is_gone_and_who_is_not_works_when_all_are_there() {
        let [job, deployment, scaled] = ALL.map(target);
        let with = |kind: ClusterWork, at: &str, value: Value| {
            let mut object = suspended(kind);
            let (parent, field) = at.rsplit_once('/').unwrap();
            object.pointer_mut(parent).unwrap()[field] = value;
            object
        };
        let running = with(ClusterWork::CronJob, "/status", json!({"active": [{"name": "orders-1"}]}));
        let resumed = with(ClusterWork::CronJob, "/spec/suspend", false.into());
        assert!(!job.is_at_work(&suspended(ClusterWork::CronJob), 0));
        assert!(job.is_at_work(&running, 0) && job.is_at_work(&resumed, 0));
        assert!(job.is_at_work(&suspended(ClusterWork::CronJob), 1), "a run that its own list does not have");

        let at_zero = suspended(ClusterWork::Deployment);
        assert!(!deployment.is_at_work(&at_zero, 0) && deployment.is_at_work(&at_zero, 1));
        let mut two = with(ClusterWork::Deployment, "/spec/replicas", 2.into());
        two["status"]["readyReplicas"] = 1.into();
        assert!(!deployment.is_at_work(&two, 2));
        two["status"]["readyReplicas"] = 2.into();
        assert!(deployment.is_at_work(&two, 2));
        two["metadata"]["generation"] = 3.into();
        assert!(!deployment.is_at_work(&two, 2), "what is ready is of the generation before");

        let paused = suspended(ClusterWork::ScaledObject);
        assert!(!scaled.is_at_work(&paused, 0) && scaled.is_at_work(&paused, 1));
        let unseen = with(ClusterWork::ScaledObject, "/status", json!({}));
        assert!(scaled.is_at_work(&unseen, 0), "KEDA has not said that it pauses");
    }

    #[test]
    fn a_cron_job_is_not_suspended_around_a_firing_and_nothing_else_is_withheld() {
        let target = target(ClusterWork::CronJob);
        let idle = target.snapshot(&suspended(ClusterWork::CronJob)).unwrap();
        let works = target.started(&idle, None).unwrap();
        // 1970-01-01, a Thursday, 02:14.
        let at = (2 * 60 + 14) * 60_000;
        assert!(target.withheld(&works, &idle, at).unwrap().contains("fires in 60 s"));
        assert_eq!(target.withheld(&works, &idle, at + 200_000), None);
        assert_eq!((target.withheld(&idle, &works, at), target.withheld(&works, &works, at)), (None, None));
        let Snapshot::Activation { settings, .. } = works else { unreachable!() };
        let in_berlin = |zone: Value| {
            let mut settings = settings.clone();
            settings["timeZone"] = zone;
            Snapshot::Activation { active: true, settings }
        };
        for zone in [json!("Europe/Berlin"), Value::Null] {
            assert!(target.withheld(&in_berlin(zone), &idle, 0).unwrap().contains("compute"));
        }
    }
}
