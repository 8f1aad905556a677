//! Asks one side of a shift how it is, over HTTP or gRPC, where it is and not where DNS says.
//!
//! ```text
//!  look up ──► connect ──► TLS ──► ask ──► read the answer to its end
//!     │           │         │       │        │
//!  nobody      refused:   rustls   not     broke off: nobody can tell
//!  can tell    failed     says     HTTP
//! ```
//!
//! Each probe is a connection and a whole TLS handshake of its own, so that it sees today's certificate. What probes share
//! is the trusted roots.

mod failure;
mod grpc;
mod page;
mod roots;
#[cfg(test)]
mod tests;

pub use roots::{Roots, RootsError};

use crate::look::certificate;
use caravan_inventory::Certificate;
use caravan_providers::Verdict;
use caravan_providers::target::Probe;
use failure::{ProbeFailure, failed, unknown};
use http_body_util::{BodyExt, Empty};
use hyper::body::{Bytes, Incoming};
use hyper::client::conn::http1;
use hyper::header::{ACCEPT, CONNECTION, HOST};
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use rustls::ClientConfig;
use rustls::client::Resumption;
use rustls::pki_types::ServerName;
use std::io;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpStream, lookup_host};
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

/// Of a longer answer the rest is not waited for: it may have no end.
const LONGEST_ANSWER: usize = 1 << 20;

/// Makes probes. Clones share the trusted roots.
#[derive(Clone, Debug)]
pub struct Prober {
    tls: Arc<ClientConfig>,
    /// The same, for what speaks HTTP/2 alone.
    http2: Arc<ClientConfig>,
    /// Which roots are not known that should be trusted, for a person.
    lacking: Option<Arc<str>>,
}

impl Prober {
    /// Trusts these roots. No connection is kept, and no session: a resumed one would show no certificate.
    #[must_use]
    pub fn trusting(roots: Roots) -> Self {
        install_provider();
        let mut tls = ClientConfig::builder().with_root_certificates(roots.store()).with_no_client_auth();
        tls.resumption = Resumption::disabled();
        let mut http2 = tls.clone();
        http2.alpn_protocols = vec![grpc::ALPN.to_vec()];
        Self { tls: Arc::new(tls), http2: Arc::new(http2), lacking: None }
    }

    /// The same where some roots are not known that should be trusted, and why, for a person: a certificate that no known root has
    /// issued then tells nothing of the side (K6).
    #[must_use]
    pub fn lacking(self, why: &str) -> Self {
        Self { lacking: Some(why.into()), ..self }
    }

    /// Asks once, by a GET over HTTP/1.1, or for gRPC health over HTTP/2. A redirect is an answer like any other and not
    /// followed.
    ///
    /// The side's own answer decides: another status, a refused connection, a certificate that is not valid for the host,
    /// or an answer in another protocol is a failure. No answer in time, one that breaks off, a host that can't be reached
    /// or a name that can't be looked up tells nothing (K6).
    pub async fn probe(&self, probe: &Probe) -> Verdict {
        let limit = Duration::from_millis(u64::from(probe.timeout_ms));
        let asked = tokio::time::timeout(limit, self.ask(probe)).await;
        let late = || unknown(format!("no whole answer within {} ms", probe.timeout_ms));
        match asked.unwrap_or_else(|_| Err(late())) {
            Ok(()) => Verdict::Pass,
            Err(fault) => fault.into_verdict(&probe.address, self.lacking.as_deref()),
        }
    }

    /// The certificate that a side shows for a host, which must hold for it.
    ///
    /// # Errors
    /// Why it shows none, or none that holds, for a person.
    pub async fn shown(&self, probe: &Probe) -> Result<Certificate, String> {
        let limit = Duration::from_millis(u64::from(probe.timeout_ms));
        let shown = async {
            let stream = connect(&probe.address).await?;
            let stream = secure_as(&self.tls, stream, &probe.host).await?;
            let chain = stream.get_ref().1.peer_certificates().unwrap_or_default();
            certificate::read(chain, None).map_err(unknown)
        };
        match tokio::time::timeout(limit, shown).await {
            Ok(Ok(certificate)) => Ok(certificate),
            Ok(Err(failure)) => Err(format!("{}: {}", probe.address, failure.text())),
            Err(_) => Err(format!("{} shows no certificate within {} ms", probe.address, probe.timeout_ms)),
        }
    }

