//! State machines: the tasks and functions that they start, and what starts them.

use super::{ACCOUNT, REGION, arn, edges, ids, linked, seen, workload};
use caravan_inventory::{EdgeKind, Observation, ObservationKind as Kind};
use serde_json::{Value, json};

fn machine(states: Value) -> Observation {
    let own = arn("states", "stateMachine:nightly");
    seen(
        Kind::StateMachine,
        &own,
        json!({"stateMachineArn": own, "name": "nightly", "definition": {"StartAt": "a", "States": states}}),
    )
}

fn machine_id() -> String {
    format!("states.state-machine/{ACCOUNT}/{REGION}/{}", arn("states", "stateMachine:nightly"))
}

fn definition(family: &str, revision: u64) -> Observation {
    let name = arn("ecs", &format!("task-definition/{family}:{revision}"));
    let body = json!({"taskDefinition": {"taskDefinitionArn": name, "family": family, "revision": revision,
        "containerDefinitions": [{"name": "main", "image": format!("{family}:{revision}")}]}});
    seen(Kind::EcsTaskDefinition, &name, body)
}

fn run(definition: &str) -> Value {
    json!({"Type": "Task", "Resource": "arn:aws:states:::ecs:runTask.sync", "Parameters": {"TaskDefinition": definition}})
}

/// A machine that runs a task which nothing else does.
pub(super) fn everything() -> [Observation; 2] {
    [machine(json!({"Report": run("machine-report")})), definition("machine-report", 1)]
}

#[test]
fn a_task_that_a_machine_starts_is_a_workload_in_the_revision_that_the_state_names() {
    let linked =
        linked(vec![machine(json!({"Run report": run("report:2")})), definition("report", 2), definition("report", 3)]);
    assert_eq!(ids(&linked), [format!("ecs/{ACCOUNT}/{REGION}/task/report")]);
    let parts: Vec<&str> = workload(&linked, "task/report").parts.iter().map(|part| part.as_str()).collect();
    assert!(parts[0].ends_with("report:2") && parts.contains(&machine_id().as_str()), "{parts:?}");
    let started = edges(&linked, "task/report", EdgeKind::TriggeredBy);
    assert_eq!(started, [format!("{} @ /definition/States/Run report/Parameters/TaskDefinition", machine_id())]);
}

#[test]
fn what_a_service_runs_and_a_machine_starts_besides_is_both() {
    let service = arn("ecs", "service/prod/report");
    let body = json!({"serviceName": "report", "clusterArn": arn("ecs", "cluster/prod"), "taskDefinition": arn("ecs", "task-definition/report:3")});
    let observed = |states: Value| {
        let linked =
            linked(vec![machine(states), seen(Kind::EcsService, &service, body.clone()), definition("report", 3)]);
        ids(&linked).into_iter().map(str::to_owned).collect::<Vec<_>>()
    };
    let of_service = format!("ecs/{ACCOUNT}/{REGION}/prod/report");
    assert_eq!(
        observed(json!({"a": run("report")})),
        [of_service.clone(), format!("ecs/{ACCOUNT}/{REGION}/task/report")]
    );
    assert_eq!(observed(json!({"a": run("other")})), [of_service]);
}

#[test]
fn functions_are_named_in_four_ways_and_those_that_were_not_read_by_their_arn() {
    let function = arn("lambda", "function:count");
    let invoke =
        |name: &str| json!({"Resource": "arn:aws:states:::lambda:invoke", "Parameters": {"FunctionName": name}});
    let states = json!({
        "a": {"Resource": format!("{function}:live")},
        "b": invoke("count"),
        "c": invoke(&function),
        "d": invoke("count:live"),
        "e": invoke("elsewhere"),
        "f": invoke(&format!("{ACCOUNT}:function:count:live")),
        "g": invoke("999999999999:function:count")});
    let body = json!({"Configuration": {"FunctionArn": function, "FunctionName": "count"}});
    let linked = linked(vec![machine(states), seen(Kind::LambdaFunction, &function, body)]);
    let places: Vec<String> = edges(&linked, "/count", EdgeKind::TriggeredBy);
    let place = |state: &str, field: &str| format!("{} @ /definition/States/{state}/{field}", machine_id());
    assert_eq!(
        places,
        [
            place("a", "Resource"),
            place("b", "Parameters/FunctionName"),
            place("c", "Parameters/FunctionName"),
            place("d", "Parameters/FunctionName"),
            place("f", "Parameters/FunctionName"),
        ]
    );
    let unread = format!("lambda:{}", arn("lambda", "function:elsewhere"));
    assert_eq!(edges(&linked, &unread, EdgeKind::TriggeredBy), [place("e", "Parameters/FunctionName")]);
    let of_others = format!("lambda:{}", arn("lambda", "function:count").replace(ACCOUNT, "999999999999"));
    assert_eq!(edges(&linked, &of_others, EdgeKind::TriggeredBy), [place("g", "Parameters/FunctionName")]);
}

#[test]
fn rules_and_schedules_start_machines() {
    let own = arn("states", "stateMachine:nightly");
    let (rule, schedule) = (arn("events", "rule/night"), arn("scheduler", "schedule/default/dawn"));
    let linked = linked(vec![
        machine(json!({})),
        seen(
            Kind::EventsRule,
            &rule,
            json!({"Name": "night", "Targets": [{"Id": "1", "Arn": "arn:other"}, {"Id": "2", "Arn": own}]}),
        ),
        seen(Kind::SchedulerSchedule, &schedule, json!({"Name": "dawn", "Target": {"Arn": own}})),
    ]);
    let started = edges(&linked, &own, EdgeKind::TriggeredBy);
    assert_eq!(
        started,
        [
            format!("events.rule/{ACCOUNT}/{REGION}/{rule} @ /Targets/1/Arn"),
            format!("scheduler.schedule/{ACCOUNT}/{REGION}/{schedule} @ /Target/Arn"),
        ]
    );
}
