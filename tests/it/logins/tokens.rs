//! Tokens of Keycloak and of nobody, and requests that carry them.

use super::ID;
use super::realm::SECRET;
use crate::fronts::platform::Authority;
use k8s_openapi::ByteString;
use rcgen::{KeyPair, SigningKey};
use rustls::{ClientConnection, StreamOwned};
use serde_json::{Value, json};
use std::io::{ErrorKind, Read, Write};
use std::net::TcpStream;
use std::sync::Arc;
use std::time::Duration;

/// Who asks.
pub(super) enum Caller<'t> {
    Nobody,
    Token(&'t str),
    /// A session's cookies, with what stands besides as `Authorization`.
    Session(&'t str, &'t str),
}

/// Asks the gateway; gives the status and the body.
pub(super) fn ask(port: u16, host: &str, path: &str, caller: &Caller<'_>) -> std::io::Result<(u16, String)> {
    let header = match caller {
        Caller::Nobody => String::new(),
        Caller::Token(token) => format!("authorization: Bearer {token}\r\n"),
        Caller::Session(cookie, other) => format!("cookie: {cookie}\r\nauthorization: {other}\r\n"),
    };
    let request = format!("GET {path} HTTP/1.1\r\nhost: {host}\r\n{header}connection: close\r\n\r\n");
    exchange(&mut connect(port)?, &request)
}

/// Who gives tokens.
pub(super) struct Issuer<'a>(pub(super) &'a Authority);

impl Issuer<'_> {
    /// A token of a realm for a client, of a person or of the client itself; nothing where Keycloak gives none.
    pub(super) fn of_realm(
        &self,
        realm: &str,
        client: &str,
        person: Option<(&str, &str)>,
        scope: &str,
    ) -> Option<String> {
        let who = match person {
            Some((name, password)) => format!("grant_type=password&username={name}&password={password}"),
            None => format!("grant_type=client_credentials&client_secret={SECRET}"),
        };
        let asked = if scope.is_empty() { String::new() } else { format!("&scope={}", scope.replace(':', "%3A")) };
        let form = format!("{who}&client_id={client}{asked}");
        let request = format!(
            "POST /realms/{realm}/protocol/openid-connect/token HTTP/1.1\r\nhost: {ID}\r\ncontent-type: \
             application/x-www-form-urlencoded\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{form}",
            form.len()
        );
        let tls = ClientConnection::new(Arc::clone(&self.0.client), ID.try_into().unwrap()).unwrap();
        let (status, body) = exchange(&mut StreamOwned::new(tls, connect(443).unwrap()), &request).unwrap();
        let said: Value = serde_json::from_str(&body).unwrap_or_else(|error| panic!("{status} {error}: {body}"));
        let refused = status == 400 && said["error"] == "invalid_scope";
        assert!(status == 200 || refused, "{client}: {status} {body}");
        said["access_token"].as_str().map(str::to_owned)
    }

    /// As [`Issuer::of_realm`], of the realm of the app.
    pub(super) fn token(&self, client: &str, person: Option<(&str, &str)>, scope: &str) -> Option<String> {
        self.of_realm("company", client, person, scope)
    }
}

/// A token with one letter changed in what it says.
pub(super) fn forged(token: &str) -> String {
    let mut parts: Vec<String> = token.split('.').map(str::to_owned).collect();
    let at = parts[1].len() / 2;
    let other = if parts[1].as_bytes()[at] == b'A' { "B" } else { "A" };
    parts[1].replace_range(at..=at, other);
    parts.join(".")
}

/// A token that says what it likes, signed by a key of Ed25519.
pub(super) fn signed(key: &KeyPair, claims: &Value) -> String {
    let head = json!({"alg": "EdDSA", "typ": "JWT", "kid": "own"});
    let said = format!("{}.{}", encoded(head.to_string().as_bytes()), encoded(claims.to_string().as_bytes()));
    let signature = encoded(&key.sign(said.as_bytes()).unwrap());
    format!("{said}.{signature}")
}

/// The public half of such a key, as a set of keys has it.
pub(super) fn public(key: &KeyPair) -> Value {
    json!({"keys": [{
        "kty": "OKP", "crv": "Ed25519", "alg": "EdDSA", "use": "sig", "kid": "own", "x": encoded(key.public_key_raw()),
    }]})
}

/// What a token says of its holder.
pub(super) fn claims(token: &str) -> Value {
    let part = token.split('.').nth(1).unwrap_or_default().replace('-', "+").replace('_', "/");
    let whole = format!("{part}{}", "=".repeat((4 - part.len() % 4) % 4));
    let bytes: ByteString = serde_json::from_value(whole.into()).unwrap();
    serde_json::from_slice(&bytes.0).unwrap()
}

/// Base64 as tokens have it.
fn encoded(bytes: &[u8]) -> String {
    let text = serde_json::to_value(ByteString(bytes.to_vec())).unwrap();
    text.as_str().unwrap().trim_end_matches('=').replace('+', "-").replace('/', "_")
}

fn connect(port: u16) -> std::io::Result<TcpStream> {
    let stream = TcpStream::connect(("127.0.0.1", port))?;
    stream.set_read_timeout(Some(Duration::from_secs(30)))?;
    Ok(stream)
}

fn exchange(stream: &mut (impl Read + Write), request: &str) -> std::io::Result<(u16, String)> {
    stream.write_all(request.as_bytes())?;
    let mut bytes = Vec::new();
    match stream.read_to_end(&mut bytes) {
        // The other side need not say that it has ended.
        Err(error) if error.kind() != ErrorKind::UnexpectedEof => return Err(error),
        _ => {}
    }
    let text = String::from_utf8_lossy(&bytes).into_owned();
    let (head, body) = text.split_once("\r\n\r\n").unwrap_or((text.as_str(), ""));
    let status = head.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or_default();
    Ok((status, body.to_owned()))
}
