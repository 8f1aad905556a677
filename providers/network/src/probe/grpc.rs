//! gRPC health: `grpc.health.v1.Health/Check` over HTTP/2 (gRPC, "Health checking protocol" and "gRPC over HTTP2").

use super::failure::{ProbeFailure, failed, unknown};
use caravan_providers::target::Probe;
use http_body_util::{BodyExt, Full, Limited};
use hyper::body::{Bytes, Incoming};
use hyper::client::conn::http2;
use hyper::header::{CONTENT_TYPE, HeaderMap, HeaderValue, TE};
use hyper::{Request, Response, Version};
use hyper_util::rt::{TokioExecutor, TokioIo};
use prost::Message;
use std::pin::pin;
use tokio::io::{AsyncRead, AsyncWrite};

/// How HTTP/2 is named in a TLS handshake (RFC 9113).
pub(super) const ALPN: &[u8] = b"h2";

/// The method that is called.
const CHECK: &str = "/grpc.health.v1.Health/Check";
/// A message of the protocol is a few bytes.
const LONGEST_ANSWER: usize = 1 << 16;
/// What stands before a message: whether it is compressed, and its length.
const PREFIX: usize = 5;

/// `HealthCheckRequest`.
#[derive(Clone, Eq, Hash, Message, PartialEq)]
pub(super) struct HealthCheckRequest {
    /// The service; empty for the server as a whole.
    #[prost(string, tag = "1")]
    pub(super) service: String,
}

/// `HealthCheckResponse`.
#[derive(Clone, Copy, Eq, Hash, Message, PartialEq)]
pub(super) struct HealthCheckResponse {
    /// How the service is.
    #[prost(enumeration = "ServingStatus", tag = "1")]
    pub(super) status: i32,
}

/// `HealthCheckResponse.ServingStatus`.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, prost::Enumeration)]
#[repr(i32)]
pub(super) enum ServingStatus {
    Unknown = 0,
    Serving = 1,
    NotServing = 2,
    ServiceUnknown = 3,
}

/// Asks on a connection and judges the answer.
pub(super) async fn exchange(
    stream: impl AsyncRead + AsyncWrite + Send + Unpin + 'static,
    probe: &Probe,
    service: &str,
) -> Result<(), ProbeFailure> {
    let request = request(probe, service)?;
    let fault = |error: hyper::Error| ProbeFailure::of(&error, &probe.host);
    let connected = http2::handshake(TokioExecutor::new(), TokioIo::new(stream)).await;
    let (mut sender, connection) = connected.map_err(fault)?;
    let (mut connection, mut asking) = (
        pin!(connection),
        pin!(async {
            let answer = sender.send_request(request).await.map_err(fault)?;
            judge(answer, probe).await
        }),
    );
    let (verdict, ended) = tokio::select! {
        biased;
        // Whether the connection has ended by now, too.
        verdict = &mut asking => (verdict, tokio::select! {
            biased;
            ended = &mut connection => Some(ended),
            () = std::future::ready(()) => None,
        }),
        // The connection has nothing more to read; what it read is still to be judged.
        ended = &mut connection => (asking.await, Some(ended)),
    };
    match (verdict, ended) {
        // The call knows only that the connection is gone, the connection knows why.
        (Err(ProbeFailure::Unknown(_)), Some(Err(error))) => Err(fault(error)),
        (verdict, _) => verdict,
    }
}

/// A message with its prefix.
pub(super) fn framed(message: &impl Message) -> Bytes {
    let body = message.encode_to_vec();
    let mut framed = vec![0];
    framed.extend(u32::try_from(body.len()).unwrap_or(u32::MAX).to_be_bytes());
    framed.extend(body);
    framed.into()
}

fn request(probe: &Probe, service: &str) -> Result<Request<Full<Bytes>>, ProbeFailure> {
    let scheme = if probe.tls { "https" } else { "http" };
    Request::post(format!("{scheme}://{}{CHECK}", probe.host))
        .version(Version::HTTP_2)
        .header(CONTENT_TYPE, "application/grpc")
        .header(TE, "trailers")
        .body(Full::new(framed(&HealthCheckRequest { service: service.to_owned() })))
        .map_err(|error| unknown(format!("the probe can't be asked: {error}")))
}

/// The status of the call comes after its message, or, when there is none, with the headers.
async fn judge(answer: Response<Incoming>, probe: &Probe) -> Result<(), ProbeFailure> {
    let (head, body) = answer.into_parts();
    if head.status != 200 {
        return Err(failed(format!("it answered {}", head.status.as_u16())));
    }
    let kind = head.headers.get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    if !kind.starts_with("application/grpc") {
        return Err(failed(format!("the answer is not gRPC but `{kind}`")));
    }
    refused(&head.headers)?;
    let whole = Limited::new(body, LONGEST_ANSWER).collect().await;
    let whole = whole.map_err(|error| ProbeFailure::of(&*error, &probe.host))?;
    let trailers = whole.trailers().cloned().unwrap_or_default();
    refused(&trailers)?;
    if !trailers.contains_key("grpc-status") {
        return Err(unknown("the connection broke off: the answer has no end".to_owned()));
    }
    serving(&whole.to_bytes())
}

/// What the side says against the call itself (gRPC, "Status codes and their use in gRPC").
fn refused(headers: &HeaderMap) -> Result<(), ProbeFailure> {
    let text = |value: &HeaderValue| value.to_str().unwrap_or_default().to_owned();
    let why = match headers.get("grpc-status").map(text).as_deref() {
        None | Some("0") => return Ok(()),
        Some("5") => "it has no such service (gRPC status 5)".to_owned(),
        Some("12") => "it has no gRPC health service (gRPC status 12)".to_owned(),
        Some(other) => format!("it answered gRPC status {other}"),
    };
    let said = headers.get("grpc-message").map(text).filter(|said| !said.is_empty());
    Err(failed(said.map_or_else(|| why.clone(), |said| format!("{why}: {said}"))))
}

fn serving(message: &[u8]) -> Result<(), ProbeFailure> {
    let unreadable = || failed("the answer is no gRPC health".to_owned());
    // The request allows no compression.
    let body = message.get(PREFIX..).filter(|_| message.first() == Some(&0)).ok_or_else(unreadable)?;
    let answer = HealthCheckResponse::decode(body).map_err(|_| unreadable())?;
    match ServingStatus::try_from(answer.status) {
        Ok(ServingStatus::Serving) => Ok(()),
        Ok(ServingStatus::NotServing) => Err(failed("it says NOT_SERVING".to_owned())),
        Ok(ServingStatus::ServiceUnknown) => Err(failed("it says SERVICE_UNKNOWN".to_owned())),
        Ok(ServingStatus::Unknown) | Err(_) => Err(failed("it does not say that it serves".to_owned())),
    }
}
