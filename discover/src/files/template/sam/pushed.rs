//! Events that are pushed to a function: rules and schedules, topics, buckets, and what else may invoke.

use super::event::Event;
use super::{attribute, id_in, is_true, picked};
use crate::files::template::document::Template;
use serde_json::{Map, Value, json};

/// Allows a service to invoke the function.
fn permit(template: &mut Template, event: &Event<'_>, principal: &str, source: Option<Value>) {
    let mut permission =
        json!({"Action": "lambda:InvokeFunction", "FunctionName": event.function.target, "Principal": principal});
    if let Some(source) = source {
        permission["SourceArn"] = source;
    }
    template.make(&format!("{}Permission", event.id), "AWS::Lambda::Permission", permission, event.function.condition);
}

/// A rule's target, and what becomes of events that it can't be given.
fn target(template: &mut Template, event: &mut Event<'_>, id: &str) -> Map<String, Value> {
    let mut target = picked(&event.fields, &["Input", "InputPath", "InputTransformer", "RetryPolicy"]);
    let given = event.fields.remove("Target").and_then(|target| target.get("Id").cloned());
    target.insert("Id".to_owned(), given.unwrap_or_else(|| json!(id)));
    target.insert("Arn".to_owned(), event.function.arn());
    if let Some(queue) = event.fields.remove("DeadLetterConfig") {
        target.insert("DeadLetterConfig".to_owned(), json!({"Arn": failed(template, event, &queue)}));
    }
    target
}

/// The queue of what failed: named, or made by SAM.
fn failed(template: &mut Template, event: &Event<'_>, queue: &Value) -> Value {
    if let Some(arn) = queue.get("Arn") {
        return arn.clone();
    }
    let made =
        queue.get("QueueLogicalId").and_then(Value::as_str).map_or_else(|| format!("{}Queue", event.id), str::to_owned);
    template.make(&made, "AWS::SQS::Queue", json!({}), event.function.condition);
    attribute(&made, "Arn")
}

fn add_rule(template: &mut Template, event: Event<'_>, mut rule: Map<String, Value>, target: Map<String, Value>) {
    let enabled = event.fields.get("Enabled").cloned();
    rule.extend(picked(&event.fields, &["Description", "EventBusName", "RoleArn", "State"]));
    if let Some(enabled) = enabled {
        rule.insert("State".to_owned(), enabled);
    }
    rule.insert("Targets".to_owned(), json!([target]));
    template.make(&event.id, "AWS::Events::Rule", Value::Object(rule), event.function.condition);
    permit(template, &event, "events.amazonaws.com", Some(attribute(&event.id, "Arn")));
}

/// `Schedule`: a rule by the clock.
pub(super) fn schedule(template: &mut Template, mut event: Event<'_>) {
    let id = format!("{}LambdaTarget", event.id);
    let target = target(template, &mut event, &id);
    let mut rule = picked(&event.fields, &["Name"]);
    rule.extend(event.fields.get("Schedule").map(|when| ("ScheduleExpression".to_owned(), when.clone())));
    add_rule(template, event, rule, target);
}

/// `EventBridgeRule`: a rule by a pattern.
pub(super) fn rule(template: &mut Template, mut event: Event<'_>) {
    let id = format!("{}LambdaTarget", event.id);
    let target = target(template, &mut event, &id);
    let mut rule = Map::new();
    rule.extend(event.fields.get("RuleName").map(|name| ("Name".to_owned(), name.clone())));
    rule.extend(event.fields.get("Pattern").map(|pattern| ("EventPattern".to_owned(), pattern.clone())));
    add_rule(template, event, rule, target);
}

