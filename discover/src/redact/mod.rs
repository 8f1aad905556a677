//! Redaction (D1): nothing that could be a secret leaves this module in clear.

mod key;

use caravan_inventory::{ObservationKind, Redacted};
use hmac::{Hmac, Mac};
use serde_json::Value;
use sha2::Sha256;

pub use key::{KeyError, read_or_create_key};

/// Replaces what could be a secret by its keyed fingerprint.
#[derive(Clone)]
pub struct Redactor {
    keyed: Hmac<Sha256>,
}

impl Redactor {
    /// A redactor whose fingerprints are HMAC-SHA256 (RFC 2104) under this key, of any length; 32 random bytes are best.
    #[must_use]
    pub fn new(key: &[u8]) -> Self {
        let keyed = Hmac::new_from_slice(key).unwrap_or_else(|_| unreachable!("HMAC takes a key of any length"));
        Self { keyed }
    }

    /// Replaces, in place, every string that is neither an identity by the API's model nor of a harmless shape.
    ///
    /// Redacting twice changes nothing more.
    pub fn redact(&self, document: &mut Value, kind: ObservationKind) {
        let _ = kind;
        self.mark_all(document);
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

    fn mark_all(&self, value: &mut Value) {
        match value {
            Value::String(text) => *text = self.mark(text).to_string(),
            Value::Array(items) => items.iter_mut().for_each(|item| self.mark_all(item)),
            Value::Object(fields) => fields.values_mut().for_each(|field| self.mark_all(field)),
            Value::Null | Value::Bool(_) | Value::Number(_) => {}
        }
    }
}
