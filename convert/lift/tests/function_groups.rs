//! Functions behind a load balancer by target groups that name them.

mod common;

use caravan_convert_lift::plconfig::HttpEvent;
use caravan_convert_lift::{FieldVerdict, LiftOutcome};
use caravan_inventory::ObservationKind::{self as Kind, *};
use common::Case;
use serde_json::{Value, json};

const ARN: &str = "arn:aws:lambda:eu-west-1:111122223333:function:crop";

fn case(target: &str, more: Vec<(Kind, String, Value)>) -> Case {
    let function = json!({"Configuration": {"FunctionName": "crop", "FunctionArn": ARN, "Runtime": "python3.13", "Handler": "a.b",
        "Timeout": 5, "MemorySize": 1769, "CodeSha256": "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=", "Version": "$LATEST"}});
    let named = |kind: Kind, name: &str, body: Value| (kind, name.to_owned(), body);
    let mut documents = vec![
        named(LambdaFunction, ARN, function),
        named(
            TargetGroup,
            "group",
            json!({"TargetGroupArn": "group", "TargetType": "lambda", "Targets": [{"Id": target}]}),
        ),
        named(
            ListenerRule,
            "rule",
            json!({"RuleArn": "rule", "ListenerArn": "listener", "Priority": "5",
            "Conditions": [{"Field": "host-header", "Values": ["crop.example.com"]}, {"Field": "path-pattern", "Values": ["/crop/*"]}],
            "Actions": [{"Type": "forward", "TargetGroupArn": "group"}]}),
        ),
        named(
            Listener,
            "listener",
            json!({"ListenerArn": "listener", "LoadBalancerArn": "edge", "Port": 443, "Protocol": "HTTPS",
            "DefaultActions": [{"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": "404"}}]}),
        ),
        named(
            LoadBalancer,
            "edge",
            json!({"LoadBalancerArn": "edge", "LoadBalancerName": "edge", "Scheme": "internal", "Type": "application"}),
        ),
    ];
    documents.extend(more);
    Case::function("crop", &documents)
}

#[test]
fn the_paths_of_its_rules_lead_to_it() {
    let case = case(ARN, Vec::new());
    let LiftOutcome::Converted(config) = case.lift().outcome else { panic!("{:?}", case.reasons()) };
    let component = config.components.values().next().unwrap();
    assert_eq!(component.trigger.as_ref().unwrap().http.as_ref().unwrap().event, HttpEvent::Alb);
    let ingress = component.ingress.as_ref().unwrap();
    assert_eq!(
        (ingress.internal, ingress.routes[0].hosts.as_slice()),
        (Some(true), &["crop.example.com".to_owned()][..])
    );
    assert_eq!(ingress.routes[0].paths, ["~/crop/.*"]);
    assert!(!case.lift().questions.iter().any(|one| one.id.as_str().starts_with("calls/")), "its callers are known");
    assert!(matches!(case.verdict(1, "/Targets/0/Id"), FieldVerdict::Dropped { .. }));
}

/// The alias that the group names is what runs, whatever a policy of another one lets.
#[test]
fn the_alias_that_the_group_names_is_what_runs() {
    let version = |number: &str, handler: &str| {
        let body = json!({"FunctionName": "crop", "FunctionArn": format!("{ARN}:{number}"), "Runtime": "python3.13", "Handler": handler,
            "Timeout": 5, "MemorySize": 1769, "CodeSha256": "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=", "Version": number});
        (FunctionVersion, format!("{ARN}:{number}"), body)
    };
    let alias = json!({"AliasArn": format!("{ARN}:live"), "Name": "live", "FunctionVersion": "3"});
    let statement = json!({"Effect": "Allow", "Principal": {"Service": "elasticloadbalancing.amazonaws.com"}, "Action": "lambda:InvokeFunction"});
    let policy = (FunctionPolicy, ARN.to_owned(), json!({"Policy": {"Statement": [statement]}}));
    let more = vec![(FunctionAlias, format!("{ARN}:live"), alias), version("3", "third.handler"), policy];
    let handler = |target: &str| {
        let case = case(target, more.clone());
        let LiftOutcome::Converted(config) = case.lift().outcome else { panic!("{:?}", case.reasons()) };
        serde_json::to_string(&config).unwrap().contains("third.handler")
    };
    assert!(handler(&format!("{ARN}:live")));
    assert!(!handler(ARN));
}

/// One group gives all values of headers, the other one of each: the front has one form for both.
#[test]
fn groups_that_give_headers_in_two_forms_are_asked_about() {
    let multi = json!([{"Key": "lambda.multi_value_headers.enabled", "Value": "true"}]);
    let group = |name: &str, attributes: Value| {
        let body = json!({"TargetGroupArn": name, "TargetGroupName": name, "TargetType": "lambda", "Targets": [{"Id": ARN}], "Attributes": attributes});
        (TargetGroup, name.to_owned(), body)
    };
    let form = |case: &Case| {
        let LiftOutcome::Converted(config) = case.lift().outcome else { panic!("{:?}", case.reasons()) };
        let component = config.components.values().next().unwrap();
        let held = component.suspended.as_ref().is_some_and(|held| format!("{held:?}").contains("in which form"));
        (component.trigger.as_ref().unwrap().http.as_ref().unwrap().multi_value, held)
    };
    let asks = |case: &Case| case.lift().questions.iter().any(|one| one.id.as_str().starts_with("multi-values/"));
    let differing = || case(ARN, vec![group("all", multi.clone())]);
    assert!(asks(&differing()) && form(&differing()).1);
    for (said, wanted) in [("all", Some(true)), ("one", None)] {
        let answered = differing().answer("multi-values", "", said);
        assert!(!asks(&answered));
        assert_eq!(form(&answered), (wanted, false), "{said}");
        assert!(matches!(answered.verdict(5, "/Attributes/0/Value"), FieldVerdict::Approximated));
    }
    // Where all of them say the same nobody is asked.
    let alike = case(ARN, vec![group("other", json!([]))]);
    assert!(!asks(&alike));
    assert_eq!(form(&alike), (None, false));
}
