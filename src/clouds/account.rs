//! An account of a cloud, as `caravan.yaml` names it.

use super::cloud::Cloud;
use caravan_discover::ScanAccount;
use caravan_inventory::{AccountId, InvalidIdentity, ProviderAccount, Region};
use caravan_providers_aws::AwsAccount;
use serde::Deserialize;

/// An account to scan.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Account {
    /// Whose account it is; without it, AWS's.
    #[serde(default)]
    pub(crate) provider: Cloud,
    /// Its 12 digits, quoted: YAML would read a bare number.
    pub(crate) id: AccountId,
    /// The regions to scan.
    pub(crate) regions: Vec<Region>,
    /// The profile of `~/.aws/config` whose credentials are used; without it the SDK's usual chain.
    profile: Option<String>,
    /// The role to assume with these credentials: an ARN.
    role: Option<String>,
    /// The external id that the role asks for.
    external_id: Option<String>,
    /// Another address for every API: a test server, a VPC endpoint.
    endpoint: Option<String>,
}

/// A field of an account that can't be used. Begins with the field's name.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub(crate) enum AccountError {
    /// The provider has no such accounts.
    #[error("id: {0}")]
    Id(#[from] InvalidIdentity),
    /// Nothing of it would be read.
    #[error("regions: account {0} has no regions; name at least one: `regions: [eu-central-1]`")]
    NoRegions(AccountId),
    /// Nothing could be asked there.
    #[error("endpoint: `{0}` is no URL; it begins with `https://` or `http://`")]
    Endpoint(String),
}

impl Account {
    /// Whether its fields are what its provider needs.
    ///
    /// # Errors
    /// The first field that is not.
    pub(crate) fn check(&self) -> Result<(), AccountError> {
        match self.provider {
            Cloud::Aws => {
                AccountId::parse_aws(self.id.as_str())?;
                if self.regions.is_empty() {
                    return Err(AccountError::NoRegions(self.id.clone()));
                }
                match &self.endpoint {
                    Some(url) if !url.starts_with("http://") && !url.starts_with("https://") => {
                        Err(AccountError::Endpoint(url.clone()))
                    }
                    _ => Ok(()),
                }
            }
        }
    }

    /// What its credentials must be those of.
    pub(crate) fn provider_account(&self) -> ProviderAccount {
        ProviderAccount::new(self.provider.provider(), self.id.clone())
    }

    /// What a scan reads of it when these regions are asked for, or all of them where none is named; none when it has
    /// nothing there.
    pub(crate) fn scanned(&self, regions: &[String]) -> Option<ScanAccount> {
        match self.provider {
            Cloud::Aws => {
                let wanted = |region: &&Region| regions.is_empty() || regions.iter().any(|one| one == region.as_str());
                let regions: Vec<Region> = self.regions.iter().filter(wanted).cloned().collect();
                let ProviderAccount { provider, account: id } = self.provider_account();
                (!regions.is_empty()).then_some(ScanAccount { provider, id, regions })
            }
        }
    }

    /// It with its credentials, for an adapter of AWS; none when it is another provider's.
    fn aws(&self) -> Option<AwsAccount> {
        match self.provider {
            Cloud::Aws => Some(AwsAccount {
                id: self.id.clone(),
                regions: self.regions.clone(),
                profile: self.profile.clone(),
                role_arn: self.role.clone(),
                external_id: self.external_id.clone(),
                endpoint_url: self.endpoint.clone(),
            }),
        }
    }
}

/// The accounts of AWS among these, for an adapter.
pub(crate) fn aws_accounts(accounts: &[Account]) -> Vec<AwsAccount> {
    accounts.iter().filter_map(Account::aws).collect()
}
