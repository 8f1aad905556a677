//! Somebody on the way to the provider, with keys of his own and a good certificate of another host.

use super::tokens::{public, signed};
use super::{AUDIENCE, ID};
use crate::fronts::platform::Authority;
use rcgen::{KeyPair, PKCS_ED25519};
use rustls::pki_types::PrivatePkcs8KeyDer;
use rustls::{ServerConfig, ServerConnection, StreamOwned};
use serde_json::json;
use std::io::{Read, Write};
use std::net::TcpListener;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, SystemTime};

/// He answers where the provider would, until he is dropped.
pub(super) struct Impostor {
    key: KeyPair,
    shared: Arc<Shared>,
}

#[derive(Default)]
struct Shared {
    ended: AtomicBool,
    /// How many connections came to a handshake, good or not.
    came: AtomicU64,
}

impl Impostor {
    pub(super) fn start(authority: &Authority) -> Self {
        let key = KeyPair::generate_for(&PKCS_ED25519).unwrap();
        let (certificate, own) = authority.issue(vec!["elsewhere.example.org".to_owned()]);
        let own = PrivatePkcs8KeyDer::from(own.serialize_der()).into();
        let tls = ServerConfig::builder_with_provider(Arc::new(rustls::crypto::aws_lc_rs::default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![certificate.into()], own)
            .unwrap();
        let (tls, keys, shared) = (Arc::new(tls), public(&key).to_string(), Arc::new(Shared::default()));
        let listener = TcpListener::bind(("127.0.0.1", 443)).unwrap();
        let known = Arc::clone(&shared);
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                if known.ended.load(Ordering::SeqCst) {
                    return;
                }
                let _ = stream.set_read_timeout(Some(Duration::from_secs(5)));
                let mut stream = StreamOwned::new(ServerConnection::new(Arc::clone(&tls)).unwrap(), stream);
                let mut asked = [0; 4096];
                known.came.fetch_add(1, Ordering::SeqCst);
                if stream.read(&mut asked).is_ok_and(|read| read > 0) {
                    let length = keys.len();
                    let _ = write!(
                        stream,
                        "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n{keys}"
                    );
                    let _ = stream.flush();
                }
            }
        });
        Self { key, shared }
    }

    /// A token with everything that the app asks for, but for the key.
    pub(super) fn token(&self) -> String {
        let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap().as_secs();
        let claims = json!({
            "iss": format!("https://{ID}/realms/company"), "aud": [AUDIENCE, "orders"], "sub": "mallory", "iat": now, "exp": now + 300,
            "groups": ["shop-users"], "scope": "orders:read", "preferred_username": "mallory",
        });
        signed(&self.key, &claims)
    }

    /// How many have come to him.
    pub(super) fn came(&self) -> u64 {
        self.shared.came.load(Ordering::SeqCst)
    }
}

impl Drop for Impostor {
    fn drop(&mut self) {
        self.shared.ended.store(true, Ordering::SeqCst);
        // Wakes him up.
        let _ = std::net::TcpStream::connect(("127.0.0.1", 443));
    }
}
