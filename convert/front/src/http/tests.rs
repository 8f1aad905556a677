//! Events held to what the services' documentation shows of them, field by field, and routes.

use super::call::Call;
use super::events::{Owner, event};
use super::routes::Routes;
use crate::config::{Config, Source};
use bytes::Bytes;
use hyper::Request;
use serde_json::{Map, Value, json};

/// The event of a request to a function behind `http`.
fn of(http: &Value, request: hyper::http::request::Builder, body: &[u8]) -> Value {
    let document = json!({
        "function": {"name": "orders", "account": "111122223333", "region": "eu-west-3", "handler": "app.handler"},
        "command": ["run"],
        "source": {"http": http},
    });
    let Source::Http(http) = Config::read(&document.to_string()).unwrap().source else { panic!("another source") };
    let (parts, ()) = request.body(()).unwrap().into_parts();
    let mut call = Call::new(&parts, Bytes::copy_from_slice(body), "198.51.100.7".parse().unwrap(), &http);
    call.route = Routes::read(&http.routes).unwrap().find(&call.method, &call.path);
    serde_json::from_slice(&event(&call, &http, &Owner { account: "111122223333".to_owned() })).unwrap()
}

fn keys(value: &Value) -> Vec<&str> {
    value.as_object().map(Map::keys).into_iter().flatten().map(String::as_str).collect()
}

fn request() -> hyper::http::request::Builder {
    Request::builder()
        .method("POST")
        .uri("/orders/a%20b/lines?tag=x&tag=y%2Fz&q=a+b&flag")
        .header("host", "api.example.com:8080")
        .header("user-agent", "tests/1")
        .header("content-type", "application/json; charset=utf-8")
        .header("x-forwarded-for", "203.0.113.9, 192.0.2.4")
        .header("x-tag", "one")
        .header("x-tag", "two")
        .header("cookie", "s=1; t=2")
}

fn api(event: &str) -> Value {
    json!({
        "event": event, "api_id": "a1b2c3d4e5", "routes": ["POST /orders/{id}/{rest+}", "GET /orders/{id}"],
        "stage_variables": {"color": "blue"},
    })
}