/// `ScheduleV2`: a schedule of EventBridge Scheduler.
pub(super) fn schedule_v2(template: &mut Template, mut event: Event<'_>) {
    const OWN: &[&str] = &[
        "Description",
        "EndDate",
        "FlexibleTimeWindow",
        "GroupName",
        "KmsKeyArn",
        "Name",
        "ScheduleExpression",
        "ScheduleExpressionTimezone",
        "StartDate",
        "State",
    ];
    let mut schedule = picked(&event.fields, OWN);
    schedule.entry("FlexibleTimeWindow").or_insert_with(|| json!({"Mode": "OFF"}));
    let mut target = picked(&event.fields, &["Input", "RetryPolicy", "RoleArn"]);
    target.insert("Arn".to_owned(), event.function.arn());
    let role = format!("{}Role", event.id);
    if !target.contains_key("RoleArn") {
        template.make(&role, "AWS::IAM::Role", json!({}), event.function.condition);
        target.insert("RoleArn".to_owned(), attribute(&role, "Arn"));
    }
    if let Some(queue) = event.fields.remove("DeadLetterConfig") {
        target.insert("DeadLetterConfig".to_owned(), json!({"Arn": failed(template, &event, &queue)}));
    }
    schedule.insert("Target".to_owned(), Value::Object(target));
    template.make(&event.id, "AWS::Scheduler::Schedule", Value::Object(schedule), event.function.condition);
}

/// `S3`: notifications of a bucket, which stand in the bucket.
pub(super) fn bucket(template: &mut Template, event: Event<'_>) {
    let bucket = event.fields.get("Bucket").and_then(id_in).map(str::to_owned);
    let arn = bucket.as_deref().map(|bucket| attribute(bucket, "Arn"));
    permit(template, &event, "s3.amazonaws.com", arn);
    template.make(&format!("{}Notification", event.id), "notification of AWS::S3::Bucket", json!({}), None);
}

/// `SNS`: a subscription, or a queue in between.
pub(super) fn topic(template: &mut Template, mut event: Event<'_>) {
    let topic = event.fields.remove("Topic");
    let between =
        event.fields.remove("SqsSubscription").filter(|between| is_true(Some(between)) || between.is_object());
    template.make(&event.id, "AWS::SNS::Subscription", json!({}), event.function.condition);
    let Some(between) = between else {
        permit(template, &event, "sns.amazonaws.com", topic);
        return;
    };
    let queue = format!("{}Queue", event.id);
    let named = between.get("QueueArn").cloned();
    if named.is_none() {
        template.make(&queue, "AWS::SQS::Queue", json!({}), event.function.condition);
    }
    let mut mapping = picked(between.as_object().unwrap_or(&Map::new()), &["BatchSize", "Enabled"]);
    mapping.entry("BatchSize").or_insert_with(|| json!(10));
    mapping.insert("EventSourceArn".to_owned(), named.unwrap_or_else(|| attribute(&queue, "Arn")));
    mapping.insert("FunctionName".to_owned(), event.function.target.clone());
    let id = format!("{}EventSourceMapping", event.id);
    template.make(&id, "AWS::Lambda::EventSourceMapping", Value::Object(mapping), event.function.condition);
}

/// `CloudWatchLogs`: a filter of a log group.
pub(super) fn logs(template: &mut Template, event: Event<'_>) {
    let group = event.fields.get("LogGroupName").and_then(id_in).map(str::to_owned);
    let group = group.filter(|group| template.resources.contains_key(group));
    permit(template, &event, "logs.amazonaws.com", group.as_deref().map(|group| attribute(group, "Arn")));
    template.make(&event.id, "AWS::Logs::SubscriptionFilter", json!({}), event.function.condition);
}

/// `Cognito`: a trigger of a user pool.
pub(super) fn pool(template: &mut Template, event: Event<'_>) {
    let pool = event.fields.get("UserPool").and_then(id_in).map(|pool| attribute(pool, "Arn"));
    permit(template, &event, "cognito-idp.amazonaws.com", pool);
}

/// `IoTRule`: messages of things.
pub(super) fn things(template: &mut Template, event: Event<'_>) {
    template.make(&event.id, "AWS::IoT::TopicRule", json!({}), event.function.condition);
    permit(template, &event, "iot.amazonaws.com", None);
}

/// `AlexaSkill`: a skill, which is no resource of AWS.
pub(super) fn skill(template: &mut Template, event: Event<'_>) {
    let skill = event.fields.get("SkillId").cloned();
    permit(template, &event, "alexa-appkit.amazon.com", None);
    let id = format!("{}Permission", event.id);
    if let (Some(skill), Some(permission)) = (skill, template.resources.get_mut(&id)) {
        permission.properties.insert("EventSourceToken".to_owned(), skill);
    }
}
