//! What both APIs answer by themselves.

use crate::body::Sent;
use crate::invocation::MAX_ANSWER;
use bytes::Bytes;
use hyper::header::{CONTENT_TYPE, HeaderValue};
use hyper::{Response, StatusCode};

/// The runtime client's answer was taken.
pub(super) fn accepted() -> Response<Sent> {
    json(StatusCode::ACCEPTED, Bytes::from_static(b"{\"status\":\"OK\"}\n"))
}

/// The process does not hold such an invocation, or no longer.
pub(super) fn unknown() -> Response<Sent> {
    refuse(StatusCode::BAD_REQUEST, "InvalidRequestID", "Invalid request ID")
}

/// More than Lambda takes.
pub(super) fn too_large() -> Response<Sent> {
    let message = format!("Exceeded maximum allowed payload size ({MAX_ANSWER} bytes).");
    refuse(StatusCode::PAYLOAD_TOO_LARGE, "RequestEntityTooLarge", &message)
}

/// An error of this API.
pub(super) fn refuse(status: StatusCode, error_type: &str, message: &str) -> Response<Sent> {
    let document = serde_json::json!({"errorType": error_type, "errorMessage": message});
    json(status, Bytes::from(document.to_string()))
}

/// A document.
pub(super) fn json(status: StatusCode, document: Bytes) -> Response<Sent> {
    let mut response = Response::new(Sent::from(document));
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
}
