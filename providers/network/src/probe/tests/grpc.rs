//! gRPC health, asked of a server on loopback that speaks HTTP/2.

use super::super::Prober;
use super::super::grpc::{HealthCheckRequest, HealthCheckResponse, ServingStatus, framed};
use super::server::{Does, Root, Server};
use super::{HOST, LAST, WELL, fails, probe, tells_nothing, trusting};
use caravan_providers::Verdict;
use caravan_providers::target::Probe;
use hyper::Response;
use hyper::body::Bytes;
use hyper::header::{HeaderMap, HeaderValue};
use prost::Message;
use std::sync::Arc;
use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;

/// What the server makes of a call for a service.
#[derive(Clone, Copy)]
enum Answers {
    /// That it is so.
    Says(ServingStatus),
    /// A status against the call, in the headers or in the trailers.
    Refuses(&'static str, bool),
    /// Another HTTP status.
    Status(u16),
    /// A page.
    Page,
    /// A message, and no trailers after it.
    Breaks,
    /// A message that is none.
    Nonsense,
    /// Nothing.
    Hangs,
}

fn asks(address: &str, service: &str) -> Probe {
    let grpc = Some(service.to_owned());
    Probe { path: "/".to_owned(), timeout_ms: 1000, grpc, ..probe(address, false) }
}

/// Starts the server; it answers every call alike, but for the service `shop.Orders` only.
async fn server(answers: Answers, tls: Option<TlsAcceptor>) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap().to_string();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let tls = tls.clone();
            tokio::spawn(async move {
                match tls {
                    None => serve(stream, answers).await,
                    Some(tls) => serve(tls.accept(stream).await.unwrap(), answers).await,
                }
            });
        }
    });
    address
}

async fn serve(stream: impl AsyncRead + AsyncWrite + Unpin, answers: Answers) {
    let mut connection = h2::server::handshake(stream).await.unwrap();
    while let Some(Ok((call, mut respond))) = connection.accept().await {
        assert_eq!((call.method().as_str(), call.uri().path()), ("POST", "/grpc.health.v1.Health/Check"));
        assert_eq!(call.headers()["te"], "trailers");
        tokio::spawn(async move {
            let mut body = call.into_body();
            let mut message = Vec::new();
            while let Some(Ok(data)) = body.data().await {
                message.extend(data);
            }
            let asked = HealthCheckRequest::decode(&message[5..]).unwrap();
            let known = ["", "shop.Orders"].contains(&asked.service.as_str());
            let answers = if known { answers } else { Answers::Refuses("5", true) };
            let head = |status: u16, kind: &str| {
                Response::builder().status(status).header("content-type", kind).body(()).unwrap()
            };
            let grpc = |status: u16| head(status, "application/grpc");
            let trailers = |status: &str| {
                HeaderMap::from_iter([("grpc-status".parse().unwrap(), HeaderValue::from_str(status).unwrap())])
            };
            match answers {
                Answers::Hangs => std::future::pending().await,
                Answers::Status(status) => drop(respond.send_response(grpc(status), true).unwrap()),
                Answers::Page => drop(respond.send_response(head(200, "text/html"), true).unwrap()),
                Answers::Refuses(status, true) => {
                    let mut only = grpc(200);
                    only.headers_mut().extend(trailers(status));
                    drop(respond.send_response(only, true).unwrap());
                }
                Answers::Refuses(status, false) => {
                    let mut send = respond.send_response(grpc(200), false).unwrap();
                    send.send_trailers(trailers(status)).unwrap();
                }
                Answers::Says(status) => {
                    let mut send = respond.send_response(grpc(200), false).unwrap();
                    send.send_data(framed(&HealthCheckResponse { status: status as i32 }), false).unwrap();
                    send.send_trailers(trailers("0")).unwrap();
                }
                Answers::Breaks => {
                    let mut send = respond.send_response(grpc(200), false).unwrap();
                    send.send_data(framed(&HealthCheckResponse { status: 1 }), true).unwrap();
                }
                Answers::Nonsense => {
                    let mut send = respond.send_response(grpc(200), false).unwrap();
                    send.send_data(Bytes::from_static(b"\0\0\0\0\x02\x0a\xff"), false).unwrap();
                    send.send_trailers(trailers("0")).unwrap();
                }
            }
        });
    }
}

