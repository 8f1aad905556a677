//! Events of the serverless framework's functions.

use super::{Service, http, letters, logical, without_nulls};
use crate::files::template::document::Template;
use serde_json::{Map, Value, json};

/// The function that is started.
pub(super) struct Function<'f> {
    pub(super) id: &'f str,
    pub(super) key: &'f str,
    pub(super) condition: Option<&'f String>,
}

impl Function<'_> {
    pub(super) fn arn(&self) -> Value {
        json!({"Fn::GetAtt": [self.id, "Arn"]})
    }
}

/// Makes what each event is.
pub(super) fn expand(template: &mut Template, service: &Service, function: &Function<'_>, events: Option<&Value>) {
    let list = match events {
        Some(Value::Array(list)) => list.as_slice(),
        Some(Value::Null) | None => return,
        Some(_) => {
            template.notes.push(format!("the events of {} stand in another file", function.key));
            return;
        }
    };
    for (at, event) in list.iter().enumerate() {
        let named = match event {
            Value::String(name) => Some((name.as_str(), Value::Null)),
            Value::Object(fields) => fields.iter().next().map(|(name, said)| (name.as_str(), said.clone())),
            _ => None,
        };
        let Some((of_type, said)) = named else {
            template.notes.push(format!("an event of {} is none that can be read", function.key));
            continue;
        };
        one(template, service, function, (of_type, &said), at + 1);
    }
}

fn one(
    template: &mut Template,
    service: &Service,
    function: &Function<'_>,
    (of_type, said): (&str, &Value),
    number: usize,
) {
    let own = |field: &str| said.get(field).cloned();
    match of_type {
        "httpApi" => http::route(template, service, function, said),
        "http" => http::method(template, service, function, said),
        "websocket" => http::message(template, service, function, said),
        "sqs" => {
            let queue = own("arn").unwrap_or_else(|| said.clone());
            mapping(template, function, said, queue, &format!("SQS{number}"));
        }
        "stream" => {
            let stream = own("arn").unwrap_or_else(|| said.clone());
            mapping(template, function, said, stream, &format!("Stream{number}"));
        }
        "kafka" => {
            let servers = json!({"Endpoints": {"KafkaBootstrapServers": own("bootstrapServers")}});
            self_managed(template, function, said, servers, number);
        }
        "msk" | "activemq" | "rabbitmq" => {
            let source = own("arn").unwrap_or_else(|| said.clone());
            mapping(template, function, said, source, &format!("{}{number}", logical(of_type)));
        }
        "schedule" => schedule(template, function, said, number),
        "eventBridge" | "cloudwatchEvent" => rule(template, function, said, number),
        "sns" => topic(template, function, said, number),
        "s3" => bucket(template, function, said, number),
        "alb" => behind(template, service, function, said, number),
        "cloudwatchLog" => permit(template, function, "logs.amazonaws.com", None, &format!("Logs{number}")),
        "cognitoUserPool" => permit(template, function, "cognito-idp.amazonaws.com", None, &format!("Cognito{number}")),
        "iot" | "iotFleetProvisioning" => {
            permit(template, function, "iot.amazonaws.com", None, &format!("Iot{number}"))
        }
        "alexaSmartHome" => {
            permit(template, function, "alexa-connectedhome.amazon.com", None, &format!("AlexaHome{number}"));
        }
        "cloudFront" => permit(template, function, "edgelambda.amazonaws.com", None, &format!("Edge{number}")),
        "alexaSkill" => permit(template, function, "alexa-appkit.amazon.com", None, &format!("Alexa{number}")),
        other => template.notes.push(format!("the event {other} of {} is not read", function.key)),
    }
}

/// Allows a service to invoke the function.
pub(super) fn permit(
    template: &mut Template,
    function: &Function<'_>,
    principal: &str,
    source: Option<Value>,
    name: &str,
) {
    let permission = json!({"Action": "lambda:InvokeFunction", "FunctionName": function.arn(), "Principal": principal,
        "SourceArn": source});
    let id = format!("{}LambdaPermission{name}", logical(function.key));
    template.make(&id, "AWS::Lambda::Permission", without_nulls(permission), function.condition);
}

