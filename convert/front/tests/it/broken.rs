//! Whatever goes wrong ends as Lambda and the service in front of it document, and the pod goes on.

use crate::front::{Front, http, python};
use crate::web::{get, send};
use serde_json::{Value, json};
use std::io::Write;
use std::time::{Duration, Instant};

fn by_path(event: &str, timeout: u32) -> Option<Front> {
    let mut source = http(event);
    if event == "alb" {
        source["http"]["target_group_arn"] =
            json!("arn:aws:elasticloadbalancing:eu-west-3:111122223333:targetgroup/t/1");
    }
    let mut config = python("app.by_path", source)?;
    config["function"]["timeout_seconds"] = json!(timeout);
    Some(Front::start(config))
}

/// What each service says for a handler that failed.
const FAILED: [(&str, u16, &str); 5] = [
    ("rest", 502, r#"{"message":"Internal server error"}"#),
    ("http-1.0", 500, r#"{"message":"Internal Server Error"}"#),
    ("http-2.0", 500, r#"{"message":"Internal Server Error"}"#),
    ("url", 502, "Internal Server Error"),
    ("alb", 502, "502 Bad Gateway"),
];

#[test]
fn errors_exits_and_answers_that_have_no_form_or_are_too_large() {
    for (event, status, text) in FAILED {
        let Some(front) = by_path(event, 10) else { return };
        for path in ["/raise", "/exit", "/large", "/malformed"] {
            let response = get(front.port, path);
            assert_eq!(response.status, status, "{event} {path}: {}", response.text());
            assert!(response.text().contains(text), "{event} {path}: {}", response.text());
            assert_eq!(get(front.port, "/after").text(), "after", "{event} {path}");
        }
        assert_eq!(front.metric(r#"caravan_front_invocations_total{outcome="handler_error"}"#), 1.0);
        assert_eq!(front.metric(r#"caravan_front_invocations_total{outcome="exit"}"#), 1.0);
        assert_eq!(front.metric(r#"caravan_front_invocations_total{outcome="too_large"}"#), 1.0);
    }
}

#[test]
fn a_function_s_time_is_over_and_its_process_with_it() {
    for (event, status, text) in FAILED {
        let Some(front) = by_path(event, 1) else { return };
        let before = front.processes();
        let begin = Instant::now();
        let response = get(front.port, "/sleep?seconds=20");
        assert!(begin.elapsed() < Duration::from_secs(5), "{event}: {:?}", begin.elapsed());
        assert_eq!(response.status, status, "{event}");
        assert!(response.text().contains(text), "{event}: {}", response.text());
        assert_eq!(get(front.port, "/after").text(), "after", "{event}");
        assert_ne!(before, front.processes(), "{event}: another process answers");
        assert_eq!(front.metric(r#"caravan_front_process_restarts_total{reason="timeout"}"#), 1.0);
    }
}

#[test]
fn the_service_s_time_is_over_before_the_function_s() {
    for (event, status, text) in [
        ("rest", 504, r#"{"message":"Endpoint request timed out"}"#),
        ("http-2.0", 503, r#"{"message":"Service Unavailable"}"#),
        ("alb", 504, "504 Gateway Timeout"),
    ] {
        let mut source = http(event);
        source["http"]["integration_timeout_seconds"] = json!(1);
        if event == "alb" {
            source["http"]["target_group_arn"] =
                json!("arn:aws:elasticloadbalancing:eu-west-3:111122223333:targetgroup/t/1");
        }
        let Some(config) = python("app.by_path", source) else { return };
        let front = Front::start(config);
        let before = front.processes();
        let response = get(front.port, "/sleep?seconds=2");
        assert_eq!(response.status, status);
        assert!(response.text().contains(text), "{}", response.text());
        // The handler goes on, and its process answers the next one.
        front.wait("the handler has ended", || front.metric("caravan_front_running ") == 0.0);
        assert_eq!(get(front.port, "/after").text(), "after");
        assert_eq!(before, front.processes());
    }
}

#[test]
fn what_can_t_be_initialised_fails_at_once_and_is_never_ready() {
    for (handler, module) in
        [("broken.handler", "no configuration"), ("app.absent", "absent"), ("nowhere.handler", "nowhere")]
    {
        let Some(config) = python(handler, http("invoke")) else { return };
        let front = Front::begin(config, &[]);
        front.wait("its failure is said", || front.log().contains("can't be initialised"));
        let begin = Instant::now();
        let response = send(front.port, "POST /2015-03-31/functions/orders/invocations HTTP/1.1\nhost: h", b"{}");
        assert_eq!((response.status, response.all("x-amz-function-error")), (200, vec!["Unhandled"]), "{handler}");
        assert!(response.text().contains(module), "{handler}: {}", response.text());
        assert!(begin.elapsed() < Duration::from_secs(5), "{handler}: {:?}", begin.elapsed());
        assert_eq!(
            (front.admin_status("/readyz"), front.admin_status("/healthz")),
            (Some(503), Some(200)),
            "{handler}"
        );
    }
}

#[test]
fn a_process_that_never_asks_is_ended_in_the_time_for_initialisation() {
    let mut config = crate::front::config(json!(["sleep", "100"]), "x", std::path::Path::new("/"), http("rest"));
    config["function"]["init_timeout_seconds"] = json!(1);
    let front = Front::begin(config, &[]);
    front.wait("its failure is said", || front.log().contains("within 1 s"));
    assert_eq!(get(front.port, "/").status, 502);
    let config = crate::front::config(json!(["/no/such/program"]), "x", std::path::Path::new("/"), http("rest"));
    let front = Front::begin(config, &[]);
    front.wait("its failure is said", || front.log().contains("Runtime.InvalidEntrypoint"));
    assert_eq!(get(front.port, "/").status, 502);
}

#[test]
fn documents_of_failures_are_lambda_s() {
    let Some(mut config) = python("app.by_path", http("invoke")) else { return };
    config["function"]["timeout_seconds"] = json!(1);
    let front = Front::start(config);
    let invoke = |path: &str| -> Value {
        let head = "POST /2015-03-31/functions/orders/invocations HTTP/1.1\nhost: h";
        let response = send(front.port, head, json!({"path": path}).to_string().as_bytes());
        assert_eq!((response.status, response.all("x-amz-function-error")), (200, vec!["Unhandled"]), "{path}");
        response.json()
    };
    let raised = invoke("/raise");
    assert_eq!((&raised["errorType"], &raised["errorMessage"]), (&json!("ValueError"), &json!("no such order")));
    assert!(raised["stackTrace"].is_array() && raised["requestId"].is_string(), "{raised}");
    let ended = invoke("/exit");
    assert_eq!(ended["errorType"], "Runtime.ExitError");
    assert!(
        ended["errorMessage"].as_str().unwrap().ends_with("Error: Runtime exited with error: exit status 3"),
        "{ended}"
    );
    let late = invoke("/sleep");
    assert_eq!(late["errorType"], "Sandbox.Timedout");
    assert!(late["errorMessage"].as_str().unwrap().ends_with("Error: Task timed out after 1.00 seconds"), "{late}");
    let large = invoke("/large");
    assert_eq!(large["errorType"], "Function.ResponseSizeTooLarge");
}

#[test]
fn requests_that_are_too_large_or_lead_nowhere_reach_no_handler() {
    let source = json!({"http": {"event": "http-2.0", "routes": ["GET /orders/{id}"]}});
    let Some(config) = python("app.echo", source) else { return };
    let front = Front::start(config);
    let response = get(front.port, "/elsewhere");
    assert_eq!((response.status, response.text().as_str()), (404, r#"{"message":"Not Found"}"#));
    let large = vec![b'x'; 7 * 1024 * 1024];
    let response = send(front.port, "POST /orders/7 HTTP/1.1\nhost: h\ncontent-type: text/plain", &large);
    assert_eq!((response.status, response.text().as_str()), (413, r#"{"message":"Request Entity Too Large"}"#));
    assert_eq!(get(front.port, "/orders/7").json()["event"]["pathParameters"], json!({"id": "7"}));
    assert_eq!(front.metric("caravan_front_invocation_seconds_count "), 1.0);
}

#[test]
fn a_caller_who_hangs_up_stops_nothing() {
    let Some(front) = by_path("rest", 10) else { return };
    let before = front.processes();
    for _ in 0..3 {
        let mut stream = std::net::TcpStream::connect(("127.0.0.1", front.port)).unwrap();
        stream.write_all(b"GET /sleep?seconds=0.3 HTTP/1.1\r\nhost: h\r\n\r\n").unwrap();
        std::thread::sleep(Duration::from_millis(60));
        drop(stream);
    }
    // Each was handed over and runs to its end: the next waits for all three.
    assert_eq!(get(front.port, "/after").text(), "after");
    assert_eq!(before, front.processes());
    assert_eq!(front.metric(r#"caravan_front_invocations_total{outcome="abandoned"}"#), 3.0);
}
