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

    /// The cluster, if it is named, and the service whose count it sets: by `ecs:updateService`, or by the bounds of Application Auto
    /// Scaling (`registerScalableTarget` with the resource `service/CLUSTER/SERVICE`). None for every other call.
    #[must_use]
    pub fn scaled_service(&self) -> Option<(Option<&str>, &str)> {
        if self.is_ecs("updateService") {
            return Some((self.text("cluster"), self.text("service")?));
        }
        let is_scaling = self.service.replace('-', "").eq_ignore_ascii_case("applicationautoscaling");
        if !is_scaling || !self.action.eq_ignore_ascii_case("registerScalableTarget") {
            return None;
        }
        let (cluster, service) = self.text("resourceId")?.strip_prefix("service/")?.split_once('/')?;
        Some((Some(cluster), service))
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
    fn the_service_that_a_call_scales_is_told_by_both_calls() {
        let of = |arn: &str, input: Value| {
            let call = call(&json!({"Arn": format!("arn:aws:scheduler:::aws-sdk:{arn}"), "Input": input.to_string()}))
                .unwrap();
            call.scaled_service().map(|(cluster, service)| (cluster.map(str::to_owned), service.to_owned()))
        };
        let named = Some((Some("main".to_owned()), "site".to_owned()));
        let bounds =
            json!({"ServiceNamespace": "ecs", "ResourceId": "service/main/site", "MinCapacity": 0, "MaxCapacity": 0});
        assert_eq!(of("applicationautoscaling:registerScalableTarget", bounds), named);
        assert_eq!(of("ecs:updateService", json!({"Cluster": "main", "Service": "site", "DesiredCount": 0})), named);
        assert_eq!(of("ecs:updateService", json!({"Service": "site"})), Some((None, "site".to_owned())));
        let table = json!({"ResourceId": "table/orders", "MinCapacity": 0});
        assert_eq!(of("applicationautoscaling:registerScalableTarget", table), None);
        assert_eq!(of("ecs:runTask", json!({"Service": "site"})), None);
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
