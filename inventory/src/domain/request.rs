//! What people say of a vanity domain in a list: whom to write to, when it may move.

use serde::{Deserialize, Serialize};

/// What a list says of a domain, besides its name and its customer.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct DomainRequest {
    /// Whom to write to: an address of mail.
    pub contact: Option<String>,
    /// When it may move: `2027-01-16 02:00-04:00 Europe/Vienna`.
    pub window: Option<String>,
    /// The language of what the customer gets.
    pub language: Option<Language>,
    /// How much the customer would be hurt, from 1 (least) to 5 (most): the least move first.
    pub tier: Option<u8>,
}

/// A language that there are templates in.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Language {
    /// English.
    En,
    /// German.
    De,
}

impl Language {
    /// All of them.
    pub const ALL: [Self; 2] = [Self::En, Self::De];

    /// As ISO 639 writes it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::En => "en",
            Self::De => "de",
        }
    }

    /// Reads what [`Language::as_str`] writes, in any case.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|language| language.as_str().eq_ignore_ascii_case(text))
    }
}
