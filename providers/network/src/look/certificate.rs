//! The certificate that a server shows, whether it holds or not.

use caravan_inventory::Certificate;
use jiff::Timestamp;
use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{DigitallySignedStruct, Error, SignatureScheme};
use sha2::{Digest, Sha256};
use std::sync::{Arc, Mutex, PoisonError};
use x509_cert::der::Decode;
use x509_cert::der::oid::ObjectIdentifier;
use x509_cert::der::oid::db::rfc4519::{CN, O};
use x509_cert::ext::pkix::SubjectAltName;
use x509_cert::ext::pkix::name::GeneralName;

/// Takes every certificate, and keeps what a browser would have said to it. Who holds its key is proven all the same.
#[derive(Debug)]
pub(super) struct Keeping {
    inner: Arc<WebPkiServerVerifier>,
    untrusted: Mutex<Option<String>>,
}

impl Keeping {
    pub(super) fn new(inner: Arc<WebPkiServerVerifier>) -> Self {
        Self { inner, untrusted: Mutex::default() }
    }

    /// Why browsers would not have taken it.
    pub(super) fn untrusted(&self) -> Option<String> {
        self.untrusted.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl ServerCertVerifier for Keeping {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        if let Err(error) = self.inner.verify_server_cert(end_entity, intermediates, server_name, ocsp_response, now) {
            *self.untrusted.lock().unwrap_or_else(PoisonError::into_inner) = Some(error.to_string());
        }
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.inner.verify_tls12_signature(message, cert, dss)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.inner.verify_tls13_signature(message, cert, dss)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.inner.supported_verify_schemes()
    }
}

/// What a chain says, the server's own first.
///
/// # Errors
/// When it can't be read.
pub(crate) fn read(chain: &[CertificateDer<'_>], untrusted: Option<String>) -> Result<Certificate, String> {
    let own = chain.first().ok_or("it shows no certificate")?;
    let parsed = parse(own)?;
    let seconds = parsed.tbs_certificate.validity.not_after.to_unix_duration().as_secs();
    let not_after = i64::try_from(seconds).ok().and_then(|seconds| Timestamp::from_second(seconds).ok());
    let issuers = chain.iter().map(|one| parse(one).map(|one| named(&one, &[CN, O])));
    Ok(Certificate {
        issuer: named(&parsed, &[O, CN]),
        chain: issuers.collect::<Result<_, _>>()?,
        names: names(&parsed)?,
        not_after: not_after.ok_or("its certificate has no end that could be told")?,
        fingerprint: Sha256::digest(own).iter().map(|byte| format!("{byte:02x}")).collect(),
        untrusted,
    })
}

fn parse(der: &CertificateDer<'_>) -> Result<x509_cert::Certificate, String> {
    x509_cert::Certificate::from_der(der).map_err(unreadable)
}

fn unreadable(error: x509_cert::der::Error) -> String {
    format!("its certificate can't be read: {error}")
}

/// Who signed, by the first of these attributes that the issuer's name has, else by the whole name.
fn named(certificate: &x509_cert::Certificate, wanted: &[ObjectIdentifier]) -> String {
    let issuer = &certificate.tbs_certificate.issuer;
    let attributes = || issuer.0.iter().flat_map(|part| part.0.iter());
    let found = wanted.iter().find_map(|oid| attributes().find(|attribute| attribute.oid == *oid));
    // Of the kinds of text that are used, UTF-8 reads both.
    found.map_or_else(|| issuer.to_string(), |found| String::from_utf8_lossy(found.value.value()).into_owned())
}

fn names(certificate: &x509_cert::Certificate) -> Result<Vec<String>, String> {
    let alternative = certificate.tbs_certificate.get::<SubjectAltName>().map_err(unreadable)?;
    let general = alternative.iter().flat_map(|(_critical, names)| &names.0);
    let mut names: Vec<String> = general
        .filter_map(|name| match name {
            GeneralName::DnsName(name) => Some(name.as_str().to_ascii_lowercase()),
            _ => None,
        })
        .collect();
    names.sort();
    Ok(names)
}
