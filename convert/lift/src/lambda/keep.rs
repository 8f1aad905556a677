//! What stays on Lambda, each with its reason.

use super::facts::{Facts, is_queue, principals};
use crate::field::{Field, Object};
use crate::tracker::{Asked, FieldTracker};
use serde_json::Value;
use std::collections::BTreeSet;

/// Services that call a function themselves and can call nothing else: who they are, and why it stays.
const CALLERS: [(&str, &str); 21] = [
    ("cloudformation.amazonaws.com", "CloudFormation calls it as a custom resource, and can call only Lambda"),
    ("edgelambda.amazonaws.com", "CloudFront runs it at its edge (Lambda@Edge)"),
    ("replicator.lambda.amazonaws.com", "CloudFront runs it at its edge (Lambda@Edge)"),
    ("cognito-idp.amazonaws.com", "a user pool of Cognito calls it as a trigger, and can call only Lambda"),
    ("cognito-sync.amazonaws.com", "Cognito Sync calls it, and can call only Lambda"),
    ("config.amazonaws.com", "AWS Config calls it as a rule, and can call only Lambda"),
    ("secretsmanager.amazonaws.com", "Secrets Manager calls it to rotate a secret, and can call only Lambda"),
    ("codepipeline.amazonaws.com", "CodePipeline calls it as an action"),
    ("codecommit.amazonaws.com", "CodeCommit calls it as a trigger"),
    ("codedeploy.amazonaws.com", "CodeDeploy calls it as a hook of deployments"),
    ("logs.amazonaws.com", "CloudWatch Logs sends it log events by a subscription"),
    ("lex.amazonaws.com", "Amazon Lex calls it, and can call only Lambda"),
    ("lexv2.amazonaws.com", "Amazon Lex calls it, and can call only Lambda"),
    ("alexa-appkit.amazon.com", "an Alexa skill calls it"),
    ("alexa-connectedhome.amazon.com", "an Alexa skill calls it"),
    ("connect.amazonaws.com", "Amazon Connect calls it, and can call only Lambda"),
    ("bedrock.amazonaws.com", "Amazon Bedrock calls it, and can call only Lambda"),
    ("appsync.amazonaws.com", "AppSync calls it as a data source"),
    ("ses.amazonaws.com", "Amazon SES hands it mail that arrives"),
    ("iot.amazonaws.com", "a rule of AWS IoT calls it"),
    ("vpc-lattice.amazonaws.com", "VPC Lattice calls it as a target"),
];

/// Services that push events and could push them into a queue of SQS.
const PUSHERS: [(&str, &str); 3] = [
    ("s3.amazonaws.com", "events of S3"),
    ("sns.amazonaws.com", "messages of SNS"),
    ("events.amazonaws.com", "events of EventBridge"),
];

/// Gives every reason for which it stays, at the field that tells it.
pub(super) fn decide<'a>(tracker: &mut FieldTracker<'a>, facts: &Facts<'a>) {
    for statement in facts.allowed() {
        by_caller(tracker, statement);
    }
    for &mapping in facts.mappings.iter().filter(|mapping| !is_queue(**mapping)) {
        by_stream(tracker, mapping);
    }
    for authorizer in facts.rest.authorizers.iter().chain(&facts.http.authorizers) {
        if let Some(field) = authorizer.field("authorizerUri") {
            field.blocked(tracker, "it stays on Lambda: API Gateway asks it who may call (an authorizer)");
        }
    }
    for api in &facts.http.apis {
        if api.peek("protocolType") == Some("WEBSOCKET")
            && let Some(field) = api.field("protocolType")
        {
            field.blocked(
                tracker,
                "it stays on Lambda: it answers a WebSocket API, whose connections API Gateway keeps",
            );
        }
    }
    for described in facts.function.iter().chain(&facts.versions) {
        by_settings(tracker, described.own);
    }
    pushes(tracker, facts);
}

/// Nothing of a function that stays decides anything but the reason.
pub(super) fn leave(tracker: &mut FieldTracker<'_>) {
    for observation in tracker.source.observations {
        Field(&observation.body).dropped(tracker, "stays-on-lambda");
    }
}

fn by_caller<'a>(tracker: &mut FieldTracker<'a>, statement: Object<'a>) {
    let callers = principals(statement);
    for (service, why) in CALLERS {
        if callers.contains(service)
            && let Some(field) = statement.field("Principal")
        {
            field.blocked(tracker, format!("it stays on Lambda: {why}"));
        }
    }
}

