//! The key of a certificate, and the request that is signed with it.

use rcgen::{CertificateParams, DistinguishedName, KeyPair, PublicKeyData};
use sha2::{Digest, Sha256};
use std::fmt;

/// A key for one certificate. It is shown to nobody but where it is kept.
pub struct CertificateKey {
    pair: KeyPair,
}

impl fmt::Debug for CertificateKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CertificateKey").field("fingerprint", &self.fingerprint()).finish_non_exhaustive()
    }
}

/// A key or a request that can't be made.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// What was kept is no key.
    #[error("what was kept is no key that can sign")]
    Unreadable,
    /// The names can't stand in a request.
    #[error("no request for these names: {0}")]
    Names(#[source] rcgen::Error),
    /// No key could be made.
    #[error("no key could be made")]
    NotMade,
}

impl CertificateKey {
    /// A new key (P-256).
    ///
    /// # Errors
    /// [`KeyError::NotMade`].
    pub fn generate() -> Result<Self, KeyError> {
        Ok(Self { pair: KeyPair::generate().map_err(|_| KeyError::NotMade)? })
    }

    /// A key that was kept, in PEM.
    ///
    /// # Errors
    /// [`KeyError::Unreadable`], without a word of what was read.
    pub fn from_pem(pem: &str) -> Result<Self, KeyError> {
        Ok(Self { pair: KeyPair::from_pem(pem).map_err(|_| KeyError::Unreadable)? })
    }

    /// To be kept where only the new edge and who drives can read it: PKCS #8 in PEM.
    #[must_use]
    pub fn to_secret_pem(&self) -> String {
        self.pair.serialize_pem()
    }

    /// SHA-256 of its public part, in hex: what may be said of it.
    #[must_use]
    pub fn fingerprint(&self) -> String {
        Sha256::digest(self.pair.subject_public_key_info()).iter().map(|byte| format!("{byte:02x}")).collect()
    }

    /// The request for a certificate of these names, in DER.
    ///
    /// # Errors
    /// [`KeyError::Names`].
    pub fn request(&self, names: &[String]) -> Result<Vec<u8>, KeyError> {
        let mut parameters = CertificateParams::new(names).map_err(KeyError::Names)?;
        // A common name may have 64 characters only, and says nothing that the names don't.
        parameters.distinguished_name = DistinguishedName::new();
        let request = parameters.serialize_request(&self.pair).map_err(KeyError::Names)?;
        Ok(request.der().to_vec())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_comes_back_as_it_was_kept_and_shows_itself_nowhere() {
        let key = CertificateKey::generate().unwrap();
        let kept = CertificateKey::from_pem(&key.to_secret_pem()).unwrap();
        assert_eq!(kept.fingerprint(), key.fingerprint());
        let secret = key.to_secret_pem();
        let line = secret.lines().nth(1).unwrap();
        assert!(!format!("{key:?}").contains(line));
        let error = CertificateKey::from_pem(&secret.replacen("MI", "IM", 1)).unwrap_err();
        assert!(!error.to_string().contains(line));
    }

    #[test]
    fn names_that_are_none_make_no_request() {
        let key = CertificateKey::generate().unwrap();
        assert!(key.request(&["shop.example.com".to_owned(), "*.shop.example.com".to_owned()]).is_ok());
        assert!(key.request(&["shöp.example.com".to_owned()]).is_err());
    }
}
