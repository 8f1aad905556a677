//! Schedules whose moments a template leaves open: one question each, and nothing runs before it is answered.

mod common;

use caravan_inventory::ObservationKind::{
    EcsService, EcsTaskDefinition, EventsRule, LambdaFunction, SchedulerSchedule,
};
use common::Case;
use serde_json::{Value, json};

fn asked(case: &Case) -> Vec<String> {
    let topics = ["schedule/", "value/"];
    let ids = case.lift().questions.into_iter().map(|question| question.id.to_string());
    ids.filter(|id| topics.iter().any(|topic| id.starts_with(topic))).collect()
}

/// By a rule, and by a schedule.
fn cases(expression: &Value) -> [(Case, &'static str); 2] {
    let task = (
        EcsTaskDefinition,
        json!({"family": "sweep", "containerDefinitions": [{"name": "sweep", "image": "sweep:1"}]}),
    );
    let target = json!({"Id": "it", "Arn": "cluster", "EcsParameters": {"TaskDefinitionArn": "sweep"}});
    let rule = json!({"Name": "sweep", "State": "ENABLED", "ScheduleExpression": expression, "Targets": [target]});
    let schedule = json!({"Name": "sweep", "State": "ENABLED", "ScheduleExpression": expression, "Target": target});
    [
        (Case::from_file("sweep", &[(EventsRule, rule), task.clone()]), "events.rule"),
        (Case::from_file("sweep", &[(SchedulerSchedule, schedule), task]), "scheduler.schedule"),
    ]
}

#[test]
fn a_moment_that_is_left_open_is_asked_once() {
    let nothing = json!({"$unresolved": "!Ref When"});
    // What is offered can be no schedule; or one that is once more asked about when nobody chose another.
    let odd = json!({"$unresolved": "!Sub rate(${When})", "default": "rate(rate(5 minutes))"});
    let never_said = json!({"$unresolved": "!Ref When", "default": "cron(0 3 L * ? 2031)"});
    for expression in [nothing, odd, never_said] {
        for (case, kind) in cases(&expression) {
            let id = format!("value/{}/{kind}/ScheduleExpression", case.workload.id);
            assert_eq!(asked(&case), [id], "{expression}");
            let component = case.config().components.remove("cron").unwrap();
            assert_eq!(component.schedule.as_deref(), Some("0 0 30 2 *"));
            let held = component.suspended.unwrap().to_string();
            assert!(held.contains("nobody said when it runs"), "{held}");
            // The answer is what stood there; one that cron can't say is asked about as any other.
            let answered = case.clone().answer("value", &format!("{kind}/ScheduleExpression"), "cron(30 4 ? * 2-6 *)");
            assert_eq!(asked(&answered), Vec::<String>::new());
            assert_eq!(answered.config().components["cron"].schedule.as_deref(), Some("30 4 * * 1-5"));
            let answered = case.answer("value", &format!("{kind}/ScheduleExpression"), "cron(0 3 L * ? *)");
            assert_eq!(asked(&answered), [format!("schedule/{}", answered.workload.id)]);
        }
    }
}

#[test]
fn a_moment_that_is_offered_is_asked_once_too() {
    for (case, kind) in cases(&json!({"$unresolved": "!Ref When", "default": "rate(5 minutes)"})) {
        assert_eq!(asked(&case), [format!("value/{}/{kind}/ScheduleExpression", case.workload.id)]);
        assert_eq!(case.config().components["cron"].schedule.as_deref(), Some("*/5 * * * *"));
    }
}

#[test]
fn functions_are_asked_once() {
    let arn = "arn:aws:lambda:eu-west-1:111122223333:function:sweep";
    let function = json!({"Configuration": {"FunctionName": "sweep", "FunctionArn": arn, "Runtime": "python3.13", "Handler": "a.b",
        "Role": "arn:aws:iam::111122223333:role/r", "PackageType": "Zip"}});
    let rule = json!({"Name": "sweep", "Arn": "arn:rule", "ScheduleExpression": {"$unresolved": "!Ref When"}, "State": "ENABLED",
        "Targets": [{"Id": "it", "Arn": arn}]});
    let case =
        Case::function("sweep", &[(LambdaFunction, arn.to_owned(), function), (EventsRule, "sweep".to_owned(), rule)]);
    assert_eq!(asked(&case), ["value/lambda/test/sweep/events.rule/ScheduleExpression"]);
}

/// Where nothing says it at all, it is still asked.
#[test]
fn a_moment_that_nobody_wrote_is_asked() {
    for (case, _) in cases(&Value::Null) {
        assert_eq!(asked(&case), [format!("schedule/{}", case.workload.id)]);
    }
}

/// How many run is asked once as well, and whatever is left open keeps it from starting.
#[test]
fn a_count_that_is_left_open_is_asked_once() {
    let open = |text: &str| json!({"$unresolved": text});
    let service = json!({"serviceName": "desk", "taskDefinition": "desk", "desiredCount": open("!Ref Count"),
        "placementConstraints": [{"type": "memberOf", "expression": open("!Sub attribute:kind == ${Kind}")}]});
    let task = json!({"family": "desk", "containerDefinitions": [{"name": "desk", "image": "desk:1"}]});
    let case = Case::from_file("desk", &[(EcsService, service), (EcsTaskDefinition, task)]);
    let questions = case.lift().questions;
    let about =
        |topic: &str| questions.iter().filter(move |one| one.id.as_str().starts_with(topic)).collect::<Vec<_>>();
    assert!(about("replicas/").is_empty(), "{questions:?}");
    assert!(about("value/").iter().any(|one| one.id.as_str().ends_with("/desiredCount")), "{questions:?}");
    assert!(about("placement/")[0].text.contains("an expression holds that its template leaves open"), "{questions:?}");
    assert!(case.config().components.values().all(|component| component.suspended.is_some()));
    let answered = case.answer("value", "ecs.service/desiredCount", "3");
    assert_eq!(serde_json::to_value(&answered.config().components["worker"].scale).unwrap(), json!(3));
}
