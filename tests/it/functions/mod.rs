//! The context of a function's image, started as its Dockerfile says: what its process tree answers is what the handler
//! answers to the documented event.

mod context;

use caravan_convert::{Claim, Converted, Nothing, Platform, Trace, assign, convert};
use caravan_convert_lift::{SharedHosts, Source, StoreReach, lift};
use caravan_inventory::{
    AccountId, Decision, Decisions, EnvironmentName, Observation, ObservationId, ObservationKind, QuestionId, Region,
    TeamName, Workload, WorkloadId, WorkloadKind,
};
use context::Started;
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::process::Command;

const ARN: &str = "arn:aws:lambda:eu-west-3:111122223333:function:orders";

/// A function behind an HTTP API, and its app.
fn converted(runtime: &str) -> Converted {
    let configuration = json!({"FunctionName": "orders", "FunctionArn": ARN, "Runtime": runtime, "Handler": "app.handler",
        "Timeout": 10, "MemorySize": 256, "Version": "$LATEST", "Environment": {"Variables": {"KIND": "order"}}});
    let route = |key: &str| json!({"apiId": "a1", "routeId": key, "routeKey": key, "target": "integrations/i1", "authorizationType": "NONE"});
    let documents = [
        (ObservationKind::LambdaFunction, json!({"Configuration": configuration})),
        (ObservationKind::HttpApi, json!({"apiId": "a1", "name": "orders", "protocolType": "HTTP"})),
        (
            ObservationKind::HttpIntegration,
            json!({"apiId": "a1", "integrationId": "i1", "integrationType": "AWS_PROXY", "integrationUri": ARN,
                "payloadFormatVersion": "2.0"}),
        ),
        (ObservationKind::HttpStage, json!({"apiId": "a1", "stageName": "$default"})),
        (ObservationKind::HttpRoute, route("POST /orders/{id}")),
        (ObservationKind::HttpRoute, route("$default")),
    ];
    let observation = |(at, (kind, body)): (usize, (ObservationKind, Value))| Observation {
        id: ObservationId::new(format!("{}/{at}", kind.as_str())),
        kind,
        name: ARN.to_owned(),
        account: Some(AccountId::new("111122223333")),
        region: Some(Region::new("eu-west-3")),
        api: "api".to_owned(),
        first_seen: jiff::Timestamp::UNIX_EPOCH,
        last_seen: jiff::Timestamp::UNIX_EPOCH,
        body,
    };
    let observations: Vec<Observation> = documents.into_iter().enumerate().map(observation).collect();
    let workload = Workload {
        id: WorkloadId::new("lambda/111122223333/eu-west-3/orders"),
        kind: WorkloadKind::Lambda,
        name: "orders".to_owned(),
        team: TeamName::new("shop"),
        environment: EnvironmentName::new("prod"),
        account: Some(AccountId::new("111122223333")),
        region: Some(Region::new("eu-west-3")),
        parts: observations.iter().map(|observation| observation.id.clone()).collect(),
    };
    let mut decisions = Decisions::default();
    for (topic, answer) in [("host", "orders.example.com"), ("code", "folder"), ("most", "3")] {
        let decision = Decision { answer: answer.to_owned(), reason: None, asked: None };
        decisions.0.insert(QuestionId::new(format!("{topic}/{}", workload.id)), decision);
    }
    let observations: Vec<&Observation> = observations.iter().collect();
    let app = assign([Claim::from(&workload)]).remove(0);
    let (hosts, part, component) = (&SharedHosts::default(), None, None);
    let lifted = lift(&Source {
        workload: &workload,
        app: &app.name,
        part,
        component,
        observations: &observations,
        decisions: &decisions,
        hosts,
        store: &StoreReach::UNKNOWN,
        unread: &caravan_convert_lift::Unread::NOTHING,
    });
    let done = convert(&app, vec![lifted], &Platform::default(), &Nothing, Trace::Off);
    assert!(done.questions.is_empty() && done.refused.is_empty(), "{:?} {:?}", done.questions, done.refused);
    done
}

/// The folder of a handler of the tests.
fn handler(language: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/functions").join(language)
}

/// The event that API Gateway documents for a request (payload format 2.0), as far as the handlers read it.
fn event(body: Option<&str>) -> Value {
    let (method, key, path) = match body {
        Some(_) => ("POST", "POST /orders/{id}", "/orders/7"),
        None => ("GET", "$default", "/elsewhere"),
    };
    let mut event = json!({
        "version": "2.0", "routeKey": key, "rawPath": path, "rawQueryString": "a=1&a=2", "cookies": ["x=1", "y=2"],
        "requestContext": {"http": {"method": method, "path": path}}, "isBase64Encoded": false,
    });
    if let Some(body) = body {
        event["pathParameters"] = json!({"id": "7"});
        event["body"] = json!(body);
    }
    event
}

/// What a handler gives when it is called with an event, by a program that calls it.
fn called(program: &Path, arguments: &[&str], language: &str, event: &Value) -> Value {
    let output = Command::new(program)
        .args(arguments)
        .arg(event.to_string())
        .current_dir(handler(language))
        .env("KIND", "order")
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

/// Both requests, and the handler called directly with what API Gateway documents for them.
fn same_answers(started: &Started, direct: impl Fn(&Value) -> Value) {
    for body in [Some("{\"n\": 1}"), None] {
        let wanted = direct(&event(body));
        let (method, path) = if body.is_some() { ("POST", "/orders/7") } else { ("GET", "/elsewhere") };
        let answer = started.ask(method, &format!("{path}?a=1&a=2"), body.unwrap_or(""));
        assert_eq!(answer.status, wanted["statusCode"].as_u64().unwrap(), "{}", answer.body);
        assert_eq!(
            serde_json::from_str::<Value>(&answer.body).unwrap(),
            serde_json::from_str::<Value>(wanted["body"].as_str().unwrap()).unwrap()
        );
        for (name, value) in wanted["headers"].as_object().unwrap() {
            assert_eq!(answer.header(name), [value.as_str().unwrap()], "{name}");
        }
        let cookies: Vec<&str> =
            wanted["cookies"].as_array().unwrap().iter().map(|one| one.as_str().unwrap()).collect();
        assert_eq!(answer.header("set-cookie"), cookies);
    }
}

#[test]
fn the_process_tree_of_a_python_function_answers_as_its_handler_does() {
    let Some(python) = caravan_tests_testbed::lambda_python() else { return };
    let done = converted("python3.12");
    let started = Started::of(&done, &handler("python"), &[("python3", python.to_str().unwrap())]);
    const CALL: &str = "import app, json, sys, types; print(json.dumps(app.handler(json.loads(sys.argv[1]), \
                        types.SimpleNamespace(function_name='orders', memory_limit_in_mb='256'))))";
    same_answers(&started, |event| called(&python, &["-c", CALL], "python", event));
}

#[test]
fn the_process_tree_of_a_node_function_answers_as_its_handler_does() {
    let Some((node, client)) = caravan_tests_testbed::lambda_node() else { return };
    let done = converted("nodejs22.x");
    let emitted = "/caravan/client/node_modules/aws-lambda-ric/index.mjs";
    let replaced = [("node", node.to_str().unwrap()), (emitted, client.to_str().unwrap())];
    let started = Started::of(&done, &handler("node"), &replaced);
    const CALL: &str = "const { handler } = await import('./app.mjs'); console.log(JSON.stringify(await \
                        handler(JSON.parse(process.argv[1]), { functionName: 'orders', memoryLimitInMB: '256' })));";
    same_answers(&started, |event| called(&node, &["--input-type=module", "-e", CALL], "node", event));
}