/// What Lambda polls.
fn mapping(template: &mut Template, function: &Function<'_>, said: &Value, source: Value, name: &str) {
    const FIELDS: &[(&str, &str)] = &[
        ("batchSize", "BatchSize"),
        ("batchWindow", "MaximumBatchingWindowInSeconds"),
        ("bisectBatchOnFunctionError", "BisectBatchOnFunctionError"),
        ("enabled", "Enabled"),
        ("maximumBatchingWindow", "MaximumBatchingWindowInSeconds"),
        ("maximumRecordAgeInSeconds", "MaximumRecordAgeInSeconds"),
        ("maximumRetryAttempts", "MaximumRetryAttempts"),
        ("parallelizationFactor", "ParallelizationFactor"),
        ("startingPosition", "StartingPosition"),
        ("startingPositionTimestamp", "StartingPositionTimestamp"),
        ("tumblingWindowInSeconds", "TumblingWindowInSeconds"),
    ];
    let own = |field: &str| said.get(field).cloned();
    let mut properties: Map<String, Value> =
        FIELDS.iter().filter_map(|(of, to)| Some(((*to).to_owned(), own(of)?))).collect();
    let mut add = |field: &str, value: Option<Value>| properties.extend(value.map(|value| (field.to_owned(), value)));
    add("EventSourceArn", Some(source));
    add("FunctionName", Some(function.arn()));
    add("FunctionResponseTypes", own("functionResponseType").map(|of| json!([of])));
    add("ScalingConfig", own("maximumConcurrency").map(|most| json!({"MaximumConcurrency": most})));
    add("Topics", own("topic").map(|topic| json!([topic])));
    add("Queues", own("queue").map(|queue| json!([queue])));
    let failed = said.get("destinations").and_then(|all| all.get("onFailure"));
    add("DestinationConfig", failed.map(|to| json!({"OnFailure": {"Destination": to.get("arn").unwrap_or(to)}})));
    let patterns = said.get("filterPatterns").and_then(Value::as_array);
    let text = |pattern: &Value| if pattern.is_string() { pattern.clone() } else { json!(pattern.to_string()) };
    add(
        "FilterCriteria",
        patterns.map(|all| json!({"Filters": all.iter().map(|one| json!({"Pattern": text(one)})).collect::<Vec<_>>()})),
    );
    if name.starts_with("Stream") {
        properties.entry("StartingPosition").or_insert_with(|| json!("TRIM_HORIZON"));
    }
    let id = format!("{}EventSourceMapping{name}", logical(function.key));
    template.make(&id, "AWS::Lambda::EventSourceMapping", Value::Object(properties), function.condition);
}

/// A Kafka that is nobody's service: its servers stand where the ARN of a source would.
fn self_managed(template: &mut Template, function: &Function<'_>, said: &Value, servers: Value, number: usize) {
    let topics = said.get("topic").map(|topic| json!([topic]));
    let properties = json!({"SelfManagedEventSource": servers, "FunctionName": function.arn(), "Topics": topics,
        "BatchSize": said.get("batchSize"), "Enabled": said.get("enabled")});
    let id = format!("{}EventSourceMappingKafka{number}", logical(function.key));
    template.make(&id, "AWS::Lambda::EventSourceMapping", without_nulls(properties), function.condition);
}

