//! The paths of the runtime API and of the extensions API.

use super::replies::{accepted, refuse, too_large, unknown};
use super::{Api, Phase, response};
use crate::body::{Sent, read};
use crate::clock::millis;
use crate::invocation::{Failure, FailureKind, MAX_ANSWER};
use hyper::body::Incoming;
use hyper::header::{HeaderName, HeaderValue};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Method, Request, Response, StatusCode};
use hyper_util::rt::{TokioIo, TokioTimer};
use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::task::JoinSet;

/// Answers on this listener until it is dropped, connections with it.
pub(crate) async fn serve(listener: TcpListener, api: Arc<Api>) {
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => {
                    // Small answers on a kept connection would otherwise wait for acknowledgements.
                    let _ = stream.set_nodelay(true);
                    let api = Arc::clone(&api);
                    let service = service_fn(move |request| {
                        let api = Arc::clone(&api);
                        async move { Ok::<_, Infallible>(answer(&api, request).await) }
                    });
                    let mut http = http1::Builder::new();
                    // A client keeps its connection for as long as its handler works.
                    http.timer(TokioTimer::new()).header_read_timeout(None);
                    connections.spawn(http.serve_connection(TokioIo::new(stream), service));
                }
                // No descriptor is left: somebody gives one back soon.
                Err(_) => tokio::time::sleep(Duration::from_millis(20)).await,
            },
            Some(_) = connections.join_next() => {}
        }
    }
}

async fn answer(api: &Arc<Api>, request: Request<Incoming>) -> Response<Sent> {
    let path = request.uri().path().to_owned();
    let get = request.method() == Method::GET;
    if let Some(rest) = path.strip_prefix("/2018-06-01/runtime/") {
        let words: Vec<_> = rest.split('/').collect();
        return match (get, words.as_slice()) {
            (true, ["invocation", "next"]) => next(api).await,
            (false, ["invocation", id, "response"]) => response::take(api, id, request).await,
            (false, ["invocation", id, "error"]) => failed(api, id, request.into_body()).await,
            (false, ["init", "error"]) => init_failed(api, request.into_body()).await,
            _ => refuse(StatusCode::NOT_FOUND, "NotFound", "there is no such path"),
        };
    }
    match (get, path.strip_prefix("/2020-01-01/extension/")) {
        (false, Some("register")) => api.extensions.register(&api.function, request).await,
        (true, Some("event/next")) => api.extensions.next(request.headers()).await,
        (false, Some("init/error" | "exit/error")) => api.extensions.failed(request).await,
        _ => refuse(StatusCode::NOT_FOUND, "NotFound", "there is no such path"),
    }
}

/// Waits for an invocation and hands it over.
async fn next(api: &Arc<Api>) -> Response<Sent> {
    if api.in_flight.len() >= api.shared {
        return refuse(StatusCode::FORBIDDEN, "InvalidStateTransition", "the last invocation is not answered yet");
    }
    api.phase.send_if_modified(|phase| {
        let first = *phase == Phase::Starting;
        if first {
            *phase = Phase::Serving;
        }
        first
    });
    if *api.phase.borrow() != Phase::Serving {
        // It is about to be ended.
        std::future::pending::<()>().await;
    }
    let Some(invocation) = api.queue.take().await else { std::future::pending().await };
    let handed = api.in_flight.take_in(invocation);
    let limit = Duration::from_secs(api.function.timeout_seconds.into());
    let deadline = millis() + i64::from(api.function.timeout_seconds) * 1_000;
    let timer = tokio::spawn({
        let (api, id) = (Arc::clone(api), handed.id.clone());
        async move {
            tokio::time::sleep(limit).await;
            api.timed_out(&id);
        }
    });
    api.in_flight.set_timer(&handed.id, timer.abort_handle());
    api.extensions.invoke(&handed.id, &api.arn, &handed.trace, deadline);
    let mut answer = Response::new(Sent::from(handed.event));
    let headers = answer.headers_mut();
    let mut set = |name: &'static str, value: &str| {
        if let Ok(value) = HeaderValue::from_str(value) {
            headers.insert(HeaderName::from_static(name), value);
        }
    };
    set("content-type", "application/json");
    set("lambda-runtime-aws-request-id", &handed.id);
    set("lambda-runtime-deadline-ms", &deadline.to_string());
    set("lambda-runtime-invoked-function-arn", &api.arn);
    set("lambda-runtime-trace-id", &handed.trace);
    if let Some(context) = &handed.client_context {
        set("lambda-runtime-client-context", context);
    }
    answer
}

/// The handler raised an error.
async fn failed(api: &Api, id: &str, body: Incoming) -> Response<Sent> {
    let Ok(document) = read(body, MAX_ANSWER).await else { return too_large() };
    match api.in_flight.finish(id) {
        Some(reply) => {
            let _ = reply.send(Err(Failure::reported(FailureKind::Handler, document)));
            accepted()
        }
        None => unknown(),
    }
}

/// The process can't be initialised.
async fn init_failed(api: &Api, body: Incoming) -> Response<Sent> {
    let Ok(document) = read(body, MAX_ANSWER).await else { return too_large() };
    let failure = Failure::reported(FailureKind::Init, document);
    api.phase.send_replace(Phase::InitFailed(failure.clone()));
    api.in_flight.fail_all(|_| failure.clone());
    accepted()
}
