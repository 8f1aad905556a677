//! The account at a certificate authority, against the real pebble, which finds the names by a real name server.

use caravan_providers::{CallError, CertificateAuthority, ChallengeAnswer, ChallengeKind, OrderSeen};
use caravan_providers_network::{AcmeAccount, CertificateKey, ChallengeServer, Roots, UnknownAccount};
use caravan_tests_testbed::{Knot, Pebble, PebbleSettings};
use rustls::RootCertStore;
use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::ServerCertVerifier;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use std::sync::Arc;
use std::time::Duration;

const ZONE: &str = "customers.test";

/// What pebble signs with, in PEM.
pub(crate) async fn issuing_root(pebble: &Pebble) -> Vec<u8> {
    // Lost only against another test that installs it at the same moment.
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    let own = reqwest::Certificate::from_pem(pebble.own_root().as_bytes()).unwrap();
    let client = reqwest::Client::builder().add_root_certificate(own).build().unwrap();
    client.get(pebble.issuing_root()).send().await.unwrap().bytes().await.unwrap().to_vec()
}

pub(crate) fn roots(pem: &[u8]) -> Roots {
    let mut roots = Roots::public();
    roots.read_pem(pem).unwrap();
    roots
}

fn account_key() -> String {
    CertificateKey::generate().unwrap().to_secret_pem()
}

async fn open(pebble: &Pebble, key: &str, unknown: UnknownAccount) -> Result<AcmeAccount, CallError> {
    AcmeAccount::open(&pebble.directory(), key.as_bytes(), unknown, roots(pebble.own_root().as_bytes())).await
}

