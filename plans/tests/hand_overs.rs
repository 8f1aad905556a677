//! Hand-overs of work: as a wave names them, as a draft proposes them, and what is refused.
#![expect(clippy::unwrap_used, reason = "a test that can't go on fails loudly")]

use caravan_inventory::{
    AccountId, EnvironmentName, Observation, ObservationId, ObservationKind, Region, TeamName, Workload, WorkloadId,
    WorkloadKind,
};
use caravan_plans::{
    BuildError, Drafted, Drivers, Estate, FILL_IN, NewSide, Sealed, Step, Turn, WavePlan, WaveSpec, build, draft,
};
use caravan_providers::target::Snapshot;
use serde_json::{Value, json};
use std::collections::BTreeMap;

const WAVE: &str = r#"
schema: caravan.wave-spec/v1
wave: work
hand_overs:
  - workload: ecs/123456789012/eu-central-1/rule/close/daily
    stop:
      - event-rule: {account: "123456789012", region: eu-central-1, name: close}
    start:
      - cron-job: {cluster: prod, namespace: billing, name: close}
  - workload: ecs/123456789012/eu-central-1/main/orders
    stop:
      - ecs-service: {account: "123456789012", region: eu-central-1, cluster: main, name: orders}
    start:
      - deployment: {cluster: prod, namespace: shop, name: orders}
    proof: {within: 120}
"#;

fn spec() -> WaveSpec {
    serde_yaml::from_str(WAVE).unwrap()
}

fn state(active: bool, settings: Value) -> Snapshot {
    Snapshot::Activation { active, settings }
}

/// What stands there, by the short name of the target.
fn standing() -> BTreeMap<&'static str, Snapshot> {
    let rule = json!({"ScheduleExpression": "cron(15 2 ? * MON-FRI *)", "Targets": ["daily"]});
    let job = json!({"schedule": "15 2 * * 1-5", "timeZone": "Etc/UTC", "startingDeadlineSeconds": 300});
    let deployment = json!({"replicas": 0, "caravan.dev/replicas-after-hand-over": "3"});
    BTreeMap::from([
        ("close", state(true, rule)),
        ("billing/close", state(false, job)),
        ("main/orders", state(true, json!({"desiredCount": 2}))),
        ("shop/orders", state(false, deployment)),
    ])
}

fn built(spec: &WaveSpec, standing: &BTreeMap<&str, Snapshot>) -> Result<WavePlan, BuildError> {
    build(spec, |target| standing.get(target.short_name().as_str()).cloned(), Drivers::OneMachine, None)
}

