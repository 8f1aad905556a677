//! Listens for requests and answers each by one invocation.

use super::answers::{Asked, bad_request, no_route, overlong, response, timed_out};
use super::call::Call;
use super::events::{Owner, event};
use super::routes::Routes;
use super::text::decoded;
use crate::body::{ReadError, Sent, read};
use crate::config::{Config, Http, Shape};
use crate::invocation::{MAX_ALB, MAX_EVENT};
use crate::pool::{Carried, Pool};
use crate::stop::told;
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use hyper::body::Incoming;
use hyper::header::{HeaderValue, UPGRADE};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Method, Request, Response, StatusCode};
use hyper_util::rt::{TokioIo, TokioTimer};
use std::convert::Infallible;
use std::net::IpAddr;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};

/// A listener that is bound and not yet served.
#[derive(Debug)]
pub(crate) struct Listener {
    socket: TcpListener,
    answering: Arc<Answering>,
}

/// What every connection needs.
#[derive(Debug)]
struct Answering {
    http: Http,
    routes: Routes,
    owner: Owner,
    pool: Arc<Pool>,
    function: String,
    version: HeaderValue,
}

/// For how long a connection that nothing comes by is kept: longer than gateways keep theirs (Envoy an hour), so that none
/// sends a request at the moment at which this side closes.
const KEPT: Duration = Duration::from_secs(3_700);

impl Listener {
    /// Binds the port of `http`.
    ///
    /// # Errors
    ///
    /// When the port can't be had.
    pub(crate) async fn bind(config: &Config, http: &Http, pool: Arc<Pool>) -> std::io::Result<Self> {
        let socket = TcpListener::bind(http.listen).await?;
        let answering = Answering {
            http: http.clone(),
            routes: Routes::read(&http.routes).map_err(std::io::Error::other)?,
            owner: Owner { account: config.function.account.clone() },
            pool,
            function: config.function.name.clone(),
            version: HeaderValue::from_str(&config.function.version).map_err(std::io::Error::other)?,
        };
        Ok(Self { socket, answering: Arc::new(answering) })
    }

    /// Answers until `stop` is true; then it accepts no more, and connections end with the answer that is on its way.
    pub(crate) async fn serve(self, mut stop: watch::Receiver<bool>) {
        let mut connections = JoinSet::new();
        let Self { socket, answering } = self;
        loop {
            tokio::select! {
                accepted = socket.accept() => match accepted {
                    Ok((stream, peer)) => {
                        let _ = stream.set_nodelay(true);
                        let connection = connection(stream, peer.ip(), Arc::clone(&answering), stop.clone());
                        connections.spawn(connection);
                    }
                    // No descriptor is left: somebody gives one back soon.
                    Err(_) => sleep(Duration::from_millis(20)).await,
                },
                Some(_) = connections.join_next() => {}
                () = told(&mut stop) => break,
            }
        }
        drop(socket);
        while connections.join_next().await.is_some() {}
    }
}

async fn connection(
    stream: tokio::net::TcpStream,
    peer: IpAddr,
    answering: Arc<Answering>,
    mut stop: watch::Receiver<bool>,
) {
    let service = service_fn(move |request| {
        let answering = Arc::clone(&answering);
        async move { Ok::<_, Infallible>(answering.answer(request, peer).await) }
    });
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new()).header_read_timeout(KEPT);
    let mut served = pin!(http.serve_connection(TokioIo::new(stream), service));
    // How a connection ends is its caller's affair.
    tokio::select! {
        _ = served.as_mut() => return,
        () = told(&mut stop) => served.as_mut().graceful_shutdown(),
    }
    let _ = served.await;
}

