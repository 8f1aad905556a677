//! What callers get is what the service in front of Lambda made of the handler's answer, called directly with the event.

use crate::front::{Front, functions, http, python};
use crate::web::{Response, get, send};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use serde_json::{Value, json};
use std::process::Command;

/// What the handler answers to `event`, called by Python itself.
fn direct(handler: &str, event: &Value) -> Value {
    let python = caravan_tests_testbed::lambda_python().unwrap();
    let script = "import json, sys, app; print(json.dumps(getattr(app, sys.argv[1])(json.loads(sys.argv[2]), None)))";
    let output = Command::new(python)
        .args(["-c", script, handler, &event.to_string()])
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .current_dir(functions("python"))
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

/// A proxy answer, as the caller should get it: status and bytes.
fn expected(answer: &Value) -> (u16, Vec<u8>) {
    let status = answer["statusCode"].as_u64().unwrap().try_into().unwrap();
    let body = answer["body"].as_str().unwrap_or_default();
    let bytes =
        if answer["isBase64Encoded"] == json!(true) { BASE64_STANDARD.decode(body).unwrap() } else { body.into() };
    (status, bytes)
}

#[track_caller]
fn same(response: &Response, answer: &Value) {
    let (status, body) = expected(answer);
    assert_eq!((response.status, response.text()), (status, String::from_utf8_lossy(&body).into_owned()));
}

/// A front of each shape that echoes, and one that answers by the path.
fn both(source: Value) -> Option<(Front, Front)> {
    let echo = python("app.echo", source.clone())?;
    Some((Front::start(echo), Front::start(python("app.by_path", source)?)))
}

fn shapes() -> Vec<Value> {
    let alb = json!({"http": {
        "event": "alb", "target_group_arn": "arn:aws:elasticloadbalancing:eu-west-3:111122223333:targetgroup/t/0a1b",
        "multi_value_headers": true,
    }});
    let rest = json!({"http": {"event": "rest", "binary_media_types": ["*/*"]}});
    vec![rest, http("http-1.0"), http("http-2.0"), http("url"), alb]
}

#[test]
fn each_shape_answers_as_the_handler_that_is_called_directly() {
    for source in shapes() {
        let Some((echo, front)) = both(source.clone()) else { return };
        for (head, body) in [
            ("GET /plain?a=1&a=2&b=%20x HTTP/1.1\nhost: shop.example.com", &b""[..]),
            (
                "POST /binary HTTP/1.1\nhost: shop.example.com\ncontent-type: image/png",
                &[0x89, 0x50, 0xff, 0x00, 0x0d][..],
            ),
            ("POST /binary HTTP/1.1\nhost: shop.example.com\ncontent-type: text/plain", "häßlich".as_bytes()),
            ("PUT /cookies HTTP/1.1\nhost: shop.example.com\ncookie: s=1; t=2", &b""[..]),
        ] {
            let event = &send(echo.port, head, body).json()["event"];
            let answer = direct("by_path", event);
            same(&send(front.port, head, body), &answer);
        }
    }
}

#[test]
fn format_2_0_infers_and_sets_cookies() {
    for event in ["http-2.0", "url"] {
        let Some(config) = python("app.by_path", http(event)) else { return };
        let front = Front::start(config);
        let response = get(front.port, "/inferred");
        assert_eq!((response.status, response.json()), (200, json!({"greeting": "hello"})));
        assert_eq!(response.all("content-type"), ["application/json"]);
        assert_eq!(get(front.port, "/text").text(), "hello");
        let response = get(front.port, "/cookies");
        assert_eq!((response.status, response.all("set-cookie")), (201, vec!["a=1; Secure", "b=2"]));
        assert_eq!(response.all("x-number"), ["7"]);
    }
}

#[test]
fn several_values_of_a_header_are_all_sent_where_the_shape_has_them() {
    let sources = shapes();
    for source in [&sources[0], &sources[1], &sources[4]] {
        let Some(config) = python("app.by_path", source.clone()) else { return };
        let front = Front::start(config);
        let response = get(front.port, "/several");
        assert_eq!(response.all("set-cookie"), ["a=1", "b=2"], "{source}");
        assert_eq!(response.all("x-two"), ["c", "d"], "{source}");
        // A target group with several values looks at nothing else.
        let single = if source["http"]["event"] == "alb" { vec![] } else { vec!["a"] };
        assert_eq!(response.all("x-one"), single, "{source}");
    }
}

#[test]
fn cookies_that_a_handler_tells_apart_by_the_case_of_their_names_are_all_sent() {
    for source in &shapes()[..4] {
        let Some(config) = python("app.by_path", source.clone()) else { return };
        let front = Front::start(config);
        let response = get(front.port, "/cases");
        let mut cookies = response.all("set-cookie");
        cookies.sort_unstable();
        assert_eq!((cookies, response.all("x-one").len()), (vec!["a=1", "b=2", "c=3"], 1), "{source}");
    }
}

#[test]
fn an_offer_of_another_protocol_is_passed_over_and_a_websocket_refused() {
    let Some(config) = python("app.by_path", http("http-2.0")) else { return };
    let front = Front::start(config);
    let asking = |protocol| format!("GET /x HTTP/1.1\nhost: h\nconnection: upgrade\nupgrade: {protocol}");
    assert_eq!(send(front.port, &asking("h2c"), b"").status, 200);
    assert_eq!(send(front.port, &asking("TLS/1.2"), b"").status, 200);
    assert_eq!(send(front.port, &asking("WebSocket"), b"").status, 400);
}

#[test]
fn a_rest_api_decodes_only_for_who_accepts_its_binary_types() {
    let source = json!({"http": {"event": "rest", "binary_media_types": ["image/png"]}});
    let Some(config) = python("app.by_path", source) else { return };
    let front = Front::start(config);
    let head = |accept| format!("POST /binary HTTP/1.1\nhost: h\ncontent-type: image/png\naccept: {accept}");
    assert_eq!(send(front.port, &head("image/png, */*"), &[1, 2, 3]).body, [3, 2, 1]);
    assert_eq!(send(front.port, &head("text/html"), &[1, 2, 3]).text(), BASE64_STANDARD.encode([3, 2, 1]));
}

#[test]
fn the_runtime_client_sees_the_function_as_in_lambda() {
    let Some(config) = python("app.echo", http("http-2.0")) else { return };
    let front = Front::start(config);
    let seen = get(front.port, "/orders/7").json();
    assert_eq!(seen["arn"], "arn:aws:lambda:eu-west-3:111122223333:function:orders");
    assert_eq!(
        (&seen["name"], &seen["memory"], &seen["handler"]),
        (&json!("orders"), &json!("256"), &json!("app.echo"))
    );
    let left = seen["left"].as_i64().unwrap();
    assert!((8_000..=10_000).contains(&left), "{left} ms of 10 s are left");
    assert_eq!(seen["request"].as_str().unwrap().len(), 36);
    assert_ne!(seen["request"], get(front.port, "/orders/7").json()["request"]);
}

#[test]
fn callers_of_invoke_get_the_handler_s_document() {
    let Some(config) = python("app.plain", http("invoke")) else { return };
    let front = Front::start(config);
    let head = "POST /2015-03-31/functions/orders/invocations HTTP/1.1\nhost: lambda";
    let response = send(front.port, head, br#"{"a": [1, null, "x"]}"#);
    assert_eq!((response.status, response.json()), (200, json!({"a": [1, null, "x"]})));
    let response = send(front.port, head, b"{not json");
    assert_eq!((response.status, response.all("x-amzn-errortype")), (400, vec!["InvalidRequestContentException"]));
    let response = send(front.port, &format!("{head}\nx-amz-invocation-type: DryRun"), b"{}");
    assert_eq!(response.status, 204);
    let other = "POST /2015-03-31/functions/others/invocations HTTP/1.1\nhost: lambda";
    assert_eq!(send(front.port, other, b"{}").status, 404);
}
