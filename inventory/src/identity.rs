//! One newtype for each identity. None converts into another.
//!
//! ```compile_fail
//! fn of_workload(_: caravan_inventory::WorkloadId) {}
//! of_workload(caravan_inventory::ObservationId::new("ecs.service/a"));
//! ```

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::fmt;

/// A text that is not an identity of the wanted kind.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[error("`{text}` is not {wanted}")]
pub struct InvalidIdentity {
    /// The text that was given.
    pub text: String,
    /// What it should have been, with its article: "a 12-digit AWS account".
    pub wanted: &'static str,
}

macro_rules! identities {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Debug, Deserialize, Eq, Hash, JsonSchema, Ord, PartialEq, PartialOrd, Serialize)]
        #[serde(transparent)]
        pub struct $name(String);

        impl $name {
            /// Takes the text as it is.
            pub fn new(text: impl Into<String>) -> Self {
                Self(text.into())
            }

            /// The text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    )*};
}

identities! {
    /// An AWS account (12 digits) or a Cloudflare account (32 hex digits).
    AccountId;
    /// A region as the provider writes it: `eu-central-1`; [`Region::GLOBAL`] for what has none.
    Region;
    /// A workload, written by [`WorkloadId::of`] or [`WorkloadId::of_file`]. Stable from scan to scan; may contain
    /// slashes.
    WorkloadId;
    /// An observation, written by [`ObservationId::of`] or [`ObservationId::of_file`].
    ObservationId;
    /// A unit of coverage, written by [`UnitId::of`] or [`UnitId::of_file`].
    UnitId;
    /// One scan: a ULID, so that scans sort by their start.
    ScanId;
    /// A team as it appears in paths and labels: DNS-1123, at most 40 characters by [`TeamName::parse`].
    TeamName;
    /// An environment as it appears in paths and labels: DNS-1123.
    EnvironmentName;
    /// The stable id of a question: `<topic>/<workload id>[/<detail>]`.
    QuestionId;
    /// A lower-case hostname without a trailing dot; may begin with `*.`.
    Hostname;
}

impl AccountId {
    /// Reads an AWS account.
    ///
    /// # Errors
    /// When the text is not exactly 12 digits.
    pub fn parse_aws(text: &str) -> Result<Self, InvalidIdentity> {
        let valid = text.len() == 12 && text.bytes().all(|b| b.is_ascii_digit());
        accept(text, valid, "a 12-digit AWS account").map(Self)
    }

    /// Reads a Cloudflare account.
    ///
    /// # Errors
    /// When the text is not exactly 32 hex digits in lower case.
    pub fn parse_cloudflare(text: &str) -> Result<Self, InvalidIdentity> {
        let valid = text.len() == 32 && text.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b));
        accept(text, valid, "a Cloudflare account of 32 hex digits").map(Self)
    }
}

impl Region {
    /// The region of what has none.
    pub const GLOBAL: &str = "global";

    /// [`Region::GLOBAL`] as a region.
    #[must_use]
    pub fn global() -> Self {
        Self::new(Self::GLOBAL)
    }

    /// Whether this stands for no region.
    #[must_use]
    pub fn is_global(&self) -> bool {
        self.as_str() == Self::GLOBAL
    }
}

impl TeamName {
    /// The team of what no rule of `ownership` and no decision gives to one.
    pub const UNASSIGNED: &str = "unassigned";

    /// Reads a team name: a DNS-1123 label of at most 40 characters, so that `team-<name>` is a namespace.
    ///
    /// # Errors
    /// When the text is anything else.
    pub fn parse(text: &str) -> Result<Self, InvalidIdentity> {
        accept(text, is_dns_label(text, 40), "a DNS-1123 label of at most 40 characters").map(Self)
    }
}

impl EnvironmentName {
    /// Reads an environment name: a DNS-1123 label of at most 40 characters.
    ///
    /// # Errors
    /// When the text is anything else.
    pub fn parse(text: &str) -> Result<Self, InvalidIdentity> {
        accept(text, is_dns_label(text, 40), "a DNS-1123 label of at most 40 characters").map(Self)
    }
}

fn accept(text: &str, valid: bool, wanted: &'static str) -> Result<String, InvalidIdentity> {
    if valid { Ok(text.to_owned()) } else { Err(InvalidIdentity { text: text.to_owned(), wanted }) }
}

fn is_dns_label(text: &str, longest: usize) -> bool {
    let inner = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
    !text.is_empty()
        && text.len() <= longest
        && text.bytes().all(inner)
        && !text.starts_with('-')
        && !text.ends_with('-')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_aws_account_is_twelve_digits() {
        assert_eq!(AccountId::parse_aws("111122223333").unwrap().as_str(), "111122223333");
        assert_eq!(AccountId::parse_aws("000000000001").unwrap().as_str(), "000000000001");
        for wrong in ["", "11112222333", "1111222233334", "11112222333x", " 11112222333", "１11122223333"] {
            let error = AccountId::parse_aws(wrong).unwrap_err();
            assert_eq!(error.to_string(), format!("`{wrong}` is not a 12-digit AWS account"));
        }
    }

    #[test]
    fn a_cloudflare_account_is_32_hex_digits() {
        let right = "7f3c1d9a5be04e2c8d6a90b1f2e4c7d3";
        assert_eq!(AccountId::parse_cloudflare(right).unwrap().as_str(), right);
        for wrong in ["", "123456789012", "7F3C1D9A5BE04E2C8D6A90B1F2E4C7D3", "7f3c1d9a5be04e2c8d6a90b1f2e4c7dg"] {
            assert!(AccountId::parse_cloudflare(wrong).is_err(), "{wrong:?}");
        }
    }

    #[test]
    fn a_team_is_a_label_that_leaves_room_for_its_prefix() {
        let longest = "a".repeat(40);
        for right in ["a", "parcels", "team-7", "7", longest.as_str()] {
            assert_eq!(TeamName::parse(right).unwrap().as_str(), right);
            assert_eq!(EnvironmentName::parse(right).unwrap().as_str(), right);
        }
        let too_long = "a".repeat(41);
        for wrong in ["", "-a", "a-", "Parcels", "a_b", "a.b", "a b", "../a", "ä", "a\n", too_long.as_str()] {
            assert!(TeamName::parse(wrong).is_err(), "{wrong:?}");
            assert!(EnvironmentName::parse(wrong).is_err(), "{wrong:?}");
        }
    }

    #[test]
    fn an_identity_is_its_text_in_json() {
        let id = WorkloadId::new("ecs/111122223333/eu-central-1/parcels/web");
        let json = serde_json::to_string(&id).unwrap();
        assert_eq!(json, format!("\"{id}\""));
        assert_eq!(serde_json::from_str::<WorkloadId>(&json).unwrap(), id);
    }
}
