//! What answers over real TLS.

use super::super::site::Sites;
use crate::Roots;
use caravan_inventory::{Address, Looked, Records};
use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair};
use rustls::ServerConfig;
use std::sync::Arc;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;

const HEAD: &str = "HTTP/1.1 200 OK\r\nServer: envoy\r\nVia: 1.1 edge\r\nStrict-Transport-Security: max-age=600; includeSubDomains\r\n\
    Content-Length: 2\r\nConnection: close\r\n\r\nok";
const REDIRECT: &str =
    "HTTP/1.1 301 Moved Permanently\r\nLocation: https://track.customer.example/\r\nContent-Length: 0\r\n\r\n";

/// An authority, its PEM, and a site for these names that it signed for, at a port of 127.0.0.1.
async fn site(names: &[&str]) -> (u16, String) {
    crate::probe::install_provider();
    let key = KeyPair::generate().unwrap();
    let mut params = CertificateParams::default();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.distinguished_name.push(DnType::OrganizationName, "Authority of a Test");
    params.distinguished_name.push(DnType::CommonName, "T1");
    let authority = params.self_signed(&key).unwrap();
    let issuer = Issuer::new(params, key);
    let own_key = KeyPair::generate().unwrap();
    let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
    let own = CertificateParams::new(names).unwrap().signed_by(&own_key, &issuer).unwrap();
    let chain = vec![own.der().clone(), authority.der().clone()];
    let config = ServerConfig::builder().with_no_client_auth().with_single_cert(chain, own_key.into()).unwrap();
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let mut stream = acceptor.accept(stream).await.unwrap();
            let mut request = [0; 1024];
            let _ = stream.read(&mut request).await.unwrap();
            stream.write_all(HEAD.as_bytes()).await.unwrap();
            let _ = stream.shutdown().await;
        }
    });
    (port, authority.pem())
}

async fn plain() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut request = [0; 1024];
            let _ = stream.read(&mut request).await.unwrap();
            stream.write_all(REDIRECT.as_bytes()).await.unwrap();
        }
    });
    port
}

fn here() -> Looked<Records> {
    let addresses = vec![Address { address: [127, 0, 0, 1].into(), ttl: 60 }];
    Looked::Found(Records { addresses, ..Records::default() })
}

#[tokio::test]
async fn a_site_is_seen_with_its_certificate_its_head_and_its_redirect() {
    let (port, pem) = site(&["track.customer.example", "Other.customer.example"]).await;
    let mut roots = Roots::public();
    roots.read_pem(pem.as_bytes()).unwrap();
    let seen = Sites::new(port, plain().await, roots).unwrap().look("track.customer.example", &here()).await;
    let certificate = seen.certificate.found().unwrap();
    assert_eq!(certificate.issuer, "Authority of a Test");
    assert_eq!(certificate.chain, ["T1", "T1"]);
    assert_eq!(certificate.names, ["other.customer.example", "track.customer.example"]);
    assert_eq!((certificate.fingerprint.len(), &certificate.untrusted), (64, &None));
    let head = seen.https.found().unwrap();
    assert_eq!((head.status, head.hsts.as_deref()), (200, Some("max-age=600; includeSubDomains")));
    assert_eq!(head.marks, [("server".to_owned(), "envoy".to_owned()), ("via".to_owned(), "1.1 edge".to_owned())]);
    let redirect = seen.http.found().unwrap();
    assert_eq!((redirect.status, redirect.location.as_deref()), (301, Some("https://track.customer.example/")));
}

#[tokio::test]
async fn a_certificate_that_browsers_refuse_is_seen_all_the_same_with_their_reason() {
    let (port, pem) = site(&["track.customer.example"]).await;
    let seen = Sites::new(port, 1, Roots::public()).unwrap().look("track.customer.example", &here()).await;
    let why = seen.certificate.found().unwrap().untrusted.as_deref().unwrap();
    assert!(why.contains("UnknownIssuer"), "{why}");
    let mut roots = Roots::public();
    roots.read_pem(pem.as_bytes()).unwrap();
    let seen = Sites::new(port, 1, roots).unwrap().look("shop.customer.example", &here()).await;
    let why = seen.certificate.found().unwrap().untrusted.as_deref().unwrap();
    assert!(why.contains("not valid for name"), "{why}");
    let Looked::Unknown(why) = seen.http else { panic!() };
    assert!(why.starts_with("127.0.0.1:1 can't be connected to: "), "{why}");
}

#[tokio::test]
async fn a_wildcard_is_asked_nowhere() {
    let seen = Sites::new(1, 1, Roots::public()).unwrap().look("*.customer.example", &here()).await;
    assert_eq!(seen.certificate, Looked::Unknown("a wildcard has no one host to ask".to_owned()));
}
