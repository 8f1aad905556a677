//! Answers that stand in the place of a value of the source hold for that value: where it changes, they are asked again, and nothing runs
//! by what was said of another one.

#![expect(clippy::unwrap_used, reason = "tests fail loudly")]

mod common;

use caravan_inventory::ObservationKind::{self, EcsService, EcsTaskDefinition, EventsRule, SchedulerSchedule};
use caravan_inventory::{Decision, QuestionId};
use common::Case;
use serde_json::{Value, json};

type Documents = Vec<(ObservationKind, Value)>;

fn containers(list: Value) -> (ObservationKind, Value) {
    (EcsTaskDefinition, json!({"family": "tide", "cpu": "256", "memory": "512", "containerDefinitions": list}))
}

fn service(list: Value) -> Documents {
    vec![(EcsService, json!({"serviceName": "tide", "desiredCount": 1})), containers(list)]
}

fn by_schedule(schedule: Value) -> Documents {
    let mut body = json!({"Name": "tide", "GroupName": "default", "State": "ENABLED", "ScheduleExpression": "cron(5 4 * * ? *)",
        "Target": {"Arn": "arn:aws:ecs:eu-west-1:111122223333:cluster/main", "EcsParameters": {"TaskDefinitionArn": "tide:1"}}});
    body.as_object_mut().unwrap().extend(schedule.as_object().unwrap().clone());
    vec![(SchedulerSchedule, body), containers(json!([{"name": "tide", "image": "tide:1"}]))]
}

/// Whether an answer to the question of this topic about the first documents holds for the second ones.
fn holds(topic: &str, answer: &str, before: &Documents, after: &Documents) -> bool {
    let question = Case::live("tide", before).lift().questions.into_iter();
    let mut of_topic = question.filter(|one| one.id.as_str().starts_with(&format!("{topic}/")));
    let question = of_topic.next();
    assert!(question.is_some(), "{topic} is not asked");
    let question = question.unwrap();
    let given = |documents: &Documents| {
        let mut case = Case::live("tide", documents);
        let decision = Decision { answer: answer.to_owned(), reason: None, asked: Some(question.digest()) };
        case.decisions.0.insert(QuestionId::new(question.id.as_str()), decision);
        !case.lift().questions.iter().any(|one| one.id == question.id)
    };
    assert!(given(before), "{topic}={answer} is taken where it was asked");
    given(after)
}

#[test]
fn an_answer_in_the_place_of_a_value_is_asked_again_when_the_value_is_another() {
    let one_text = |command: &str| service(json!([{"name": "app", "image": "tide:1", "command": command}]));
    let user = |user: &str| service(json!([{"name": "app", "image": "tide:1", "user": user}]));
    let named = |name: &str| service(json!([{"name": "app", "image": "tide:1", "hostname": name}]));
    let file = |key: &str| {
        let file = json!([{"value": format!("arn:aws:s3:::tide/{key}"), "type": "s3"}]);
        service(json!([{"name": "app", "image": "tide:1", "environmentFiles": file}]))
    };
    let limit = |most: u64| {
        let limits = json!([{"name": "nproc", "softLimit": most, "hardLimit": most}]);
        service(json!([{"name": "app", "image": "tide:1", "ulimits": limits}]))
    };
    let beside = |command: Value| {
        service(json!([{"name": "app", "image": "tide:1", "portMappings": [{"containerPort": 80}]},
            {"name": "seed", "image": "seed:1", "essential": false, "command": command}]))
    };
    let parameters = |one: &str, other: &str| {
        let set = |value: &str| json!([{"namespace": "net.ipv4.tcp_keepalive_time", "value": value}]);
        service(json!([{"name": "app", "image": "tide:1", "systemControls": set(one)},
            {"name": "web", "image": "web:1", "systemControls": set(other), "portMappings": [{"containerPort": 80}]}]))
    };
    for (topic, answer, before, after) in [
        ("words", "report --all", one_text("report --all"), one_text("wipe --all")),
        ("user", "1000", user("keeper"), user("admin")),
        ("hostname", "tide-a", named("Tide_A"), named("Tide_B")),
        ("environment-file", "copied", file("a.env"), file("b.env")),
        ("ulimit", "enough", limit(512), limit(1_000_000)),
        ("sidecar", "once=seed", beside(json!(["--small"])), beside(json!(["--drop-everything"]))),
        ("sysctl", "60", parameters("60", "90"), parameters("60", "30")),
        (
            "schedule",
            "0 8 1 * *",
            by_schedule(json!({"ScheduleExpression": "cron(0 8 ? * 2#1 *)"})),
            by_schedule(json!({"ScheduleExpression": "cron(0 20 ? * 6L *)"})),
        ),
        (
            "dates",
            "by-hand",
            by_schedule(json!({"StartDate": "2026-02-01T00:00:00Z"})),
            by_schedule(json!({"StartDate": "2031-02-01T00:00:00Z"})),
        ),
    ] {
        assert!(holds(topic, answer, &before, &before), "{topic}");
        assert!(!holds(topic, answer, &before, &after), "{topic}");
    }
}

