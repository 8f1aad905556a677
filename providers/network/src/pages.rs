//! A small server that shows pages to whoever sits at this machine, and takes nothing: GET alone, from loopback, by its own name.
//!
//! Whoever makes a browser ask here by another name (DNS rebinding) gets no page: the `Host` of each request must be this server's
//! own. Nothing is kept by anybody on the way (`no-store`), and a page runs no script and loads nothing but its style.

use http_body_util::Full;
use hyper::body::{Bytes, Incoming};
use hyper::header::{ALLOW, CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HOST, HeaderName, HeaderValue};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Method, Request, Response, StatusCode};
use hyper_util::rt::{TokioIo, TokioTimer};
use std::convert::Infallible;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;

/// No more connections than this at once, each for so long, and each head within so long.
const CONNECTIONS: usize = 64;
const LIMIT: Duration = Duration::from_secs(120);
const HEAD: Duration = Duration::from_secs(10);
/// The longest head, in bytes.
const LONGEST: usize = 16 * 1024;
/// What a page of ours may do: load its style and its icon from here, and send its one form here.
const OWN: &str =
    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";
/// What a document with its style in itself may do.
const WHOLE: &str = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; form-action 'none'; base-uri 'none'; \
     frame-ancestors 'none'";
/// What goes with every answer.
const ALWAYS: [(&str, &str); 6] = [
    ("x-content-type-options", "nosniff"),
    ("x-frame-options", "DENY"),
    ("referrer-policy", "no-referrer"),
    ("cross-origin-opener-policy", "same-origin"),
    ("cross-origin-resource-policy", "same-origin"),
    ("permissions-policy", "camera=(), geolocation=(), microphone=()"),
];

/// What was asked for.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct PageRequest {
    /// The path, as it was sent: `/domain`.
    pub path: String,
    /// What stands behind the `?`, as it was sent; empty without one.
    pub query: String,
}

/// What an answer is.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum PageKind {
    /// A page of HTML that takes its style from this server.
    Page,
    /// A page of HTML with its style in itself.
    Document,
    /// A style sheet.
    Style,
    /// JSON.
    Json,
    /// Text.
    Text,
}

/// An answer.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct PageAnswer {
    /// The status.
    pub status: u16,
    /// What it is.
    pub kind: PageKind,
    /// It.
    pub body: String,
}

/// Why no pages are served.
#[derive(Debug, thiserror::Error)]
pub enum PageServerError {
    /// The address leads in from outside of this machine.
    #[error("{0} is no address of this machine alone")]
    NotLoopback(SocketAddr),
    /// Nobody can listen there.
    #[error("can't listen at {address}")]
    Listen {
        /// There.
        address: SocketAddr,
        /// Why not.
        #[source]
        source: io::Error,
    },
}

/// The server.
#[derive(Debug)]
pub struct PageServer {
    listener: TcpListener,
    address: SocketAddr,
}

impl PageServer {
    /// Listens at an address of this machine alone.
    ///
    /// # Errors
    /// [`PageServerError`].
    pub async fn listen(address: SocketAddr) -> Result<Self, PageServerError> {
        if !address.ip().is_loopback() {
            return Err(PageServerError::NotLoopback(address));
        }
        let failed = |source| PageServerError::Listen { address, source };
        let listener = TcpListener::bind(address).await.map_err(failed)?;
        let address = listener.local_addr().map_err(failed)?;
        Ok(Self { listener, address })
    }

    /// Where it listens.
    #[must_use]
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// Serves until the future is dropped. `answer` may take its time: it runs beside.
    pub async fn serve(self, answer: impl Fn(PageRequest) -> PageAnswer + Send + Sync + 'static) {
        let (hosts, answer) = (Arc::new(hosts(self.address)), Arc::new(answer));
        let places = Arc::new(Semaphore::new(CONNECTIONS));
        loop {
            let Ok(place) = Arc::clone(&places).acquire_owned().await else { return };
            let Ok((stream, _)) = self.listener.accept().await else {
                // Too many open files, for one: that passes.
                tokio::time::sleep(Duration::from_millis(100)).await;
                continue;
            };
            let (hosts, answer) = (Arc::clone(&hosts), Arc::clone(&answer));
            tokio::spawn(async move {
                // Who breaks off or is late has got nothing, and asks again.
                let _late = tokio::time::timeout(LIMIT, connection(stream, hosts, answer)).await;
                drop(place);
            });
        }
    }
}

