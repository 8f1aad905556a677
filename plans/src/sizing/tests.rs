//! Sizes by hand-made metrics; what each should come to is reckoned beside it.

use super::{Confidence, Headroom, Mebibytes, Millicores, Size, Sizing, Whole, memory_request, size};
use crate::readiness::checks::fixture::{Fixture, instance, service};
use caravan_inventory::{ObservationKind, WorkloadKind};
use proptest::prelude::*;
use serde_json::{Value, json};

const CLUSTER: &str = "arn:aws:ecs:eu-central-1:111122223333:cluster/prod";

fn web(task: Value, container: Value) -> Fixture {
    service(json!({"clusterArn": CLUSTER}), task, container)
}

fn usual() -> Fixture {
    web(json!({"cpu": "1024", "memory": "2048"}), json!({}))
}

fn counted(p95: f64, max: f64, values: u64) -> Value {
    json!({"P50": 1.0, "P95": p95, "P99": max, "Max": max, "Values": values,
        "From": "2026-11-15T00:00:00Z", "To": "2026-11-29T00:00:00Z"})
}

/// With what CloudWatch counted of the service's processors and memory.
fn with(fixture: Fixture, cpu: Value, memory: Value) -> Fixture {
    let name = |metric: &str| format!("AWS/ECS/{metric}/ClusterName=prod,ServiceName=it/Maximum/300");
    fixture.beside(ObservationKind::Metric, &name("CPUUtilization"), cpu).beside(
        ObservationKind::Metric,
        &name("MemoryUtilization"),
        memory,
    )
}

fn of(fixture: &Fixture) -> Sizing {
    fixture.look(size)
}

fn why<T>(size: &Size<T>) -> &str {
    match size {
        Size::Known(_) => "known",
        Size::Unknown { reason, .. } => reason,
    }
}

#[test]
fn a_service_asks_for_what_its_busiest_task_used() {
    let sizing = of(&with(usual(), counted(20.0, 90.0, 4_032), counted(30.0, 50.0, 4_032)));
    let (cpu, memory) = (sizing.cpu.known().unwrap(), sizing.memory.known().unwrap());
    // 20 % of a processor; 50 % of 2048 MiB is 1024, and 15 % more is 1177.6, up to the next 64.
    assert_eq!((cpu.request, cpu.limit, cpu.declared), (Millicores(200), None, Some(Millicores(1000))));
    assert_eq!((cpu.observed, cpu.samples, cpu.confidence), (Millicores(200), 4_032, Confidence::High));
    assert_eq!((memory.request, memory.limit), (Mebibytes(1216), Some(Mebibytes(1216))));
    assert_eq!((memory.observed, memory.declared), (Mebibytes(1024), Some(Mebibytes(2048))));
    assert_eq!(memory.window, ("2026-11-15".to_owned(), "2026-11-29".to_owned()));
    assert_eq!((sizing.of, memory.evidence.len()), (Whole::Pod, 1));
    let command = "caravan decide 'size/ecs/111122223333/eu-central-1/it=cpu=200m,memory=1216Mi'";
    assert_eq!(sizing.take_over.as_deref(), Some(command));
}

#[test]
fn what_nobody_measured_is_unknown_and_says_what_would_tell_it() {
    let nobody = of(&usual());
    assert!(why(&nobody.cpu).contains("nobody has read"), "{nobody:?}");
    assert!(matches!(&nobody.memory, Size::Unknown { declared: Some(Mebibytes(2048)), .. }), "{nobody:?}");
    assert_eq!(nobody.take_over, None);
    let silent = json!({"Values": 0, "From": "2026-11-15T00:00:00Z", "To": "2026-11-29T00:00:00Z"});
    let idle = of(&with(usual(), silent.clone(), silent));
    assert!(why(&idle.cpu).contains("did not run"), "{idle:?}");
    let gone = of(&Fixture::new(WorkloadKind::Ec2, &[]));
    let Size::Unknown { reason, remedy, .. } = &gone.cpu else { panic!("{gone:?}") };
    assert!(
        reason.starts_with("there is not an instance of it") && remedy.contains("show ec2/111122223333"),
        "{gone:?}"
    );
    let alone = Fixture::new(WorkloadKind::Ecs, &[(ObservationKind::EcsTaskDefinition, json!({"family": "it"}))]);
    assert!(why(&of(&alone).cpu).contains("no service"));
    let bare = web(json!({"cpu": null, "memory": null}), json!({"cpu": 0, "memory": 0}));
    let bare = of(&with(bare, counted(20.0, 90.0, 4_032), counted(30.0, 50.0, 4_032)));
    assert!(why(&bare.cpu).contains("reserves no processors") && why(&bare.memory).contains("says nowhere"));
}

#[test]
fn percents_are_of_the_task_or_of_what_its_containers_reserve() {
    let counted = || (counted(50.0, 50.0, 4_032), counted(50.0, 50.0, 4_032));
    let measured = |task: Value, container: Value| {
        let (cpu, memory) = counted();
        let sizing = of(&with(web(task, container), cpu, memory));
        (sizing.cpu.known().unwrap().observed.0, sizing.memory.known().unwrap().observed.0)
    };
    let none = || json!({"cpu": null, "memory": null});
    assert_eq!(measured(none(), json!({"cpu": 512, "memory": 1024})), (250, 512));
    assert_eq!(
        measured(none(), json!({"cpu": 512, "memory": 1024, "memoryReservation": 256})),
        (250, 128),
        "the soft limit"
    );
    assert_eq!(measured(json!({"cpu": "2048", "memory": "4096"}), json!({})), (1000, 2048));
}

