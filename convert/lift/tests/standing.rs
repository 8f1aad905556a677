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
