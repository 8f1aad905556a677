//! Which container of a task is the main one: what is called, what works, and what ends.

#![expect(clippy::unwrap_used, reason = "tests fail loudly")]

mod common;

use caravan_convert_lift::plconfig::{Component, ComponentType};
use caravan_inventory::ObservationKind::{EcsService, EcsTaskDefinition, StateMachine};
use common::Case;
use serde_json::{Value, json};

fn container(name: &str, image: &str, port: Option<u16>) -> Value {
    let ports: Vec<Value> =
        port.map(|port| json!({"containerPort": port, "name": format!("{name}-port")})).into_iter().collect();
    json!({"name": name, "image": image, "portMappings": ports})
}

fn task(containers: &[Value]) -> Value {
    json!({"family": "mill", "networkMode": "awsvpc", "containerDefinitions": containers})
}

/// A service with these containers, and what else it says.
fn service(containers: &[Value], more: Value) -> Case {
    let mut service = json!({"serviceName": "mill", "taskDefinition": "mill:1", "desiredCount": 1, "status": "ACTIVE"});
    service.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    Case::live("mill", &[(EcsService, service), (EcsTaskDefinition, task(containers))])
}

fn open(case: &Case, topic: &str) -> bool {
    case.lift().questions.iter().any(|question| question.id.as_str().starts_with(&format!("{topic}/")))
}

/// The one component, with what it is.
fn component(case: &Case) -> (ComponentType, Component) {
    let component = case.config().components.pop_first().unwrap().1;
    (component.kind, component)
}

fn image(component: &Component) -> &str {
    component.image.as_deref().unwrap()
}

#[test]
fn what_is_only_measured_beside_a_worker_makes_no_service_of_it() {
    let grinder = container("grinder", "mill/grinder:4", None);
    for measuring in [
        container("redis-exporter", "oliver006/redis_exporter:v1", Some(9121)),
        container("statsd", "prom/statsd-exporter:v0", Some(9102)),
        container("sums", "mill/metrics:1", Some(9000)),
        container("otel-collector", "otel/opentelemetry-collector:1", Some(4317)),
    ] {
        for containers in [vec![measuring.clone(), grinder.clone()], vec![grinder.clone(), measuring.clone()]] {
            let case = service(&containers, json!({}));
            let (kind, component) = component(&case);
            assert_eq!((kind, image(&component)), (ComponentType::Worker, "mill/grinder:4"), "{measuring}");
            assert!(!open(&case, "main") && component.ingress.is_none() && component.suspended.is_some());
            assert_eq!(component.sidecars.values().map(|one| one.ports.len()).sum::<usize>(), 1);
        }
    }
    // Of a task definition that nothing runs it is as likely.
    let alone = Case::live("mill", &[(EcsTaskDefinition, task(&[container("exporter", "x:1", Some(9100)), grinder]))]);
    let question = alone.lift().questions.into_iter().find(|one| one.id.as_str().starts_with("kind/")).unwrap();
    assert_eq!(question.assumed.as_deref(), Some("worker"));
}

#[test]
fn where_nothing_tells_what_is_called_it_is_asked_and_nothing_starts() {
    let (desk, grinder) = (container("desk", "mill/desk:1", Some(8080)), container("grinder", "mill/grinder:4", None));
    let case = service(&[desk.clone(), grinder.clone()], json!({}));
    assert!(open(&case, "main") && component(&case).1.suspended.is_some());
    let told = case.clone().answer("main", "", "grinder").answer("start", "", "with-traffic");
    let (kind, grinding) = component(&told);
    assert_eq!((kind, image(&grinding)), (ComponentType::Worker, "mill/grinder:4"));
    assert!(!open(&told, "main") && grinding.suspended.is_none());
    let (kind, serving) = component(&case.clone().answer("main", "", "desk"));
    assert_eq!((kind, image(&serving), serving.suspended.clone()), (ComponentType::Web, "mill/desk:1", None));
    assert!(open(&case.answer("main", "", "neither"), "main"));
    // A name leads to it, and only what is measured has a port.
    let registered =
        json!({"serviceRegistries": [{"registryArn": "arn:aws:servicediscovery:eu-west-1:1:service/srv-1"}]});
    let case = service(&[container("exporter", "x:1", Some(9100)), grinder.clone()], registered.clone());
    assert!(open(&case, "main") && component(&case).1.suspended.is_some());
    let case = service(&[desk, grinder], registered);
    assert!(!open(&case, "main") && image(&component(&case).1) == "mill/desk:1");
}