#[test]
fn until_it_is_said_again_nothing_runs_by_the_answer_to_another_value() {
    let made = |expression: &str| by_schedule(json!({"ScheduleExpression": expression}));
    let before = Case::live("tide", &made("cron(0 8 ? * 2#1 *)")).lift().questions;
    let question = before.iter().find(|one| one.id.as_str().starts_with("schedule/")).unwrap();
    let mut case = Case::live("tide", &made("cron(0 20 ? * 6L *)"));
    let decision = Decision { answer: "0 8 1 * *".to_owned(), reason: None, asked: Some(question.digest()) };
    case.decisions.0.insert(question.id.clone(), decision);
    let component = case.config().components.remove("cron").unwrap();
    assert_ne!(component.schedule.as_deref(), Some("0 8 1 * *"));
    assert!(component.suspended.clone().unwrap().contains("nobody said when it runs"), "{component:?}");
}

/// Two targets of one rule, each with an input and a count of its own, as `discover` calls what they start.
fn poll() -> Documents {
    let target = |id: &str, count: u32, words: Value| {
        json!({"Id": id, "Arn": "arn:aws:ecs:eu-west-1:111122223333:cluster/main",
            "Input": json!({"containerOverrides": [{"name": "tide", "command": words}]}).to_string(),
            "EcsParameters": {"TaskDefinitionArn": "tide:1", "TaskCount": count}})
    };
    let targets = json!([target("ebb", 1, json!(["poll", "ebb"])), target("flood", 4, json!(["poll", "flood"]))]);
    let rule =
        json!({"Name": "poll", "ScheduleExpression": "rate(10 minutes)", "State": "ENABLED", "Targets": targets});
    vec![(EventsRule, rule), containers(json!([{"name": "tide", "image": "tide:1"}]))]
}

/// Why it does not start while that is open.
const OPEN: &str = "which target of its rule is its own";

fn of_target(case: &Case) -> bool {
    case.lift().questions.iter().any(|one| one.id.as_str() == format!("target/{}", case.workload.id))
}

#[test]
fn each_workload_of_a_rule_has_the_input_and_the_count_of_its_own_target() {
    for (id, name, words, count) in [
        ("ecs/files/t/poll-ebb", "poll-ebb", ["poll", "ebb"], 1),
        ("ecs/files/t/poll-flood", "poll-flood", ["poll", "flood"], 4),
        ("ecs/111122223333/eu-west-1/rule/poll/flood", "poll-flood", ["poll", "flood"], 4),
    ] {
        let mut case = Case::live("tide", &poll());
        case.workload.id = caravan_inventory::WorkloadId::new(id);
        case.workload.name = name.to_owned();
        let component = case.config().components.remove("cron").unwrap();
        assert_eq!(
            component.args.clone().or(component.command.clone()),
            Some(words.map(str::to_owned).to_vec()),
            "{id}"
        );
        let written = serde_json::to_value(&component).unwrap();
        assert_eq!(written.get("scale").and_then(Value::as_u64).unwrap_or(1), count, "{id}: {written}");
        assert!(!of_target(&case) && !component.suspended.unwrap_or_default().contains(OPEN), "{id}");
    }
}

#[test]
fn where_nothing_tells_which_target_is_its_own_it_is_asked_and_does_not_start() {
    let case = Case::live("tide", &poll());
    assert!(of_target(&case));
    assert!(case.config().components["cron"].suspended.clone().unwrap().contains(OPEN));
    for (document, path) in [(0, "/Targets/0/Input"), (0, "/Targets/1/EcsParameters/TaskCount")] {
        let verdict = format!("{:?}", case.verdict(document, path));
        assert!(verdict.contains("target/ecs/test/tide"), "{path}: {verdict}");
    }
    let case = case.answer("target", "", "flood");
    let component = case.config().components.remove("cron").unwrap();
    assert_eq!(component.args.clone().or(component.command.clone()), Some(vec!["poll".to_owned(), "flood".to_owned()]));
    assert!(!of_target(&case) && !component.suspended.unwrap_or_default().contains(OPEN));
}