/// By the clock: a rule for each expression, or a schedule of EventBridge Scheduler.
fn schedule(template: &mut Template, function: &Function<'_>, said: &Value, number: usize) {
    let own = |field: &str| said.get(field).cloned();
    let rates = match own("rate").unwrap_or_else(|| said.clone()) {
        Value::Array(rates) => rates,
        one => vec![one],
    };
    for (at, rate) in rates.into_iter().enumerate() {
        let name = if at == 0 { format!("Schedule{number}") } else { format!("Schedule{number}x{at}") };
        let id = format!("{}EventsRule{name}", logical(function.key));
        if own("method") == Some(json!("scheduler")) {
            template.make("IamRoleLambdaExecution", "AWS::IAM::Role", json!({}), None);
            let target = without_nulls(json!({"Arn": function.arn(), "Input": own("input"),
                "RoleArn": {"Fn::GetAtt": ["IamRoleLambdaExecution", "Arn"]}}));
            let properties = json!({"ScheduleExpression": rate, "ScheduleExpressionTimezone": own("timezone"), "Name": own("name"),
                "Description": own("description"), "State": own("enabled"), "FlexibleTimeWindow": {"Mode": "OFF"}, "Target": target});
            template.make(&id, "AWS::Scheduler::Schedule", without_nulls(properties), function.condition);
            continue;
        }
        add_rule(template, function, &id, said, json!({"ScheduleExpression": rate}), &name);
    }
}

/// By a pattern of events, or by the clock.
fn rule(template: &mut Template, function: &Function<'_>, said: &Value, number: usize) {
    let own = |field: &str| said.get(field).cloned();
    let when = json!({"EventPattern": own("pattern").or_else(|| own("event")), "ScheduleExpression": own("schedule"),
        "EventBusName": own("eventBus")});
    let name = format!("EventBridge{number}");
    let id = format!("{}EventsRule{name}", logical(function.key));
    add_rule(template, function, &id, said, without_nulls(when), &name);
}

fn add_rule(template: &mut Template, function: &Function<'_>, id: &str, said: &Value, when: Value, name: &str) {
    let own = |field: &str| said.get(field).cloned();
    let transformer = own("inputTransformer").map(|one| {
        without_nulls(json!({"InputPathsMap": one.get("inputPathsMap"), "InputTemplate": one.get("inputTemplate")}))
    });
    let retry = own("retryPolicy").map(|one| {
        without_nulls(json!({"MaximumEventAgeInSeconds": one.get("maximumEventAge"), "MaximumRetryAttempts": one.get("maximumRetryAttempts")}))
    });
    let target = without_nulls(
        json!({"Id": format!("{}{name}", letters(function.key)), "Arn": function.arn(), "Input": own("input"),
        "InputPath": own("inputPath"), "InputTransformer": transformer, "RetryPolicy": retry,
        "DeadLetterConfig": own("deadLetterQueueArn").map(|arn| json!({"Arn": arn}))}),
    );
    let mut properties =
        json!({"Name": own("name"), "Description": own("description"), "State": own("enabled"), "Targets": [target]});
    if let (Value::Object(properties), Value::Object(when)) = (&mut properties, when) {
        properties.extend(when);
    }
    template.make(id, "AWS::Events::Rule", without_nulls(properties), function.condition);
    permit(template, function, "events.amazonaws.com", Some(json!({"Fn::GetAtt": [id, "Arn"]})), name);
}

/// A topic: its ARN, or its name, by which the framework makes one.
fn topic(template: &mut Template, function: &Function<'_>, said: &Value, number: usize) {
    let named = said.get("topicName").or(Some(said)).filter(|name| said.get("arn").is_none() && name.is_string());
    let named = named.and_then(Value::as_str).filter(|name| !name.starts_with("arn:"));
    let arn = match named {
        Some(name) => {
            let id = format!("SNSTopic{}", letters(&logical(name)));
            template.make(&id, "AWS::SNS::Topic", json!({"TopicName": name}), None);
            json!({"Ref": id})
        }
        None => said.get("arn").unwrap_or(said).clone(),
    };
    let id = format!("{}SnsSubscription{number}", logical(function.key));
    template.make(&id, "AWS::SNS::Subscription", json!({}), function.condition);
    permit(template, function, "sns.amazonaws.com", Some(arn), &format!("SNS{number}"));
}

