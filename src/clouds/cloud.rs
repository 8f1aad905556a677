//! The clouds that are read.

use caravan_inventory::Provider;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::Deserialize;

/// A provider whose API is read: an account of it can be named in `caravan.yaml`, and there is a reader of it.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, Ord, PartialEq, PartialOrd)]
#[serde(try_from = "Provider")]
pub(crate) enum Cloud {
    /// Amazon Web Services.
    #[default]
    Aws,
    /// Cloudflare.
    Cloudflare,
}

impl JsonSchema for Cloud {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Cloud".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({"enum": [Provider::Aws.as_str(), Provider::Cloudflare.as_str()]})
    }
}

/// A provider without an API, or whose API is not read.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("nothing is read from provider `{0}`: no account of it can be used")]
pub(crate) struct NotRead(Provider);

impl TryFrom<Provider> for Cloud {
    type Error = NotRead;

    /// The one place that says which providers have a reader.
    fn try_from(provider: Provider) -> Result<Self, NotRead> {
        match provider {
            Provider::Aws => Ok(Self::Aws),
            Provider::Cloudflare => Ok(Self::Cloudflare),
            Provider::Files => Err(NotRead(provider)),
        }
    }
}

impl Cloud {
    /// Whose API it is.
    pub(crate) const fn provider(self) -> Provider {
        match self {
            Self::Aws => Provider::Aws,
            Self::Cloudflare => Provider::Cloudflare,
        }
    }

    /// What to do when the credentials of an account are refused, or when nobody could tell.
    pub(crate) const fn remedies(self) -> Remedies {
        match self {
            Self::Aws => Remedies {
                other_account: "correct `profile` or `role` of the account in caravan.yaml",
                refused: "log in (`aws sso login`), or put `profile` or `role` of the account in caravan.yaml right",
                untold: "check the network, the proxy, the account's `endpoint`, and that this machine has CA certificates (Debian: ca-certificates)",
            },
            Self::Cloudflare => Remedies {
                other_account: "give the token of this account in `token_env` or `token_file` in caravan.yaml",
                refused: "make an API token that may read accounts, zones, DNS and Workers, and put it where `token_env` or `token_file` says",
                untold: "check the network, the proxy and the account's `endpoint`",
            },
        }
    }
}

/// What to do about an account's credentials, for a person.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Remedies {
    /// They are another account's.
    pub(crate) other_account: &'static str,
    /// They are missing, or not let in.
    pub(crate) refused: &'static str,
    /// No answer came.
    pub(crate) untold: &'static str,
}
