//! The answer of a handler: whole, or piece by piece.

use super::Api;
use super::replies::{accepted, too_large, unknown};
use crate::body::{ReadError, Sent, read};
use crate::invocation::{Answer, BrokenOff, Failure, FailureKind, MAX_ANSWER, MAX_STREAM};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use bytes::Bytes;
use http_body_util::BodyExt;
use hyper::body::Incoming;
use hyper::header::{CONTENT_TYPE, HeaderMap};
use hyper::{Request, Response};
use tokio::sync::{mpsc, oneshot};

/// Pieces that wait for the caller; a handler that is faster waits, too.
const PIECES: usize = 16;

/// Takes what a runtime client posts as the answer to `id`.
pub(super) async fn take(api: &Api, id: &str, request: Request<Incoming>) -> Response<Sent> {
    let Some(streams) = api.in_flight.streams(id) else { return unknown() };
    let mode = request.headers().get("lambda-runtime-function-response-mode");
    let streamed = mode.is_some_and(|mode| mode.as_bytes().eq_ignore_ascii_case(b"streaming"));
    let content_type = request.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).map(str::to_owned);
    let body = request.into_body();
    match (streamed, streams) {
        (true, true) => match api.in_flight.begin_stream(id) {
            Some((reply, cut)) => {
                let (to, pieces) = mpsc::channel(PIECES);
                let _ = reply.send(Ok(Answer::Stream { content_type, pieces }));
                pass(body, to, cut).await;
                api.in_flight.finish(id);
                accepted()
            }
            None => unknown(),
        },
        (true, false) => {
            let gathered = gather(body).await;
            let large = gathered.as_ref().is_err_and(|failure| failure.kind == FailureKind::TooLarge);
            settle(api, id, gathered.map(|bytes| Answer::Gathered { content_type, bytes }), large)
        }
        (false, _) => match read(body, MAX_ANSWER).await {
            Ok(bytes) => settle(api, id, Ok(Answer::Whole(bytes)), false),
            Err(ReadError::TooLarge(most)) => settle(api, id, Err(Failure::too_large(most)), true),
            // The connection is gone, and the process mostly with it: its end is the answer.
            Err(ReadError::Gone) => unknown(),
        },
    }
}

fn settle(api: &Api, id: &str, outcome: Result<Answer, Failure>, large: bool) -> Response<Sent> {
    match api.in_flight.finish(id) {
        Some(reply) => {
            // Who waited may have hung up: the handler has run to its end all the same.
            let _ = reply.send(outcome);
            if large { too_large() } else { accepted() }
        }
        None => unknown(),
    }
}

/// Passes pieces on as they come. A caller who hangs up does not stop the handler.
async fn pass(mut body: Incoming, to: mpsc::Sender<Result<Bytes, BrokenOff>>, mut cut: oneshot::Receiver<()>) {
    let mut sum = 0;
    loop {
        let frame = tokio::select! {
            frame = body.frame() => frame,
            _ = &mut cut => break,
        };
        match frame.map(|frame| frame.map(hyper::body::Frame::into_data)) {
            Some(Ok(Ok(piece))) => {
                sum += piece.len();
                if sum > MAX_STREAM {
                    break;
                }
                let _ = to.send(Ok(piece)).await;
            }
            Some(Ok(Err(last))) => match last.into_trailers() {
                Ok(trailers) if reported(&trailers).is_none() => {}
                _ => break,
            },
            Some(Err(_)) => break,
            None => return,
        }
    }
    let _ = to.send(Err(BrokenOff)).await;
}

/// All pieces of a handler that streams to a caller who does not.
async fn gather(mut body: Incoming) -> Result<Bytes, Failure> {
    let mut bytes = Vec::new();
    while let Some(frame) = body.frame().await {
        let Ok(frame) = frame else {
            return Err(Failure::worded(FailureKind::Exit, "Runtime.TruncatedResponse", "the answer broke off"));
        };
        match frame.into_data() {
            Ok(piece) if bytes.len() + piece.len() > MAX_ANSWER => return Err(Failure::too_large(MAX_ANSWER)),
            Ok(piece) => bytes.extend_from_slice(&piece),
            Err(last) => {
                if let Some(failure) = last.into_trailers().ok().and_then(|trailers| reported(&trailers)) {
                    return Err(failure);
                }
            }
        }
    }
    Ok(Bytes::from(bytes))
}

/// The error that a runtime client reports after the last piece.
fn reported(trailers: &HeaderMap) -> Option<Failure> {
    let error_type = trailers.get("lambda-runtime-function-error-type")?.to_str().unwrap_or("Runtime.Unknown");
    let document =
        trailers.get("lambda-runtime-function-error-body").and_then(|body| BASE64_STANDARD.decode(body).ok());
    Some(match document {
        Some(document) => Failure::reported(FailureKind::Handler, document.into()),
        None => Failure::worded(FailureKind::Handler, error_type, "the handler's answer broke off"),
    })
}
