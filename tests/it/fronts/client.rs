//! A caller of the gateway, who knows the certificates that it has to show.

use super::pods::HEADER;
use super::rules::Request;
use rustls::ClientConfig;
use rustls::pki_types::ServerName;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;

/// The longest time for one answer.
const LIMIT: Duration = Duration::from_secs(20);

/// An answer of the gateway.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Got {
    pub(crate) status: u64,
    pub(crate) location: Option<String>,
    /// The address of the pod that answered, and its port.
    pub(crate) at: Option<(String, u64)>,
}

/// Sends a request over TLS to an entry; `None` where nobody has the host: no certificate is shown for it.
pub(crate) async fn ask(config: &Arc<ClientConfig>, entry: &str, request: &Request) -> Result<Option<Got>, String> {
    let answer = tokio::time::timeout(LIMIT, exchange(config, entry, request)).await;
    answer.map_err(|_| format!("no answer within {} s", LIMIT.as_secs()))?
}

async fn exchange(config: &Arc<ClientConfig>, entry: &str, request: &Request) -> Result<Option<Got>, String> {
    let text = |error: std::io::Error| error.to_string();
    let stream = TcpStream::connect(entry).await.map_err(text)?;
    let name = ServerName::try_from(request.host.clone()).map_err(|error| error.to_string())?;
    let connector = TlsConnector::from(Arc::clone(config));
    // Where no listener has the name, Envoy closes the connection within the handshake.
    let Ok(mut stream) = connector.connect(name, stream).await else { return Ok(None) };
    let query = request.query_text();
    let query = if query.is_empty() { query } else { format!("?{query}") };
    let headers: String = request.headers.iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect();
    let (method, host, path) = (&request.method, &request.host, &request.path);
    let head = format!("{method} {path}{query} HTTP/1.1\r\nhost: {host}\r\n{headers}content-length: 0\r\n");
    stream.write_all(format!("{head}connection: close\r\n\r\n").as_bytes()).await.map_err(text)?;
    let mut answer = Vec::new();
    while !answer.windows(4).any(|end| end == b"\r\n\r\n") {
        if stream.read_buf(&mut answer).await.map_err(text)? == 0 {
            return Err(format!("half an answer: {answer:?}"));
        }
    }
    let answer = String::from_utf8_lossy(&answer).into_owned();
    let said =
        |name: &str| answer.lines().find_map(|line| Some(line.strip_prefix(name)?.strip_prefix(": ")?.to_owned()));
    let status = answer.split(' ').nth(1).and_then(|status| status.parse().ok());
    let at = said(HEADER).and_then(|at| at.rsplit_once(':').map(|(at, port)| (at.to_owned(), port.parse().unwrap())));
    Ok(Some(Got { status: status.ok_or(answer.clone())?, location: said("location"), at }))
}
