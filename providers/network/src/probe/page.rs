//! Reads a page from every address of a host: each may be another replica.

use super::{Prober, secure_as};
use http_body_util::{BodyExt, Empty};
use hyper::body::Bytes;
use hyper::client::conn::http1;
use hyper::header::{ACCEPT, CONNECTION, HOST};
use hyper::{Request, Uri};
use hyper_util::rt::TokioIo;
use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::pin::pin;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpStream, lookup_host};
use tokio::task::JoinSet;
use tokio::time::timeout;

/// The longest time for one page.
const LIMIT: Duration = Duration::from_secs(5);
/// The longest page: a gateway of thousands of routes writes some tens of megabytes.
const LONGEST: usize = 64 << 20;

impl Prober {
    /// Reads `http(s)://host[:port]/path` from each address that the host's name has, so that every replica behind a headless
    /// Service is asked. Gives the text of each, by address.
    ///
    /// # Errors
    /// Why one of them can't be read, with its address: a part of the replicas would count a part of the requests.
    pub async fn pages(&self, url: &str) -> Result<Vec<(SocketAddr, String)>, String> {
        let uri: Uri = url.parse().map_err(|_| format!("{url} is no URL"))?;
        let tls = match uri.scheme_str() {
            Some("http") => false,
            Some("https") => true,
            _ => return Err(format!("{url} begins neither with http:// nor with https://")),
        };
        let host = uri.host().unwrap_or_default().trim_matches(['[', ']']).to_owned();
        let port = uri.port_u16().unwrap_or(if tls { 443 } else { 80 });
        let found = timeout(LIMIT, lookup_host((host.as_str(), port))).await;
        let found = found.map_err(|_| format!("{host} can't be looked up in time"))?;
        let addresses: BTreeSet<SocketAddr> =
            found.map_err(|error| format!("{host} can't be looked up: {error}"))?.collect();
        let mut reading = JoinSet::new();
        for address in addresses {
            let (prober, uri, host) = (self.clone(), uri.clone(), host.clone());
            reading.spawn(async move {
                let read = timeout(LIMIT, prober.page(address, &uri, &host, tls)).await;
                let text = read.unwrap_or_else(|_| Err(format!("no whole answer within {} s", LIMIT.as_secs())));
                text.map(|text| (address, text)).map_err(|why| format!("{uri} at {address}: {why}"))
            });
        }
        let mut pages = reading.join_all().await.into_iter().collect::<Result<Vec<_>, _>>()?;
        pages.sort_unstable_by_key(|(address, _)| *address);
        Ok(pages)
    }

    async fn page(&self, address: SocketAddr, uri: &Uri, host: &str, tls: bool) -> Result<String, String> {
        let stream = TcpStream::connect(address).await.map_err(|error| error.to_string())?;
        if tls {
            let stream = secure_as(&self.tls, stream, host).await.map_err(|failure| failure.text())?;
            get(stream, uri).await
        } else {
            get(stream, uri).await
        }
    }
}

async fn get(stream: impl AsyncRead + AsyncWrite + Unpin, uri: &Uri) -> Result<String, String> {
    let path = uri.path_and_query().map_or("/", |path| path.as_str());
    let request = Request::get(path)
        .header(HOST, uri.authority().map_or("", |authority| authority.as_str()))
        .header(ACCEPT, "text/plain")
        .header(CONNECTION, "close")
        .body(Empty::<Bytes>::new())
        .map_err(|error| error.to_string())?;
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await.map_err(|error| error.to_string())?;
    let (mut connection, mut asking) = (
        pin!(connection),
        pin!(async {
            let answer = sender.send_request(request).await.map_err(|error| error.to_string())?;
            let status = answer.status();
            if status != 200 {
                return Err(format!("it answered {status}"));
            }
            let (mut body, mut read) = (answer.into_body(), Vec::new());
            while let Some(frame) = body.frame().await {
                let frame = frame.map_err(|error| error.to_string())?;
                read.extend_from_slice(frame.data_ref().map_or(&[], Bytes::as_ref));
                if read.len() > LONGEST {
                    return Err(format!("it is longer than {LONGEST} bytes"));
                }
            }
            String::from_utf8(read).map_err(|_| "it is no text".to_owned())
        }),
    );
    tokio::select! {
        biased;
        read = &mut asking => read,
        // The connection has nothing more to read; what it read is still to be judged.
        _ended = &mut connection => asking.await,
    }
}