#[test]
fn less_than_a_week_or_another_task_definition_lowers_the_confidence() {
    let confidence = |fixture: Fixture, values: u64| {
        let sizing = of(&with(fixture, counted(20.0, 90.0, values), counted(30.0, 50.0, values)));
        let cpu = sizing.cpu.known().unwrap();
        (cpu.confidence, cpu.reasons.last().unwrap().clone())
    };
    assert_eq!(confidence(usual(), 2_016).0, Confidence::High);
    let (low, why) = confidence(usual(), 2_015);
    assert!(low == Confidence::Low && why.contains("less than a week"), "{why}");
    let (low, why) = confidence(usual(), 99);
    assert!(low == Confidence::Low && why.contains("only 99"), "{why}");
    let registered = |day: &str| web(json!({"registeredAt": format!("{day}T10:00:00Z")}), json!({}));
    assert_eq!(confidence(registered("2026-11-14"), 4_032).0, Confidence::High);
    let (low, why) = confidence(registered("2026-11-20"), 4_032);
    assert!(low == Confidence::Low && why.contains("of 2026-11-20"), "{why}");
}

#[test]
fn what_stood_at_its_limit_or_runs_java_gets_more() {
    let request = |container: Value, max: f64| {
        let task = json!({"cpu": "1024", "memory": "1000"});
        let sizing = of(&with(web(task, container), counted(20.0, 90.0, 4_032), counted(30.0, max, 4_032)));
        sizing.memory.known().unwrap().request.0
    };
    // 600 MiB by 1.15 and by 1.25, up to the next 64; 960 by 1.25.
    assert_eq!(request(json!({}), 60.0), 704);
    assert_eq!(request(json!({}), 96.0), 1216);
    for java in [
        json!({"environment": [{"name": "JAVA_TOOL_OPTIONS", "value": "-Xmx400m"}]}),
        json!({"entryPoint": ["/usr/bin/java", "-jar", "app.jar"]}),
        json!({"image": "registry.example/base/eclipse-temurin:21"}),
    ] {
        assert_eq!(request(java.clone(), 60.0), 768, "{java}");
    }
    for other in [json!({"image": "registry.example/java/shop:1"}), json!({"image": "registry.example/javascript:1"})] {
        assert_eq!(request(other.clone(), 60.0), 704, "{other}");
    }
}

#[test]
fn an_autoscaler_s_target_is_said_at_the_same_load() {
    let policy = json!({"PolicyName": "cpu", "TargetTrackingScalingPolicyConfiguration": {"TargetValue": 60.0,
        "PredefinedMetricSpecification": {"PredefinedMetricType": "ECSServiceAverageCPUUtilization"}}});
    let mut fixture = with(usual(), counted(50.0, 90.0, 4_032), counted(30.0, 50.0, 4_032));
    fixture.add(ObservationKind::ScalingPolicy, policy);
    let sizing = of(&fixture);
    let target = &sizing.autoscaling[0];
    assert_eq!((target.resource, target.declared, target.rescaled), ("cpu", 60, 120), "60 % of 1000m is 120 % of 500m");
    assert_eq!(target.evidence.path, "/TargetTrackingScalingPolicyConfiguration/TargetValue");
}

#[test]
fn of_a_machine_the_processors_are_known_and_the_memory_is_not() {
    let machine = instance(json!({"instanceId": "i-1", "cpuOptions": {"coreCount": 2, "threadsPerCore": 2}}));
    let name = "AWS/EC2/CPUUtilization/InstanceId=i-1/Maximum/300";
    let sizing = of(&machine.beside(ObservationKind::Metric, name, counted(25.0, 80.0, 4_032)));
    let cpu = sizing.cpu.known().unwrap();
    assert_eq!(
        (cpu.request, cpu.declared, cpu.confidence),
        (Millicores(1000), Some(Millicores(4000)), Confidence::Low)
    );
    assert!(why(&sizing.memory).contains("outside") && sizing.of == Whole::Host && sizing.take_over.is_none());
}

#[test]
fn of_functions_and_workers_nothing_is_known() {
    let function = json!({"Configuration": {"FunctionName": "labels", "MemorySize": 1769}});
    let sizing = of(&Fixture::new(WorkloadKind::Lambda, &[(ObservationKind::LambdaFunction, function)]));
    assert!(matches!(sizing.cpu, Size::Unknown { declared: Some(Millicores(1000)), .. }));
    assert!(matches!(sizing.memory, Size::Unknown { declared: Some(Mebibytes(1769)), .. }));
    let worker = of(&Fixture::new(WorkloadKind::Worker, &[]));
    assert!(worker.cpu.known().is_none() && worker.memory.known().is_none());
}

proptest! {
    #[test]
    fn memory_is_never_below_what_was_seen(reserved in 4_u64..60_000, percent in 0.0_f64..100.0) {
        let task = json!({"cpu": "256", "memory": reserved.to_string()});
        let sizing = of(&with(web(task, json!({"memory": null})), counted(1.0, 2.0, 4_032), counted(percent, percent, 4_032)));
        let memory = sizing.memory.known().unwrap();
        let seen = reserved as f64 * percent / 100.0;
        prop_assert!(memory.request.0 as f64 >= seen && memory.limit == Some(memory.request));
        let room = if percent >= 95.0 { Headroom::Wide } else { Headroom::Usual };
        prop_assert_eq!(memory.request, memory_request(seen, room));
    }
}
