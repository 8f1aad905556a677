//! What is recognised, whatever the file is called.

use super::{folder, put, scanned};
use serde_json::json;

const TASK: &str = r#"{"family": "api", "containerDefinitions": [{"name": "api", "image": "api:1"}]}"#;

#[test]
fn documents_are_recognised_by_their_fields() {
    let (_kept, dir) = folder();
    put(&dir, "register.json", TASK);
    put(
        &dir,
        "describe.json",
        format!(r#"{{"taskDefinition": {TASK}, "tags": []}}"#),
    );
    put(&dir, "service.json", TASK);
    put(
        &dir,
        "bare.json",
        r#"[{"name": "a", "image": "a:1"}, {"name": "b", "image": "b:1", "essential": false}]"#,
    );
    put(
        &dir,
        "create-service.json",
        r#"{"serviceName": "api", "taskDefinition": "api", "desiredCount": 2}"#,
    );
    put(
        &dir,
        "blue-green.json",
        r#"{"taskDefinition": "api:1", "cluster": "prod", "loadBalancers": [], "desiredCount": 1}"#,
    );
    put(
        &dir,
        "describe-services.json",
        r#"{"services": [{"serviceArn": "arn:aws:ecs:eu-central-1:123456789012:service/prod/api", "serviceName": "api"}], "failures": []}"#,
    );
    put(
        &dir,
        "scaling/target.json",
        r#"{"ServiceNamespace": "ecs", "ResourceId": "service/prod/api", "ScalableDimension": "ecs:service:DesiredCount", "MinCapacity": 1, "MaxCapacity": 4}"#,
    );
    put(
        &dir,
        "scaling/policy.json",
        r#"{"PolicyName": "cpu", "ResourceId": "service/prod/api", "ScalableDimension": "ecs:service:DesiredCount"}"#,
    );
    assert_eq!(
        scanned(&[dir]).lines(),
        [
            "files/bare.json complete ecs.task-definition",
            "files/blue-green.json complete ecs.service",
            "files/create-service.json complete ecs.service",
            "files/describe-services.json complete ecs.service",
            "files/describe.json complete ecs.task-definition",
            "files/register.json complete ecs.task-definition",
            "files/scaling/policy.json complete application-autoscaling.scaling-policy",
            "files/scaling/target.json complete application-autoscaling.scalable-target",
            "files/service.json complete ecs.task-definition",
        ]
    );
}

#[test]
fn what_is_not_ours_is_skipped_with_the_reason() {
    let (_kept, dir) = folder();
    put(&dir, "package.json", r#"{"name": "web", "version": "1.0.0"}"#);
    put(&dir, "stack.json", r#"{"Resources": {}}"#);
    put(
        &dir,
        "policy.json",
        r#"{"TargetValue": 50, "PredefinedMetricSpecification": {}}"#,
    );
    put(
        &dir,
        "run-task.json",
        r#"{"cluster": "prod", "taskDefinition": "api", "overrides": {}}"#,
    );
    put(&dir, "empty.json", "{}");
    put(&dir, "text.json", "\"hello\"");
    let heap = scanned(&[dir]);
    assert!(
        heap.lines().iter().all(|line| line.ends_with(" skipped")),
        "{:?}",
        heap.lines()
    );
    for (name, says) in [
        ("stack.json", "CloudFormation"),
        ("policy.json", "without the service"),
        ("run-task.json", "RunTask"),
        ("package.json", "no ECS"),
        ("empty.json", "empty object"),
        ("text.json", "single JSON value"),
    ] {
        assert!(heap.reason(name).contains(says), "{name}: {}", heap.reason(name));
    }
}

#[test]
fn one_thing_keeps_its_document_and_several_are_numbered() {
    let (_kept, dir) = folder();
    put(
        &dir,
        "one.json",
        format!(r#"{{"taskDefinition": {TASK}, "tags": [{{"key": "team", "value": "a"}}]}}"#),
    );
    put(&dir, "two.json", format!("[{TASK}, {TASK}]"));
    put(&dir, "mixed.json", format!(r#"[{TASK}, {{"other": 1}}]"#));
    let heap = scanned(&[dir]);
    let all: Vec<_> = heap.0.iter().flat_map(|(_, observations)| observations).collect();
    let ids: Vec<_> = all.iter().map(|observation| observation.id.as_str()).collect();
    let kind = "ecs.task-definition/files";
    assert_eq!(
        ids,
        [
            format!("{kind}/mixed.json#0"),
            format!("{kind}/one.json"),
            format!("{kind}/two.json#0"),
            format!("{kind}/two.json#1")
        ]
    );
    assert_eq!(all[1].body["tags"][0]["value"], "a");
    assert_eq!(all[2].body["family"], "api");
    assert_eq!(heap.lines()[0], "files/mixed.json partial ecs.task-definition");
    assert!(
        heap.reason("mixed.json").contains("1 of its 2 entries"),
        "{}",
        heap.reason("mixed.json")
    );
}

#[test]
fn placeholders_stay_and_secrets_go() {
    let (_kept, dir) = folder();
    let document = json!({"family": "<FAMILY>", "taskRoleArn": "$$$ROLE$$$", "containerDefinitions": [{
        "name": "api", "image": "${IMAGE}", "environment": [{"name": "URL", "value": "{{ url }}"}, {"name": "DB_PASSWORD", "value": "hunter2"}]}]});
    put(&dir, "task.json", document.to_string());
    let heap = scanned(&[dir]);
    let body = &heap.0[0].1[0].body;
    assert_eq!(body["family"], "<FAMILY>");
    assert_eq!(body["containerDefinitions"][0]["environment"][0]["value"], "{{ url }}");
    assert!(!body.to_string().contains("hunter2"));
}

#[test]
fn account_and_region_come_from_the_documents_own_arns() {
    let (_kept, dir) = folder();
    let task = |fields: serde_json::Value| {
        let mut task = json!({"family": "api", "containerDefinitions": []});
        task.as_object_mut()
            .unwrap()
            .extend(fields.as_object().unwrap().clone());
        task.to_string()
    };
    put(
        &dir,
        "a.json",
        task(json!({"taskDefinitionArn": "arn:aws:ecs:eu-west-1:123456789012:task-definition/api:1"})),
    );
    put(
        &dir,
        "b.json",
        task(json!({"executionRoleArn": "arn:aws:iam::210987654321:role/x"})),
    );
    put(
        &dir,
        "c.json",
        task(json!({"executionRoleArn": "arn:aws:iam::XXXXXXXXXXXX:role/x"})),
    );
    put(
        &dir,
        "d.json",
        task(
            json!({"executionRoleArn": "arn:aws:iam::123456789012:role/x", "taskRoleArn": "arn:aws:iam::210987654321:role/x"}),
        ),
    );
    let place = |at: usize, heap: &super::Heap| {
        let observation = &heap.0[at].1[0];
        (
            observation.account.as_ref().map(ToString::to_string),
            observation.region.as_ref().map(ToString::to_string),
        )
    };
    let heap = scanned(&[dir]);
    assert_eq!(place(0, &heap), (Some("123456789012".into()), Some("eu-west-1".into())));
    assert_eq!(place(1, &heap), (Some("210987654321".into()), None));
    assert_eq!(place(2, &heap), (None, None));
    assert_eq!(place(3, &heap), (None, None));
}