#[test]
fn a_rest_api_s_event() {
    let event = of(&api("rest"), request(), br#"{"n": 1}"#);
    let documented = [
        "body",
        "headers",
        "httpMethod",
        "isBase64Encoded",
        "multiValueHeaders",
        "multiValueQueryStringParameters",
        "path",
        "pathParameters",
        "queryStringParameters",
        "requestContext",
        "resource",
        "stageVariables",
    ];
    assert_eq!(keys(&event), documented);
    assert_eq!((&event["resource"], &event["path"]), (&json!("/orders/{id}/{rest+}"), &json!("/orders/a%20b/lines")));
    assert_eq!(event["pathParameters"], json!({"id": "a b", "rest": "lines"}));
    assert_eq!(event["stageVariables"], json!({"color": "blue"}));
    assert_eq!(event["queryStringParameters"], json!({"tag": "y/z", "q": "a b", "flag": ""}));
    assert_eq!(event["multiValueQueryStringParameters"], json!({"tag": ["x", "y/z"], "q": ["a b"], "flag": [""]}));
    assert_eq!(
        (&event["headers"]["X-Tag"], &event["multiValueHeaders"]["X-Tag"]),
        (&json!("two"), &json!(["one", "two"]))
    );
    assert_eq!(event["headers"]["User-Agent"], "tests/1");
    assert_eq!((&event["body"], &event["isBase64Encoded"]), (&json!(r#"{"n": 1}"#), &json!(false)));
    let context = &event["requestContext"];
    let documented = [
        "accountId",
        "apiId",
        "domainName",
        "domainPrefix",
        "extendedRequestId",
        "httpMethod",
        "identity",
        "path",
        "protocol",
        "requestId",
        "requestTime",
        "requestTimeEpoch",
        "resourceId",
        "resourcePath",
        "stage",
    ];
    assert_eq!(keys(context), documented);
    assert_eq!((&context["path"], &context["stage"]), (&json!("/prod/orders/a%20b/lines"), &json!("prod")));
    assert_eq!((&context["identity"]["sourceIp"], &context["domainPrefix"]), (&json!("192.0.2.4"), &json!("api")));
    // Nothing is `null`, not empty.
    let event = of(&json!({"event": "rest"}), Request::builder().uri("/"), b"");
    for key in ["body", "pathParameters", "queryStringParameters", "multiValueQueryStringParameters", "stageVariables"]
    {
        assert_eq!(event[key], Value::Null, "{key}");
    }
}

#[test]
fn an_http_api_s_event_in_format_2_0() {
    let mut http = api("http-2.0");
    http["stage"] = json!("v1");
    let event = of(&http, request(), br#"{"n": 1}"#);
    let documented = [
        "body",
        "cookies",
        "headers",
        "isBase64Encoded",
        "pathParameters",
        "queryStringParameters",
        "rawPath",
        "rawQueryString",
        "requestContext",
        "routeKey",
        "stageVariables",
        "version",
    ];
    assert_eq!(keys(&event), documented);
    assert_eq!((&event["version"], &event["routeKey"]), (&json!("2.0"), &json!("POST /orders/{id}/{rest+}")));
    assert_eq!(
        (&event["rawPath"], &event["rawQueryString"]),
        (&json!("/v1/orders/a b/lines"), &json!("tag=x&tag=y%2Fz&q=a+b&flag"))
    );
    assert_eq!(event["cookies"], json!(["s=1", "t=2"]));
    assert_eq!((&event["headers"]["x-tag"], &event["headers"]["cookie"]), (&json!("one,two"), &Value::Null));
    assert_eq!(event["queryStringParameters"], json!({"tag": "x,y/z", "q": "a b", "flag": ""}));
    let context = &event["requestContext"];
    let documented = [
        "accountId",
        "apiId",
        "domainName",
        "domainPrefix",
        "http",
        "requestId",
        "routeKey",
        "stage",
        "time",
        "timeEpoch",
    ];
    assert_eq!(keys(context), documented);
    assert_eq!(keys(&context["http"]), ["method", "path", "protocol", "sourceIp", "userAgent"]);
    assert_eq!((&context["accountId"], &context["domainName"]), (&json!("111122223333"), &json!("api.example.com")));
    let time = context["time"].as_str().unwrap();
    assert!(time.len() == 26 && time.ends_with(" +0000") && time.as_bytes()[2] == b'/', "{time}");
    // What is absent is absent.
    let event = of(&json!({"event": "http-2.0"}), Request::builder().uri("/"), b"");
    assert_eq!(
        keys(&event),
        ["headers", "isBase64Encoded", "rawPath", "rawQueryString", "requestContext", "routeKey", "version"]
    );
    assert_eq!((&event["routeKey"], &event["rawQueryString"]), (&json!("$default"), &json!("")));
}

#[test]
fn an_http_api_s_event_in_format_1_0() {
    let event = of(&api("http-1.0"), request(), b"");
    assert_eq!((&event["version"], &event["resource"]), (&json!("1.0"), &json!("/orders/{id}/{rest+}")));
    assert_eq!(event["multiValueQueryStringParameters"]["tag"], json!(["x", "y/z"]));
    assert_eq!((&event["body"], &event["requestContext"]["resourceId"]), (&Value::Null, &Value::Null));
    assert_eq!(event["requestContext"]["stage"], "$default");
    assert_eq!(keys(&event).len(), 13);
}

#[test]
fn a_function_url_s_event() {
    let event = of(
        &json!({"event": "url", "api_id": "abcd", "domain_name": "abcd.lambda-url.eu-west-3.on.aws"}),
        request(),
        &[0xff],
    );
    assert_eq!((&event["requestContext"]["accountId"], &event["routeKey"]), (&json!("anonymous"), &json!("$default")));
    assert_eq!(event["requestContext"]["domainPrefix"], "abcd");
    // Bytes that are no text are in base64, whatever their type says.
    assert_eq!((&event["body"], &event["isBase64Encoded"]), (&json!("/w=="), &json!(true)));
    assert!(event.get("pathParameters").is_none());
}

#[test]
fn a_load_balancer_s_event() {
    let group = "arn:aws:elasticloadbalancing:eu-west-3:111122223333:targetgroup/orders/6d0ecf831eec9f09";
    let single = of(&json!({"event": "alb", "target_group_arn": group}), request(), b"{}");
    let documented =
        ["body", "headers", "httpMethod", "isBase64Encoded", "path", "queryStringParameters", "requestContext"];
    assert_eq!(keys(&single), documented);
    assert_eq!(single["requestContext"], json!({"elb": {"targetGroupArn": group}}));
    // A load balancer decodes nothing, and takes the last value.
    assert_eq!(single["queryStringParameters"], json!({"tag": "y%2Fz", "q": "a+b", "flag": ""}));
    assert_eq!((&single["headers"]["x-tag"], &single["body"]), (&json!("two"), &json!("{}")));
    let several = of(&json!({"event": "alb", "target_group_arn": group, "multi_value_headers": true}), request(), b"");
    assert_eq!(several["multiValueQueryStringParameters"]["tag"], json!(["x", "y%2Fz"]));
    assert_eq!((&several["multiValueHeaders"]["x-tag"], &several["headers"]), (&json!(["one", "two"]), &Value::Null));
    assert_eq!((&several["body"], &several["isBase64Encoded"]), (&json!(""), &json!(false)));
    let encoded = request().header("content-encoding", "gzip");
    assert_eq!(of(&json!({"event": "alb", "target_group_arn": group}), encoded, b"{}")["isBase64Encoded"], true);
}

#[test]
fn bodies_are_text_or_base64_by_their_type() {
    for (kind, base64) in [
        ("text/plain", false),
        ("application/json", false),
        ("application/xml; charset=utf-8", false),
        ("application/problem+json", false),
        ("application/x-www-form-urlencoded", true),
        ("image/png", true),
        ("application/octet-stream", true),
    ] {
        for shape in ["http-2.0", "http-1.0", "url"] {
            let request = Request::builder().method("POST").uri("/").header("content-type", kind);
            assert_eq!(of(&json!({"event": shape}), request, b"a=1")["isBase64Encoded"], base64, "{shape} {kind}");
        }
        // A REST API asks only what it was told.
        let request = || Request::builder().method("POST").uri("/").header("content-type", kind);
        assert_eq!(of(&json!({"event": "rest"}), request(), b"a=1")["isBase64Encoded"], false, "{kind}");
        let all = json!({"event": "rest", "binary_media_types": ["*/*"]});
        assert_eq!(of(&all, request(), b"a=1")["isBase64Encoded"], true, "{kind}");
    }
    let family = json!({"event": "rest", "binary_media_types": ["image/*"]});
    let request = Request::builder().method("POST").uri("/").header("content-type", "image/webp");
    assert_eq!(of(&family, request, b"a")["isBase64Encoded"], true);
}

#[test]
fn what_the_gateway_says_about_the_caller() {
    let request = || {
        Request::builder()
            .uri("/")
            .header("x-jwt-sub", "u-1")
            .header("x-jwt-scope", "read write")
            .header("x-payload", "eyJzdWIiOiJ1LTIiLCJncm91cHMiOlsiYSIsImIiXSwiZXhwIjoxN30")
    };
    let claims = json!({"sub": "x-jwt-sub", "scope": "x-jwt-scope"});
    let with = |event: &str, kind: &str, more: Value| {
        let mut authorizer = json!({"kind": kind});
        authorizer.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        of(&json!({"event": event, "authorizer": authorizer}), request(), b"")
    };
    let event = with("http-2.0", "jwt", json!({"claims": claims}));
    let expected = json!({"jwt": {"claims": {"sub": "u-1", "scope": "read write"}, "scopes": ["read", "write"]}});
    assert_eq!(event["requestContext"]["authorizer"], expected);
    assert_eq!((&event["headers"]["x-jwt-sub"], &event["headers"]["x-jwt-scope"]), (&Value::Null, &Value::Null));
    let event = with("http-2.0", "jwt", json!({"payload_header": "x-payload"}));
    let expected = json!({"claims": {"sub": "u-2", "groups": "[a b]", "exp": "17"}, "scopes": null});
    assert_eq!(event["requestContext"]["authorizer"]["jwt"], expected);
    let event = with("rest", "cognito", json!({"claims": claims}));
    assert_eq!(event["requestContext"]["authorizer"]["claims"]["sub"], "u-1");
    let event = with("rest", "lambda", json!({"claims": {"principalId": "x-jwt-sub"}}));
    assert_eq!(event["requestContext"]["authorizer"], json!({"principalId": "u-1"}));
    let event = with("http-2.0", "lambda", json!({"claims": {"tenant": "x-jwt-sub"}}));
    assert_eq!(event["requestContext"]["authorizer"], json!({"lambda": {"tenant": "u-1"}}));
}

#[test]
fn the_caller_s_address_is_as_far_from_the_end_as_there_are_proxies() {
    for (proxies, address) in [(0, "198.51.100.7"), (1, "192.0.2.4"), (2, "203.0.113.9"), (3, "203.0.113.9")] {
        let event = of(&json!({"event": "url", "trusted_proxies": proxies}), request(), b"");
        assert_eq!(event["requestContext"]["http"]["sourceIp"], address, "{proxies}");
    }
}

#[test]
fn the_most_particular_route_is_taken() {
    let texts = [
        "$default",
        "ANY /{proxy+}",
        "GET /orders/{id}",
        "ANY /orders/{id}",
        "GET /orders/new",
        "POST /orders/{rest+}",
    ];
    let routes = Routes::read(&texts.map(str::to_owned)).unwrap();
    for (method, path, key) in [
        ("GET", "/orders/new", "GET /orders/new"),
        ("GET", "/orders/7", "GET /orders/{id}"),
        ("PUT", "/orders/7", "ANY /orders/{id}"),
        ("POST", "/orders/7/lines", "POST /orders/{rest+}"),
        ("GET", "/elsewhere/x", "ANY /{proxy+}"),
        ("GET", "/", "$default"),
    ] {
        assert_eq!(routes.find(method, path).unwrap().key, key, "{method} {path}");
    }
    let only = Routes::read(&["GET /orders/{id}".to_owned()]).unwrap();
    assert_eq!(only.find("GET", "/orders"), None);
    assert_eq!(only.find("DELETE", "/orders/7"), None);
}

#[test]
fn header_names_are_written_as_they_are_told() {
    let http = |case: &str| json!({"event": "rest", "header_case": case});
    assert_eq!(of(&http("title"), request(), b"")["headers"]["X-Tag"], "two");
    assert_eq!(of(&http("lower"), request(), b"")["headers"]["x-tag"], "two");
}
