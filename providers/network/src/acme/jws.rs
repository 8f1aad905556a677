//! The account's key, and what is signed with it: JSON Web Signatures (RFC 7515) as ACME wants them (RFC 8555, section 6.2).

use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rustls::pki_types::PrivatePkcs8KeyDer;
use rustls::pki_types::pem::PemObject;
use serde_json::{Value, json};

/// The key of an account: P-256, which every authority knows. It is shown to nobody.
pub(super) struct AccountKey {
    pair: EcdsaKeyPair,
    random: SystemRandom,
    /// Its public part, as base64 without padding: the two coordinates.
    x: String,
    y: String,
}

/// The key can't be used; what is wrong with it is not said in its own words.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub(super) enum AccountKeyError {
    /// It can't be read.
    #[error("the account's key is no PKCS #8 key of P-256 in PEM")]
    Unreadable,
    /// It can't sign.
    #[error("the account's key can't sign")]
    CannotSign,
}

/// Bytes as base64 without padding, in the alphabet of URLs.
pub(super) fn base64url(bytes: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

impl AccountKey {
    /// A key in PEM (PKCS #8).
    ///
    /// # Errors
    /// [`AccountKeyError::Unreadable`].
    pub(super) fn from_pem(pem: &[u8]) -> Result<Self, AccountKeyError> {
        let der = PrivatePkcs8KeyDer::from_pem_slice(pem).map_err(|_| AccountKeyError::Unreadable)?;
        let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, der.secret_pkcs8_der())
            .map_err(|_| AccountKeyError::Unreadable)?;
        // An uncompressed point: 4, then both coordinates of 32 bytes.
        let (x, y) = match pair.public_key().as_ref() {
            [4, coordinates @ ..] if coordinates.len() == 64 => coordinates.split_at(32),
            _ => return Err(AccountKeyError::Unreadable),
        };
        let (x, y) = (base64url(x), base64url(y));
        Ok(Self { pair, random: SystemRandom::new(), x, y })
    }

    /// Its public part (RFC 7517).
    pub(super) fn public(&self) -> Value {
        json!({"crv": "P-256", "kty": "EC", "x": self.x, "y": self.y})
    }

    /// The digest of its public part (RFC 7638), as base64: keys in their order, no spaces.
    pub(super) fn thumbprint(&self) -> String {
        let text = format!(r#"{{"crv":"P-256","kty":"EC","x":"{}","y":"{}"}}"#, self.x, self.y);
        base64url(digest(&SHA256, text.as_bytes()))
    }

    /// What is answered to a challenge (RFC 8555, section 8.1).
    pub(super) fn authorization(&self, token: &str) -> String {
        format!("{token}.{}", self.thumbprint())
    }

    /// A signed request. No payload asks for what is at a URL (POST-as-GET).
    ///
    /// # Errors
    /// [`AccountKeyError::CannotSign`].
    pub(super) fn sign(&self, protected: &Value, payload: Option<&Value>) -> Result<Vec<u8>, AccountKeyError> {
        let protected = base64url(protected.to_string());
        let payload = payload.map(|payload| base64url(payload.to_string())).unwrap_or_default();
        let signed = self.pair.sign(&self.random, format!("{protected}.{payload}").as_bytes());
        let signature = base64url(signed.map_err(|_| AccountKeyError::CannotSign)?);
        Ok(json!({"protected": protected, "payload": payload, "signature": signature}).to_string().into_bytes())
    }
}

/// What the TXT record of an answer says (RFC 8555, section 8.4).
pub(super) fn txt_value(authorization: &str) -> String {
    base64url(digest(&SHA256, authorization.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::CertificateKey;
    use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED, UnparsedPublicKey};

    fn parts(signed: &[u8]) -> [String; 3] {
        let document: Value = serde_json::from_slice(signed).unwrap();
        ["protected", "payload", "signature"].map(|part| document[part].as_str().unwrap().to_owned())
    }

    #[test]
    fn what_is_signed_is_verified_by_the_public_part_alone() {
        let key = AccountKey::from_pem(CertificateKey::generate().unwrap().to_secret_pem().as_bytes()).unwrap();
        let public = [&[4_u8][..], &URL_SAFE_NO_PAD.decode(&key.x).unwrap(), &URL_SAFE_NO_PAD.decode(&key.y).unwrap()];
        let public = UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, public.concat());
        let header = json!({"alg": "ES256", "url": "https://acme.test/"});
        for payload in [None, Some(json!({"csr": "x"}))] {
            let [protected, body, signature] = parts(&key.sign(&header, payload.as_ref()).unwrap());
            let signature = URL_SAFE_NO_PAD.decode(signature).unwrap();
            public.verify(format!("{protected}.{body}").as_bytes(), &signature).unwrap();
            assert_eq!(body.is_empty(), payload.is_none());
            let read: Value = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(protected).unwrap()).unwrap();
            assert_eq!(read, header);
        }
    }

    /// The example of RFC 8555, section 8.1, has no key with it; its form is what can be held.
    #[test]
    fn an_answer_is_token_and_thumbprint() {
        let key = AccountKey::from_pem(CertificateKey::generate().unwrap().to_secret_pem().as_bytes()).unwrap();
        let answer = key.authorization("token");
        assert_eq!(answer, format!("token.{}", key.thumbprint()));
        assert_eq!((key.thumbprint().len(), txt_value(&answer).len()), (43, 43));
        // SHA-256 of "abc", as FIPS 180-2 has it.
        assert_eq!(txt_value("abc"), "ungWv48Bz-pBQUDeXa4iI7ADYaOWF3qctBD_YfIAFa0");
    }

    #[test]
    fn other_keys_are_refused_without_a_word_of_theirs() {
        let pem = CertificateKey::generate().unwrap().to_secret_pem();
        for other in ["", "no key", &pem.replace("PRIVATE", "PUBLIC")] {
            assert_eq!(AccountKey::from_pem(other.as_bytes()).err(), Some(AccountKeyError::Unreadable));
        }
    }
}
