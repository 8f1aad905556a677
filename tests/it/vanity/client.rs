//! A client as customers' users have it: it asks the name server, remembers the answer for its time, and connects with SNI.

use super::resolver::resolve;
use super::scene::{NEW, NEW_PORT};
use caravan_cutover::SystemClock;
use caravan_cutover_engine::{Clock, Moment};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;

/// So many users of each host connect at once, each a few milliseconds after the last answer.
const USERS: usize = 2;

/// What it has seen.
#[derive(Clone, Debug, Default)]
pub(super) struct Seen {
    /// How often it asked.
    pub(super) asked: u64,
    /// What went wrong, and when.
    pub(super) failures: Vec<(Moment, String)>,
    /// How often which edge answered: `HOST EDGE`.
    pub(super) answers: BTreeMap<String, u64>,
    /// Which edge answered last.
    last: BTreeMap<String, String>,
}

impl Seen {
    /// What came of one try: which edge answered, or why none did.
    fn note(&mut self, host: &str, answer: Result<String, String>) {
        self.asked += 1;
        match answer {
            Ok(edge) => {
                *self.answers.entry(format!("{host} {edge}")).or_default() += 1;
                self.last.insert(host.to_owned(), edge);
            }
            Err(why) => self.failures.push((SystemClock.time_of_day(), format!("{host} {why}"))),
        }
    }
}

/// The client. It goes on until it is dropped.
pub(super) struct Client {
    seen: Arc<Mutex<Seen>>,
    tasks: Vec<tokio::task::JoinHandle<()>>,
}

impl Client {
    pub(super) fn start(hosts: &[&'static str], roots: &[u8]) -> Self {
        let mut store = RootCertStore::empty();
        for root in CertificateDer::pem_slice_iter(roots) {
            store.add(root.unwrap()).unwrap();
        }
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let mut tls = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_root_certificates(store)
            .with_no_client_auth();
        // Each handshake is a whole one.
        tls.resumption = rustls::client::Resumption::disabled();
        let (tls, seen) = (Arc::new(tls), Arc::new(Mutex::new(Seen::default())));
        let hosts = hosts.iter().flat_map(|host| [host; USERS]);
        let tasks = hosts.map(|host| tokio::spawn(ask_on(host, Arc::clone(&tls), Arc::clone(&seen))));
        Self { tasks: tasks.collect(), seen }
    }

    pub(super) fn seen(&self) -> Seen {
        self.seen.lock().unwrap().clone()
    }

    /// Which edge answered last for a host.
    pub(super) fn last(&self, host: &str) -> String {
        self.seen().last[host].clone()
    }
}

impl Drop for Client {
    fn drop(&mut self) {
        self.tasks.iter().for_each(tokio::task::JoinHandle::abort);
    }
}

async fn ask_on(host: &'static str, tls: Arc<ClientConfig>, seen: Arc<Mutex<Seen>>) {
    let mut remembered: Option<(Ipv4Addr, Instant)> = None;
    loop {
        let address = match remembered.filter(|(_, until)| Instant::now() < *until) {
            Some((address, _)) => Ok(address),
            None => resolve(host).await.map(|(address, ttl)| {
                remembered = Some((address, Instant::now() + Duration::from_secs(ttl.into())));
                address
            }),
        };
        let answer = match address {
            Ok(address) => ask(host, address, &tls).await.map_err(|why| format!("{address}: {why}")),
            Err(why) => Err(why),
        };
        seen.lock().unwrap().note(host, answer);
        tokio::time::sleep(Duration::from_millis(3)).await;
    }
}

/// Connects with a whole handshake, and gives which edge answered.
async fn ask(host: &str, address: Ipv4Addr, tls: &Arc<ClientConfig>) -> Result<String, String> {
    // The new edge is at another port here: nobody but root has 443 twice.
    let port = if address == NEW.parse::<Ipv4Addr>().unwrap() { NEW_PORT } else { 443 };
    let stream = within("connection", TcpStream::connect(SocketAddr::new(IpAddr::V4(address), port))).await?;
    let name = ServerName::try_from(host.to_owned()).unwrap();
    let mut stream = within("handshake", TlsConnector::from(Arc::clone(tls)).connect(name, stream)).await?;
    let request = format!("GET / HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n\r\n");
    within("request", stream.write_all(request.as_bytes())).await?;
    let text = within("answer", answer(&mut stream)).await?;
    let whole = text.starts_with("HTTP/1.1 200 ");
    match text.rsplit("\r\n\r\n").next() {
        Some(body) if whole && body.contains("old") => Ok("old".to_owned()),
        Some(body) if whole && body.contains("new") => Ok("new".to_owned()),
        _ => Err(format!("answer: {text}")),
    }
}

/// Reads an answer to its end, which its head tells: some edges take their time until they close.
async fn answer(stream: &mut (impl AsyncRead + Unpin)) -> std::io::Result<String> {
    let mut text = String::new();
    loop {
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let length =
                head.lines().find_map(|line| line.to_lowercase().strip_prefix("content-length:")?.trim().parse().ok());
            if length.is_some_and(|length: usize| body.len() >= length) {
                return Ok(text);
            }
        }
        let mut part = [0; 4096];
        let read = stream.read(&mut part).await?;
        if read == 0 {
            return Ok(text);
        }
        text += &String::from_utf8_lossy(&part[..read]);
    }
}

/// What is not there within five seconds is as good as failed.
async fn within<T>(what: &str, work: impl Future<Output = std::io::Result<T>>) -> Result<T, String> {
    match tokio::time::timeout(Duration::from_secs(5), work).await {
        Ok(done) => done.map_err(|error| format!("{what}: {error}")),
        Err(_) => Err(format!("{what}: nothing within 5 s")),
    }
}
