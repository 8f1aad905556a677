//! What each service says when there is no answer that it could pass on.

use super::{plain, with_status};
use crate::body::Sent;
use crate::config::Shape;
use crate::invocation::{Failure, FailureKind};
use hyper::header::HeaderValue;
use hyper::{Response, StatusCode};

/// The invocation failed.
pub(super) fn failed(shape: Shape, failure: &Failure) -> Response<Sent> {
    let throttled = failure.kind == FailureKind::Throttled;
    match shape {
        Shape::Invoke if throttled => {
            let body = r#"{"Reason":"ConcurrentInvocationLimitExceeded","Type":"User","message":"Rate Exceeded."}"#;
            with_status(StatusCode::TOO_MANY_REQUESTS, plain("application/json", body.into()))
        }
        Shape::Invoke => {
            let mut response = plain("application/json", failure.document.clone());
            response.headers_mut().insert("x-amz-function-error", HeaderValue::from_static("Unhandled"));
            response
        }
        Shape::Rest if throttled => message(StatusCode::INTERNAL_SERVER_ERROR, "Internal server error"),
        Shape::HttpApi1 | Shape::HttpApi2 if throttled => {
            message(StatusCode::SERVICE_UNAVAILABLE, "Service Unavailable")
        }
        Shape::Url if throttled => message(StatusCode::TOO_MANY_REQUESTS, "Rate Exceeded."),
        Shape::Alb if throttled => page(StatusCode::SERVICE_UNAVAILABLE),
        other => malformed(other),
    }
}

/// The answer has no form that the service understands, or there is none.
pub(super) fn malformed(shape: Shape) -> Response<Sent> {
    match shape {
        Shape::Rest => message(StatusCode::BAD_GATEWAY, "Internal server error"),
        Shape::HttpApi1 | Shape::HttpApi2 => message(StatusCode::INTERNAL_SERVER_ERROR, "Internal Server Error"),
        Shape::Url => with_status(StatusCode::BAD_GATEWAY, plain("application/json", "Internal Server Error".into())),
        Shape::Alb => page(StatusCode::BAD_GATEWAY),
        Shape::Invoke => message(StatusCode::BAD_GATEWAY, "Internal server error"),
    }
}

/// The service answers before the function does.
pub(crate) fn timed_out(shape: Shape) -> Response<Sent> {
    match shape {
        Shape::Rest => message(StatusCode::GATEWAY_TIMEOUT, "Endpoint request timed out"),
        Shape::HttpApi1 | Shape::HttpApi2 => message(StatusCode::SERVICE_UNAVAILABLE, "Service Unavailable"),
        Shape::Url | Shape::Invoke => message(StatusCode::GATEWAY_TIMEOUT, "Gateway Timeout"),
        Shape::Alb => page(StatusCode::GATEWAY_TIMEOUT),
    }
}

/// The request is larger than the service takes.
pub(crate) fn overlong(shape: Shape) -> Response<Sent> {
    match shape {
        Shape::Alb => page(StatusCode::PAYLOAD_TOO_LARGE),
        Shape::HttpApi1 | Shape::HttpApi2 | Shape::Rest => {
            message(StatusCode::PAYLOAD_TOO_LARGE, "Request Entity Too Large")
        }
        Shape::Url | Shape::Invoke => message(
            StatusCode::PAYLOAD_TOO_LARGE,
            "Request must be smaller than 6291456 bytes for the InvokeFunction operation",
        ),
    }
}

/// No route leads to the function.
pub(crate) fn no_route(shape: Shape) -> Response<Sent> {
    match shape {
        Shape::Rest => message(StatusCode::FORBIDDEN, "Missing Authentication Token"),
        _ => message(StatusCode::NOT_FOUND, "Not Found"),
    }
}

/// A request that can't be read whole, or wants a WebSocket: no service in front of Lambda passes these on to functions.
pub(crate) fn bad_request() -> Response<Sent> {
    message(StatusCode::BAD_REQUEST, "Bad Request")
}

fn message(status: StatusCode, text: &str) -> Response<Sent> {
    let document = serde_json::json!({"message": text});
    with_status(status, plain("application/json", document.to_string().into()))
}

/// The page of a load balancer.
fn page(status: StatusCode) -> Response<Sent> {
    let title = format!("{} {}", status.as_str(), status.canonical_reason().unwrap_or_default());
    let html = format!(
        "<html>\r\n<head><title>{title}</title></head>\r\n<body>\r\n<center><h1>{title}</h1></center>\r\n</body>\r\n</html>\r\n"
    );
    with_status(status, plain("text/html", html.into()))
}
