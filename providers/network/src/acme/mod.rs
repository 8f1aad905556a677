//! An account at a certificate authority that speaks ACME (RFC 8555).
//!
//! ```text
//!   order ─► answers ─► (put them where it looks) ─► validate ─► status … ready ─► finalize ─► status … valid ─► certificate
//! ```
//!
//! The account's key comes as PEM and is never shown: not in an error, not by `Debug`. Each request has a connection of its own,
//! so that what became of a request that brought no answer is known: it was not sent, or it is in doubt.

mod documents;
mod failure;
mod http;
mod jws;
mod kept;
mod key;
mod session;

pub use kept::{KeptError, kept_certificate};
pub use key::{CertificateKey, KeyError};

use crate::Roots;
use caravan_providers::{CallError, CertificateAuthority, ChallengeAnswer, ChallengeKind, OrderSeen};
use documents::{AuthorizationDocument, OrderDocument, type_of};
use http::AcmeHttp;
use jws::{AccountKey, base64url, txt_value};
use serde_json::{Value, json};
use session::{Session, location};
use std::fmt;

/// What is done where the authority does not know the account's key.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum UnknownAccount {
    /// It is an error: an account that customers' CAA records name must not be replaced by another.
    Refuse,
    /// An account is made for it; with that its terms of service are agreed to.
    Create,
}

/// An account at an authority.
pub struct AcmeAccount {
    session: Session,
}

impl fmt::Debug for AcmeAccount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AcmeAccount").field("url", &self.url()).finish_non_exhaustive()
    }
}

impl AcmeAccount {
    /// The account of a key (PKCS #8 in PEM, P-256) at the authority with this directory, whose own certificate these roots must
    /// have signed.
    ///
    /// # Errors
    /// [`CallError::Denied`] when the key can't be used, or the authority does not know it and none may be made; those of a call.
    pub async fn open(
        directory: &str,
        key_pem: &[u8],
        unknown: UnknownAccount,
        roots: Roots,
    ) -> Result<Self, CallError> {
        let key = AccountKey::from_pem(key_pem).map_err(|error| CallError::Denied(error.to_string()))?;
        let creates = unknown == UnknownAccount::Create;
        Ok(Self { session: Session::open(directory, key, creates, AcmeHttp::trusting(roots)).await? })
    }

    /// Its URL, as CAA records name it (`accounturi`).
    #[must_use]
    pub fn url(&self) -> &str {
        self.session.account()
    }

    async fn order_at(&self, url: &str) -> Result<OrderDocument, CallError> {
        self.session.get(url).await
    }

    /// What the authority says of the first name that it could not prove; none where it refused for another reason.
    async fn failed_validation(&self, order: &OrderDocument) -> Result<Option<String>, CallError> {
        for url in &order.authorizations {
            let authorization: AuthorizationDocument = self.session.get(url).await?;
            let failed = authorization.challenges.iter().find_map(|challenge| challenge.error.as_ref());
            if let Some(problem) = failed {
                return Ok(Some(format!("{}: {}", authorization.identifier.value, problem.text())));
            }
        }
        Ok(None)
    }
}

impl CertificateAuthority for AcmeAccount {
    async fn order(&self, names: &[String]) -> Result<String, CallError> {
        let names: Vec<Value> = names.iter().map(|name| json!({"type": "dns", "value": name})).collect();
        let url = self.session.new_order();
        let answer = self.session.post(url, Some(&json!({"identifiers": names}))).await?;
        location(url, &answer)
    }

    async fn status(&self, order: &str) -> Result<OrderSeen, CallError> {
        let order = self.order_at(order).await?;
        Ok(match order.status.as_str() {
            "pending" => OrderSeen::Pending,
            "ready" => OrderSeen::Ready,
            "processing" => OrderSeen::Processing,
            "valid" => OrderSeen::Valid,
            "invalid" => {
                let failed = self.failed_validation(&order).await?;
                let by_validation = failed.is_some();
                let said = order.error.as_ref().map(failure::Problem::text);
                let reason = failed.or(said).unwrap_or_else(|| "the authority does not say why".to_owned());
                OrderSeen::Invalid { reason, by_validation }
            }
            other => return Err(CallError::Rejected(format!("the authority calls an order `{other}`"))),
        })
    }

    async fn answers(&self, order: &str, kind: ChallengeKind) -> Result<Vec<ChallengeAnswer>, CallError> {
        let mut answers = Vec::new();
        for url in &self.order_at(order).await?.authorizations {
            let authorization: AuthorizationDocument = self.session.get(url).await?;
            // Of what is proven the authority may tell no more than how.
            let Some(challenge) = authorization.challenge(kind) else {
                if authorization.is_pending() {
                    return Err(not_offered(kind));
                }
                continue;
            };
            let http_body = self.session.key.authorization(&challenge.token);
            answers.push(ChallengeAnswer {
                name: authorization.identifier.value.trim_start_matches("*.").to_owned(),
                token: challenge.token.clone(),
                txt_value: txt_value(&http_body),
                http_body,
            });
        }
        Ok(answers)
    }

    async fn validate(&self, order: &str, kind: ChallengeKind) -> Result<(), CallError> {
        for url in &self.order_at(order).await?.authorizations {
            let authorization: AuthorizationDocument = self.session.get(url).await?;
            if !authorization.is_pending() {
                continue;
            }
            let challenge = authorization.challenge(kind).ok_or_else(|| not_offered(kind))?;
            if challenge.status == "pending" {
                self.session.post(&challenge.url, Some(&json!({}))).await?;
            }
        }
        Ok(())
    }

    async fn finalize(&self, order: &str, request: &[u8]) -> Result<(), CallError> {
        let order = self.order_at(order).await?;
        self.session.post(&order.finalize, Some(&json!({"csr": base64url(request)}))).await.map(drop)
    }

    async fn certificate(&self, order: &str) -> Result<String, CallError> {
        let order = self.order_at(order).await?;
        match order.certificate {
            Some(url) if order.status == "valid" => self.session.get_text(&url).await,
            _ => Err(CallError::Rejected("the order has no certificate yet".to_owned())),
        }
    }
}

fn not_offered(kind: ChallengeKind) -> CallError {
    CallError::Rejected(format!("the authority does not offer to prove the name by {}", type_of(kind)))
}
