//! Answers of handlers as the services in front of Lambda gave them to callers, and what these said when there was none.

mod failures;
mod proxy;
mod stream;

pub(crate) use failures::{bad_request, no_route, overlong, timed_out};

use crate::body::Sent;
use crate::config::{Http, Shape};
use crate::invocation::{Answer, Failure};
use bytes::Bytes;
use hyper::header::{CONTENT_TYPE, HeaderValue};
use hyper::{Response, StatusCode};

/// What of the request decides how its answer is sent.
#[derive(Clone, Debug, Default)]
pub(crate) struct Asked {
    /// The value of `accept`.
    pub(crate) accept: Option<String>,
}

/// The response to a caller.
pub(crate) async fn response(http: &Http, asked: &Asked, outcome: Result<Answer, Failure>) -> Response<Sent> {
    let answer = match outcome {
        Ok(answer) => answer,
        Err(failure) => return failures::failed(http.event, &failure),
    };
    let made = match (http.event, answer) {
        (Shape::Invoke, Answer::Whole(bytes) | Answer::Gathered { bytes, .. }) => {
            Some(plain("application/json", bytes))
        }
        (_, Answer::Stream { content_type, pieces }) => stream::response(content_type, pieces).await,
        (Shape::Url, Answer::Whole(bytes)) if http.invoke_mode == crate::config::InvokeMode::ResponseStream => {
            // A handler that does not stream, behind a function URL that does: its answer is no more than bytes.
            Some(plain("application/octet-stream", bytes))
        }
        (Shape::HttpApi2 | Shape::Url, Answer::Whole(bytes)) => proxy::inferred(http.event, &bytes),
        (_, Answer::Whole(bytes)) => proxy::response(http, asked, &bytes),
        (_, Answer::Gathered { content_type, bytes }) => stream::gathered(content_type, bytes),
    };
    made.unwrap_or_else(|| failures::malformed(http.event))
}

/// A response of one type.
fn plain(content_type: &'static str, bytes: Bytes) -> Response<Sent> {
    let mut response = Response::new(Sent::from(bytes));
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
    response
}

fn with_status(status: StatusCode, mut response: Response<Sent>) -> Response<Sent> {
    *response.status_mut() = status;
    response
}
