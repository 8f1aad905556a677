//! What a template leaves open is asked for once, is named as what it is, and never shows in what is written.

#![expect(clippy::unwrap_used, reason = "tests fail loudly")]

mod common;

use caravan_convert_lift::FieldVerdict;
use caravan_convert_lift::plconfig::{Arch, Component, Scale};
use caravan_inventory::ObservationKind::{
    EcsService, EcsTaskDefinition, EventsRule, ScalableTarget, ScalingPolicy, SchedulerSchedule,
};
use common::{Case, everything};
use serde_json::{Value, json};

fn open(text: &str) -> Value {
    json!({"$unresolved": text})
}

fn offered(text: &str, default: Value) -> Value {
    json!({"$unresolved": text, "default": default})
}

/// A task of one container.
fn task(more: Value) -> Value {
    let mut main = json!({"name": "mill", "image": "mill:1"});
    main.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    json!({"family": "mill", "containerDefinitions": [main]})
}

fn service(more: Value) -> Value {
    let mut service = json!({"serviceName": "mill", "taskDefinition": "mill", "desiredCount": 3});
    service.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    service
}

fn asked(case: &Case, topics: &[&str]) -> Vec<String> {
    let ids = case.lift().questions.into_iter().map(|question| question.id.to_string());
    ids.filter(|id| topics.iter().any(|topic| id.starts_with(&format!("{topic}/")))).collect()
}

fn component(case: &Case) -> Component {
    case.config().components.pop_first().unwrap().1
}

#[test]
fn bounds_that_are_left_open_are_asked_for_as_values_alone() {
    let policy = json!({"PolicyName": "cpu", "PolicyType": "TargetTrackingScaling",
        "TargetTrackingScalingPolicyConfiguration": {"TargetValue": 60.0,
            "PredefinedMetricSpecification": {"PredefinedMetricType": "ECSServiceAverageCPUUtilization"}}});
    let with = |min: Value, max: Value| {
        let target = json!({"MinCapacity": min, "MaxCapacity": max});
        let sized = task(json!({"cpu": 256, "memory": 512}));
        let documents = [
            (EcsService, service(json!({}))),
            (EcsTaskDefinition, sized),
            (ScalableTarget, target),
            (ScalingPolicy, policy.clone()),
        ];
        Case::from_file("mill", &documents)
    };
    const ID: &str = "value/ecs/test/mill/application-autoscaling.scalable-target";
    for (min, max, wanted) in [
        (open("!Ref Min"), json!(9), vec!["MinCapacity"]),
        (json!(2), open("!Ref Max"), vec!["MaxCapacity"]),
        (open("!Ref Min"), open("!Ref Max"), vec!["MaxCapacity", "MinCapacity"]),
    ] {
        let case = with(min, max);
        let wanted: Vec<String> = wanted.into_iter().map(|field| format!("{ID}/{field}")).collect();
        assert_eq!(asked(&case, &["bounds", "value"]), wanted);
        assert!(component(&case).suspended.is_some() && matches!(component(&case).scale, Some(Scale::Fixed(3))));
        // What scales it is no stray field, and is told with what is missing.
        let entry = case.verdict(3, "/TargetTrackingScalingPolicyConfiguration/TargetValue");
        assert!(matches!(entry, FieldVerdict::Question { ref id } if id.as_str().starts_with(ID)), "{entry:?}");
        let said = case.answer("value", "application-autoscaling.scalable-target/MinCapacity", "2").answer(
            "value",
            "application-autoscaling.scalable-target/MaxCapacity",
            "9",
        );
        assert!(asked(&said, &["bounds", "value"]).is_empty());
        let Some(Scale::Range(range)) = component(&said).scale else { panic!("no range") };
        assert_eq!((range.min, range.max, range.cpu), (2, 9, Some(60)));
    }
    // Where nothing of it is a template's, it is asked as before.
    let without = Case::from_file(
        "mill",
        &[
            (EcsService, service(json!({}))),
            (EcsTaskDefinition, task(json!({"cpu": 256}))),
            (ScalingPolicy, policy.clone()),
        ],
    );
    assert_eq!(asked(&without, &["bounds", "value"]), ["bounds/ecs/test/mill"]);
}

