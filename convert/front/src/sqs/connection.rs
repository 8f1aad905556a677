//! Kept connections over HTTP to one server, with TLS where its address begins with `https`.

use bytes::Bytes;
use http_body_util::{BodyExt, Full, Limited};
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper::{Request, Response, Uri};
use hyper_util::rt::TokioIo;
use rustls::pki_types::ServerName;
use rustls::{ClientConfig, RootCertStore};
use std::io;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;

/// Connections to one server.
#[derive(Debug)]
pub(super) struct Connections {
    host: String,
    port: u16,
    tls: Option<Arc<ClientConfig>>,
    idle: Mutex<Vec<SendRequest<Full<Bytes>>>>,
}

/// What connecting may take.
const CONNECT: Duration = Duration::from_secs(5);

/// The most that is read of an answer: ten messages of 1 MiB with what JSON adds.
const MAX_ANSWER: usize = 32 * 1024 * 1024;

impl Connections {
    /// Connections to the server of `uri`.
    pub(super) fn new(uri: &Uri) -> io::Result<Self> {
        let host = uri.host().ok_or_else(|| io::Error::other(format!("{uri} names no host")))?;
        let secure = uri.scheme_str() == Some("https");
        let port = uri.port_u16().unwrap_or(if secure { 443 } else { 80 });
        let tls = if secure { Some(tls()?) } else { None };
        Ok(Self { host: host.trim_matches(['[', ']']).to_owned(), port, tls, idle: Mutex::default() })
    }

    /// Makes a request within `limit` and reads its whole answer. A kept connection that the server has closed meanwhile is
    /// replaced once.
    pub(super) async fn call(&self, request: Request<Bytes>, limit: Duration) -> io::Result<Response<Bytes>> {
        timeout(limit, self.attempt(request)).await.map_err(|_| io::Error::from(io::ErrorKind::TimedOut))?
    }

    async fn attempt(&self, request: Request<Bytes>) -> io::Result<Response<Bytes>> {
        loop {
            let kept = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
            let was_kept = kept.is_some();
            let mut connection = match kept {
                Some(connection) => connection,
                None => self.connect().await?,
            };
            if connection.ready().await.is_err() {
                continue;
            }
            let (parts, body) = request.clone().into_parts();
            match connection.send_request(Request::from_parts(parts, Full::new(body))).await {
                Ok(response) => {
                    let (parts, body) = response.into_parts();
                    let body = Limited::new(body, MAX_ANSWER).collect().await.map_err(io::Error::other)?.to_bytes();
                    self.idle.lock().unwrap_or_else(PoisonError::into_inner).push(connection);
                    return Ok(Response::from_parts(parts, body));
                }
                Err(error) if was_kept && (error.is_canceled() || error.is_incomplete_message()) => {}
                Err(error) => return Err(io::Error::other(error)),
            }
        }
    }

    async fn connect(&self) -> io::Result<SendRequest<Full<Bytes>>> {
        let connect = async {
            let stream = TcpStream::connect((self.host.as_str(), self.port)).await?;
            stream.set_nodelay(true)?;
            match &self.tls {
                None => begin(stream).await,
                Some(tls) => {
                    let name = ServerName::try_from(self.host.clone()).map_err(io::Error::other)?;
                    begin(TlsConnector::from(Arc::clone(tls)).connect(name, stream).await?).await
                }
            }
        };
        let slow = |_| io::Error::new(io::ErrorKind::TimedOut, format!("{} can't be reached", self.host));
        timeout(CONNECT, connect).await.map_err(slow)?
    }
}

async fn begin<S: AsyncRead + AsyncWrite + Unpin + Send + 'static>(stream: S) -> io::Result<SendRequest<Full<Bytes>>> {
    let (sender, connection) = handshake(TokioIo::new(stream)).await.map_err(io::Error::other)?;
    // Its end is seen by the next request.
    tokio::spawn(connection);
    Ok(sender)
}

fn tls() -> io::Result<Arc<ClientConfig>> {
    let roots = RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let versions = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
    let config = versions.map_err(io::Error::other)?.with_root_certificates(roots).with_no_client_auth();
    Ok(Arc::new(config))
}
