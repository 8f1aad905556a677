//! EventBridge: every bus, and its rules, each recorded with its targets.

use super::ecs::task_definitions;
use crate::collect::call::{CallRow, Collector, Source, Start};
use crate::collect::found::{Element, Found, list, text, with_json};
use crate::request::Request;
use caravan_inventory::ObservationKind;
use serde_json::{Value, json};

/// Its calls.
pub(super) const CALLS: &[CallRow] = &[
    row("events:ListEventBuses", Start::Root("{}"), &[], Collector::One(buses)),
    row("events:ListRules", Start::Each, &["events:ListEventBuses"], Collector::One(rules)),
    row("events:ListTargetsByRule", Start::Whole("Targets"), &["events:ListRules"], Collector::One(targets)),
];

const fn row(api: &'static str, start: Start, fed_by: &'static [&'static str], collector: Collector) -> CallRow {
    CallRow { api, source: Source::Ecs, global: false, start, fed_by, collector }
}

fn buses(request: &Request, body: &Value) -> Found {
    let mut found = Found::default();
    for bus in list(body, "EventBuses") {
        let Some(name) = text(bus, "Name") else { continue };
        found.count += 1;
        found.follow_up.push(request.then("events:ListRules", json!({"EventBusName": name})));
        let read = with_json(bus.clone(), &["Policy"]);
        found.elements.extend(text(bus, "Arn").map(|arn| Element::new(ObservationKind::EventBus, arn, request, &read)));
    }
    found
}

fn rules(request: &Request, body: &Value) -> Found {
    let mut found = Found::default();
    for rule in list(body, "Rules") {
        let (Some(arn), Some(name)) = (text(rule, "Arn"), text(rule, "Name")) else {
            continue;
        };
        let element = Element::new(ObservationKind::EventsRule, arn, request, rule);
        let input = json!({"EventBusName": request.read.input["EventBusName"], "Rule": name});
        found.count += 1;
        found.follow_up.push(request.then("events:ListTargetsByRule", input).carrying(element.carried()));
    }
    found
}

fn targets(request: &Request, body: &Value) -> Found {
    let targets = list(body, "Targets");
    let definitions =
        targets.iter().filter_map(|target| text(target.get("EcsParameters")?, "TaskDefinitionArn")).collect();
    let rule = request.carried.clone().map(Element::from);
    Found {
        count: targets.len() as u64,
        elements: rule.into_iter().map(|rule| rule.with("Targets", Value::from(targets))).collect(),
        follow_up: task_definitions(request, &definitions),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::collect::testing::{apis, found, request};
    use crate::collect::without_answer;

    #[test]
    fn a_bus_is_recorded_with_its_policy_and_leads_to_its_rules() {
        let policy = r#"{"Statement": [{"Sid": "partner"}]}"#;
        let body = json!({"EventBuses": [{"Name": "parcels", "Arn": "arn:b", "Policy": policy}, {"Name": "bare"}, {"Arn": "arn:x"}]});
        let got = found(&request("events:ListEventBuses", json!({})), body);
        assert_eq!((got.count, got.elements.len(), apis(&got)), (2, 1, vec!["events:ListRules"; 2]));
        assert_eq!(got.elements[0].body["Policy"]["Statement"][0]["Sid"], "partner");
    }

    #[test]
    fn a_rule_is_recorded_with_its_targets() {
        let list = request("events:ListRules", json!({"EventBusName": "default"}));
        let rules =
            found(&list, json!({"Rules": [{"Name": "nightly", "Arn": "arn:r", "ScheduleExpression": "rate(1 day)"}]}));
        assert!(rules.elements.is_empty(), "a rule without its targets is half of it");
        let ask = &rules.follow_up[0];
        assert_eq!(ask.read.input, json!({"EventBusName": "default", "Rule": "nightly"}));
        let targets =
            json!([{"Id": "1", "Arn": "arn:cluster", "EcsParameters": {"TaskDefinitionArn": "td:3"}}, {"Id": "2"}]);
        let found = found(ask, json!({"Targets": targets}));
        assert_eq!(found.elements[0].name, "arn:r");
        assert_eq!(found.elements[0].api, "events:ListRules");
        assert_eq!(found.elements[0].body["Targets"], targets);
        assert_eq!(apis(&found), ["ecs:DescribeTaskDefinition"]);
    }

    #[test]
    fn a_rule_whose_targets_are_denied_is_recorded_without_them() {
        let list = request("events:ListRules", json!({"EventBusName": "default"}));
        let rules = found(&list, json!({"Rules": [{"Name": "nightly", "Arn": "arn:r"}]}));
        let element = without_answer(&rules.follow_up[0]).unwrap();
        assert_eq!(element.body, json!({"Name": "nightly", "Arn": "arn:r"}));
    }
}
