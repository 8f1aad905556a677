//! Requests over a connection of their own, written and read byte by byte.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

/// A response as it came.
#[derive(Debug)]
pub(crate) struct Response {
    pub(crate) status: u16,
    /// Names in lower case, in their order.
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
    /// Whether the body came to its end.
    pub(crate) whole: bool,
    /// When each piece of a chunked body came, from the request on.
    pub(crate) pieces: Vec<Duration>,
}

impl Response {
    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("{error}: {}", self.text()))
    }

    pub(crate) fn all(&self, name: &str) -> Vec<&str> {
        self.headers.iter().filter(|(other, _)| other == name).map(|(_, value)| value.as_str()).collect()
    }
}

/// Sends `head` (lines, without the last empty one) and `body`, and reads the whole answer.
pub(crate) fn send(port: u16, head: &str, body: &[u8]) -> Response {
    let begin = Instant::now();
    let mut stream = TcpStream::connect(("127.0.0.1", port)).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
    let length = if body.is_empty() { String::new() } else { format!("content-length: {}\r\n", body.len()) };
    let head = head.trim().replace('\n', "\r\n");
    let mut bytes = format!("{head}\r\nconnection: close\r\n{length}\r\n").into_bytes();
    bytes.extend_from_slice(body);
    // A server that refuses a body early closes before all of it is sent.
    let _ = stream.write_all(&bytes);
    let mut response = Vec::new();
    let (mut piece, mut pieces) = ([0; 65_536], Vec::new());
    while let Ok(count @ 1..) = stream.read(&mut piece) {
        response.extend_from_slice(&piece[..count]);
        pieces.push(begin.elapsed());
    }
    read(&response, pieces)
}

/// `GET path` with a host and the program's name.
pub(crate) fn get(port: u16, path: &str) -> Response {
    send(port, &format!("GET {path} HTTP/1.1\nhost: shop.example.com\nuser-agent: tests/1"), b"")
}

fn read(bytes: &[u8], pieces: Vec<Duration>) -> Response {
    let end = bytes.windows(4).position(|window| window == b"\r\n\r\n").expect("a response");
    let head = String::from_utf8(bytes[..end].to_vec()).unwrap();
    let mut lines = head.split("\r\n");
    let status = lines.next().unwrap().split(' ').nth(1).unwrap().parse().unwrap();
    let headers: Vec<(String, String)> = lines
        .map(|line| line.split_once(':').unwrap())
        .map(|(name, value)| (name.to_ascii_lowercase(), value.trim().to_owned()))
        .collect();
    let rest = &bytes[end + 4..];
    let chunked = headers.iter().any(|(name, value)| name == "transfer-encoding" && value == "chunked");
    let (body, whole) = if chunked { dechunked(rest) } else { (rest.to_vec(), true) };
    Response { status, headers, body, whole, pieces }
}

fn dechunked(mut rest: &[u8]) -> (Vec<u8>, bool) {
    let mut body = Vec::new();
    loop {
        let Some(end) = rest.windows(2).position(|window| window == b"\r\n") else { return (body, false) };
        let size = usize::from_str_radix(std::str::from_utf8(&rest[..end]).unwrap(), 16).unwrap();
        rest = &rest[end + 2..];
        if size == 0 {
            return (body, true);
        }
        body.extend_from_slice(&rest[..size]);
        rest = &rest[size + 2..];
    }
}
