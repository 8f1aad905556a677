//! A certificate as it is kept with its key, held against what it is for.

use crate::Roots;
use crate::look::certificate::read;
use crate::probe::install_provider;
use caravan_inventory::Certificate;
use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::ServerCertVerifier;
use rustls::crypto::aws_lc_rs::default_provider;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName, UnixTime};
use rustls::sign::CertifiedKey;
use std::sync::Arc;

/// Why what is kept serves nobody.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum KeptError {
    /// There is no certificate in it.
    #[error("it holds no certificate in PEM")]
    NoCertificate,
    /// There is no key in it, or none for this certificate.
    #[error("the key is none, or another one's")]
    OtherKey,
    /// No known root has signed it for this name, or it is over.
    #[error("it does not hold for {name}: {why}")]
    Untrusted {
        /// The name.
        name: String,
        /// What rustls says.
        why: String,
    },
    /// It can't be read.
    #[error("{0}")]
    Unreadable(String),
}

/// What is kept, if the key is its own, these roots have signed it, and it holds for every name now. For a wildcard some name below
/// it is tried.
///
/// # Errors
/// [`KeptError`]; the key is in none of them.
pub fn kept_certificate(chain: &[u8], key: &[u8], names: &[String], roots: Roots) -> Result<Certificate, KeptError> {
    install_provider();
    let chain: Vec<CertificateDer<'static>> =
        CertificateDer::pem_slice_iter(chain).collect::<Result<_, _>>().map_err(|_| KeptError::NoCertificate)?;
    let (own, others) = chain.split_first().ok_or(KeptError::NoCertificate)?;
    let key = PrivateKeyDer::from_pem_slice(key).map_err(|_| KeptError::OtherKey)?;
    CertifiedKey::from_der(chain.clone(), key, &default_provider()).map_err(|_| KeptError::OtherKey)?;
    let untrusted = |name: &str, why: String| KeptError::Untrusted { name: name.to_owned(), why };
    let verifier = WebPkiServerVerifier::builder(Arc::new(roots.store())).build();
    let verifier = verifier.map_err(|error| KeptError::Unreadable(error.to_string()))?;
    for name in names {
        let host = name.strip_prefix("*.").map_or_else(|| name.clone(), |parent| format!("any.{parent}"));
        let host = ServerName::try_from(host).map_err(|error| untrusted(name, error.to_string()))?;
        let held = verifier.verify_server_cert(own, others, &host, &[], UnixTime::now());
        held.map_err(|error| untrusted(name, error.to_string()))?;
    }
    read(&chain, None).map_err(KeptError::Unreadable)
}

#[cfg(test)]
mod tests {
    use super::*;
    use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};

    /// A root in PEM, and a certificate of these names with its key.
    fn made(names: &[&str]) -> (String, String, String) {
        let key = KeyPair::generate().unwrap();
        let mut parameters = CertificateParams::default();
        parameters.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let root = parameters.self_signed(&key).unwrap();
        let own_key = KeyPair::generate().unwrap();
        let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
        let own = CertificateParams::new(names).unwrap().signed_by(&own_key, &Issuer::new(parameters, key)).unwrap();
        (root.pem(), own.pem(), own_key.serialize_pem())
    }

    fn kept(root: &str, chain: &str, key: &str, name: &str) -> Result<Certificate, KeptError> {
        let mut roots = Roots::public();
        roots.read_pem(root.as_bytes()).unwrap();
        kept_certificate(chain.as_bytes(), key.as_bytes(), &[name.to_owned()], roots)
    }

    #[test]
    fn what_is_kept_is_trusted_for_its_names_with_its_key() {
        let (root, chain, key) = made(&["shop.example.com", "*.wild.example.com"]);
        let held = kept(&root, &chain, &key, "shop.example.com").unwrap();
        assert_eq!((held.fingerprint.len(), held.names.len()), (64, 2));
        assert!(kept(&root, &chain, &key, "*.wild.example.com").is_ok());
        assert!(matches!(kept(&root, &chain, &key, "other.example.com"), Err(KeptError::Untrusted { .. })));
        let (other_root, other_chain, other_key) = made(&["shop.example.com"]);
        assert!(matches!(kept(&other_root, &chain, &key, "shop.example.com"), Err(KeptError::Untrusted { .. })));
        assert_eq!(kept(&root, &chain, &other_key, "shop.example.com"), Err(KeptError::OtherKey));
        assert_eq!(kept(&root, &key, &key, "shop.example.com"), Err(KeptError::NoCertificate));
        assert_eq!(kept(&other_root, &other_chain, "none", "shop.example.com"), Err(KeptError::OtherKey));
    }
}
