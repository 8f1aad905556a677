//! Requests over plain HTTP/1.1 that hold what a test wants, and their answers.

use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// The longest time for one answer.
const LIMIT: Duration = Duration::from_secs(20);
/// What a server writes of itself or of the connection.
const OF_THE_WAY: [&str; 6] = ["date", "server", "content-length", "transfer-encoding", "connection", "keep-alive"];

/// One request.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(crate) struct Request {
    pub(crate) method: &'static str,
    pub(crate) host: String,
    /// Path and query.
    pub(crate) target: String,
    pub(crate) headers: Vec<(String, String)>,
}

/// What of an answer has to be the same.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: BTreeMap<String, Vec<String>>,
    pub(crate) body: String,
}

/// Asks a server on the loopback.
pub(crate) fn ask(port: u16, request: &Request) -> Result<Answer, String> {
    let text = |error: std::io::Error| format!("{request:?}: {error}");
    let mut stream = TcpStream::connect(("127.0.0.1", port)).map_err(text)?;
    stream.set_read_timeout(Some(LIMIT)).map_err(text)?;
    let headers: String = request.headers.iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect();
    let body = if matches!(request.method, "POST" | "PUT") { "sent" } else { "" };
    let length = if body.is_empty() { String::new() } else { format!("content-length: {}\r\n", body.len()) };
    let Request { method, host, target, .. } = request;
    let sent =
        format!("{method} {target} HTTP/1.1\r\nhost: {host}\r\n{headers}{length}connection: close\r\n\r\n{body}");
    stream.write_all(sent.as_bytes()).map_err(text)?;
    let mut bytes = Vec::new();
    let mut part = [0; 16384];
    // Not until the connection ends: a server may keep it open for a body that its Worker never read.
    while !is_whole(&bytes, request.method) {
        let read = stream.read(&mut part).map_err(text)?;
        if read == 0 {
            break;
        }
        bytes.extend_from_slice(&part[..read]);
    }
    read(&bytes, request.method)
        .ok_or_else(|| format!("{request:?}: half an answer: {}", String::from_utf8_lossy(&bytes)))
}

/// Whether an answer is there to its end, by its length or its last chunk.
fn is_whole(bytes: &[u8], method: &str) -> bool {
    let Some(end) = bytes.windows(4).position(|end| end == b"\r\n\r\n") else { return false };
    let head = String::from_utf8_lossy(&bytes[..end]).to_ascii_lowercase();
    let length = head.lines().find_map(|line| line.strip_prefix("content-length:")?.trim().parse::<usize>().ok());
    let status = head.split(' ').nth(1).unwrap_or_default();
    match length {
        // Such answers have no body, and say nothing of its length.
        _ if method == "HEAD" || matches!(status, "204" | "304") => true,
        Some(length) => bytes.len() >= end + 4 + length,
        None => head.contains("transfer-encoding: chunked") && bytes.ends_with(b"0\r\n\r\n"),
    }
}

fn read(bytes: &[u8], method: &str) -> Option<Answer> {
    let end = bytes.windows(4).position(|end| end == b"\r\n\r\n")?;
    let head = String::from_utf8_lossy(&bytes[..end]).into_owned();
    let mut lines = head.split("\r\n");
    let status = lines.next()?.split(' ').nth(1)?.parse().ok()?;
    let mut headers: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let mut chunked = false;
    for (name, value) in lines.filter_map(|line| line.split_once(':')) {
        let name = name.to_ascii_lowercase();
        chunked |= name == "transfer-encoding";
        if !OF_THE_WAY.contains(&name.as_str()) {
            headers.entry(name).or_default().push(value.trim().to_owned());
        }
    }
    let rest = &bytes[end + 4..];
    let body = if chunked && method != "HEAD" { unchunked(rest)? } else { rest.to_vec() };
    Some(Answer { status, headers, body: String::from_utf8_lossy(&body).into_owned() })
}

fn unchunked(mut rest: &[u8]) -> Option<Vec<u8>> {
    let mut out = Vec::new();
    loop {
        let line = rest.windows(2).position(|end| end == b"\r\n")?;
        let length = usize::from_str_radix(std::str::from_utf8(&rest[..line]).ok()?.trim(), 16).ok()?;
        rest = &rest[line + 2..];
        if length == 0 {
            return Some(out);
        }
        out.extend_from_slice(rest.get(..length)?);
        rest = rest.get(length + 2..)?;
    }
}

/// An origin that answers with what it was asked. It runs as long as the test.
pub(crate) fn origin() -> u16 {
    watched_origin().0
}

