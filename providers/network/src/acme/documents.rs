//! What authorities answer, as far as it is read (RFC 8555, sections 7.1.3 to 7.1.5).

use super::failure::Problem;
use caravan_providers::ChallengeKind;
use serde::Deserialize;

/// An order.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct OrderDocument {
    /// `pending`, `ready`, `processing`, `valid`, `invalid`.
    pub(super) status: String,
    /// The URLs of what must be proven.
    #[serde(default)]
    pub(super) authorizations: Vec<String>,
    /// Where the certificate is asked for.
    pub(super) finalize: String,
    /// Where it is, once it is there.
    pub(super) certificate: Option<String>,
    /// Why it came to nothing.
    pub(super) error: Option<Problem>,
}

/// A name that must be proven.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct AuthorizationDocument {
    /// `pending`, `valid`, `invalid`, `deactivated`, `expired`, `revoked`.
    pub(super) status: String,
    /// The name.
    pub(super) identifier: IdentifierDocument,
    /// The ways that are offered; of what is proven or failed, the one that was taken.
    #[serde(default)]
    pub(super) challenges: Vec<ChallengeDocument>,
}

/// A name; that of a wildcard without `*.`.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct IdentifierDocument {
    pub(super) value: String,
}

/// A way to prove a name.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct ChallengeDocument {
    /// `http-01`, `dns-01`, …
    #[serde(rename = "type")]
    pub(super) kind: String,
    pub(super) url: String,
    /// `pending`, `processing`, `valid`, `invalid`.
    pub(super) status: String,
    /// Ways that are not known here may have none.
    #[serde(default)]
    pub(super) token: String,
    /// Why it failed.
    pub(super) error: Option<Problem>,
}

impl AuthorizationDocument {
    /// Whether it is still to be proven.
    pub(super) fn is_pending(&self) -> bool {
        self.status == "pending"
    }

    /// The challenge of a way; none where it is not offered.
    pub(super) fn challenge(&self, kind: ChallengeKind) -> Option<&ChallengeDocument> {
        let kind = type_of(kind);
        self.challenges.iter().find(|challenge| challenge.kind == kind)
    }
}

/// How authorities call a way.
pub(super) const fn type_of(kind: ChallengeKind) -> &'static str {
    match kind {
        ChallengeKind::Http => "http-01",
        ChallengeKind::Dns => "dns-01",
    }
}
