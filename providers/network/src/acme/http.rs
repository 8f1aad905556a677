//! One request to an authority, over a connection of its own.

use crate::Roots;
use crate::probe::install_provider;
use caravan_providers::CallError;
use http_body_util::{BodyExt as _, Full, Limited};
use hyper::body::Bytes;
use hyper::client::conn::http1;
use hyper::header::{CONNECTION, CONTENT_TYPE, HOST, HeaderMap, USER_AGENT};
use hyper::{Method, Request, Uri};
use hyper_util::rt::TokioIo;
use rustls::ClientConfig;
use rustls::pki_types::ServerName;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

/// An authority that has not answered by then is asked again.
const LIMIT: Duration = Duration::from_secs(30);
/// Bytes of an answer: chains of certificates have a few thousand.
const BODY: usize = 1 << 20;
/// Who asks: RFC 8555, section 6.1, wants it said.
const AGENT: &str = concat!("caravan/", env!("CARGO_PKG_VERSION"));

/// What an authority has answered.
#[derive(Debug)]
pub(super) struct HttpAnswer {
    pub(super) status: u16,
    pub(super) headers: HeaderMap,
    pub(super) body: Bytes,
}

impl HttpAnswer {
    /// A header's text; none where it has none that is text.
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }
}

/// Asks by the roots of probes.
pub(super) struct AcmeHttp {
    tls: Arc<ClientConfig>,
}

impl AcmeHttp {
    pub(super) fn trusting(roots: Roots) -> Self {
        install_provider();
        let tls = ClientConfig::builder().with_root_certificates(roots.store()).with_no_client_auth();
        Self { tls: Arc::new(tls) }
    }

    /// Makes one request.
    ///
    /// # Errors
    /// [`CallError::NotSent`] where nothing was changed, since nothing had left or nothing was to change; else
    /// [`CallError::InDoubt`].
    pub(super) async fn ask(&self, method: Method, url: &str, body: Vec<u8>) -> Result<HttpAnswer, CallError> {
        let changes = method == Method::POST;
        let lost = |why: String| if changes { CallError::InDoubt(why) } else { CallError::NotSent(why) };
        match timeout(LIMIT, self.exchange(method, url, body)).await {
            Ok(Ok(answer)) => Ok(answer),
            Ok(Err(CallError::InDoubt(why))) => Err(lost(why)),
            Ok(Err(other)) => Err(other),
            Err(_) => Err(lost(format!("no answer of {url} within {} s", LIMIT.as_secs()))),
        }
    }

    async fn exchange(&self, method: Method, url: &str, body: Vec<u8>) -> Result<HttpAnswer, CallError> {
        let (host, path, stream) = self.connect(url).await.map_err(CallError::NotSent)?;
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header(HOST, host)
            .header(CONNECTION, "close")
            .header(USER_AGENT, AGENT)
            .header(CONTENT_TYPE, "application/jose+json")
            .body(Full::new(Bytes::from(body)))
            .map_err(|error| CallError::NotSent(format!("{url}: {error}")))?;
        let not_sent = |error: hyper::Error| CallError::NotSent(format!("{url}: {error}"));
        let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await.map_err(not_sent)?;
        // It ends with its one exchange.
        tokio::spawn(connection);
        let in_doubt = |error: String| CallError::InDoubt(format!("{url}: {error}"));
        let answer = sender.send_request(request).await.map_err(|error| in_doubt(error.to_string()))?;
        let (head, body) = answer.into_parts();
        let body = Limited::new(body, BODY).collect().await.map_err(|error| in_doubt(error.to_string()))?;
        Ok(HttpAnswer { status: head.status.as_u16(), headers: head.headers, body: body.to_bytes() })
    }

    /// The host and the path as a server is asked for them, and a connection.
    async fn connect(&self, url: &str) -> Result<(String, String, TlsStream<TcpStream>), String> {
        let uri: Uri = url.parse().map_err(|error| format!("`{url}`: {error}"))?;
        let host = uri.host().ok_or_else(|| format!("`{url}` names no host"))?;
        if uri.scheme_str() != Some("https") {
            return Err(format!("`{url}` is not asked over TLS"));
        }
        let (bare, port) = (host.trim_matches(['[', ']']), uri.port_u16().unwrap_or(443));
        let told = |error: &dyn std::fmt::Display| format!("{host}:{port}: {error}");
        let stream = TcpStream::connect((bare, port)).await.map_err(|error| told(&error))?;
        let name = ServerName::try_from(bare.to_owned()).map_err(|error| told(&error))?;
        let stream =
            TlsConnector::from(Arc::clone(&self.tls)).connect(name, stream).await.map_err(|error| told(&error))?;
        let authority = uri.port_u16().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"));
        let path = uri.path_and_query().map_or("/", |path| path.as_str()).to_owned();
        Ok((authority, path, stream))
    }
}