/// The same, and what it was asked, in its order.
pub(crate) fn watched_origin() -> (u16, Arc<Mutex<Vec<String>>>) {
    let asked = Arc::<Mutex<Vec<String>>>::default();
    let seen = Arc::clone(&asked);
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let seen = Arc::clone(&seen);
            std::thread::spawn(move || echo(stream, &seen));
        }
    });
    (port, asked)
}

fn echo(mut stream: TcpStream, seen: &Mutex<Vec<String>>) -> Option<()> {
    stream.set_read_timeout(Some(LIMIT)).ok()?;
    let mut bytes = Vec::new();
    let mut part = [0; 4096];
    let end = loop {
        if let Some(end) = bytes.windows(4).position(|end| end == b"\r\n\r\n") {
            break end;
        }
        let read = stream.read(&mut part).ok().filter(|read| *read > 0)?;
        bytes.extend_from_slice(&part[..read]);
    };
    let head = String::from_utf8_lossy(&bytes[..end]).into_owned();
    let header = |wanted: &str| {
        let fits = |line: &&str| line.split_once(':').is_some_and(|(name, _)| name.eq_ignore_ascii_case(wanted));
        head.lines().skip(1).find(fits).and_then(|line| line.split_once(':')).map(|(_, value)| value.trim().to_owned())
    };
    let length: usize = header("content-length").and_then(|length| length.parse().ok()).unwrap_or(0);
    while bytes.len() < end + 4 + length && header("transfer-encoding").is_none() {
        let read = stream.read(&mut part).ok().filter(|read| *read > 0)?;
        bytes.extend_from_slice(&part[..read]);
    }
    let first = head.lines().next()?.rsplit_once(' ')?.0;
    let said = |name: &str| header(name).unwrap_or_default();
    let body = format!("{first} host={} stamp={} secret={}", said("host"), said("x-stamp"), said("x-secret"));
    seen.lock().unwrap().push(body.clone());
    let sent = if first.starts_with("HEAD") { "" } else { &body };
    let answer = format!(
        "HTTP/1.1 203 Fine\r\nx-origin: yes\r\ncontent-type: text/plain\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{sent}",
        body.len()
    );
    stream.write_all(answer.as_bytes()).ok()
}

/// Requests that a script's own texts suggest: each path, what is longer, what has a query; each method; each header that it
/// reads with each short text of it.
pub(crate) fn suggested(script: &str, hosts: &[&str]) -> Vec<Request> {
    let literals: Vec<&str> = script.split('"').skip(1).step_by(2).collect();
    let mut paths: Vec<String> = vec!["/".to_owned(), "/nowhere".to_owned(), "/NoWhere/at%20all.env".to_owned()];
    for path in literals.iter().filter(|text| text.starts_with('/') && !text.contains(' ')) {
        let path = path.split('?').next().unwrap_or(path);
        let longer = if path.ends_with('/') { format!("{path}deeper") } else { format!("{path}x") };
        paths.extend([path.to_owned(), longer, format!("{path}?q=1&r=a%20b"), path.to_ascii_uppercase()]);
    }
    paths.sort();
    paths.dedup();
    let names: Vec<&str> = script.split("headers.get(\"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
    let values = literals
        .iter()
        .filter(|text| !text.is_empty() && text.len() < 20 && text.is_ascii() && !text.contains(['/', '\\', '\n']));
    let values: Vec<&str> = values.copied().chain(["crawler/1.0"]).collect();
    let mut all = Vec::new();
    for host in hosts {
        let new = |method, target: &str, headers| Request {
            method,
            host: (*host).to_owned(),
            target: target.to_owned(),
            headers,
        };
        all.extend(paths.iter().map(|path| new("GET", path, Vec::new())));
        for method in ["HEAD", "POST", "PUT", "OPTIONS"] {
            all.extend(paths.iter().take(25).map(|path| new(method, path, Vec::new())));
        }
        for name in &names {
            for value in &values {
                for path in [&paths[0], &paths[paths.len() / 2]] {
                    all.push(new("GET", path, vec![((*name).to_owned(), (*value).to_owned())]));
                }
            }
        }
    }
    all
}

/// What two servers answer differently, for a person.
pub(crate) fn differences(requests: &[Request], original: u16, converted: u16) -> Vec<String> {
    let differs = |request: &Request| match (ask(original, request), ask(converted, request)) {
        (Ok(original), Ok(converted)) if original == converted => None,
        (original, converted) => Some(format!("{request:?}:\n  original  {original:?}\n  converted {converted:?}")),
    };
    requests.iter().filter_map(differs).collect()
}