impl Answering {
    async fn answer(self: &Arc<Self>, request: Request<Incoming>, peer: IpAddr) -> Response<Sent> {
        let (parts, body) = request.into_parts();
        let shape = self.http.event;
        // A server goes on with its own protocol where it does not know another (RFC 9110, section 7.8); only a WebSocket
        // can't be answered so.
        if parts.headers.get(UPGRADE).is_some_and(|to| to.as_bytes().eq_ignore_ascii_case(b"websocket")) {
            return bad_request();
        }
        let most = if shape == Shape::Alb { MAX_ALB } else { MAX_EVENT };
        let body = match read(body, most).await {
            Ok(body) => body,
            Err(ReadError::TooLarge(_)) => return overlong(shape),
            Err(ReadError::Gone) => return bad_request(),
        };
        if shape == Shape::Invoke {
            return self.invoke(&parts, body).await;
        }
        let mut call = Call::new(&parts, body, peer, &self.http);
        if !self.routes.is_empty() {
            match self.routes.find(&call.method, &call.path) {
                Some(route) => call.route = Some(route),
                None => return no_route(shape),
            }
        }
        let event = event(&call, &self.http, &self.owner);
        if event.len() > MAX_EVENT {
            return overlong(shape);
        }
        let carried = Carried {
            trace: call.header("x-amzn-trace-id"),
            streams: self.http.invoke_mode == crate::config::InvokeMode::ResponseStream,
            ..Carried::default()
        };
        let asked = Asked { accept: call.header("accept") };
        self.within_limit(event, carried, &asked).await
    }

    /// Invokes, and answers in the service's time at the latest. The handler goes on then, as it did.
    async fn within_limit(self: &Arc<Self>, event: bytes::Bytes, carried: Carried, asked: &Asked) -> Response<Sent> {
        let invoked = self.pool.invoke(event, carried);
        let outcome = match self.http.integration_timeout() {
            None => invoked.await,
            Some(seconds) => match timeout(Duration::from_secs(seconds.into()), invoked).await {
                Ok(outcome) => outcome,
                Err(_) => return timed_out(self.http.event),
            },
        };
        response(&self.http, asked, outcome).await
    }

    /// The API call `Invoke` of Lambda, for callers whose SDK gets this address as its endpoint.
    async fn invoke(self: &Arc<Self>, parts: &hyper::http::request::Parts, body: bytes::Bytes) -> Response<Sent> {
        let header = |name: &str| parts.headers.get(name).and_then(|value| value.to_str().ok());
        let named = parts.uri.path().strip_prefix("/2015-03-31/functions/");
        let named = named.and_then(|rest| rest.strip_suffix("/invocations"));
        // A name, an ARN, either with a qualifier.
        let own = named.is_some_and(|named| decoded(named, false).split(':').any(|part| part == self.function));
        if parts.method != Method::POST || !own {
            return api_error(StatusCode::NOT_FOUND, "ResourceNotFoundException", "there is no such function here");
        }
        let event = if body.is_empty() { bytes::Bytes::from_static(b"{}") } else { body };
        if let Err(error) = serde_json::from_slice::<serde::de::IgnoredAny>(&event) {
            let message = format!("Could not parse request body into json: {error}");
            return api_error(StatusCode::BAD_REQUEST, "InvalidRequestContentException", &message);
        }
        match header("x-amz-invocation-type").unwrap_or("RequestResponse") {
            "RequestResponse" => {}
            "DryRun" => return api_status(StatusCode::NO_CONTENT),
            other => {
                let message = format!("invocations of type {other} are not taken here: send the event to a queue");
                return api_error(StatusCode::BAD_REQUEST, "InvalidParameterValueException", &message);
            }
        }
        let context = header("x-amz-client-context").and_then(|context| BASE64_STANDARD.decode(context).ok());
        let carried = Carried {
            client_context: context.and_then(|context| String::from_utf8(context).ok()),
            trace: header("x-amzn-trace-id").map(str::to_owned),
            ..Carried::default()
        };
        let mut response = self.within_limit(event, carried, &Asked::default()).await;
        response.headers_mut().insert("x-amz-executed-version", self.version.clone());
        response
    }
}

fn api_status(status: StatusCode) -> Response<Sent> {
    let mut response = Response::new(Sent::Whole(None));
    *response.status_mut() = status;
    response
}

fn api_error(status: StatusCode, kind: &'static str, message: &str) -> Response<Sent> {
    let document = serde_json::json!({"Type": "User", "message": message});
    let mut response = Response::new(Sent::from(document.to_string()));
    *response.status_mut() = status;
    response.headers_mut().insert("x-amzn-errortype", HeaderValue::from_static(kind));
    response
}
