//! Application Auto Scaling of ECS services: targets, policies, scheduled actions.

use crate::collect::call::{CallRow, Collector, Source, Start};
use crate::collect::found::{Found, list, recorded, text};
use crate::request::Request;
use caravan_inventory::ObservationKind;
use serde_json::Value;

const OF_ECS: &str = r#"{"ServiceNamespace":"ecs"}"#;

/// Its calls.
pub(super) const CALLS: &[CallRow] = &[
    row("application-autoscaling:DescribeScalableTargets", Start::Root(OF_ECS), &[], Collector::One(targets)),
    row("application-autoscaling:DescribeScalingPolicies", Start::Root(OF_ECS), &[], Collector::One(policies)),
    row(
        "application-autoscaling:DescribeScheduledActions",
        Start::Root(OF_ECS),
        &[],
        Collector::One(scheduled_actions),
    ),
];

const fn row(api: &'static str, start: Start, fed_by: &'static [&'static str], collector: Collector) -> CallRow {
    CallRow { api, source: Source::Ecs, global: false, start, fed_by, collector }
}

fn targets(request: &Request, body: &Value) -> Found {
    recorded(request, ObservationKind::ScalableTarget, list(body, "ScalableTargets"), |target| {
        Some(format!("{}/{}", text(target, "ResourceId")?, text(target, "ScalableDimension")?))
    })
}

fn policies(request: &Request, body: &Value) -> Found {
    recorded(request, ObservationKind::ScalingPolicy, list(body, "ScalingPolicies"), |policy| {
        text(policy, "PolicyARN").map(str::to_owned)
    })
}

fn scheduled_actions(request: &Request, body: &Value) -> Found {
    recorded(request, ObservationKind::ScheduledAction, list(body, "ScheduledActions"), |action| {
        text(action, "ScheduledActionARN").map(str::to_owned)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::collect::testing::{found, request};
    use serde_json::json;

    #[test]
    fn each_is_recorded_under_its_own_name() {
        let ask = |call: &str| request(&format!("application-autoscaling:{call}"), json!({"ServiceNamespace": "ecs"}));
        let target = json!({"ResourceId": "service/prod/web", "ScalableDimension": "ecs:service:DesiredCount", "MaxCapacity": 9});
        let targets = found(&ask("DescribeScalableTargets"), json!({"ScalableTargets": [target]}));
        assert_eq!(targets.elements[0].name, "service/prod/web/ecs:service:DesiredCount");
        assert_eq!(targets.elements[0].body, target);
        let policies = found(&ask("DescribeScalingPolicies"), json!({"ScalingPolicies": [{"PolicyARN": "arn:p"}]}));
        assert_eq!((policies.elements[0].name.as_str(), policies.count), ("arn:p", 1));
        let actions =
            found(&ask("DescribeScheduledActions"), json!({"ScheduledActions": [{"ScheduledActionARN": "arn:a"}]}));
        assert_eq!(actions.elements[0].kind, ObservationKind::ScheduledAction);
    }

    #[test]
    fn an_answer_without_its_list_names_nothing() {
        let ask = request("application-autoscaling:DescribeScalingPolicies", json!({}));
        assert_eq!(found(&ask, json!({"ScalingPolicies": ""})), Found::default());
    }
}
