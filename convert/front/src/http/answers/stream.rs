//! Answers that come piece by piece. One whose type is [`WITH_HEAD`] begins with a JSON document of status, headers and
//! cookies, then eight zero bytes, then the body.

use super::proxy::{put_headers, status};
use crate::body::Sent;
use crate::invocation::BrokenOff;
use bytes::{Bytes, BytesMut};
use hyper::header::{CONTENT_TYPE, HeaderMap, HeaderValue, SET_COOKIE};
use hyper::{Response, StatusCode};
use serde_json::{Map, Value};
use tokio::sync::mpsc;

/// The type of streams that begin with a head.
const WITH_HEAD: &str = "application/vnd.awslambda.http-integration-response";

/// What stands between the head and the body.
const END_OF_HEAD: [u8; 8] = [0; 8];

/// A head is longer than this is none.
const MAX_HEAD: usize = 1 << 20;

/// The response that begins to be sent when the head is there. Nothing where the head can't be read.
pub(super) async fn response(
    content_type: Option<String>,
    mut pieces: mpsc::Receiver<Result<Bytes, BrokenOff>>,
) -> Option<Response<Sent>> {
    if content_type.as_deref() != Some(WITH_HEAD) {
        let mut response = Response::new(Sent::Stream(None, pieces));
        response.headers_mut().insert(CONTENT_TYPE, own_type(content_type));
        return Some(response);
    }
    let mut begin = BytesMut::new();
    loop {
        if let Some((head, first)) = split(&begin) {
            return headed(&head, Sent::Stream(Some(first), pieces));
        }
        match pieces.recv().await {
            Some(Ok(piece)) if begin.len() + piece.len() <= MAX_HEAD => begin.extend_from_slice(&piece),
            _ => return None,
        }
    }
}

/// The response of a stream that was gathered.
pub(super) fn gathered(content_type: Option<String>, bytes: Bytes) -> Option<Response<Sent>> {
    if content_type.as_deref() == Some(WITH_HEAD) {
        let (head, body) = split(&bytes)?;
        return headed(&head, Sent::from(body));
    }
    let mut response = Response::new(Sent::from(bytes));
    response.headers_mut().insert(CONTENT_TYPE, own_type(content_type));
    Some(response)
}

fn own_type(content_type: Option<String>) -> HeaderValue {
    let given = content_type.and_then(|value| HeaderValue::from_str(&value).ok());
    given.unwrap_or(HeaderValue::from_static("application/octet-stream"))
}

/// The head and what stands behind it.
fn split(bytes: &[u8]) -> Option<(Vec<u8>, Bytes)> {
    let at = bytes.windows(END_OF_HEAD.len()).position(|window| window == END_OF_HEAD)?;
    let (head, rest) = bytes.split_at(at);
    Some((head.to_vec(), Bytes::copy_from_slice(rest.get(END_OF_HEAD.len()..)?)))
}

fn headed(head: &[u8], body: Sent) -> Option<Response<Sent>> {
    let fields: Map<String, Value> = serde_json::from_slice(head).ok()?;
    let mut response = Response::new(body);
    *response.status_mut() = match fields.get("statusCode") {
        Some(value) => status(value)?,
        None => StatusCode::OK,
    };
    let mut headers = HeaderMap::new();
    put_headers(&mut headers, fields.get("headers"))?;
    for cookie in fields.get("cookies").and_then(Value::as_array).into_iter().flatten() {
        headers.append(SET_COOKIE, HeaderValue::from_str(cookie.as_str()?).ok()?);
    }
    headers.entry(CONTENT_TYPE).or_insert(HeaderValue::from_static("application/octet-stream"));
    *response.headers_mut() = headers;
    Some(response)
}
