//! A small server that answers the challenges of authorities over HTTP, and nothing else.
//!
//! Both edges redirect `/.well-known/acme-challenge/` to it: authorities follow that, and whoever asks for anything else here is
//! told that it is not there.

use http_body_util::Full;
use hyper::body::{Bytes, Incoming};
use hyper::header::CONTENT_TYPE;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Method, Request, Response, StatusCode};
use hyper_util::rt::{TokioIo, TokioTimer};
use std::collections::BTreeMap;
use std::convert::Infallible;
use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio::task::JoinHandle;

/// Where authorities look.
const PATH: &str = "/.well-known/acme-challenge/";
/// Anybody may connect: no more than so many at once, each for so long.
const CONNECTIONS: usize = 256;
const LIMIT: Duration = Duration::from_secs(10);

/// Answers by token.
type Answers = Arc<Mutex<BTreeMap<String, Bytes>>>;

/// The server. Dropping it ends it.
#[derive(Debug)]
pub struct ChallengeServer {
    address: SocketAddr,
    answers: Answers,
    serving: JoinHandle<()>,
}

impl ChallengeServer {
    /// Listens there.
    ///
    /// # Errors
    /// When nobody can listen there.
    pub async fn listen(address: SocketAddr) -> io::Result<Self> {
        let listener = TcpListener::bind(address).await?;
        let address = listener.local_addr()?;
        let answers = Answers::default();
        let serving = tokio::spawn(serve(listener, Arc::clone(&answers)));
        Ok(Self { address, answers, serving })
    }

    /// Where it listens.
    #[must_use]
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// Answers this for a token from now on.
    pub fn put(&self, token: &str, answer: &str) {
        let mut answers = self.answers.lock().unwrap_or_else(PoisonError::into_inner);
        answers.insert(token.to_owned(), Bytes::copy_from_slice(answer.as_bytes()));
    }

    /// Answers nothing for it any more.
    pub fn take_away(&self, token: &str) {
        self.answers.lock().unwrap_or_else(PoisonError::into_inner).remove(token);
    }
}

impl Drop for ChallengeServer {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

async fn serve(listener: TcpListener, answers: Answers) {
    let places = Arc::new(Semaphore::new(CONNECTIONS));
    loop {
        let Ok(place) = Arc::clone(&places).acquire_owned().await else { return };
        let Ok((stream, _)) = listener.accept().await else {
            // Too many open files, for one: that passes.
            tokio::time::sleep(Duration::from_millis(100)).await;
            continue;
        };
        let answers = Arc::clone(&answers);
        tokio::spawn(async move {
            // Who breaks off or is late has got nothing, and asks again.
            let _late = tokio::time::timeout(LIMIT, answer_all(stream, answers)).await;
            drop(place);
        });
    }
}

async fn answer_all(stream: TcpStream, answers: Answers) {
    let service = service_fn(|request| {
        let answer = answer(&request, &answers);
        async move { Ok::<_, Infallible>(answer) }
    });
    let mut server = http1::Builder::new();
    server.timer(TokioTimer::new()).keep_alive(false);
    // A broken connection is the other side's.
    let _broken = server.serve_connection(TokioIo::new(stream), service).await;
}

fn answer(request: &Request<Incoming>, answers: &Answers) -> Response<Full<Bytes>> {
    let token = request.uri().path().strip_prefix(PATH).filter(|_| request.method() == Method::GET);
    let found = token.and_then(|token| answers.lock().unwrap_or_else(PoisonError::into_inner).get(token).cloned());
    let (status, body) = match found {
        Some(body) => (StatusCode::OK, body),
        None => (StatusCode::NOT_FOUND, Bytes::from_static(b"there is nothing here\n")),
    };
    let mut response = Response::new(Full::new(body));
    *response.status_mut() = status;
    let kind = hyper::header::HeaderValue::from_static("application/octet-stream");
    response.headers_mut().insert(CONTENT_TYPE, kind);
    response
}
