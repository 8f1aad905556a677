//! One side of a shift as a real HTTP server on loopback, well or not.

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use rustls::ServerConfig;
use rustls::pki_types::PrivatePkcs8KeyDer;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;

/// The host that its probes ask for.
pub(crate) const HOST: &str = "track.example.com";

/// One side of a shift. It ends with the runtime that it was started in.
pub(crate) struct Side {
    /// Where it listens, `host:port`.
    pub(crate) address: String,
    manner: Manner,
}

/// What a side does with whoever asks it.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Answer {
    /// It answers this status.
    Status(u16),
    /// It resets the connection.
    Reset,
    /// It takes the connection and says nothing.
    Silence,
    /// It answers well, so long after the request: also one that waits when it does something else again.
    Late(Duration),
}

type Manner = Arc<Mutex<Answer>>;

impl Side {
    /// Starts one on a free port; it is healthy, and says its name in each answer.
    pub(crate) async fn start(name: &'static str) -> Self {
        Self::start_at("127.0.0.1", name).await
    }

    /// As [`Side::start`], at another address of this machine.
    pub(crate) async fn start_at(address: &str, name: &'static str) -> Self {
        let listener = TcpListener::bind((address, 0)).await.unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let manner = Manner::new(Mutex::new(Answer::Status(200)));
        let answers = Arc::clone(&manner);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                if *answers.lock().unwrap() == Answer::Reset {
                    reset(&stream);
                } else {
                    tokio::spawn(answer(stream, Arc::clone(&answers), name));
                }
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
        let manner = Manner::new(Mutex::new(Answer::Status(200)));
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
        self.does(Answer::Status(status));
    }

    /// What it does from now on with whoever asks it, and with whoever waits for an answer.
    pub(crate) fn does(&self, answer: Answer) {
        *self.manner.lock().unwrap() = answer;
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
            through: Vec::new(),
        }
    }
}

fn reset(stream: &TcpStream) {
    // Closed with nothing left to send, it ends by RST.
    stream.set_zero_linger().unwrap();
}

async fn answer(mut stream: impl AsyncRead + AsyncWrite + Unpin, manner: Manner, name: &str) {
    let mut request = Vec::new();
    while !request.windows(4).any(|end| end == b"\r\n\r\n") {
        match stream.read_buf(&mut request).await {
            Ok(1..) => {}
            _ => return,
        }
    }
    let status = loop {
        let now = *manner.lock().unwrap();
        match now {
            Answer::Status(status) => break status,
            Answer::Reset => return,
            Answer::Silence => tokio::time::sleep(Duration::from_millis(200)).await,
            // Whoever has asked may give up first.
            Answer::Late(after) => tokio::select! {
                () = tokio::time::sleep(after) => break 200,
                _given_up = stream.read_buf(&mut request) => return,
            },
        }
    };
    let length = name.len();
    let text = format!("HTTP/1.1 {status} Told\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n{name}");
    let _ = stream.write_all(text.as_bytes()).await;
    let _ = stream.shutdown().await;
}