/// Streams, and brokers that are no queue of SQS: where a consumer stands in them can't be handed over.
fn by_stream<'a>(tracker: &mut FieldTracker<'a>, mapping: Object<'a>) {
    let service = mapping.peek("EventSourceArn").and_then(|arn| arn.split(':').nth(2));
    let what = match service {
        Some("kinesis") => "a stream of Kinesis",
        Some("dynamodb") => "a stream of DynamoDB",
        Some("kafka") => "topics of MSK",
        Some("mq") => "queues of Amazon MQ",
        Some("rds" | "docdb") => "changes in DocumentDB",
        _ if mapping.field("SelfManagedEventSource").is_some() => "topics of a Kafka of your own",
        _ => "an event source that is no queue of SQS",
    };
    let why = format!(
        "it stays on Lambda: it reads {what}, and where it stands there can't be handed over without a decision about the start \
         and about records that come twice"
    );
    let fields = ["EventSourceArn", "SelfManagedEventSource"].into_iter().filter_map(|name| mapping.field(name));
    let mut told = false;
    for field in fields {
        field.blocked(tracker, why.clone());
        told = true;
    }
    if !told {
        tracker.refuse(&why);
    }
}

fn by_settings<'a>(tracker: &mut FieldTracker<'a>, own: Object<'a>) {
    for (name, why) in [
        ("DurableConfig", "it is a durable function, whose steps Lambda keeps"),
        ("TenancyConfig", "Lambda keeps an environment for each of its tenants"),
        ("CapacityProviderConfig", "it runs on instances that Lambda manages, several invocations in each environment"),
        ("MasterArn", "it is a copy that CloudFront runs at its edge (Lambda@Edge)"),
    ] {
        if let Some(field) = own.field(name) {
            field.blocked(tracker, format!("it stays on Lambda: {why}"));
        }
    }
}

/// Who pushes events to it, with the place where that is told.
fn pushers<'a>(facts: &Facts<'a>) -> Vec<(&'static str, &'a Value)> {
    let mut found = Vec::new();
    for statement in facts.allowed() {
        let callers = principals(statement);
        let source = statement.object("Condition").and_then(|conditions| {
            let keys = conditions.entries().filter_map(|(_, keys)| Object::of(keys)).flat_map(Object::entries);
            keys.filter(|(key, _)| key.eq_ignore_ascii_case("aws:SourceArn")).find_map(|(_, arn)| arn.as_str())
        });
        for (service, what) in PUSHERS {
            let clock = service == "events.amazonaws.com" && is_clock(facts, source);
            if callers.contains(service) && !clock {
                found.extend(statement.raw("Principal").map(|field| (what, field.0)));
            }
        }
    }
    let patterns = facts.rules.iter().filter(|rule| rule.peek("ScheduleExpression").is_none());
    found.extend(patterns.filter_map(|rule| Some(("events of EventBridge", rule.field("EventPattern")?.0))));
    found
}

/// Whether a statement for EventBridge is for a rule that runs by the clock, as far as the rules that were read tell.
fn is_clock(facts: &Facts<'_>, source: Option<&str>) -> bool {
    let clocks: Vec<_> = facts.rules.iter().filter(|rule| rule.peek("ScheduleExpression").is_some()).collect();
    match source {
        Some(source) => {
            let name = source.rsplit('/').next();
            clocks.iter().any(|rule| rule.peek("Arn") == Some(source) || rule.peek("Name") == name)
        }
        None => !clocks.is_empty(),
    }
}

/// Whether something pushes events to it.
pub(super) fn has_pushes(facts: &Facts<'_>) -> bool {
    !pushers(facts).is_empty()
}

/// Pushed events need a queue in between, and a handler that reads them out of its messages. Where nothing else starts the
/// function, it stays; where something does, people are asked who takes the events.
fn pushes<'a>(tracker: &mut FieldTracker<'a>, facts: &Facts<'a>) {
    let found = pushers(facts);
    let only = facts.mappings.iter().all(|mapping| !is_queue(*mapping))
        && facts.http.apis.is_empty()
        && facts.rest.apis.is_empty()
        && facts.urls.is_empty()
        && facts.around.target_groups.is_empty()
        && facts.schedules.is_empty()
        && facts.rules.iter().all(|rule| rule.peek("ScheduleExpression").is_none());
    for (what, value) in &found {
        if only {
            let why = format!(
                "it stays on Lambda: {what} are pushed to it, and off Lambda a queue of SQS has to stand in between, which is not \
                 there"
            );
            Field(value).blocked(tracker, why);
        }
    }
    if only || found.is_empty() {
        return;
    }
    let kinds: BTreeSet<&str> = found.iter().map(|(what, _)| *what).collect();
    let kinds: Vec<&str> = kinds.into_iter().collect();
    let id = tracker.question_id("pushed", "");
    let text = format!(
        "Besides, {} are pushed to it, for which a queue of SQS would have to stand in between, which is not there. Does its \
         function on Lambda go on taking them (`on-lambda`), or did somebody switch them off (`switched-off`)?",
        kinds.join(" and ")
    );
    let answer = tracker.ask(id, &text, &["on-lambda", "switched-off"], Some("on-lambda"));
    if let Asked::Open(_) = answer {
        tracker.hold("nobody said who takes the events that are pushed to it");
    }
    for (_, value) in found {
        match &answer {
            Asked::Open(id) => Field(value).asked(tracker, id),
            Asked::Given(_) => Field(value).dropped(tracker, "dropped-by-answer"),
        }
    }
}