#[test]
fn an_expression_that_is_left_open_is_asked_about_once_and_each_by_itself() {
    let with = |expressions: &[Value]| {
        let constraints: Vec<Value> =
            expressions.iter().map(|one| json!({"type": "memberOf", "expression": one})).collect();
        let service = service(json!({"placementConstraints": constraints}));
        Case::from_file("mill", &[(EcsService, service), (EcsTaskDefinition, task(json!({})))])
    };
    let topics = ["placement", "value"];
    let one = with(&[open("!Sub attribute:kind == ${Kind}")]).answer("start", "", "with-traffic");
    assert_eq!(asked(&one, &topics), ["placement/ecs/test/mill"]);
    assert!(component(&one).suspended.unwrap().contains("left open") || component(&one).suspended.is_some());
    let told = one.clone().answer("placement", "", "no");
    assert!(asked(&told, &topics).is_empty());
    assert_eq!(component(&told).suspended, None);
    assert!(matches!(told.verdict(0, "/placementConstraints/0/expression/$unresolved"), FieldVerdict::Dropped { .. }));
    // It may be the processor that the image is made for.
    let arm = one.clone().answer("placement", "", "attribute:ecs.cpu-architecture == arm64");
    assert_eq!((component(&arm).arch, component(&arm).suspended), (Some(Arch::Arm64), None));
    for unusable in ["yes", "attribute:kind == web"] {
        assert_eq!(asked(&one.clone().answer("placement", "", unusable), &topics).len(), 1, "{unusable}");
    }
    // The answer about one is none about another.
    let two = with(&[json!("attribute:site == harbour"), open("!Ref One"), open("!Ref Other")]);
    assert_eq!(asked(&two, &topics).len(), 3, "{:?}", asked(&two, &topics));
    assert_eq!(asked(&two.answer("placement", "", "no"), &topics).len(), 2);
    // What its template offers is asked about as a value first.
    let offered = with(&[offered("!Ref Where", json!("attribute:kind == web"))]);
    const ID: &str = "value/ecs/test/mill/ecs.service/placementConstraints/0/expression";
    assert_eq!(asked(&offered, &topics), [ID]);
    let said = offered.answer("value", "ecs.service/placementConstraints/0/expression", "attribute:kind == web");
    assert_eq!(asked(&said, &topics), ["placement/ecs/test/mill"]);
}

/// What is refused for want of a value is not refused for good, and no other reason is made up: a word is no port.
#[test]
fn what_is_refused_for_an_open_value_says_that_it_is_open() {
    let group = "arn:aws:elasticloadbalancing:eu-west-1:1:targetgroup/mill/1";
    for (of_task, of_service) in [
        (offered("!Ref Port", json!("4000")), offered("!Ref Port", json!("4000"))),
        (open("!Ref Port"), open("!Ref Port")),
        (open("!ImportValue net-port"), json!(8081)),
        (json!(8081), open("!ImportValue net-port")),
        (json!(4000), json!(4000)),
    ] {
        let balancers = json!([{"containerName": "mill", "containerPort": of_service, "targetGroupArn": group}]);
        let ports = json!({"image": open("!Ref Image"), "portMappings": [{"containerPort": of_task, "hostPort": 0}]});
        let documents = [(EcsService, service(json!({"loadBalancers": balancers}))), (EcsTaskDefinition, task(ports))];
        let case = Case::from_file("mill", &documents);
        let reasons = case.reasons();
        assert_eq!(reasons.len(), 1, "{reasons:?}");
        assert!(reasons[0].starts_with("what its template leaves open has to be known first"), "{reasons:?}");
        assert!(case.lift().ledger.entries().all(|entry| !matches!(entry.verdict, FieldVerdict::Blocker { .. })));
    }
    // A container that is there under an open condition is one, as is a list that is open as a whole.
    for containers in [json!([open("!If [Own, {...}, !Ref AWS::NoValue]")]), open("!Ref Containers")] {
        let task = json!({"family": "mill", "containerDefinitions": containers});
        let case = Case::from_file("mill", &[(EcsService, service(json!({}))), (EcsTaskDefinition, task)]);
        let reasons = case.reasons();
        assert!(reasons[0].starts_with("what its template leaves open has to be known first"), "{reasons:?}");
    }
    // What stays refused whatever stands there says so.
    let raw = json!({"image": open("!Ref Image"), "portMappings": [{"containerPort": 53, "protocol": "sctp"}]});
    let case = Case::from_file("mill", &[(EcsService, service(json!({}))), (EcsTaskDefinition, task(raw))]);
    assert!(!case.reasons().iter().any(|reason| reason.starts_with("what its template")), "{:?}", case.reasons());
}

