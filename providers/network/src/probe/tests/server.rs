//! A real server on loopback: TCP, and TLS with certificates that can be changed while it runs.

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair, date_time_ymd};
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;
use rustls::{HandshakeKind, ServerConfig};
use std::sync::{Arc, Mutex};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;

/// A root of one's own.
pub(super) struct Root(CertifiedIssuer<'static, KeyPair>);

/// What the server does with a request.
#[derive(Clone, Copy)]
pub(super) enum Does {
    /// Answers this, and closes.
    Answers(&'static str),
    /// Answers nothing and keeps the connection.
    Nothing,
    /// Answers this and resets the connection.
    Resets(&'static str),
}

/// What it saw of a client.
#[derive(Clone, Debug, Default)]
pub(super) struct Seen {
    /// The name that the client wanted a certificate for.
    pub(super) sni: Option<String>,
    /// Whether a certificate was shown, and not an old session resumed.
    pub(super) full: bool,
    /// The request's head.
    pub(super) head: String,
}

/// The server. It ends with the runtime that it was started in.
pub(super) struct Server {
    pub(super) address: String,
    shows: Arc<Shows>,
    seen: Arc<Mutex<Vec<Seen>>>,
}

/// The certificate that it shows.
#[derive(Debug)]
struct Shows(Mutex<Arc<CertifiedKey>>);

impl Root {
    pub(super) fn new(name: &str) -> Self {
        let mut params = CertificateParams::default();
        params.distinguished_name.push(DnType::CommonName, name);
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        Self(CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap())
    }

    pub(super) fn pem(&self) -> String {
        self.0.pem()
    }

    /// A certificate for a name, good until the end of a year.
    pub(super) fn issues(&self, name: &str, until: i32) -> Arc<CertifiedKey> {
        let mut params = CertificateParams::new([name.to_owned()]).unwrap();
        (params.not_before, params.not_after) = (date_time_ymd(2000, 1, 1), date_time_ymd(until, 12, 31));
        let key = KeyPair::generate().unwrap();
        let certificate: CertificateDer<'static> = params.signed_by(&key, &self.0).unwrap().into();
        let key = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(key.serialize_der()));
        let key = rustls::crypto::aws_lc_rs::sign::any_supported_type(&key).unwrap();
        Arc::new(CertifiedKey::new(vec![certificate], key))
    }
}

impl Server {
    /// Starts one that speaks plain HTTP.
    pub(super) async fn plain(does: Does) -> Self {
        Self::start(does, None, Root::new("nobody's").issues("nobody.example.com", 4000)).await
    }

    /// Starts one that speaks TLS.
    pub(super) async fn tls(does: Does, shows: Arc<CertifiedKey>) -> Self {
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let builder = ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap();
        Self::start(does, Some(builder), shows).await
    }

    async fn start(
        does: Does,
        tls: Option<rustls::ConfigBuilder<ServerConfig, rustls::WantsVerifier>>,
        shows: Arc<CertifiedKey>,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let server = Self { address, shows: Arc::new(Shows(Mutex::new(shows))), seen: Arc::default() };
        let shows: Arc<dyn ResolvesServerCert> = Arc::clone(&server.shows) as _;
        let acceptor = tls.map(|tls| TlsAcceptor::from(Arc::new(tls.with_no_client_auth().with_cert_resolver(shows))));
        let seen = Arc::clone(&server.seen);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serve(stream, acceptor.clone(), does, Arc::clone(&seen)));
            }
        });
        server
    }

    /// Shows another certificate from now on.
    pub(super) fn shows(&self, other: Arc<CertifiedKey>) {
        *self.shows.0.lock().unwrap() = other;
    }

    pub(super) fn seen(&self) -> Vec<Seen> {
        self.seen.lock().unwrap().clone()
    }
}

impl ResolvesServerCert for Shows {
    fn resolve(&self, _hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(Arc::clone(&self.0.lock().unwrap()))
    }
}

async fn serve(stream: TcpStream, acceptor: Option<TlsAcceptor>, does: Does, seen: Arc<Mutex<Vec<Seen>>>) {
    if let Does::Resets(_) = does {
        stream.set_zero_linger().unwrap();
    }
    let Some(acceptor) = acceptor else {
        return answer(stream, does, Seen::default(), &seen).await;
    };
    let Ok(stream) = acceptor.accept(stream).await else { return };
    let session = stream.get_ref().1;
    let (sni, kind) = (session.server_name().map(str::to_owned), session.handshake_kind());
    let full = matches!(kind, Some(HandshakeKind::Full | HandshakeKind::FullWithHelloRetryRequest));
    answer(stream, does, Seen { sni, full, head: String::new() }, &seen).await;
}

async fn answer(mut stream: impl AsyncRead + AsyncWrite + Unpin, does: Does, mut by: Seen, seen: &Mutex<Vec<Seen>>) {
    let mut head = Vec::new();
    while !head.windows(4).any(|end| end == b"\r\n\r\n") {
        if !matches!(stream.read_buf(&mut head).await, Ok(1..)) {
            break;
        }
    }
    by.head = String::from_utf8_lossy(&head).into_owned();
    seen.lock().unwrap().push(by);
    match does {
        Does::Nothing => std::future::pending().await,
        Does::Answers(text) => {
            let _ = stream.write_all(text.as_bytes()).await;
            let _ = stream.shutdown().await;
        }
        Does::Resets(text) => {
            let _ = stream.write_all(text.as_bytes()).await;
            let _ = stream.flush().await;
            // What was written arrives before the reset drops it.
            tokio::time::sleep(std::time::Duration::from_millis(100)).await;
        }
    }
}
