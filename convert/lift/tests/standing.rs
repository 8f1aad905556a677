//! Services that may not be there: of their state, and of the condition under which a template makes them.

#![expect(clippy::unwrap_used, reason = "tests fail loudly")]

mod common;

use caravan_convert_lift::FieldVerdict;
use caravan_inventory::ObservationKind::{EcsService, EcsTaskDefinition};
use common::Case;
use serde_json::{Value, json};

const ID: &str = "value/ecs/test/mill/ecs.service/status";

fn with(status: Value) -> Case {
    let service = json!({"serviceName": "mill", "taskDefinition": "mill:1", "desiredCount": 1, "status": status});
    let main = json!({"name": "mill", "image": "mill:2", "portMappings": [{"containerPort": 80}]});
    let task = json!({"family": "mill", "containerDefinitions": [main]});
    Case::from_file("mill", &[(EcsService, service), (EcsTaskDefinition, task)])
}

fn suspended(case: &Case) -> Option<String> {
    case.config().components.pop_first().unwrap().1.suspended
}

fn asked(case: &Case) -> Option<(String, Vec<String>, Option<String>)> {
    let found = case.lift().questions.into_iter().find(|question| question.id.as_str() == ID);
    found.map(|question| (question.text, question.options, question.assumed))
}

#[test]
fn a_service_that_is_not_active_does_not_start() {
    assert_eq!(suspended(&with(json!("ACTIVE"))), None);
    assert!(matches!(with(json!("ACTIVE")).verdict(0, "/status"), FieldVerdict::Dropped { .. }));
    for status in ["INACTIVE", "DRAINING"] {
        assert!(suspended(&with(json!(status))).unwrap().contains("not active"), "{status}");
        assert_eq!(with(json!(status)).verdict(0, "/status"), FieldVerdict::Approximated);
    }
}

#[test]
fn a_service_that_a_template_may_not_make_is_asked_about_and_does_not_start() {
    for (open, offered) in [
        (json!({"$unresolved": "!Condition Night"}), None),
        (json!({"$unresolved": "!Condition Night", "default": "ACTIVE"}), Some("ACTIVE".to_owned())),
    ] {
        let case = with(open);
        let (text, options, assumed) = asked(&case).unwrap();
        assert!(text.contains("`!Condition Night`"), "{text}");
        assert_eq!((options, assumed), (vec!["ACTIVE".to_owned(), "INACTIVE".to_owned()], offered));
        assert!(suspended(&case).is_some());
        assert!(matches!(case.verdict(0, "/status/$unresolved"), FieldVerdict::Question { .. }));
        let there = case.clone().answer("value", "ecs.service/status", "ACTIVE");
        assert_eq!((suspended(&there), asked(&there)), (None, None));
        let gone = case.clone().answer("value", "ecs.service/status", "INACTIVE");
        assert!(suspended(&gone).unwrap().contains("not active") && asked(&gone).is_none());
        for unusable in ["null", "yes", "active"] {
            let case = case.clone().answer("value", "ecs.service/status", unusable);
            assert!(asked(&case).is_some() && suspended(&case).is_some(), "{unusable}");
        }
    }
}

/// A task of two containers, whose names a template leaves open, and a service whose balancer sends to the first by the same words.
fn unnamed(offered: Option<&str>) -> Case {
    let open = |text: &str| match offered {
        Some(default) => {
            json!({"$unresolved": text, "default": format!("{default}{}", if text.contains("side") { "-side" } else { "" })})
        }
        None => json!({"$unresolved": text}),
    };
    let (name, side) = (open("!Ref Name"), open("!Sub ${Name}-side"));
    let balancers = json!([{"containerName": name, "containerPort": 80, "targetGroupArn": "arn:aws:elasticloadbalancing:eu-west-1:1:targetgroup/t/1"}]);
    let service =
        json!({"serviceName": "mill", "taskDefinition": "mill:1", "desiredCount": 1, "loadBalancers": balancers});
    let main = json!({"name": name, "image": "mill:2", "portMappings": [{"containerPort": 80}]});
    let beside = json!({"name": side, "image": "side:2", "essential": false, "dependsOn": [{"containerName": name, "condition": "START"}]});
    let task = json!({"family": "mill", "containerDefinitions": [main, beside]});
    Case::from_file("mill", &[(EcsService, service), (EcsTaskDefinition, task)])
}

/// A container whose name is open has one all the same: it is called by its place until somebody says it, and whoever names it by the same
/// words means it.
#[test]
fn a_container_whose_name_is_open_is_not_called_by_an_empty_one() {
    let case = unnamed(None);
    let component = case.config().components.pop_first().unwrap().1;
    assert_eq!(component.image.as_deref(), Some("mill:2"));
    assert_eq!(component.sidecars.keys().map(String::as_str).collect::<Vec<_>>(), ["unnamed-1"]);
    let questions = case.lift().questions;
    assert!(questions.iter().all(|one| !one.text.contains("``")), "{questions:?}");
    let ids: Vec<&str> = questions.iter().map(|one| one.id.as_str()).collect();
    assert!(ids.contains(&"sidecar/ecs/test/mill/unnamed-1"), "{ids:?}");
    assert!(ids.contains(&"value/ecs/test/mill/ecs.task-definition/containerDefinitions/1/name"), "{ids:?}");
    // The main container's name decides nothing, and what names it by its words is it.
    assert!(ids.iter().all(|id| !id.ends_with("/containerName") && !id.ends_with("/0/name")), "{ids:?}");
    let named = case.answer("value", "ecs.task-definition/containerDefinitions/1/name", "tail");
    let component = named.config().components.pop_first().unwrap().1;
    assert_eq!(component.sidecars.keys().map(String::as_str).collect::<Vec<_>>(), ["tail"]);
    // What the template offers is what it is called until then.
    let component = unnamed(Some("desk")).config().components.pop_first().unwrap().1;
    assert_eq!(component.sidecars.keys().map(String::as_str).collect::<Vec<_>>(), ["desk-side"]);
}