/// A container that an input names by what its template fills in: what is offered is its name, and of one container there is no other.
#[test]
fn an_input_names_its_container_as_its_template_does() {
    let input = |name: Value| json!({"containerOverrides": [{"name": name, "command": ["sweep"]}]}).to_string();
    let target = |name: Value| json!({"Id": "it", "Arn": "cluster", "EcsParameters": {"TaskDefinitionArn": "mill"}, "Input": input(name)});
    let schedule = |by_rule: bool, name: Value, containers: Value| {
        let task = (EcsTaskDefinition, json!({"family": "mill", "containerDefinitions": containers}));
        let schedule = match by_rule {
            true => {
                let rule = json!({"Name": "mill", "State": "ENABLED", "ScheduleExpression": "rate(1 hour)", "Targets": [target(name)]});
                (EventsRule, rule)
            }
            false => {
                let rate = json!({"Name": "mill", "State": "ENABLED", "ScheduleExpression": "rate(1 hour)", "Target": target(name)});
                (SchedulerSchedule, rate)
            }
        };
        Case::from_file("mill", &[schedule, task])
    };
    let named = |name: Value| json!({"name": name, "image": "mill:1"});
    for by_rule in [true, false] {
        for (name, containers) in [
            (
                offered("${kName}", json!("mill")),
                json!([named(offered("!Ref kName", json!("mill"))), named(json!("side"))]),
            ),
            (offered("${kName}", json!("mill")), json!([named(json!("mill"))])),
            (open("${Name}"), json!([named(open("!Ref Name"))])),
            (open("${Name}"), json!([named(json!("mill"))])),
        ] {
            let case = schedule(by_rule, name, containers);
            assert!(asked(&case, &["input"]).is_empty(), "{:?}", case.lift().questions);
            assert_eq!(component(&case).args, Some(vec!["sweep".to_owned()]));
        }
        // Of two nobody knows which, and no nameless container is made up.
        let case = schedule(by_rule, open("${Name}"), json!([named(json!("mill")), named(json!("side"))]));
        let questions = case.lift().questions;
        let input = questions.iter().find(|question| question.id.as_str().starts_with("input/")).unwrap();
        assert!(
            input.text.contains("a container whose name is not known") && input.text.contains("`${Name}`"),
            "{}",
            input.text
        );
        assert!(!input.text.contains("``") && component(&case).suspended.is_some(), "{}", input.text);
    }
}

/// In texts of all kinds a word stands in the place of a placeholder: what a template has there is in the question alone.
#[test]
fn no_placeholder_stands_in_what_is_written() {
    for placeholder in
        ["<DB_HOST>", "{{ db_host }}", "$$$DB_HOST$$$", "%DB_HOST%", "REPLACED_BY_CI", "(known after apply)"]
    {
        let text = format!("tcp://{placeholder}:5432/main");
        let task = json!({
            "family": "mill", "tags": [{"key": "stage", "value": text}],
            "containerDefinitions": [{"name": "mill", "image": "mill:1", "environment": [{"name": "DB", "value": text}],
                "command": ["serve", placeholder], "dockerLabels": {"owner": text}}],
        });
        let case = Case::from_file("mill", &[(EcsService, service(json!({}))), (EcsTaskDefinition, task)]);
        let lifted = case.lift();
        let written = serde_json::to_string(&case.config()).unwrap();
        // In a command a percent sign may be a shell's own.
        if !placeholder.starts_with('%') {
            assert!(!written.contains(placeholder), "{written}");
        }
        assert_eq!(component(&case).env["DB"], "tcp://placeholder:5432/main");
        assert!(component(&case).suspended.is_some());
        let question = lifted.questions.iter().find(|one| one.id.as_str().ends_with("environment/0/value")).unwrap();
        assert!(question.text.contains(placeholder), "{}", question.text);
        assert!(everything(&lifted).contains(placeholder), "the question names it");
        // Who means it as it stands says so.
        let meant = case.clone().answer("placeholder", "containerDefinitions/0/environment/0/value", &text);
        assert_eq!(component(&meant).env["DB"], text);
    }
}
