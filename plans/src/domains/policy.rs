//! What the company says of its vanity domains: `domains` in `caravan.yaml`.

use crate::budget::{LimitKind, Limits};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::net::IpAddr;

/// What people say of the way that vanity domains go. What is left out is not known, and never taken for granted.
#[derive(Clone, Debug, Default, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct DomainPolicy {
    /// The new edge's stable name, to which customers' names lead.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub edge: Option<String>,
    /// The new edge's static addresses, for names that can't be aliases.
    #[schemars(with = "Vec<String>")]
    pub addresses: Vec<IpAddr>,
    /// The URL of the account at Let's Encrypt whose key moves along.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub account: Option<String>,
    /// Whether the old edge's certificates can be copied with their keys.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub old_keys: Option<bool>,
    /// Whether the old edge can redirect `/.well-known/acme-challenge/` to the new one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub redirect_challenges: Option<bool>,
    /// Our zone to which customers' `_acme-challenge` names lead.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub challenge_zone: Option<String>,
    /// Whether the new edge is Cloudflare for SaaS, with custom hostnames.
    pub custom_hostnames: bool,
    /// Limits that were raised for us, by their names.
    pub limits: BTreeMap<String, u64>,
    /// How many days the old edge goes on serving after the window.
    pub keep_days: u16,
    /// Whom customers call.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub support: Option<Support>,
    /// Who may move hostnames, by the names that they give; everybody where nobody is named.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub movers: Vec<String>,
    /// Who may record what customers were told, besides the movers; everybody where nobody is named.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub colleagues: Vec<String>,
}

/// Whom customers call.
#[derive(Clone, Debug, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Support {
    /// The company's name, as customers know it.
    pub company: String,
    /// A number.
    pub phone: String,
    /// An address of mail.
    pub mail: String,
}

/// A key of `domains` that can't hold.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum PolicyError {
    /// A limit that there is none of, or that nobody raises.
    #[error("domains.limits.{name}: it can't be raised; those that can are {can}")]
    Limit {
        /// The key.
        name: String,
        /// Those that can be raised.
        can: String,
    },
    /// A limit below the one that everybody has.
    #[error("domains.limits.{name}: {burst} is not above the {published} that everybody has")]
    Lower {
        /// The key.
        name: String,
        /// What was said.
        burst: u64,
        /// What holds for everybody.
        published: u64,
    },
    /// A text that is no host name.
    #[error("domains.{key}: `{text}` is no host name; write it in lower case without a trailing dot")]
    NoHost {
        /// The key.
        key: &'static str,
        /// What was said.
        text: String,
    },
}

impl DomainPolicy {
    /// Checks what the types can't hold.
    ///
    /// # Errors
    /// [`PolicyError`]: the key, and what to write.
    pub fn check(&self) -> Result<(), PolicyError> {
        for (key, text) in [("edge", &self.edge), ("challenge_zone", &self.challenge_zone)] {
            let Some(text) = text else { continue };
            if idna::domain_to_ascii_strict(text).ok().as_ref() != Some(text) || !text.contains('.') {
                return Err(PolicyError::NoHost { key, text: text.clone() });
            }
        }
        self.raised().map(drop)
    }

    /// Whether somebody may move hostnames.
    #[must_use]
    pub fn may_move(&self, who: &str) -> bool {
        self.movers.is_empty() || is_named(&self.movers, who)
    }

    /// Whether somebody may record what customers were told.
    #[must_use]
    pub fn may_record(&self, who: &str) -> bool {
        self.colleagues.is_empty() || is_named(&self.colleagues, who) || is_named(&self.movers, who)
    }

    /// The limits that hold for the company.
    #[must_use]
    pub fn limits(&self) -> Limits {
        let raised = self.raised().unwrap_or_default();
        raised.into_iter().fold(Limits::default(), |limits, (kind, burst)| limits.with(kind, burst))
    }

    fn raised(&self) -> Result<Vec<(LimitKind, u64)>, PolicyError> {
        let can = || LimitKind::ALL.into_iter().filter(|kind| kind.can_be_raised());
        let raised = self.limits.iter().map(|(name, burst)| {
            let Some(kind) = can().find(|kind| kind.as_str() == name) else {
                let can: Vec<&str> = can().map(LimitKind::as_str).collect();
                return Err(PolicyError::Limit { name: name.clone(), can: can.join(", ") });
            };
            let published = Limits::default().get(kind).most;
            if *burst > published {
                Ok((kind, *burst))
            } else {
                Err(PolicyError::Lower { name: name.clone(), burst: *burst, published })
            }
        });
        raised.collect()
    }
}

/// Addresses of mail are the same in any case.
fn is_named(names: &[String], who: &str) -> bool {
    names.iter().any(|name| name.trim().eq_ignore_ascii_case(who.trim()))
}
