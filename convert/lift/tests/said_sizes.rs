//! The size of a pod as a person says it.

#![expect(clippy::unwrap_used, reason = "tests fail loudly")]

mod common;

use caravan_convert_lift::FieldVerdict;
use caravan_convert_lift::plconfig::{Component, Resources, Scale};
use caravan_inventory::ObservationKind::{EcsService, EcsTaskDefinition, ScalableTarget, ScalingPolicy};
use common::Case;
use serde_json::{Value, json};

const SIZE: &str = "size/ecs/test/shop";

fn service(containers: Value, task: Value) -> Case {
    let service = json!({"serviceName": "shop", "taskDefinition": "shop:1", "desiredCount": 2});
    let mut definition = json!({"family": "shop", "containerDefinitions": containers});
    definition.as_object_mut().unwrap().extend(task.as_object().unwrap().clone());
    let bounds = json!({"ResourceId": "service/main/shop", "MinCapacity": 2, "MaxCapacity": 8});
    let policy = |name: &str, metric: &str, value: f64| {
        let config = json!({"TargetValue": value, "PredefinedMetricSpecification": {"PredefinedMetricType": metric}});
        (
            ScalingPolicy,
            json!({"PolicyName": name, "PolicyType": "TargetTrackingScaling", "TargetTrackingScalingPolicyConfiguration": config}),
        )
    };
    Case::live(
        "shop",
        &[
            (EcsService, service),
            (EcsTaskDefinition, definition),
            (ScalableTarget, bounds),
            policy("cpu", "ECSServiceAverageCPUUtilization", 40.0),
            policy("memory", "ECSServiceAverageMemoryUtilization", 40.0),
        ],
    )
}

fn alone() -> Case {
    let app =
        json!({"name": "app", "image": "shop:2", "cpu": 1024, "memory": 2048, "portMappings": [{"containerPort": 80}]});
    service(json!([app]), json!({}))
}

fn web(case: &Case) -> Component {
    case.config().components.remove("web").unwrap()
}

fn sizes(component: &Component) -> [Option<String>; 3] {
    let Resources { cpu, memory, memory_limit, .. } = component.resources.clone().unwrap();
    [cpu, memory, memory_limit]
}

fn some(text: &str) -> Option<String> {
    Some(text.to_owned())
}

fn targets(component: Component) -> (Option<u32>, Option<u32>) {
    match component.scale.unwrap() {
        Scale::Range(range) => (range.cpu, range.memory),
        Scale::Fixed(_) => (None, None),
    }
}

fn asked(case: &Case) -> bool {
    case.lift().questions.iter().any(|question| question.id.as_str() == SIZE)
}

#[test]
fn without_an_answer_what_is_declared_holds_and_nothing_is_asked() {
    assert_eq!(sizes(&web(&alone())), [some("1"), some("2Gi"), None]);
    assert!(!asked(&alone()));
}

#[test]
fn what_a_person_says_goes_before_what_is_declared_and_the_autoscaler_acts_at_the_same_load() {
    let case = alone().answer("size", "", "cpu=600m,memory=1536Mi");
    let component = web(&case);
    assert_eq!(sizes(&component), [some("600m"), some("1536Mi"), None]);
    assert_eq!(targets(component), (Some(67), Some(53)), "40 % of 1 core is 67 % of 600m, of 2 GiB 53 % of 1.5 GiB");
    for field in ["cpu", "memory"] {
        let verdict = case.verdict(1, &format!("/containerDefinitions/0/{field}"));
        assert_eq!(verdict, FieldVerdict::Dropped { rule: "size-by-answer".into() });
    }
    let entry = case.entry(3, "/TargetTrackingScalingPolicyConfiguration/TargetValue");
    assert_eq!(entry.verdict, FieldVerdict::Approximated);
    assert!(entry.note.unwrap().starts_with("67 percent"));
    // Beyond the platform's range the target stays at its edge, and the ledger says what would be the same load.
    assert_eq!(targets(web(&alone().answer("size", "", "cpu=100m,memory=128Mi"))), (Some(85), Some(100)));
}

#[test]
fn one_of_the_two_leaves_the_other_as_it_is() {
    let component = web(&alone().answer("size", "", "memory=1Gi"));
    assert_eq!(sizes(&component), [some("1"), some("1Gi"), None]);
    assert_eq!(targets(component), (Some(50), Some(80)), "40 is below the range of CPU already");
    assert_eq!(sizes(&web(&alone().answer("size", "", "cpu=2"))), [some("2"), some("2Gi"), None]);
}

#[test]
fn the_others_of_a_pod_keep_what_they_ask_for_and_the_main_one_gets_what_they_leave() {
    let app = json!({"name": "app", "image": "shop:2", "portMappings": [{"containerPort": 80}]});
    let agent = json!({"name": "proxy", "image": "proxy:1", "essential": true, "cpu": 128, "memoryReservation": 128, "memory": 256});
    let case = service(json!([app, agent]), json!({"cpu": "1024", "memory": "2048"}));
    let component = web(&case.clone().answer("size", "", "cpu=500m,memory=1Gi"));
    assert_eq!(sizes(&component), [some("375m"), some("896Mi"), None]);
    assert_eq!(component.sidecars["proxy"].resources.clone().unwrap().memory, some("128Mi"));
    let case = case.answer("size", "", "cpu=100m");
    assert!(asked(&case), "nothing is left for the main container");
    assert_eq!(sizes(&web(&case))[0], some("875m"));
}

#[test]
fn an_answer_that_is_no_size_is_asked_about_and_what_is_declared_holds() {
    let wrong = [
        "",
        "500m",
        "cpu=",
        "cpu=0",
        "cpu=0m",
        "memory=512",
        "memory=512MB",
        "cpu=250m,cpu=300m",
        "cpu=250m;memory=1Gi",
        "gpu=1",
        "cpu=-1",
        "cpu=1.5",
        "cpu=99999999999999999999m",
        "memory=99999999999999999Gi",
    ];
    for answer in wrong {
        let case = alone().answer("size", "", answer);
        assert!(asked(&case), "{answer}");
        assert_eq!(sizes(&web(&case)), [some("1"), some("2Gi"), None], "{answer}");
    }
}
