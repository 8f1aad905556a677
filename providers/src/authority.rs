//! The contract with a certificate authority that speaks ACME (RFC 8555): one order, one question or change at a time.

use crate::CallError;
use std::future::Future;

/// How a name is proven.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum ChallengeKind {
    /// Over HTTP on port 80, `/.well-known/acme-challenge/TOKEN`; up to ten redirects are followed.
    Http,
    /// By a TXT record at `_acme-challenge.NAME`; aliases are followed.
    Dns,
}

/// What is to be put where the authority looks.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct ChallengeAnswer {
    /// The name that is proven, without `*.`.
    pub name: String,
    /// The token: the last part of the path over HTTP.
    pub token: String,
    /// What is answered there over HTTP.
    pub http_body: String,
    /// What the TXT record says.
    pub txt_value: String,
}

/// How an order stands.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum OrderSeen {
    /// Not every name is proven.
    Pending,
    /// All are; it can be finalized.
    Ready,
    /// The certificate is being made.
    Processing,
    /// It is there.
    Valid,
    /// The order came to nothing.
    Invalid {
        /// Why, in the authority's words.
        reason: String,
        /// Whether a validation failed: the authority counts those.
        by_validation: bool,
    },
}

/// An account at a certificate authority. Nothing here is repeated by itself, and nothing waits: who drives looks again.
///
/// A change whose answer was lost is [`CallError::InDoubt`]; one that the authority's limits refuse [`CallError::Throttled`].
pub trait CertificateAuthority: Send + Sync {
    /// Places an order for these names and gives its URL. Journal it before anything else.
    ///
    /// # Errors
    /// Those of a call. In doubt, the authority may have an order that nobody knows the URL of.
    fn order(&self, names: &[String]) -> impl Future<Output = Result<String, CallError>> + Send;

    /// How an order stands.
    ///
    /// # Errors
    /// Those of a call.
    fn status(&self, order: &str) -> impl Future<Output = Result<OrderSeen, CallError>> + Send;

    /// What is to be put where the authority looks, for each name. Of names that are proven it is told, too, as far as the authority
    /// still does: so that it can be taken away.
    ///
    /// # Errors
    /// Those of a call; [`CallError::Rejected`] where the authority does not offer this way.
    fn answers(
        &self,
        order: &str,
        kind: ChallengeKind,
    ) -> impl Future<Output = Result<Vec<ChallengeAnswer>, CallError>> + Send;

    /// Tells the authority to look. A name that is proven, or looked at already, is left alone.
    ///
    /// # Errors
    /// Those of a call. That a validation failed is no error here: the order says so.
    fn validate(&self, order: &str, kind: ChallengeKind) -> impl Future<Output = Result<(), CallError>> + Send;

    /// Asks for the certificate of a key, by a request in DER (PKCS #10).
    ///
    /// # Errors
    /// Those of a call.
    fn finalize(&self, order: &str, request: &[u8]) -> impl Future<Output = Result<(), CallError>> + Send;

    /// The certificate with its chain, in PEM.
    ///
    /// # Errors
    /// Those of a call; [`CallError::Rejected`] while there is none.
    fn certificate(&self, order: &str) -> impl Future<Output = Result<String, CallError>> + Send;
}
