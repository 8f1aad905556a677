//! Health and metrics, on a port of their own.

use crate::body::Sent;
use crate::pool::Pool;
use hyper::body::Incoming;
use hyper::header::{CONTENT_TYPE, HeaderValue};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response, StatusCode};
use hyper_util::rt::{TokioIo, TokioTimer};
use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinSet;

/// Answers `/healthz`, `/readyz` and `/metrics` until it is dropped. `draining` takes readiness away.
pub(crate) async fn serve(listener: TcpListener, pool: Arc<Pool>, draining: watch::Receiver<bool>) {
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => {
                    let (pool, draining) = (Arc::clone(&pool), draining.clone());
                    let service = service_fn(move |request: Request<Incoming>| {
                        let response = answer(request.uri().path(), &pool, *draining.borrow());
                        async move { Ok::<_, Infallible>(response) }
                    });
                    let mut http = http1::Builder::new();
                    http.timer(TokioTimer::new());
                    connections.spawn(http.serve_connection(TokioIo::new(stream), service));
                }
                Err(_) => tokio::time::sleep(Duration::from_millis(20)).await,
            },
            Some(_) = connections.join_next() => {}
        }
    }
}

fn answer(path: &str, pool: &Pool, draining: bool) -> Response<Sent> {
    let (status, text) = match path {
        "/healthz" => (StatusCode::OK, "ok\n".to_owned()),
        "/readyz" if draining => (StatusCode::SERVICE_UNAVAILABLE, "draining\n".to_owned()),
        "/readyz" if pool.is_ready() => (StatusCode::OK, "ready\n".to_owned()),
        "/readyz" => (StatusCode::SERVICE_UNAVAILABLE, "no process takes invocations yet\n".to_owned()),
        "/metrics" => (StatusCode::OK, pool.metrics_text()),
        _ => (StatusCode::NOT_FOUND, "healthz, readyz, metrics\n".to_owned()),
    };
    let mut response = Response::new(Sent::from(text));
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("text/plain; version=0.0.4"));
    response
}
