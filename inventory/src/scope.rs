//! Where something is read, and where it lives.

use crate::{AccountId, Provider, Region};
use serde::{Deserialize, Serialize};
use std::fmt;

/// One region of one account of one provider. Accounts of two providers may have the same name, and `global` is a region
/// of each: only the three together say where something is.
#[derive(Clone, Debug, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Scope {
    /// Whose account it is.
    pub provider: Provider,
    /// The account.
    pub account: AccountId,
    /// The region; [`Region::GLOBAL`] for what has none, and for everything at Cloudflare.
    pub region: Region,
}

impl Scope {
    /// A region of an account.
    #[must_use]
    pub const fn new(provider: Provider, account: AccountId, region: Region) -> Self {
        Self { provider, account, region }
    }

    /// What an account has outside of all regions.
    #[must_use]
    pub fn global(provider: Provider, account: AccountId) -> Self {
        Self { provider, account, region: Region::global() }
    }

    /// The account that it is a region of.
    #[must_use]
    pub fn provider_account(&self) -> ProviderAccount {
        ProviderAccount { provider: self.provider, account: self.account.clone() }
    }
}

/// An account of one provider: what credentials belong to.
#[derive(Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct ProviderAccount {
    /// Whose account it is.
    pub provider: Provider,
    /// The account.
    pub account: AccountId,
}

impl ProviderAccount {
    /// An account of a provider.
    #[must_use]
    pub const fn new(provider: Provider, account: AccountId) -> Self {
        Self { provider, account }
    }

    /// Whether a region of this account is meant.
    #[must_use]
    pub fn holds(&self, scope: &Scope) -> bool {
        self.provider == scope.provider && self.account == scope.account
    }
}

impl fmt::Display for ProviderAccount {
    /// `account 123456789012`. AWS is what people mean unless they say otherwise.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.provider {
            Provider::Aws | Provider::Files => write!(f, "account {}", self.account),
            Provider::Cloudflare => write!(f, "Cloudflare account {}", self.account),
        }
    }
}

impl fmt::Display for Scope {
    /// `account 123456789012, region eu-central-1`; a provider without regions names none.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.provider_account())?;
        match self.provider {
            Provider::Aws | Provider::Files => write!(f, ", region {}", self.region),
            Provider::Cloudflare => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_account_name_at_two_providers_is_two_accounts() {
        let aws = Scope::global(Provider::Aws, AccountId::new("1"));
        let cloudflare = Scope::global(Provider::Cloudflare, AccountId::new("1"));
        assert!(aws.provider_account().holds(&aws) && !aws.provider_account().holds(&cloudflare));
        assert_eq!(aws.to_string(), "account 1, region global");
        assert_eq!(cloudflare.to_string(), "Cloudflare account 1");
    }
}
