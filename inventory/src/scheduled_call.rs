//! What a schedule of EventBridge Scheduler calls by itself: a universal target.

use serde_json::{Map, Value};

/// A call of an API that a schedule makes: its target's ARN names it, and `Input` is its request (EventBridge Scheduler
/// user guide, "Using universal targets").
#[derive(Clone, Debug, PartialEq)]
pub struct ScheduledCall {
    /// The service as the SDKs name it: `ecs`.
    pub service: String,
    /// The action: `runTask`.
    pub action: String,
    /// The request with the names of its fields as the API writes them (`taskDefinition`), however the schedule does
    /// (`TaskDefinition`). None when the input is no object.
    pub request: Option<Map<String, Value>>,
}

impl ScheduledCall {
    /// The call of a schedule's `Target`; none when its target is a thing, such as a cluster or a queue.
    #[must_use]
    pub fn of(target: &Map<String, Value>) -> Option<Self> {
        // arn:aws:scheduler:::aws-sdk:ecs:runTask
        let (_, call) = target.get("Arn")?.as_str()?.split_once(":aws-sdk:")?;
        let (service, action) = call.split_once(':')?;
        let input = target.get("Input").and_then(Value::as_str).unwrap_or("{}");
        let request = serde_json::from_str(input).ok().and_then(|request| match with_small_names(request) {
            Value::Object(request) => Some(request),
            _ => None,
        });
        Some(Self { service: service.to_owned(), action: action.to_owned(), request })
    }

    /// Whether it is this action of ECS.
    #[must_use]
    pub fn is_ecs(&self, action: &str) -> bool {
        self.service.eq_ignore_ascii_case("ecs") && self.action.eq_ignore_ascii_case(action)
    }

    /// A text of the request.
    #[must_use]
    pub fn text(&self, field: &str) -> Option<&str> {
        self.request.as_ref()?.get(field)?.as_str()
    }
}

/// Every name with a small first letter; a schedule's input may write them as the SDK for Java does.
fn with_small_names(value: Value) -> Value {
    match value {
        Value::Array(list) => list.into_iter().map(with_small_names).collect(),
        Value::Object(map) => {
            let small = |(name, value): (String, Value)| {
                let mut letters = name.chars();
                let first = letters.next().map(|letter| letter.to_ascii_lowercase());
                (first.into_iter().chain(letters).collect::<String>(), with_small_names(value))
            };
            Value::Object(map.into_iter().map(small).collect())
        }
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn call(target: &Value) -> Option<ScheduledCall> {
        ScheduledCall::of(target.as_object()?)
    }

    #[test]
    fn the_arn_names_the_call_and_the_input_is_its_request() {
        let arn = "arn:aws:scheduler:::aws-sdk:ecs:updateService";
        for input in [r#"{"Service": "site", "DesiredCount": 2}"#, r#"{"service": "site", "desiredCount": 2}"#] {
            let call = call(&json!({"Arn": arn, "Input": input}));
            assert!(call.as_ref().is_some_and(|call| call.is_ecs("updateService") && !call.is_ecs("runTask")));
            assert_eq!(call.as_ref().and_then(|call| call.text("service")), Some("site"));
            assert_eq!(
                call.and_then(|call| call.request).map(|request| request["desiredCount"].clone()),
                Some(json!(2))
            );
        }
        let deep = call(&json!({"Arn": "arn:aws-cn:scheduler:::aws-sdk:ecs:runTask",
            "Input": r#"{"Overrides": {"ContainerOverrides": [{"Name": "A", "Environment": [{"Name": "B", "Value": "C"}]}]}}"#}));
        let inside = json!({"containerOverrides": [{"name": "A", "environment": [{"name": "B", "value": "C"}]}]});
        assert_eq!(deep.and_then(|call| call.request).map(|request| request["overrides"].clone()), Some(inside));
    }

    #[test]
    fn a_thing_is_no_call_and_an_input_that_is_no_object_is_no_request() {
        assert_eq!(call(&json!({"Arn": "arn:aws:ecs:eu-west-1:111122223333:cluster/main"})), None);
        assert_eq!(call(&json!({"Input": "{}"})), None);
        for input in ["[]", "run it", "7"] {
            let call = call(&json!({"Arn": "arn:aws:scheduler:::aws-sdk:ecs:stopTask", "Input": input}));
            assert_eq!(call.map(|call| call.request), Some(None), "{input}");
        }
    }
}