/// A bucket, which the framework makes unless it stands already.
fn bucket(template: &mut Template, function: &Function<'_>, said: &Value, number: usize) {
    let name = said.get("bucket").unwrap_or(said).clone();
    let text = name.as_str().unwrap_or_default().to_owned();
    let arn = if template.resources.contains_key(&text) {
        json!({"Fn::GetAtt": [text, "Arn"]})
    } else {
        if said.get("existing") != Some(&json!(true)) {
            template.make(
                &format!("S3Bucket{}", letters(&logical(&text))),
                "AWS::S3::Bucket",
                json!({"BucketName": name}),
                None,
            );
        }
        json!({"Fn::Sub": ["arn:aws:s3:::${Bucket}", {"Bucket": name}]})
    };
    permit(template, function, "s3.amazonaws.com", Some(arn), &format!("S3{number}"));
    let id = format!("{}Notification{number}", logical(function.key));
    template.make(&id, "notification of AWS::S3::Bucket", json!({}), None);
}

/// The logins that stand in front of a function: each authorizer that is named, or one that is not known.
fn logins(service: &Service, named: Option<&Value>) -> Vec<Value> {
    let named: Vec<&Value> = match named {
        None | Some(Value::Null) => Vec::new(),
        Some(Value::Array(several)) => several.iter().collect(),
        Some(one) => vec![one],
    };
    let login = |name: &Value| {
        let all = service.provider.get("alb").and_then(|alb| alb.get("authorizers"));
        let about = all.and_then(|all| all.get(name.as_str()?)).cloned().unwrap_or_default();
        if about.get("type") == Some(&json!("cognito")) {
            json!({"Type": "authenticate-cognito", "AuthenticateCognitoConfig": without_nulls(json!({
                "UserPoolArn": about.get("userPoolArn"), "UserPoolClientId": about.get("userPoolClientId"),
                "UserPoolDomain": about.get("userPoolDomain")}))})
        } else {
            json!({"Type": "authenticate-oidc", "AuthenticateOidcConfig": without_nulls(json!({
                "Issuer": about.get("issuer"), "ClientId": about.get("clientId")}))})
        }
    };
    named.into_iter().map(login).collect()
}

/// A rule of a listener that stands already.
fn behind(template: &mut Template, service: &Service, function: &Function<'_>, said: &Value, number: usize) {
    let own = |field: &str| said.get(field).cloned();
    let group = format!("{}AlbTargetGroup{number}", logical(function.key));
    template.make(
        &group,
        "AWS::ElasticLoadBalancingV2::TargetGroup",
        json!({"TargetType": "lambda"}),
        function.condition,
    );
    let conditions = own("conditions").unwrap_or_default();
    let listed = |field: &str| match conditions.get(field) {
        Some(Value::Array(all)) => Some(json!(all)),
        Some(one) => Some(json!([one])),
        None => None,
    };
    let mut plain = Vec::new();
    plain.extend(listed("host").map(|hosts| json!({"Field": "host-header", "HostHeaderConfig": {"Values": hosts}})));
    plain.extend(listed("path").map(|paths| json!({"Field": "path-pattern", "PathPatternConfig": {"Values": paths}})));
    plain.extend(
        listed("method").map(|all| json!({"Field": "http-request-method", "HttpRequestMethodConfig": {"Values": all}})),
    );
    plain.extend(listed("ip").map(|all| json!({"Field": "source-ip", "SourceIpConfig": {"Values": all}})));
    let mut actions = logins(service, said.get("authorizer"));
    actions.push(json!({"Type": "forward", "TargetGroupArn": {"Ref": group}}));
    if actions.len() > 1 {
        actions.iter_mut().zip(1..).for_each(|(action, order)| action["Order"] = json!(order));
    }
    let rule = json!({"ListenerArn": own("listenerArn"), "Priority": own("priority"), "Conditions": plain,
        "Actions": actions});
    let id = format!("{}AlbListenerRule{number}", logical(function.key));
    template.make(&id, "AWS::ElasticLoadBalancingV2::ListenerRule", without_nulls(rule), function.condition);
    permit(
        template,
        function,
        "elasticloadbalancing.amazonaws.com",
        Some(json!({"Ref": group})),
        &format!("Alb{number}"),
    );
}