#[test]
fn what_something_sends_to_is_the_main_one_wherever_it_stands() {
    let containers = [
        container("exporter", "x:1", Some(9100)),
        container("grinder", "g:1", None),
        container("desk", "desk:1", Some(8080)),
    ];
    let arn = "arn:aws:elasticloadbalancing:eu-west-1:1:targetgroup/mill/1";
    for more in [
        json!({"loadBalancers": [{"targetGroupArn": arn, "containerName": "desk", "containerPort": 8080}]}),
        json!({"serviceRegistries": [{"registryArn": "arn:aws:servicediscovery:eu-west-1:1:service/srv-1",
            "containerName": "desk", "containerPort": 8080}]}),
        json!({"serviceConnectConfiguration": {"enabled": true, "namespace": "mill", "services": [{"portName": "desk-port"}]}}),
        json!({"deployments": [{"status": "PRIMARY", "serviceConnectConfiguration":
            {"enabled": true, "namespace": "mill", "services": [{"portName": "desk-port"}]}}]}),
    ] {
        let case = service(&containers, more.clone());
        assert_eq!(image(&component(&case).1), "desk:1", "{more}");
        assert!(!open(&case, "main"), "{more}");
    }
    let off = json!({"serviceConnectConfiguration": {"enabled": false}});
    assert!(open(&service(&containers, off), "main"));
}

/// A pod ends with its main container, whoever starts it.
#[test]
fn of_what_runs_once_the_work_is_the_main_one_or_it_is_asked() {
    let (proxy, import) = (container("proxy", "proxy:1", Some(5432)), container("import", "import:1", None));
    let alone = |containers: &[Value]| Case::live("mill", &[(EcsTaskDefinition, task(containers))]);
    for kind in ["job", "cron"] {
        let case = alone(&[proxy.clone(), import.clone()]).answer("kind", "", kind);
        assert_eq!(image(&component(&case).1), "import:1", "{kind}");
        assert!(!open(&case, "work"), "{kind}");
        let several = alone(&[import.clone(), container("sweep", "sweep:1", None)]).answer("kind", "", kind);
        assert!(open(&several, "work"), "{kind}");
        let started = several.clone().answer("start", "", "with-traffic").answer("schedule", "", "0 3 * * *");
        assert!(component(&started).1.suspended.is_some(), "{kind}");
        let told = component(&started.answer("work", "", "sweep")).1;
        assert_eq!((image(&told), told.suspended.clone()), ("sweep:1", None), "{kind}");
    }
    // What a state machine starts ends too.
    let machine = json!({"name": "nightly", "stateMachineArn": "arn:aws:states:eu-west-1:1:stateMachine:nightly"});
    let case =
        Case::live("mill", &[(EcsTaskDefinition, task(&[proxy.clone(), import.clone()])), (StateMachine, machine)]);
    assert_eq!(image(&component(&case).1), "import:1");
    // What serves or works goes on as before.
    let case = alone(&[proxy, import]).answer("kind", "", "web");
    assert!(!open(&case, "work") && image(&component(&case).1) == "proxy:1");
}

/// A task definition that nothing runs: whatever a person says that it is, its main container is the one that does that.
#[test]
fn the_main_container_of_a_definition_alone_is_what_it_is_said_to_be() {
    let (proxy, closing) =
        (container("proxy", "mill/proxy:2", Some(5432)), container("closing", "mill/ledger:7", None));
    for containers in [vec![proxy.clone(), closing.clone()], vec![closing.clone(), proxy.clone()]] {
        let alone = Case::live("mill", &[(EcsTaskDefinition, task(&containers))]);
        for (said, kind, wanted) in [
            ("job", ComponentType::Job, "mill/ledger:7"),
            ("cron", ComponentType::Cron, "mill/ledger:7"),
            ("worker", ComponentType::Worker, "mill/ledger:7"),
            ("web", ComponentType::Web, "mill/proxy:2"),
        ] {
            let (found, main) = component(&alone.clone().answer("kind", "", said));
            assert_eq!((found, image(&main)), (kind, wanted), "{said}");
        }
    }
    let served = Case::live("mill", &[(EcsTaskDefinition, task(&[proxy]))]).answer("kind", "", "worker");
    assert_eq!(image(&component(&served).1), "mill/proxy:2");
}