    async fn ask(&self, probe: &Probe) -> Result<(), ProbeFailure> {
        let stream = connect(&probe.address).await?;
        match (&probe.grpc, probe.tls) {
            (None, false) => exchange(stream, probe).await,
            (None, true) => exchange(secure(&self.tls, stream, probe).await?, probe).await,
            (Some(service), false) => grpc::exchange(stream, probe, service).await,
            (Some(service), true) => {
                let stream = secure(&self.http2, stream, probe).await?;
                if stream.get_ref().1.alpn_protocol() != Some(grpc::ALPN) {
                    return Err(failed("it does not speak HTTP/2, which gRPC needs".to_owned()));
                }
                grpc::exchange(stream, probe, service).await
            }
        }
    }
}

/// A whole TLS handshake with the side.
async fn secure(
    tls: &Arc<ClientConfig>,
    stream: TcpStream,
    probe: &Probe,
) -> Result<TlsStream<TcpStream>, ProbeFailure> {
    secure_as(tls, stream, &probe.host).await
}

/// A whole TLS handshake with whoever has a certificate for this host.
async fn secure_as(
    tls: &Arc<ClientConfig>,
    stream: TcpStream,
    host: &str,
) -> Result<TlsStream<TcpStream>, ProbeFailure> {
    let name = ServerName::try_from(host.to_owned())
        .map_err(|_| unknown(format!("`{host}` is no name that a certificate can be for")))?;
    let stream = TlsConnector::from(Arc::clone(tls)).connect(name, stream).await;
    stream.map_err(|error| ProbeFailure::of(&error, host))
}

/// Lets rustls know by what it computes.
pub(crate) fn install_provider() {
    if rustls::crypto::CryptoProvider::get_default().is_none() {
        // Lost only against another thread that installs one at the same moment, and then there is one.
        let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    }
}

impl Default for Prober {
    /// Trusts the public roots.
    fn default() -> Self {
        Self::trusting(Roots::public())
    }
}

/// Connects to the first of the address's hosts that takes it.
async fn connect(address: &str) -> Result<TcpStream, ProbeFailure> {
    let hosts = lookup_host(address).await.map_err(|error| unknown(format!("can't be looked up: {error}")))?;
    let mut why = unknown("can't be looked up: it has no address".to_owned());
    for host in hosts {
        match TcpStream::connect(host).await {
            Ok(stream) => return Ok(stream),
            // Only this one says something about the side, so it is kept.
            Err(error) if error.kind() == io::ErrorKind::ConnectionRefused => why = failed(error.to_string()),
            Err(error) if !why.is_failure() => why = unknown(error.to_string()),
            Err(_) => {}
        }
    }
    Err(why)
}

/// Asks on a connection and judges the answer.
async fn exchange(stream: impl AsyncRead + AsyncWrite + Unpin, probe: &Probe) -> Result<(), ProbeFailure> {
    let request = request(probe)?;
    let fault = |error: hyper::Error| ProbeFailure::of(&error, &probe.host);
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await.map_err(fault)?;
    let (mut connection, mut asking) = (
        pin!(connection),
        pin!(async {
            let answer = sender.send_request(request).await.map_err(fault)?;
            judge(answer, probe).await
        }),
    );
    tokio::select! {
        biased;
        verdict = &mut asking => verdict,
        // The connection has nothing more to read; what it read is still to be judged.
        _ended = &mut connection => asking.await,
    }
}

fn request(probe: &Probe) -> Result<Request<Empty<Bytes>>, ProbeFailure> {
    if !probe.path.starts_with('/') {
        return Err(unknown(format!("the path `{}` does not begin with `/`", probe.path)));
    }
    Request::get(&probe.path)
        .header(HOST, &probe.host)
        .header(ACCEPT, "*/*")
        .header(CONNECTION, "close")
        .body(Empty::new())
        .map_err(|error| unknown(format!("the probe can't be asked: {error}")))
}

/// A wrong status speaks for itself. A right one counts only with the whole answer: a side that says 200 and breaks off
/// serves nobody.
async fn judge(answer: Response<Incoming>, probe: &Probe) -> Result<(), ProbeFailure> {
    let status = answer.status().as_u16();
    if !(probe.status.0..=probe.status.1).contains(&status) {
        return Err(failed(format!("it answered {status}")));
    }
    let (mut body, mut length) = (answer.into_body(), 0);
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|error| ProbeFailure::of(&error, &probe.host))?;
        length += frame.data_ref().map_or(0, Bytes::len);
        if length > LONGEST_ANSWER {
            break;
        }
    }
    Ok(())
}
