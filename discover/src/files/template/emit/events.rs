//! Rules of EventBridge and schedules of EventBridge Scheduler.

use super::Emitter;
use super::shape::{as_text, filled, moved, small, typed};
use crate::files::template::document::Resource;
use crate::files::template::intrinsic::Intrinsic;
use crate::files::template::links::arn;
use caravan_inventory::ObservationKind as Kind;
use serde_json::{Value, json};

const NUMBERS: &[&str] = &["MaximumRetryAttempts", "MaximumEventAgeInSeconds", "MaximumWindowInMinutes", "TaskCount"];

/// A rule with its targets.
pub(super) fn rule(out: &mut Emitter<'_>, id: &str, resource: &Resource) {
    const LINKS: &[&str] = &[
        "EventBusName",
        "RoleArn",
        "Targets/*/Arn",
        "Targets/*/DeadLetterConfig/Arn",
        "Targets/*/EcsParameters/NetworkConfiguration/AwsVpcConfiguration/SecurityGroups/*",
        "Targets/*/EcsParameters/TaskDefinitionArn",
        "Targets/*/RoleArn",
    ];
    let mut fields = out.eval.properties(&resource.properties, LINKS);
    let rule = out.eval.rule_arn(id, resource.properties.get("EventBusName"));
    fields.insert("Name".to_owned(), out.eval.name_of(id, "Name").into());
    fields.insert("Arn".to_owned(), rule.clone().into());
    let state = fields.remove("State");
    fields.insert("State".to_owned(), out.state(state, "ENABLED", "DISABLED"));
    filled(&mut fields, &[("EventBusName", json!("default"))]);
    if let Some(pattern) = fields.remove("EventPattern") {
        fields.insert("EventPattern".to_owned(), as_text(pattern));
    }
    let said = resource.properties.get("Targets").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    let targets = fields.get_mut("Targets").and_then(Value::as_array_mut).into_iter().flatten();
    for (at, target) in targets.enumerate() {
        // A target that a condition leaves out moves those behind it.
        let is_whole = said.iter().all(|one| Intrinsic::of(one).is_none());
        request(out, said.get(at).filter(|_| is_whole), target);
        input_as_text(target);
        ecs_parameters(target);
    }
    let mut body = Value::Object(fields);
    typed(&mut body, NUMBERS, &[]);
    out.add(Kind::EventsRule, &rule, body);
}

/// A schedule.
pub(super) fn schedule(out: &mut Emitter<'_>, id: &str, resource: &Resource) {
    const LINKS: &[&str] = &[
        "GroupName",
        "KmsKeyArn",
        "Target/Arn",
        "Target/DeadLetterConfig/Arn",
        "Target/EcsParameters/NetworkConfiguration/AwsvpcConfiguration/SecurityGroups/*",
        "Target/EcsParameters/TaskDefinitionArn",
        "Target/RoleArn",
    ];
    let mut fields = out.eval.properties(&resource.properties, LINKS);
    let name = out.eval.name_of(id, "Name");
    let group = fields.get("GroupName").and_then(Value::as_str).unwrap_or("default").to_owned();
    let schedule = arn("scheduler", &format!("schedule/{group}/{name}"));
    fields.insert("Name".to_owned(), name.into());
    fields.insert("Arn".to_owned(), schedule.clone().into());
    let state = fields.remove("State");
    fields.insert("State".to_owned(), out.state(state, "ENABLED", "DISABLED"));
    // Without quotes YAML 1.1 reads the word as a boolean.
    if let Some(mode) = fields.get_mut("FlexibleTimeWindow").and_then(|window| window.get_mut("Mode"))
        && *mode == json!(false)
    {
        *mode = json!("OFF");
    }
    filled(&mut fields, &[("GroupName", json!("default")), ("ScheduleExpressionTimezone", json!("UTC"))]);
    if let Some(target) = fields.get_mut("Target") {
        request(out, resource.properties.get("Target"), target);
        input_as_text(target);
        ecs_parameters(target);
    }
    let mut body = Value::Object(fields);
    typed(&mut body, NUMBERS, &[]);
    out.add(Kind::SchedulerSchedule, &schedule, body);
}

/// What a task is started with has small letters where the API of ECS has them, and great ones elsewhere.
fn ecs_parameters(target: &mut Value) {
    let Some(Value::Object(task)) = target.get_mut("EcsParameters") else { return };
    for list in ["CapacityProviderStrategy", "PlacementConstraints", "PlacementStrategies", "PlacementStrategy"] {
        if let Some(value) = task.remove(list) {
            let list = if list == "PlacementStrategies" { "PlacementStrategy" } else { list };
            task.insert(list.to_owned(), small(value, &[]));
        }
    }
    if let Some(Value::Object(network)) = task.get_mut("NetworkConfiguration") {
        moved(network, "AwsVpcConfiguration", "awsvpcConfiguration");
        moved(network, "AwsvpcConfiguration", "awsvpcConfiguration");
    }
}

/// What is given to a task, or to an API that a schedule calls by itself: of a request that the template puts together, all that it
/// decides is known.
fn request(out: &Emitter<'_>, said: Option<&Value>, target: &mut Value) {
    let is_call = target.get("Arn").and_then(Value::as_str).is_some_and(|arn| arn.contains(":aws-sdk:"));
    let is_task = target.get("EcsParameters").is_some();
    let said = said.and_then(|target| target.get("Input")).filter(|_| is_call || is_task);
    if let (Some(request), Value::Object(fields)) = (said.and_then(|said| out.eval.request(said)), target) {
        fields.insert("Input".to_owned(), request.into());
    }
}

/// What a target is given is a text.
fn input_as_text(target: &mut Value) {
    if let Value::Object(fields) = target
        && let Some(input) = fields.remove("Input")
    {
        fields.insert("Input".to_owned(), as_text(input));
    }
}
