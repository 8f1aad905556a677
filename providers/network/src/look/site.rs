//! What answers at a domain's addresses: its certificate, and the heads of its answers.

use super::certificate::{self, Keeping};
use crate::Roots;
use caravan_inventory::{Certificate, Http, Looked, Records};
use http_body_util::Empty;
use hyper::body::Bytes;
use hyper::client::conn::http1;
use hyper::header::{ACCEPT, CONNECTION, HOST, LOCATION, STRICT_TRANSPORT_SECURITY, USER_AGENT};
use hyper::{HeaderMap, Request};
use hyper_util::rt::TokioIo;
use rustls::ClientConfig;
use rustls::client::{Resumption, WebPkiServerVerifier};
use rustls::pki_types::ServerName;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;

/// The longest time for one connection with its answer.
const LIMIT: Duration = Duration::from_secs(8);
/// The headers that tell who answers.
const MARKS: [&str; 11] = [
    "server",
    "via",
    "cf-ray",
    "x-amz-cf-id",
    "x-served-by",
    "x-azure-ref",
    "x-iinfo",
    "x-nf-request-id",
    "x-vercel-id",
    "x-powered-by",
    "x-cache",
];

/// Asks sites.
#[derive(Clone)]
pub(super) struct Sites {
    https: u16,
    http: u16,
    verifier: Arc<WebPkiServerVerifier>,
}

/// What a site shows.
pub(super) struct Site {
    pub(super) certificate: Looked<Certificate>,
    pub(super) https: Looked<Http>,
    pub(super) http: Looked<Http>,
}

impl Sites {
    pub(super) fn new(https: u16, http: u16, roots: Roots) -> Result<Self, String> {
        crate::probe::install_provider();
        let verifier = WebPkiServerVerifier::builder(Arc::new(roots.store())).build();
        Ok(Self { https, http, verifier: verifier.map_err(|error| error.to_string())? })
    }

    /// Looks at a host at the addresses that it has.
    pub(super) async fn look(&self, host: &str, records: &Looked<Records>) -> Site {
        if host.starts_with("*.") {
            return Site::unknown("a wildcard has no one host to ask");
        }
        let records = match records {
            Looked::Found(records) => records,
            Looked::Unknown(why) => return Site::unknown(&format!("its records are not known: {why}")),
        };
        // Not every machine has a way to the other family of addresses.
        let first = records.addresses.iter().find(|one| one.address.is_ipv4()).or(records.addresses.first());
        let Some(address) = first.map(|one| one.address) else { return Site::unknown("it has no address") };
        let secure = self.secure(host, SocketAddr::new(address, self.https));
        let plain = self.plain(host, SocketAddr::new(address, self.http));
        let ((certificate, https), http) = tokio::join!(secure, plain);
        Site { certificate, https, http }
    }

    async fn secure(&self, host: &str, address: SocketAddr) -> (Looked<Certificate>, Looked<Http>) {
        let told = |why: &str| format!("{address} {why}");
        match timeout(LIMIT, self.ask_secure(host, address)).await {
            Ok(Ok((certificate, head))) => (certificate, head),
            Ok(Err(why)) => (Looked::Unknown(told(&why)), Looked::Unknown(told(&why))),
            Err(_) => (Looked::Unknown(told(LATE)), Looked::Unknown(told(LATE))),
        }
    }

    async fn ask_secure(&self, host: &str, address: SocketAddr) -> Result<(Looked<Certificate>, Looked<Http>), String> {
        let keeping = Arc::new(Keeping::new(Arc::clone(&self.verifier)));
        let mut tls = ClientConfig::builder()
            .dangerous()
            .with_custom_certificate_verifier(Arc::clone(&keeping) as _)
            .with_no_client_auth();
        tls.resumption = Resumption::disabled();
        let name =
            ServerName::try_from(host.to_owned()).map_err(|_| "can't be asked: no certificate can be for that name")?;
        let stream = connect(address).await?;
        let stream = TlsConnector::from(Arc::new(tls)).connect(name, stream).await;
        let stream = stream.map_err(|error| format!("ends the TLS handshake: {error}"))?;
        let chain = stream.get_ref().1.peer_certificates().unwrap_or_default();
        let certificate = match certificate::read(chain, keeping.untrusted()) {
            Ok(certificate) => Looked::Found(certificate),
            Err(why) => Looked::Unknown(why),
        };
        Ok((certificate, head_of(stream, host).await.map_or_else(Looked::Unknown, Looked::Found)))
    }

    async fn plain(&self, host: &str, address: SocketAddr) -> Looked<Http> {
        let asked = async { head_of(connect(address).await?, host).await };
        let told = |why: &str| Looked::Unknown(format!("{address} {why}"));
        match timeout(LIMIT, asked).await {
            Ok(Ok(head)) => Looked::Found(head),
            Ok(Err(why)) => told(&why),
            Err(_) => told(LATE),
        }
    }
}

const LATE: &str = "gives no answer within 8 s";

impl Site {
    fn unknown(why: &str) -> Self {
        let why = || why.to_owned();
        Self { certificate: Looked::Unknown(why()), https: Looked::Unknown(why()), http: Looked::Unknown(why()) }
    }
}

async fn connect(address: SocketAddr) -> Result<TcpStream, String> {
    TcpStream::connect(address).await.map_err(|error| format!("can't be connected to: {error}"))
}

/// Asks for `/` and reads the head of the answer; its body is left.
async fn head_of(stream: impl AsyncRead + AsyncWrite + Unpin, host: &str) -> Result<Http, String> {
    let request = Request::get("/")
        .header(HOST, host)
        .header(ACCEPT, "*/*")
        .header(USER_AGENT, "caravan domains inspect")
        .header(CONNECTION, "close")
        .body(Empty::<Bytes>::new())
        .map_err(|error| format!("can't be asked: {error}"))?;
    let broken = |error: hyper::Error| format!("gives no HTTP answer: {error}");
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await.map_err(broken)?;
    let (mut connection, mut asking) = (pin!(connection), pin!(sender.send_request(request)));
    let answer = tokio::select! {
        biased;
        answer = &mut asking => answer,
        // The connection has nothing more to read; what it read is still to be looked at.
        _ended = &mut connection => asking.await,
    };
    let answer = answer.map_err(broken)?;
    let headers = answer.headers();
    let marks = MARKS.iter().filter_map(|name| Some(((*name).to_owned(), text(headers, name)?))).collect();
    Ok(Http {
        status: answer.status().as_u16(),
        location: text(headers, LOCATION.as_str()),
        hsts: text(headers, STRICT_TRANSPORT_SECURITY.as_str()),
        marks,
    })
}

fn text(headers: &HeaderMap, name: &str) -> Option<String> {
    headers.get(name).map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned())
}