async fn of(answers: Answers, service: &str) -> Verdict {
    Prober::default().probe(&asks(&server(answers, None).await, service)).await
}

#[tokio::test]
async fn a_side_that_speaks_grpc_is_as_well_as_it_says() {
    for service in ["", "shop.Orders"] {
        assert_eq!(of(Answers::Says(ServingStatus::Serving), service).await, Verdict::Pass);
    }
    fails(&of(Answers::Says(ServingStatus::Serving), "shop.Other").await, "it has no such service (gRPC status 5)");
    for (status, why) in [
        (ServingStatus::NotServing, "it says NOT_SERVING"),
        (ServingStatus::ServiceUnknown, "it says SERVICE_UNKNOWN"),
        (ServingStatus::Unknown, "it does not say that it serves"),
    ] {
        fails(&of(Answers::Says(status), "").await, why);
    }
    for (answers, why) in [
        (Answers::Refuses("12", true), "it has no gRPC health service"),
        (Answers::Refuses("14", false), "it answered gRPC status 14"),
        (Answers::Status(503), "it answered 503"),
        (Answers::Page, "the answer is not gRPC but `text/html`"),
        (Answers::Nonsense, "the answer is no gRPC health"),
    ] {
        fails(&of(answers, "").await, why);
    }
}

/// K6, as over HTTP.
#[tokio::test]
async fn grpc_health_that_is_not_whole_tells_nothing() {
    tells_nothing(&of(Answers::Hangs, "").await, "no whole answer within 1000 ms");
    tells_nothing(&of(Answers::Breaks, "").await, "the connection broke off");
    let broken = Server::plain(Does::Resets("")).await;
    tells_nothing(&Prober::default().probe(&asks(&broken.address, "")).await, "the connection broke off");
}

#[tokio::test]
async fn a_side_that_speaks_no_grpc_has_failed_and_one_that_does_answers_no_get() {
    // As HTTP/1.1 answers what HTTP/2 begins with.
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap().to_string();
    tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let _ = stream.write_all(b"HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\n\r\n").await;
        std::future::pending::<()>().await;
    });
    fails(&Prober::default().probe(&asks(&address, "")).await, "the answer is not HTTP/2");
    let hangs_up = Server::plain(WELL).await;
    assert_ne!(Prober::default().probe(&asks(&hangs_up.address, "")).await, Verdict::Pass);
    let root = Root::new("the company's");
    let secure = Server::tls(WELL, root.issues(HOST, LAST)).await;
    let over_tls = Probe { tls: true, ..asks(&secure.address, "") };
    fails(&trusting(&root).probe(&over_tls).await, "it does not speak HTTP/2, which gRPC needs");
    let grpc = server(Answers::Says(ServingStatus::Serving), None).await;
    assert_ne!(Prober::default().probe(&probe(&grpc, false)).await, Verdict::Pass);
}

#[tokio::test]
async fn grpc_health_over_tls_wants_the_certificate_that_users_want() {
    let root = Root::new("the company's");
    let shown = root.issues(HOST, LAST);
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let builder = rustls::ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap();
    let resolver = Arc::new(rustls::sign::SingleCertAndKey::from((*shown).clone()));
    let mut config = builder.with_no_client_auth().with_cert_resolver(resolver);
    config.alpn_protocols = vec![b"h2".to_vec()];
    let address = server(Answers::Says(ServingStatus::Serving), Some(TlsAcceptor::from(Arc::new(config)))).await;
    let over_tls = Probe { tls: true, ..asks(&address, "shop.Orders") };
    assert_eq!(trusting(&root).probe(&over_tls).await, Verdict::Pass);
    fails(&Prober::default().probe(&over_tls).await, "UnknownIssuer");
}
