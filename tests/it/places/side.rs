//! One side of a shift as a real HTTP server on loopback, well or not.

use std::sync::Arc;
use std::sync::atomic::{AtomicU16, Ordering};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// One side of a shift. It ends with the runtime that it was started in.
pub(crate) struct Side {
    /// Where it listens, `host:port`.
    pub(crate) address: String,
    status: Arc<AtomicU16>,
}

impl Side {
    /// Starts one on a free port; it is well, and says its name in each answer.
    pub(crate) async fn start(name: &'static str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let status = Arc::new(AtomicU16::new(200));
        let answers = Arc::clone(&status);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(answer(stream, Arc::clone(&answers), name));
            }
        });
        Self { address, status }
    }

    /// What it answers from now on.
    pub(crate) fn answers(&self, status: u16) {
        self.status.store(status, Ordering::Relaxed);
    }

    /// How to ask it.
    pub(crate) fn probe(&self) -> caravan_inventory::target::Probe {
        caravan_inventory::target::Probe {
            address: self.address.clone(),
            host: "track.example.com".to_owned(),
            path: "/healthz".to_owned(),
            tls: false,
            status: (200, 299),
            timeout_ms: 5000,
        }
    }
}

async fn answer(mut stream: TcpStream, status: Arc<AtomicU16>, name: &str) {
    let mut request = Vec::new();
    while !request.windows(4).any(|end| end == b"\r\n\r\n") {
        match stream.read_buf(&mut request).await {
            Ok(1..) => {}
            _ => return,
        }
    }
    let status = status.load(Ordering::Relaxed);
    let length = name.len();
    let text = format!("HTTP/1.1 {status} Told\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n{name}");
    let _ = stream.write_all(text.as_bytes()).await;
}