/// The names by which this server may be asked.
fn hosts(address: SocketAddr) -> Vec<String> {
    let port = address.port();
    let names = [SocketAddr::new(address.ip(), port).to_string(), format!("localhost:{port}")];
    let short = names.iter().filter_map(|name| name.strip_suffix(":80").map(str::to_owned)).collect::<Vec<_>>();
    names.into_iter().chain(short).collect()
}

async fn connection<A>(stream: TcpStream, hosts: Arc<Vec<String>>, answer: Arc<A>)
where
    A: Fn(PageRequest) -> PageAnswer + Send + Sync + 'static,
{
    let service = service_fn(move |request: Request<Incoming>| {
        let (hosts, answer) = (Arc::clone(&hosts), Arc::clone(&answer));
        async move {
            let answered = match refused(&request, &hosts) {
                Some(refusal) => refusal,
                None => {
                    let asked = PageRequest {
                        path: request.uri().path().to_owned(),
                        query: request.uri().query().unwrap_or_default().to_owned(),
                    };
                    let made = tokio::task::spawn_blocking(move || answer(asked)).await;
                    made.unwrap_or_else(|_| text(500, "this is a defect of Caravan: please report it\n"))
                }
            };
            // hyper leaves the body out where the head alone is asked for.
            Ok::<_, Infallible>(response(answered))
        }
    });
    let mut server = http1::Builder::new();
    server.timer(TokioTimer::new()).header_read_timeout(HEAD).max_buf_size(LONGEST);
    // A broken connection is the other side's.
    let _broken = server.serve_connection(TokioIo::new(stream), service).await;
}

/// Why a request gets no page.
fn refused(request: &Request<Incoming>, hosts: &[String]) -> Option<PageAnswer> {
    let mut named = request.headers().get_all(HOST).iter();
    let (host, more) = (named.next().and_then(|host| host.to_str().ok()), named.next().is_some());
    let is_own = |name: &str| hosts.iter().any(|own| own.eq_ignore_ascii_case(name));
    let by_own_name = host.is_some_and(is_own) && !more;
    // Some write the whole address into the request's first line.
    if !by_own_name || request.uri().authority().is_some_and(|authority| !is_own(authority.as_str())) {
        return Some(text(421, "this server is asked by another name than its own\n"));
    }
    let reads = [Method::GET, Method::HEAD].contains(request.method());
    (!reads).then(|| text(405, "these pages are only read\n"))
}

fn text(status: u16, body: &str) -> PageAnswer {
    PageAnswer { status, kind: PageKind::Text, body: body.to_owned() }
}

fn response(answer: PageAnswer) -> Response<Full<Bytes>> {
    let (kind, policy) = match answer.kind {
        PageKind::Page => ("text/html; charset=utf-8", OWN),
        PageKind::Document => ("text/html; charset=utf-8", WHOLE),
        PageKind::Style => ("text/css; charset=utf-8", OWN),
        PageKind::Json => ("application/json", OWN),
        PageKind::Text => ("text/plain; charset=utf-8", OWN),
    };
    let mut response = Response::new(Full::new(Bytes::from(answer.body)));
    *response.status_mut() = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(kind));
    headers.insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static(policy));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    for (name, value) in ALWAYS {
        headers.insert(HeaderName::from_static(name), HeaderValue::from_static(value));
    }
    if answer.status == 405 {
        headers.insert(ALLOW, HeaderValue::from_static("GET, HEAD"));
    }
    response
}
