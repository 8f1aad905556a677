//! One side of a shift as a real HTTP server on loopback, well or not.

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use rustls::ServerConfig;
use rustls::pki_types::PrivatePkcs8KeyDer;
use std::sync::Arc;
use std::sync::atomic::{AtomicU16, AtomicU64, Ordering};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;

/// The host that its probes ask for.
pub(crate) const HOST: &str = "track.example.com";

/// One side of a shift. It ends with the runtime that it was started in.
pub(crate) struct Side {
    /// Where it listens, `host:port`.
    pub(crate) address: String,
    manner: Arc<Manner>,
}

/// How it answers.
struct Manner {
    status: AtomicU16,
    /// Milliseconds before it does; [`NEVER`] hangs.
    after_ms: AtomicU64,
}

const NEVER: u64 = u64::MAX;

impl Manner {
    fn well() -> Arc<Self> {
        Arc::new(Self { status: AtomicU16::new(200), after_ms: AtomicU64::new(0) })
    }
}

impl Side {
    /// Starts one on a free port; it is healthy, and says its name in each answer.
    pub(crate) async fn start(name: &'static str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let manner = Manner::well();
        let answers = Arc::clone(&manner);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(answer(stream, Arc::clone(&answers), name));
            }
        });
        Self { address, manner }
    }

    /// As [`Side::start`], over TLS, with a certificate for the host of its probe. Also the PEM of the root that issued it.
    pub(crate) async fn secure(name: &'static str) -> (Self, String) {
        let mut root = CertificateParams::default();
        root.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let root = CertifiedIssuer::self_signed(root, KeyPair::generate().unwrap()).unwrap();
        let key = KeyPair::generate().unwrap();
        let certificate = CertificateParams::new([HOST.to_owned()]).unwrap().signed_by(&key, &root).unwrap();
        let key = PrivatePkcs8KeyDer::from(key.serialize_der()).into();
        let tls = ServerConfig::builder_with_provider(Arc::new(rustls::crypto::aws_lc_rs::default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![certificate.into()], key)
            .unwrap();
        let acceptor = TlsAcceptor::from(Arc::new(tls));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let manner = Manner::well();
        let answers = Arc::clone(&manner);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (acceptor, answers) = (acceptor.clone(), Arc::clone(&answers));
                tokio::spawn(async move {
                    if let Ok(stream) = acceptor.accept(stream).await {
                        answer(stream, answers, name).await;
                    }
                });
            }
        });
        (Self { address, manner }, root.pem())
    }

    /// What it answers from now on.
    pub(crate) fn answers(&self, status: u16) {
        self.manner.status.store(status, Ordering::Relaxed);
    }

    /// It takes so long for each request that comes from now on.
    pub(crate) fn takes(&self, time: Duration) {
        self.manner.after_ms.store(u64::try_from(time.as_millis()).unwrap(), Ordering::Relaxed);
    }

    /// It takes requests from now on and answers none.
    pub(crate) fn hangs(&self) {
        self.manner.after_ms.store(NEVER, Ordering::Relaxed);
    }

    /// How to ask it.
    pub(crate) fn probe(&self) -> caravan_providers::target::Probe {
        caravan_providers::target::Probe {
            address: self.address.clone(),
            host: HOST.to_owned(),
            path: "/healthz".to_owned(),
            tls: false,
            status: (200, 299),
            timeout_ms: 5000,
            grpc: None,
        }
    }
}

async fn answer(mut stream: impl AsyncRead + AsyncWrite + Unpin, manner: Arc<Manner>, name: &str) {
    let mut request = Vec::new();
    while !request.windows(4).any(|end| end == b"\r\n\r\n") {
        match stream.read_buf(&mut request).await {
            Ok(1..) => {}
            _ => return,
        }
    }
    let (status, after_ms) = (manner.status.load(Ordering::Relaxed), manner.after_ms.load(Ordering::Relaxed));
    if after_ms > 0 {
        // Whoever has asked may give up first.
        tokio::select! {
            () = tokio::time::sleep(Duration::from_millis(after_ms.min(3_600_000))) => {}
            _given_up = stream.read_buf(&mut request) => return,
        }
    }
    let length = name.len();
    let text = format!("HTTP/1.1 {status} Told\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n{name}");
    let _ = stream.write_all(text.as_bytes()).await;
    let _ = stream.shutdown().await;
}
