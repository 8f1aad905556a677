//! Redaction (D1): nothing that could be a secret leaves this module in clear.
//!
//! In: a document as a cloud or a file gave it, and its kind. Out: the same document, with a mark
//! ([`Redacted`]) for everything that is neither an identity by the API's model ([`places`]) nor of a harmless shape
//! ([`shapes`], [`words`]). What cannot be told is marked: a mark costs a question, a leak costs a rotation.
//!
//! Parts of a text go where its structure is understood (URLs, connection strings, JSON, commands); the rest stays, so
//! that hosts make edges and commands can be converted.

mod address;
mod blocks;
mod command;
mod key;
mod names;
mod places;
mod programs;
mod script;
mod shapes;
mod tokens;
mod trigrams;
mod unresolved;
mod value;
mod walk;
mod words;

#[cfg(test)]
mod tests;

use caravan_inventory::Redacted;
use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};

pub(crate) use address::{Parts, percent_decode, split_urls};
pub use key::{KeyError, read_or_create_key};
pub(crate) use shapes::is_host_syntax;

/// Replaces what could be a secret by its keyed fingerprint.
#[derive(Clone)]
pub struct Redactor {
    keyed: Hmac<Sha256>,
    /// How many documents inside texts of documents this one is in.
    depth: u8,
}

impl Redactor {
    /// A redactor whose fingerprints are HMAC-SHA256 (RFC 2104) under this key, of any length; 32 random bytes are best.
    #[must_use]
    pub fn new(key: &[u8]) -> Self {
        // As RFC 2104 says: longer keys are hashed, shorter ones padded with zeros.
        let mut block = [0; 64];
        if key.len() <= block.len() {
            block[..key.len()].copy_from_slice(key);
        } else {
            block[..32].copy_from_slice(&Sha256::digest(key));
        }
        Self { keyed: Hmac::new(&block.into()), depth: 0 }
    }

    /// A text for a person, such as what an API said when it refused: known tokens, URLs and options without secrets.
    #[must_use]
    pub fn redact_text(&self, text: &str) -> String {
        self.command(text).unwrap_or_else(|| text.to_owned())
    }

    /// The mark of a secret: equal secrets, equal marks.
    #[must_use]
    pub fn mark(&self, secret: &str) -> Redacted {
        let mut keyed = self.keyed.clone();
        keyed.update(secret.as_bytes());
        let mut fingerprint = [0; 8];
        fingerprint.copy_from_slice(&keyed.finalize().into_bytes()[..8]);
        Redacted::new(u64::from_be_bytes(fingerprint))
    }
}
