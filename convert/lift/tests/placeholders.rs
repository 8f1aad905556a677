//! What people left open in a task definition that they keep as a file is asked about once, and is no reason to refuse anything.

#![expect(clippy::unwrap_used, reason = "tests fail loudly")]

mod common;

use caravan_convert_lift::LiftOutcome;
use caravan_inventory::ObservationKind::{self, EcsService, EcsTaskDefinition};
use common::Case;
use serde_json::{Value, json};

fn file(task: Value, container: Value) -> Vec<(ObservationKind, Value)> {
    let mut app = json!({"name": "app", "image": "registry.example/quay:1", "portMappings": [{"containerPort": 8080}]});
    app.as_object_mut().unwrap().extend(container.as_object().unwrap().clone());
    let side = json!({"name": "side", "image": "registry.example/side:1"});
    let mut body = json!({"family": "quay", "networkMode": "awsvpc", "cpu": "256", "memory": "512", "volumes": [{"name": "cache"}],
        "containerDefinitions": [app, side]});
    body.as_object_mut().unwrap().extend(task.as_object().unwrap().clone());
    vec![
        (EcsTaskDefinition, body),
        (EcsService, json!({"serviceName": "quay", "desiredCount": 1, "taskDefinition": "quay"})),
    ]
}

/// What is asked, but for what each of these services asks anyway.
fn asked(case: &Case) -> Vec<String> {
    let usual = Case::from_file("quay", &file(json!({}), json!({}))).lift().questions;
    let questions = case.lift().questions.into_iter().filter(|one| !usual.iter().any(|other| other.id == one.id));
    questions.map(|one| one.id.to_string().replace("/ecs/test/quay", "")).collect()
}

#[test]
fn a_placeholder_that_names_a_kind_of_thing_is_one_question_and_no_blocker() {
    for (task, container, place, answer) in [
        (
            json!({"runtimePlatform": {"cpuArchitecture": "<ARCH>"}}),
            json!({}),
            "runtimePlatform/cpuArchitecture",
            "ARM64",
        ),
        (
            json!({}),
            json!({"systemControls": [{"namespace": "${SYSCTL}", "value": "60"}]}),
            "containerDefinitions/0/systemControls/0/namespace",
            "net.ipv4.tcp_keepalive_time",
        ),
        (
            json!({}),
            json!({"mountPoints": [{"sourceVolume": "<VOLUME>", "containerPath": "/tmp/cache"}]}),
            "containerDefinitions/0/mountPoints/0/sourceVolume",
            "cache",
        ),
        (
            json!({}),
            json!({"dependsOn": [{"containerName": "side", "condition": "{{ condition }}"}]}),
            "containerDefinitions/0/dependsOn/0/condition",
            "START",
        ),
        (
            json!({}),
            json!({"dependsOn": [{"containerName": "<SIDE>", "condition": "START"}]}),
            "containerDefinitions/0/dependsOn/0/containerName",
            "side",
        ),
        (
            json!({}),
            json!({"linuxParameters": {"capabilities": {"add": ["<CAPABILITY>"]}}}),
            "containerDefinitions/0/linuxParameters/capabilities/add/0",
            "CHOWN",
        ),
    ] {
        let case = Case::from_file("quay", &file(task, container));
        let lifted = case.lift();
        let LiftOutcome::Converted(config) = &lifted.outcome else { panic!("{place}: {:?}", lifted.outcome) };
        let id = format!("ecs.task-definition/{place}");
        assert_eq!(asked(&case), [format!("value/{id}")], "{place}");
        assert!(config.components.values().all(|one| one.suspended.is_some()), "{place}");
        let verdict = format!("{:?}", case.verdict(0, &format!("/{place}")));
        assert!(verdict.contains("value/"), "{place}: {verdict}");
        let case = case.answer("value", &id, answer);
        assert!(matches!(case.lift().outcome, LiftOutcome::Converted(_)), "{place}={answer}");
        assert!(!asked(&case).iter().any(|one| one.starts_with("value/")), "{place}={answer}");
    }
}

/// What an API answers is meant as it stands there.
#[test]
fn what_an_api_says_is_no_placeholder() {
    let documents = file(json!({"runtimePlatform": {"cpuArchitecture": "<ARCH>"}}), json!({}));
    assert!(matches!(Case::live("quay", &documents).lift().outcome, LiftOutcome::Refused { .. }));
}

#[test]
fn what_stands_beside_a_placeholder_is_not_called_misplaced() {
    let hosts = json!({"extraHosts": [{"hostname": "bad host", "ipAddress": "192.0.2.7"}]});
    let case = Case::from_file("quay", &file(json!({}), hosts));
    assert_eq!(asked(&case), ["placeholder/containerDefinitions/0/extraHosts/0/hostname"]);
    let verdict = format!("{:?}", case.verdict(0, "/containerDefinitions/0/extraHosts/0/ipAddress"));
    assert!(verdict.contains("placeholder/"), "{verdict}");
    let case = case.answer("placeholder", "containerDefinitions/0/extraHosts/0/hostname", "berth.example.com");
    let config = case.config();
    assert_eq!(config.components.values().next().unwrap().hosts["berth.example.com"], "192.0.2.7");
    // A field without a meaning is still asked about where nothing beside it is open.
    let stray = Case::from_file("quay", &file(json!({}), json!({"extraHosts": [{"ipAddress": "192.0.2.7"}]})));
    assert!(asked(&stray).iter().any(|one| one.starts_with("misplaced/")), "{:?}", asked(&stray));
}

#[test]
fn an_answer_that_can_t_be_used_is_not_offered() {
    let kind = |ports: Value| {
        let body = json!({"family": "quay", "containerDefinitions": [{"name": "app", "image": "quay:1", "portMappings": ports}]});
        let questions = Case::from_file("quay", &[(EcsTaskDefinition, body)]).lift().questions;
        questions.into_iter().find(|one| one.id.as_str().starts_with("kind/")).unwrap()
    };
    assert_eq!(kind(json!([])).options, ["worker", "cron", "job"]);
    assert!(kind(json!([])).text.contains("no port"));
    assert_eq!(kind(json!([{"containerPort": 80}])).options, ["web", "worker", "cron", "job"]);
}

#[test]
fn the_ports_of_what_has_ended_are_left_out_and_clash_with_nothing() {
    for port in [8080, 9091] {
        let case = Case::from_file("quay", &{
            let mut documents =
                file(json!({}), json!({"dependsOn": [{"containerName": "side", "condition": "SUCCESS"}]}));
            documents[0].1["containerDefinitions"][1]["essential"] = json!(false);
            documents[0].1["containerDefinitions"][1]["portMappings"] =
                json!([{"containerPort": port, "name": "seed", "protocol": "tcp"}]);
            documents
        });
        let config = case.config();
        let component = config.components.values().next().unwrap();
        assert_eq!(component.init.len(), 1);
        assert!(!serde_json::to_string(&component.init).unwrap().contains(&port.to_string()));
        for field in ["containerPort", "name", "protocol"] {
            let entry = case.entry(0, &format!("/containerDefinitions/1/portMappings/0/{field}"));
            assert!(format!("{:?}", entry.verdict).contains("init-ports") && entry.target.is_none(), "{entry:?}");
        }
    }
}
