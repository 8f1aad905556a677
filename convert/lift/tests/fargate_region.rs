//! The region that Fargate puts into every container: it stays that of the workload, where the cluster does not tell the same.

#![expect(clippy::unwrap_used, reason = "tests fail loudly")]

mod common;

use caravan_convert_lift::{FieldVerdict, LedgerEntry};
use caravan_inventory::ObservationKind::{EcsService, EcsTaskDefinition};
use caravan_inventory::Region;
use common::Case;
use serde_json::{Value, json};
use std::collections::BTreeMap;

const NAMES: [&str; 2] = ["AWS_REGION", "AWS_DEFAULT_REGION"];

/// A live service of eu-west-1, whose cluster may be elsewhere.
fn case(task: &Value, service: &Value, cluster: Option<&str>) -> Case {
    let mut task = task.clone();
    task["family"] = json!("quay");
    let mut case = Case::live("quay", &[(EcsTaskDefinition, task), (EcsService, service.clone())]);
    case.store.region = cluster.map(Region::new);
    case
}

fn fargate(container: Value, role: bool) -> Value {
    let mut task = json!({"requiresCompatibilities": ["FARGATE"], "containerDefinitions": [container]});
    if role {
        task["taskRoleArn"] = json!("arn:aws:iam::111122223333:role/quay");
    }
    task
}

fn env(case: &Case) -> BTreeMap<String, String> {
    let component = case.config().components.pop_first().unwrap().1;
    component.env.into_iter().filter(|(name, _)| NAMES.contains(&name.as_str())).collect()
}

fn both(region: &str) -> BTreeMap<String, String> {
    NAMES.iter().map(|name| ((*name).to_owned(), region.to_owned())).collect()
}

#[test]
fn a_task_on_fargate_is_told_its_region_unless_the_cluster_tells_the_same() {
    let service = json!({"serviceName": "quay", "launchType": "FARGATE", "desiredCount": 1});
    let plain = json!({"name": "quay", "image": "quay:1"});
    for (role, cluster, is_told) in [
        (false, Some("eu-west-1"), true),
        (false, None, true),
        (true, Some("us-east-2"), true),
        (true, None, true),
        (true, Some("eu-west-1"), false),
    ] {
        let case = case(&fargate(plain.clone(), role), &service, cluster);
        assert_eq!(env(&case), if is_told { both("eu-west-1") } else { BTreeMap::new() }, "{role} {cluster:?}");
        let LedgerEntry { verdict, note, .. } = case.entry(0, "/requiresCompatibilities/0");
        assert_eq!(verdict == FieldVerdict::Approximated, is_told, "{verdict:?}");
        assert_eq!(note.is_some_and(|note| note.contains("SDKs read")), is_told);
    }
}

#[test]
fn what_the_task_sets_itself_stays_and_every_container_is_told() {
    let service = json!({"serviceName": "quay", "desiredCount": 1,
        "capacityProviderStrategy": [{"capacityProvider": "FARGATE", "weight": 1}]});
    let main = json!({"name": "quay", "image": "quay:1",
        "environment": [{"name": "AWS_REGION", "value": "us-east-1"}],
        "secrets": [{"name": "AWS_DEFAULT_REGION", "valueFrom": "/quay/region"}]});
    let beside = json!({"name": "agent", "image": "agent:1", "environment": [{"name": "AWS_REGION", "value": "x"}]});
    let before = json!({"name": "migrate", "image": "quay:1", "essential": false});
    let mut main_after = main.clone();
    main_after["dependsOn"] = json!([{"containerName": "migrate", "condition": "SUCCESS"}]);
    let case = case(&json!({"containerDefinitions": [main_after, beside, before]}), &service, None);
    let component = case.config().components.pop_first().unwrap().1;
    assert_eq!(component.env["AWS_REGION"], "us-east-1");
    assert!(!component.env.contains_key("AWS_DEFAULT_REGION"), "it is a secret");
    let agent = &component.sidecars["agent"].env;
    assert_eq!((agent["AWS_REGION"].as_str(), agent["AWS_DEFAULT_REGION"].as_str()), ("x", "eu-west-1"));
    let init = component.init.iter().find(|init| init.name == "migrate").unwrap();
    assert_eq!(init.container.env, both("eu-west-1"));
    assert_eq!(case.verdict(1, "/capacityProviderStrategy/0/capacityProvider"), FieldVerdict::Approximated);
}

#[test]
fn a_strategy_of_spot_alone_says_fargate_as_well() {
    for provider in ["FARGATE", "FARGATE_SPOT"] {
        let service = json!({"serviceName": "quay", "desiredCount": 1,
            "capacityProviderStrategy": [{"capacityProvider": provider, "weight": 1}]});
        let task = json!({"containerDefinitions": [{"name": "quay", "image": "quay:1"}]});
        let case = case(&task, &service, None);
        assert_eq!(case.config().components.pop_first().unwrap().1.env, both("eu-west-1"), "{provider}");
    }
}

#[test]
fn on_instances_and_where_nobody_knows_the_region_nothing_is_told() {
    let plain = json!({"name": "quay", "image": "quay:1"});
    let instances = json!({"serviceName": "quay", "launchType": "EC2", "desiredCount": 1});
    assert!(env(&case(&json!({"containerDefinitions": [plain.clone()]}), &instances, None)).is_empty());
    // A task that may run on either runs where its service is launched.
    let either = json!({"requiresCompatibilities": ["EC2", "FARGATE"], "containerDefinitions": [plain.clone()]});
    assert!(env(&case(&either, &instances, None)).is_empty());
    let file = Case::from_file("quay", &[(EcsTaskDefinition, fargate(plain, false))]);
    assert!(env(&file).is_empty());
}

#[test]
fn a_command_that_speaks_of_the_region_is_asked_about_only_where_it_is_not_told() {
    let service = json!({"serviceName": "quay", "launchType": "FARGATE", "desiredCount": 1});
    let spoken = json!({"name": "quay", "image": "quay:1", "command": ["sh", "-c", "aws s3 ls --region $AWS_REGION"]});
    let asks = |case: &Case| {
        let ids = case.lift().questions.into_iter().map(|question| question.id.to_string());
        ids.into_iter().any(|id| id.starts_with("ecs-endpoint/"))
    };
    assert!(!asks(&case(&fargate(spoken.clone(), false), &service, None)));
    assert!(!asks(&case(&fargate(spoken.clone(), true), &service, Some("us-east-2"))));
    assert!(asks(&case(&fargate(spoken.clone(), true), &service, Some("eu-west-1"))), "as before");
    let file = Case::from_file("quay", &[(EcsTaskDefinition, fargate(spoken, false))]);
    assert!(asks(&file));
}
