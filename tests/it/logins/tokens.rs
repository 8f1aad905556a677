//! Tokens of Keycloak, and requests that carry them.

use super::KEYCLOAK;
use super::realm::SECRET;
use serde_json::Value;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

/// Who asks.
pub(super) enum Caller<'t> {
    Nobody,
    Token(&'t str),
    Cookie(&'t str),
}

/// Asks the gateway; gives the status and the body.
pub(super) fn ask(port: u16, host: &str, path: &str, caller: &Caller<'_>) -> std::io::Result<(u16, String)> {
    let header = match caller {
        Caller::Nobody => String::new(),
        Caller::Token(token) => format!("authorization: Bearer {token}\r\n"),
        Caller::Cookie(cookie) => format!("cookie: {cookie}\r\n"),
    };
    exchange(port, &format!("GET {path} HTTP/1.1\r\nhost: {host}\r\n{header}connection: close\r\n\r\n"))
}

/// A token for a client, of a person or of itself; nothing where Keycloak gives none.
pub(super) fn token(client: &str, person: Option<(&str, &str)>, scope: &str) -> Option<String> {
    let who = match person {
        Some((name, password)) => format!("grant_type=password&username={name}&password={password}"),
        None => format!("grant_type=client_credentials&client_secret={SECRET}"),
    };
    let asked = if scope.is_empty() { String::new() } else { format!("&scope={}", scope.replace(':', "%3A")) };
    let form = format!("{who}&client_id={client}{asked}");
    let request = format!(
        "POST /realms/company/protocol/openid-connect/token HTTP/1.1\r\nhost: 127.0.0.1:{KEYCLOAK}\r\ncontent-type: \
         application/x-www-form-urlencoded\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{form}",
        form.len()
    );
    let (status, body) = exchange(KEYCLOAK, &request).unwrap();
    let said: Value = serde_json::from_str(&body).unwrap_or_else(|error| panic!("{status} {error}: {body}"));
    let refused = status == 400 && said["error"] == "invalid_scope";
    assert!(status == 200 || refused, "{client}: {status} {body}");
    said["access_token"].as_str().map(str::to_owned)
}

/// A token with one more letter in what it says.
pub(super) fn forged(token: &str) -> String {
    let mut parts: Vec<String> = token.split('.').map(str::to_owned).collect();
    let at = parts[1].len() / 2;
    let other = if parts[1].as_bytes()[at] == b'A' { "B" } else { "A" };
    parts[1].replace_range(at..=at, other);
    parts.join(".")
}

fn exchange(port: u16, request: &str) -> std::io::Result<(u16, String)> {
    let mut stream = TcpStream::connect(("127.0.0.1", port))?;
    stream.set_read_timeout(Some(Duration::from_secs(30)))?;
    stream.write_all(request.as_bytes())?;
    let mut bytes = Vec::new();
    stream.read_to_end(&mut bytes)?;
    let text = String::from_utf8_lossy(&bytes).into_owned();
    let (head, body) = text.split_once("\r\n\r\n").unwrap_or((text.as_str(), ""));
    let status = head.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or_default();
    Ok((status, body.to_owned()))
}