async fn until(account: &AcmeAccount, order: &str, wanted: impl Fn(&OrderSeen) -> bool) -> OrderSeen {
    for _ in 0..300 {
        let seen = account.status(order).await.unwrap();
        if wanted(&seen) {
            return seen;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("{order} never gets there");
}

fn names(hosts: &[&str]) -> Vec<String> {
    hosts.iter().map(|host| format!("{host}.{ZONE}")).collect()
}

/// Whether the chain is valid for the name, by the root alone.
fn is_valid(chain: &str, root: &[u8], name: &str) -> bool {
    let mut store = RootCertStore::empty();
    store.add(CertificateDer::from_pem_slice(root).unwrap()).unwrap();
    let verifier = WebPkiServerVerifier::builder(Arc::new(store)).build().unwrap();
    let chain: Vec<CertificateDer<'_>> =
        CertificateDer::pem_slice_iter(chain.as_bytes()).map(|one| one.unwrap()).collect();
    let name = ServerName::try_from(name.to_owned()).unwrap();
    verifier.verify_server_cert(&chain[0], &chain[1..], &name, &[], UnixTime::now()).is_ok()
}

/// From the order to the certificate, once the answers stand where the authority looks.
async fn certificate(account: &AcmeAccount, order: &str, kind: ChallengeKind, names: &[String]) -> String {
    account.validate(order, kind).await.unwrap();
    until(account, order, |seen| *seen == OrderSeen::Ready).await;
    let key = CertificateKey::generate().unwrap();
    account.finalize(order, &key.request(names).unwrap()).await.unwrap();
    until(account, order, |seen| *seen == OrderSeen::Valid).await;
    account.certificate(order).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn certificates_come_by_http_and_by_dns_and_hold() {
    let Some(knot) = Knot::start(&[ZONE]) else { return };
    let Some(pebble) = Pebble::start(PebbleSettings { dns: knot.address(), lasts: 7_776_000 }) else { return };
    let key = account_key();
    let account = open(&pebble, &key, UnknownAccount::Create).await.unwrap();
    let root = issuing_root(&pebble).await;

    let server = ChallengeServer::listen(([127, 0, 0, 1], pebble.http_port()).into()).await.unwrap();
    knot.set(ZONE, &[format!("shop.{ZONE}. 60 IN A 127.0.0.1")]);
    let shop = names(&["shop"]);
    let order = account.order(&shop).await.unwrap();
    let answers = account.answers(&order, ChallengeKind::Http).await.unwrap();
    let [ChallengeAnswer { name, token, http_body, .. }] = &answers[..] else { panic!("{answers:?}") };
    assert_eq!(*name, shop[0]);
    assert!(matches!(account.certificate(&order).await, Err(CallError::Rejected(_))));
    server.put(token, http_body);
    let chain = certificate(&account, &order, ChallengeKind::Http, &shop).await;
    assert!(is_valid(&chain, &root, &shop[0]));
    assert!(!is_valid(&chain, &root, &names(&["other"])[0]));
    let asked = reqwest::get(format!("http://{}/.well-known/acme-challenge/{token}", server.address())).await.unwrap();
    assert_eq!(asked.text().await.unwrap(), *http_body);
    server.take_away(token);
    for path in [format!("/.well-known/acme-challenge/{token}"), "/".to_owned(), "/.well-known/".to_owned()] {
        assert_eq!(reqwest::get(format!("http://{}{path}", server.address())).await.unwrap().status(), 404);
    }

    // A wildcard with its parent: two answers at one name.
    let wild = vec![format!("*.wild.{ZONE}"), format!("wild.{ZONE}")];
    let order = account.order(&wild).await.unwrap();
    let answers = account.answers(&order, ChallengeKind::Dns).await.unwrap();
    assert_eq!(answers.len(), 2, "{answers:?}");
    let records = answers.iter().map(|one| format!("_acme-challenge.{}. 60 IN TXT \"{}\"", one.name, one.txt_value));
    knot.set(ZONE, &records.collect::<Vec<_>>());
    let chain = certificate(&account, &order, ChallengeKind::Dns, &wild).await;
    assert!(is_valid(&chain, &root, &format!("any.wild.{ZONE}")));

    // Whoever comes after a crash has the key and the order's URL, and finds both.
    let again = open(&pebble, &key, UnknownAccount::Refuse).await.unwrap();
    assert_eq!(again.url(), account.url());
    assert_eq!(again.status(&order).await.unwrap(), OrderSeen::Valid);
    assert_eq!(again.certificate(&order).await.unwrap(), chain);
    assert_eq!(pebble.log().matches("orders in the db").count(), 2, "{}", pebble.log());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_an_authority_refuses_is_told_from_what_nobody_knows() {
    let Some(knot) = Knot::start(&[ZONE]) else { return };
    let Some(pebble) = Pebble::start(PebbleSettings { dns: knot.address(), lasts: 7_776_000 }) else { return };
    let key = account_key();
    let unknown = open(&pebble, &key, UnknownAccount::Refuse).await.unwrap_err();
    assert!(matches!(&unknown, CallError::Denied(text) if text.contains("accountDoesNotExist")), "{unknown}");
    let unusable = open(&pebble, "no key", UnknownAccount::Create).await.unwrap_err();
    assert_eq!(unusable, CallError::Denied("the account's key is no PKCS #8 key of P-256 in PEM".to_owned()));
    let directory = pebble.directory();
    let untrusted = AcmeAccount::open(&directory, key.as_bytes(), UnknownAccount::Create, Roots::public()).await;
    assert!(matches!(untrusted, Err(CallError::NotSent(_))));

    let account = open(&pebble, &key, UnknownAccount::Create).await.unwrap();
    let shop = names(&["shop"]);
    let order = account.order(&shop).await.unwrap();
    let early = CertificateKey::generate().unwrap().request(&shop).unwrap();
    assert!(matches!(account.finalize(&order, &early).await, Err(CallError::Rejected(_))));
    let missing = account.status(&format!("{order}x")).await.unwrap_err();
    assert!(matches!(missing, CallError::Missing(_)), "{missing}");

    // Nobody has put the answer anywhere.
    account.validate(&order, ChallengeKind::Dns).await.unwrap();
    let seen = until(&account, &order, |seen| matches!(seen, OrderSeen::Invalid { .. })).await;
    let OrderSeen::Invalid { reason, by_validation } = seen else { unreachable!() };
    assert!(by_validation && reason.starts_with(&shop[0]), "{reason}");

    drop(pebble);
    // A connection that was still open when it went away took the order, and nobody knows whether anybody read it.
    let gone = account.order(&shop).await.unwrap_err();
    assert!(matches!(gone, CallError::NotSent(_) | CallError::InDoubt(_)), "{gone}");
}
