//! A real ValidatingAdmissionPolicy that keeps a route: it is told by its name and its message, and what it refuses on the way back is
//! tried again until it may be.

use super::say;
use crate::places::{Adapters, Case, Side, Space};
use crate::rollback::{seal, shift, started};
use caravan_cutover::{Command, Driver, SystemClock, WaitPolicy};
use caravan_cutover_engine::{Clock, Hold, Outcome, Phase};
use caravan_providers::target::Snapshot;
use caravan_providers::{CallError, Executor, Write};
use caravan_providers_kubernetes::Routes;
use caravan_tests_testbed::{Cluster, Write as Keep};
use kube::api::{DeleteParams, Patch, PatchParams};
use serde_json::{Value, json};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

const MESSAGE: &str = "no route is changed while the night is frozen";
const RUN: &str = "run-1";

/// A policy that lets nobody change the routes of a namespace.
struct Freeze<'a> {
    cluster: &'a Cluster,
    space: &'a Space,
    name: String,
}

impl<'a> Freeze<'a> {
    /// In force when this comes back. `reason` is what the policy answers with.
    async fn new(cluster: &'a Cluster, space: &'a Space, reason: &str) -> Self {
        let name = format!("freeze-{}", space.namespace);
        let freeze = Self { cluster, space, name };
        let group = "admissionregistration.k8s.io/v1";
        let rule = json!({
            "apiGroups": ["gateway.networking.k8s.io"], "apiVersions": ["*"], "operations": ["UPDATE"], "resources": ["httproutes"],
        });
        let only = json!({"matchLabels": {"kubernetes.io/metadata.name": space.namespace}});
        let policy = json!({
            "apiVersion": group, "kind": "ValidatingAdmissionPolicy", "metadata": {"name": freeze.name},
            "spec": {
                "failurePolicy": "Fail",
                "matchConstraints": {"resourceRules": [rule], "namespaceSelector": only},
                "validations": [{"expression": "false", "message": MESSAGE, "reason": reason}],
            },
        });
        let binding = json!({
            "apiVersion": group, "kind": "ValidatingAdmissionPolicyBinding", "metadata": {"name": freeze.name},
            "spec": {"policyName": freeze.name, "validationActions": ["Deny"]},
        });
        for manifest in [policy, binding] {
            cluster.apply(&space.client, &manifest, Keep::Persist).await.unwrap();
        }
        freeze.until(true).await;
        freeze
    }

    async fn end(self) {
        use k8s_openapi::api::admissionregistration::v1::{
            ValidatingAdmissionPolicy, ValidatingAdmissionPolicyBinding,
        };
        let client = self.cluster.client();
        let bindings: kube::Api<ValidatingAdmissionPolicyBinding> = kube::Api::all(client.clone());
        bindings.delete(&self.name, &DeleteParams::default()).await.unwrap();
        let policies: kube::Api<ValidatingAdmissionPolicy> = kube::Api::all(client);
        policies.delete(&self.name, &DeleteParams::default()).await.unwrap();
        self.until(false).await;
    }