#[test]
fn work_is_handed_over_by_exact_snapshots_in_order_and_back_by_the_commands_of_its_kinds() {
    let plan = built(&spec(), &standing()).unwrap();
    let sealed = Sealed::seal(plan.clone()).unwrap();
    assert_eq!(Sealed::open(sealed.canonical(), sealed.hash()).unwrap().plan(), &plan);
    let [Step::HandOver(schedule), Step::HandOver(consumer)] = &plan.steps[..] else { panic!("{plan:?}") };
    assert_eq!(
        (schedule.longest_gap_ms, schedule.proof.longest_ms, consumer.proof.longest_ms),
        (180_000, 600_000, 120_000)
    );
    let standing = standing();
    for (hand_over, snapshots) in [
        (
            schedule,
            ["close", "billing/close"].map(|name| {
                let Snapshot::Activation { active, settings } = standing[name].clone() else { unreachable!() };
                state(!active, settings)
            }),
        ),
        (
            consumer,
            [
                state(false, json!({"desiredCount": 0})),
                state(true, json!({"replicas": 3, "caravan.dev/replicas-after-hand-over": "3"})),
            ],
        ),
    ] {
        assert_eq!(hand_over.switches.iter().map(|switch| switch.turn).collect::<Vec<_>>(), [Turn::Off, Turn::On]);
        let planned: Vec<&Snapshot> = hand_over.switches.iter().map(|switch| &switch.snapshot).collect();
        assert_eq!(planned, snapshots.iter().collect::<Vec<_>>());
        assert!(hand_over.approval);
    }
    let lines = schedule.manual_rollback.join("\n");
    let (suspend, enable) = (lines.find(r#"{"spec":{"suspend":true}}"#), lines.find("aws events enable-rule"));
    assert!(suspend.is_some() && suspend < enable, "{lines}");
    assert!(lines.contains("until left=$("), "the old one starts when no run is left: {lines}");
    let lines = consumer.manual_rollback.join("\n");
    assert!(lines.contains("--desired-count 2") && lines.contains(r#"{"spec":{"replicas":0}}"#), "{lines}");
}

#[test]
fn what_could_fire_twice_or_never_or_works_already_is_refused_by_name() {
    let with = |name: &'static str, at: &str, value: Value| {
        let mut all = standing();
        let Some(Snapshot::Activation { settings, .. }) = all.get_mut(name) else { unreachable!() };
        settings[at] = value;
        all
    };
    let set = |name: &'static str, active: bool| {
        let mut all = standing();
        let Some(Snapshot::Activation { active: is, .. }) = all.get_mut(name) else { unreachable!() };
        *is = active;
        all
    };
    let without = |name: &str| standing().into_iter().filter(|(known, _)| *known != name).collect();
    let rate = json!("rate(5 minutes)");
    let often = with("close", "ScheduleExpression", json!("cron(0/5 * * * ? *)"));
    let plain = |name: &'static str| {
        let mut all = standing();
        all.insert(name, state(false, json!({"replicas": 0})));
        all
    };
    for (standing, wanted) in [
        (set("close", false), "hand-over 1: event rule close of bus default"),
        (set("billing/close", true), "two would be at work at once"),
        (without("billing/close"), "was not observed"),
        (with("close", "ScheduleExpression", rate), "nobody can compute when"),
        (often, "fires every 300 s, and is not stopped 180 s before"),
        (with("billing/close", "schedule", json!("15 3 * * 1-5")), "fire at different times"),
        (with("billing/close", "timeZone", json!("Europe/Berlin")), "15 2 * * 1-5 in Europe/Berlin"),
        (with("billing/close", "startingDeadlineSeconds", Value::Null), "missed in the last days"),
        (with("billing/close", "startingDeadlineSeconds", json!(900)), "missed in the last 900 s"),
        (with("close", "Targets", json!(["a", "b"])), "has 2 targets, and 1 new owners are started"),
        (plain("shop/orders"), "hand-over 2: Deployment shop/orders in cluster prod has no number"),
    ] {
        let refused = built(&spec(), &standing).unwrap_err().to_string();
        assert!(refused.contains(wanted), "{refused}\n{wanted}");
    }
}

#[test]
fn a_hand_over_that_is_written_wrongly_is_refused_by_its_field() {
    let changed = |from: &str, to: &str| {
        let text = WAVE.replacen(from, to, 1);
        assert_ne!(text, WAVE);
        let spec: WaveSpec = serde_yaml::from_str(&text).unwrap();
        built(&spec, &standing()).unwrap_err().to_string()
    };
    assert!(changed("namespace: billing", "namespace: \"<fill in>: its namespace\"").contains("not filled in"));
    assert!(changed("within: 120", "within: 5").contains("`proof.within` must be between 10 seconds and a day"));
    assert!(changed("    proof: {within: 120}", "    in_flight: 1").contains("`in_flight`"));
    let long = "    start:\n      - cron-job: {cluster: prod, namespace: billing, name: close}\n    longest_gap: 600\n";
    let start = "    start:\n      - cron-job: {cluster: prod, namespace: billing, name: close}\n";
    assert!(changed(start, long).contains("at most 180 seconds for a schedule"));
    assert!(
        changed("      - deployment: {cluster: prod, namespace: shop, name: orders}", "      []")
            .contains("`start` names nobody")
    );
    let same = "cron-job: {cluster: prod, namespace: billing, name: close}";
    assert!(
        changed("deployment: {cluster: prod, namespace: shop, name: orders}", same)
            .contains("already changed by the wave")
    );
    let none: WaveSpec = serde_yaml::from_str("schema: caravan.wave-spec/v1\nwave: none\n").unwrap();
    assert_eq!(built(&none, &standing()), Err(BuildError::NoShift));
}

/// The draft of one workload, which this decides.
fn drafted(kind: ObservationKind, body: &Value) -> Drafted {
    let id = ObservationId::new(format!("{}/it", kind.as_str()));
    let observed = json!({
        "id": id, "kind": kind, "name": "it", "account": "111122223333", "region": "eu-west-1", "api": "api",
        "first_seen": "2026-01-01T00:00:00Z", "last_seen": "2026-01-01T00:00:00Z", "body": body,
    });
    let seen: Observation = serde_json::from_value(observed).unwrap();
    let workload = Workload {
        id: WorkloadId::new("ecs/111122223333/eu-west-1/main/it"),
        kind: WorkloadKind::Ecs,
        name: "it".to_owned(),
        team: TeamName::new("shop"),
        environment: EnvironmentName::new("production"),
        account: Some(AccountId::new("111122223333")),
        region: Some(Region::new("eu-west-1")),
        parts: vec![id],
    };
    let estate = Estate { entries: vec![seen], ..Estate::default() };
    let workloads = [workload];
    draft("work", &workloads, &estate, &NewSide::default()).hand_over(&workloads, &estate)
}

fn close(change: impl FnOnce(&mut Value)) -> Value {
    let mut rule = json!({
        "Name": "close", "State": "ENABLED", "ScheduleExpression": "cron(15 2 ? * MON-FRI *)", "Targets": [{"Id": "a"}],
    });
    change(&mut rule);
    rule
}

#[test]
fn a_schedule_and_a_service_without_traffic_are_proposed_with_blanks_for_the_cluster() {
    let service = json!({"serviceArn": "arn:aws:ecs:eu-west-1:111122223333:service/main/orders", "desiredCount": 2});
    for (kind, body, names) in [
        (
            ObservationKind::EventsRule,
            close(|_| {}),
            "event rule close of bus default, account 111122223333, region eu-west-1",
        ),
        (
            ObservationKind::EcsService,
            service,
            "ECS service orders of cluster main, account 111122223333, region eu-west-1",
        ),
    ] {
        let drafted = drafted(kind, &body);
        assert!(drafted.left_out.is_empty() && drafted.spec.shifts.is_empty(), "{:?}", drafted.left_out);
        let [hand_over] = &drafted.spec.hand_overs[..] else { panic!("{drafted:?}") };
        assert_eq!(hand_over.stop[0].target().to_string(), names);
        assert!(hand_over.start[0].target().to_string().contains(FILL_IN) && hand_over.approve);
        let yaml = serde_yaml::to_string(&drafted.spec).unwrap();
        assert_eq!(serde_yaml::from_str::<WaveSpec>(&yaml).unwrap(), drafted.spec, "{yaml}");
    }
}

#[test]
fn what_can_not_be_handed_over_is_left_out_with_its_reason() {
    for (body, wanted) in [
        (close(|rule| rule["State"] = "DISABLED".into()), "its rule close is disabled"),
        (close(|rule| rule["ScheduleExpression"] = "rate(5 minutes)".into()), "its rule close fires (rate(5 minutes))"),
        (close(|rule| rule["Targets"] = json!([{"Id": "a"}, {"Id": "b"}])), "has 2 targets, which stop together"),
    ] {
        let drafted = drafted(ObservationKind::EventsRule, &body);
        assert!(drafted.spec.hand_overs.is_empty());
        assert!(drafted.left_out.iter().any(|text| text.contains(wanted)), "{wanted}: {:?}", drafted.left_out);
    }
    // A service that somebody calls, or that has no task, is no work to hand over.
    let arn = "arn:aws:ecs:eu-west-1:111122223333:service/main/orders";
    for more in [json!({"desiredCount": 0}), json!({"desiredCount": 2, "serviceRegistries": [{"registryArn": "x"}]})] {
        let mut body = json!({"serviceArn": arn});
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        assert!(drafted(ObservationKind::EcsService, &body).spec.hand_overs.is_empty(), "{body}");
    }
}
