//! Events of functions: what starts them.

use super::api::Apis;
use super::{api, http_api, pushed, queued};
use crate::files::template::document::Template;
use serde_json::{Map, Value};

/// The function that is started.
pub(super) struct Function<'f> {
    pub(super) id: &'f str,
    /// The function, or the alias that its newest version has.
    pub(super) target: &'f Value,
    /// The id of that alias.
    pub(super) alias: Option<&'f str>,
    pub(super) condition: Option<&'f String>,
}

impl Function<'_> {
    /// The id of what is started.
    pub(super) fn target_id(&self) -> &str {
        self.alias.unwrap_or(self.id)
    }

    /// `!GetAtt Function.Arn`, or the alias, whose name is its ARN.
    pub(super) fn arn(&self) -> Value {
        match self.alias {
            Some(alias) => super::reference(alias),
            None => super::attribute(self.id, "Arn"),
        }
    }
}

/// One event under way.
pub(super) struct Event<'e> {
    /// `<function><event>`, the id of what is made of it.
    pub(super) id: String,
    pub(super) function: &'e Function<'e>,
    pub(super) fields: Map<String, Value>,
}

/// Makes what an event is in plain resources.
pub(super) fn expand(template: &mut Template, function: &Function<'_>, name: &str, event: &Value, apis: &Apis) {
    let id = format!("{}{name}", function.id);
    let of_type = event.get("Type").and_then(Value::as_str).unwrap_or_default();
    let fields = match event.get("Properties") {
        Some(Value::Object(fields)) => fields.clone(),
        None | Some(Value::Null) => Map::new(),
        Some(_) => {
            template.notes.push(format!("the event {name} of {} is made by a function, and is not read", function.id));
            return;
        }
    };
    let event = Event { id, function, fields };
    match of_type {
        "Api" => api::event(template, event, apis),
        "HttpApi" => http_api::event(template, event, apis),
        "SQS" => queued::polled(template, event, "Queue"),
        "Kinesis" | "DynamoDB" | "MSK" => queued::polled(template, event, "Stream"),
        "MQ" => queued::polled(template, event, "Broker"),
        "DocumentDB" => queued::documents(template, event),
        "SelfManagedKafka" => queued::self_managed(template, event),
        "Schedule" => pushed::schedule(template, event),
        "ScheduleV2" => pushed::schedule_v2(template, event),
        "CloudWatchEvent" | "EventBridgeRule" => pushed::rule(template, event),
        "S3" => pushed::bucket(template, event),
        "SNS" => pushed::topic(template, event),
        "CloudWatchLogs" => pushed::logs(template, event),
        "Cognito" => pushed::pool(template, event),
        "IoTRule" => pushed::things(template, event),
        "AlexaSkill" => pushed::skill(template, event),
        other => template
            .notes
            .push(format!("the event {name} of {} is of the type {other}, which is not read", event.function.id)),
    }
}