    /// The API server takes a moment to hear of a policy.
    async fn until(&self, denies: bool) {
        let begun = Instant::now();
        let labelled: Patch<Value> = Patch::Merge(json!({"metadata": {"labels": {"example.com/asked": "once"}}}));
        let dry = PatchParams { dry_run: true, ..PatchParams::default() };
        while self.space.api().patch("track", &dry, &labelled).await.is_err() != denies {
            assert!(begun.elapsed() < Duration::from_secs(60), "the policy is never heard of");
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
    }
}

fn claim(case: &Case, after: Snapshot) -> Write {
    Write {
        target: case.target.clone(),
        before: case.original.clone(),
        after,
        token_before: None,
        token_after: Some("run-1/1/1".parse().unwrap()),
        in_flight: 5,
    }
}

#[track_caller]
fn names_the_policy(text: &str, policy: &str) {
    assert!(text.contains(&format!("admission policy {policy}")) && text.contains(MESSAGE), "{text}");
    assert!(!text.contains("somebody else"), "{text}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_real_admission_policy_denies_is_no_conflict_whatever_it_answers_with() {
    let Some(cluster) = Cluster::shared() else { return };
    for reason in ["Invalid", "Forbidden"] {
        let space = Space::new(cluster).await;
        let case = space.route(cluster, "a route", None).await;
        let routes = Routes::new(space.client.clone());
        let freeze = Freeze::new(cluster, &space, reason).await;
        let refused = routes.write(&claim(&case, case.stages[1].clone())).await.unwrap_err();
        say(&format!("admission, {reason}: {refused:?}"));
        let CallError::Rejected(text) = &refused else { panic!("{refused:?}") };
        names_the_policy(text, &freeze.name);
        freeze.end().await;
    }
    // What is no rule of anybody's but of the kind itself.
    let space = Space::new(cluster).await;
    let case = space.route(cluster, "a route", None).await;
    let Snapshot::Rules(mut rules) = case.stages[1].clone() else { unreachable!() };
    rules[0]["backendRefs"][0]["weight"] = (-1).into();
    let refused = Routes::new(space.client.clone()).write(&claim(&case, Snapshot::Rules(rules))).await.unwrap_err();
    say(&format!("a value that the kind refuses: {refused:?}"));
    assert!(matches!(&refused, CallError::Rejected(text) if text.contains("weight")), "{refused:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_route_that_a_real_policy_keeps_on_the_way_back_goes_back_by_itself_once_it_may() {
    let Some(cluster) = Cluster::shared() else { return };
    let space = Space::new(cluster).await;
    let case = space.route(cluster, "a route", None).await;
    let (follows, sides) = (space.follow(), [Side::start("old").await, Side::start("new").await]);
    let sealed = seal(vec![shift(&case, &sides[0], &sides[1])]);
    let folder = tempfile::tempdir().unwrap();
    let mut driver = Driver {
        journal: started(folder.path(), &sealed, RUN).await,
        world: Adapters { routes: Some(Routes::new(space.client.clone())), ..Adapters::default() },
        clock: SystemClock,
        name: "driver-1".to_owned(),
        lease_ms: 1500,
        wait_policy: WaitPolicy::Leave,
    };
    // On the way there a person is told by what it was refused.
    let freeze = Freeze::new(cluster, &space, "Invalid").await;
    let held = driver.drive(RUN, &sealed, "test", |_| {}).await.unwrap().state.phase;
    let Phase::Held { reason: Hold::Refused(text), .. } = &held else { panic!("{held:?}") };
    names_the_policy(text, &freeze.name);
    freeze.end().await;
    driver.journal.submit(RUN, &Command::Retry.by("test", SystemClock.now())).await.unwrap();
    let there = driver.drive(RUN, &sealed, "test", |_| {}).await.unwrap().state.phase;
    assert!(matches!(there, Phase::Shifted), "{there:?}");

    let freeze = Freeze::new(cluster, &space, "Invalid").await;
    driver.wait_policy = WaitPolicy::Wait;
    driver.journal.submit(RUN, &Command::Rollback.by("test", SystemClock.now())).await.unwrap();
    let stuck = Arc::new(Mutex::new(None));
    let seen = Arc::clone(&stuck);
    let driving = tokio::spawn(async move {
        let watch = |state: &caravan_cutover_engine::State| {
            if let Phase::Stuck { reason, .. } = &state.phase {
                *seen.lock().unwrap() = Some(reason.clone());
            }
        };
        driver.drive(RUN, &sealed, "test", watch).await.unwrap().state.phase
    });
    tokio::time::sleep(Duration::from_secs(8)).await;
    let reason = stuck.lock().unwrap().clone();
    say(&format!("the way back is kept by: {reason:?}"));
    names_the_policy(&reason.expect("nobody was told"), &freeze.name);
    freeze.end().await;
    let back = tokio::time::timeout(Duration::from_secs(60), driving).await.expect("it gave up").unwrap();
    assert!(matches!(back, Phase::Finished(Outcome::RolledBack)), "{back:?}");
    follows.abort();
}
