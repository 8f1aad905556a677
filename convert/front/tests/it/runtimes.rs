//! Other runtime clients than Python's, each untouched.

use crate::front::{Front, config, functions, http};
use crate::web::{get, send};
use serde_json::{Value, json};
use std::process::Command;
use std::time::Duration;

fn node(handler: &str, source: Value) -> Option<Front> {
    let (node, client) = caravan_tests_testbed::lambda_node()?;
    let mut config = config(json!([node, client, handler]), handler, &functions("node"), source);
    config["function"]["runtime"] = json!("nodejs22.x");
    Some(Front::start(config))
}

#[test]
fn node_answers_an_http_api() {
    let Some(front) = node("app.echo", http("http-2.0")) else { return };
    let seen = get(front.port, "/orders/7?a=1").json();
    assert_eq!((&seen["event"]["rawPath"], &seen["event"]["rawQueryString"]), (&json!("/orders/7"), &json!("a=1")));
    assert_eq!(seen["arn"], "arn:aws:lambda:eu-west-3:111122223333:function:orders");
    for _ in 0..20 {
        assert_eq!(get(front.port, "/x").status, 200);
    }
}

fn streaming() -> Value {
    json!({"http": {"event": "url", "invoke_mode": "response-stream"}})
}

#[test]
fn node_streams_through_a_function_url_as_it_writes() {
    let Some(front) = node("app.streamed", streaming()) else { return };
    let response = get(front.port, "/");
    assert_eq!((response.status, response.text().as_str(), response.whole), (203, "one two three", true));
    assert_eq!(response.all("x-kind"), ["streamed"]);
    assert_eq!(response.all("set-cookie"), ["a=1", "b=2"]);
    let first = response.pieces.iter().find(|at| **at > Duration::ZERO).unwrap();
    let last = response.pieces.last().unwrap();
    assert!(*last - *first >= Duration::from_millis(250), "pieces came together: {:?}", response.pieces);
    // A caller who does not stream gets the same at once.
    let Some(front) = node("app.streamed", http("url")) else { return };
    let response = get(front.port, "/");
    assert_eq!((response.status, response.text().as_str()), (203, "one two three"));
    assert_eq!(response.all("set-cookie"), ["a=1", "b=2"]);
}

#[test]
fn a_stream_that_breaks_off_is_seen_to_be_broken_off() {
    let Some(front) = node("app.broken", streaming()) else { return };
    for _ in 0..2 {
        let response = get(front.port, "/");
        assert_eq!((response.status, response.text().as_str(), response.whole), (200, "begun ", false));
    }
    let Some(front) = node("app.broken", http("url")) else { return };
    assert_eq!(get(front.port, "/").status, 502);
}

#[test]
fn java_answers_an_http_api() {
    let Some(jars) = caravan_tests_testbed::lambda_java() else { return };
    let folder = tempfile::tempdir().unwrap();
    let compiled = Command::new("javac")
        .arg("-cp")
        .arg(jars.join("*"))
        .arg("-d")
        .arg(folder.path())
        .arg(functions("java").join("Echo.java"))
        .status();
    if !compiled.is_ok_and(|status| status.success()) {
        return caravan_tests_testbed::not_run("javac", "the handler can't be compiled");
    }
    let classes = format!("{}/*:{}", jars.display(), folder.path().display());
    let client = "com.amazonaws.services.lambda.runtime.api.client.AWSLambda";
    let command = json!(["java", "-XX:TieredStopAtLevel=1", "-cp", classes, client, "Echo::handleRequest"]);
    let mut config = config(command, "Echo::handleRequest", folder.path(), http("http-2.0"));
    config["function"]["init_timeout_seconds"] = json!(60);
    config["function"]["runtime"] = json!("java21");
    let front = Front::start(config);
    let response = get(front.port, "/orders/7");
    assert_eq!((response.status, response.text().as_str()), (200, "/orders/7 for orders"));
    assert_eq!(response.all("x-request")[0].len(), 36);
    assert_eq!(get(front.port, "/raise").status, 500);
    assert_eq!(get(front.port, "/after").text(), "/after for orders");
}

/// Servers close a connection by which nothing comes for half a minute, unless they know better.
#[test]
fn a_runtime_that_keeps_its_connection_answers_after_more_than_half_a_minute() {
    let Some(python) = caravan_tests_testbed::lambda_python() else { return };
    let mut config = config(json!([python, "runtime.py", "slow"]), "x", &functions("python"), http("url"));
    config["function"]["timeout_seconds"] = json!(60);
    let front = Front::begin(config, &[("SECONDS", "33".to_owned())]);
    front.ready();
    let response = get(front.port, "/");
    assert_eq!((response.status, response.text().as_str()), (200, "by one connection"), "{}", front.log());
}

#[test]
fn a_bootstrap_of_a_custom_runtime_answers() {
    let folder = functions("bootstrap");
    let config = config(json!([folder.join("bootstrap")]), "my.handler", &folder, http("rest"));
    let front = Front::start(config);
    for body in ["x", "yy", "zzz"] {
        let response = send(front.port, "POST / HTTP/1.1\nhost: h\ncontent-type: text/plain", body.as_bytes());
        assert_eq!(response.status, 200);
        assert!(response.text().ends_with("bytes for my.handler"), "{}", response.text());
    }
}
