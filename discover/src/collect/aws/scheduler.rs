//! EventBridge Scheduler: every schedule in full, since a list names neither its input nor its task definition.

use super::ecs::task_definitions;
use crate::collect::call::{CallRow, Collector, Source, Start};
use crate::collect::found::{Element, Found, list, text};
use crate::request::Request;
use caravan_inventory::{ObservationKind, ScheduledCall};
use serde_json::{Value, json};

/// Its calls.
pub(super) const CALLS: &[CallRow] = &[
    row("scheduler:ListSchedules", Start::Root("{}"), &[], Collector::One(schedules)),
    row("scheduler:GetSchedule", Start::Each, &["scheduler:ListSchedules"], Collector::One(schedule)),
];

const fn row(api: &'static str, start: Start, fed_by: &'static [&'static str], collector: Collector) -> CallRow {
    CallRow { api, source: Source::Ecs, global: false, start, fed_by, collector }
}

fn schedules(request: &Request, body: &Value) -> Found {
    let mut found = Found::default();
    for schedule in list(body, "Schedules") {
        let (Some(group), Some(name)) = (text(schedule, "GroupName"), text(schedule, "Name")) else {
            continue;
        };
        found.count += 1;
        // The names of the API's query and path.
        found.follow_up.push(request.then("scheduler:GetSchedule", json!({"groupName": group, "Name": name})));
    }
    found
}

fn schedule(request: &Request, body: &Value) -> Found {
    let Some(arn) = text(body, "Arn") else {
        return Found::default();
    };
    let target = body.get("Target");
    let parameters = target.and_then(|target| target.get("EcsParameters"));
    // A universal target has its task definition in the request that it makes.
    let call = target.and_then(Value::as_object).and_then(ScheduledCall::of).filter(|call| call.is_ecs("runTask"));
    let called = call.as_ref().and_then(|call| call.text("taskDefinition"));
    let definitions =
        parameters.and_then(|parameters| text(parameters, "TaskDefinitionArn")).into_iter().chain(called).collect();
    Found {
        count: 1,
        elements: vec![Element::new(ObservationKind::SchedulerSchedule, arn, request, body)],
        follow_up: task_definitions(request, &definitions),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::collect::testing::{apis, found, request};

    #[test]
    fn a_schedule_is_read_in_full() {
        let list = request("scheduler:ListSchedules", json!({}));
        let listed = found(&list, json!({"Schedules": [{"GroupName": "default", "Name": "nightly"}]}));
        assert_eq!(listed.follow_up[0].read.input, json!({"groupName": "default", "Name": "nightly"}));
        let body = json!({"Arn": "arn:s", "Target": {"Input": "{}", "EcsParameters": {"TaskDefinitionArn": "td:1"}}});
        let found = found(&listed.follow_up[0], body.clone());
        assert_eq!(found.elements[0].body, body);
        assert_eq!(apis(&found), ["ecs:DescribeTaskDefinition"]);
    }

    #[test]
    fn a_schedule_that_calls_the_api_itself_names_its_task_definition_in_the_call() {
        for (call, input, asked) in [
            ("ecs:runTask", r#"{"TaskDefinition": "report", "Cluster": "main"}"#, Some("report")),
            ("ECS:RunTask", r#"{"taskDefinition": "report:7"}"#, Some("report:7")),
            ("ecs:updateService", r#"{"service": "site", "taskDefinition": "site"}"#, None),
            ("ecs:runTask", "not JSON", None),
        ] {
            let ask = request("scheduler:GetSchedule", json!({"groupName": "default", "Name": "it"}));
            let target = json!({"Arn": format!("arn:aws:scheduler:::aws-sdk:{call}"), "Input": input});
            let found = found(&ask, json!({"Arn": "arn:s", "Target": target}));
            let names: Vec<_> = found.follow_up.iter().map(|ask| ask.read.input["taskDefinition"].as_str()).collect();
            assert_eq!(names, asked.map(Some).into_iter().collect::<Vec<_>>(), "{call} {input}");
        }
    }

    #[test]
    fn a_schedule_of_something_else_refers_to_no_task_definition() {
        let ask = request("scheduler:GetSchedule", json!({"groupName": "default", "Name": "ping"}));
        let found = found(&ask, json!({"Arn": "arn:s", "Target": {"Arn": "arn:aws:lambda:f"}}));
        assert_eq!((found.elements.len(), found.follow_up.len()), (1, 0));
    }
}
