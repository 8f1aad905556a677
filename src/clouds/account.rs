//! An account of a cloud, as `caravan.yaml` names it.

use super::cloud::Cloud;
use crate::{env, files};
use camino::Utf8PathBuf;
use caravan_discover::ScanAccount;
use caravan_inventory::{AccountId, InvalidIdentity, Provider, ProviderAccount, Region};
use caravan_providers_aws::AwsAccount;
use caravan_providers_cloudflare::{CloudflareAccount, Token};
use schemars::JsonSchema;
use serde::Deserialize;

/// An account to scan.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Account {
    /// Whose account it is; without it, AWS's.
    #[serde(default)]
    pub(crate) provider: Cloud,
    /// Of AWS its 12 digits, quoted: YAML would read a bare number. Of Cloudflare its 32 hex digits.
    pub(crate) id: AccountId,
    /// The regions to scan; AWS alone has any.
    #[serde(default)]
    pub(crate) regions: Vec<Region>,
    /// The profile of `~/.aws/config` whose credentials are used; without it the SDK's usual chain.
    profile: Option<String>,
    /// The role to assume with these credentials: an ARN.
    role: Option<String>,
    /// The external id that the role asks for.
    external_id: Option<String>,
    /// Another address for every API: a test server, a VPC endpoint.
    endpoint: Option<String>,
    /// The environment variable that holds Cloudflare's API token; without it and `token_file`, `CLOUDFLARE_API_TOKEN`.
    token_env: Option<String>,
    /// The file that holds it, relative to the folder where Caravan is started.
    #[schemars(with = "Option<String>")]
    token_file: Option<Utf8PathBuf>,
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
    /// Its provider knows no such field.
    #[error("{0}: only accounts of `{1}` have this")]
    Foreign(&'static str, Provider),
    /// Two places for one token.
    #[error("token_file: there is a token_env beside it; name one of them")]
    TwoTokens,
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
        let foreign = |of: Provider, fields: &[(&'static str, bool)]| {
            let found = fields.iter().find(|(_, is_set)| *is_set);
            found.map_or(Ok(()), |(field, _)| Err(AccountError::Foreign(field, of)))
        };
        match self.provider {
            Cloud::Aws => {
                AccountId::parse_aws(self.id.as_str())?;
                if self.regions.is_empty() {
                    return Err(AccountError::NoRegions(self.id.clone()));
                }
                let tokens = [("token_env", self.token_env.is_some()), ("token_file", self.token_file.is_some())];
                foreign(Provider::Cloudflare, &tokens)?;
            }
            Cloud::Cloudflare => {
                AccountId::parse_cloudflare(self.id.as_str())?;
                let others = [
                    ("regions", !self.regions.is_empty()),
                    ("profile", self.profile.is_some()),
                    ("role", self.role.is_some()),
                    ("external_id", self.external_id.is_some()),
                ];
                foreign(Provider::Aws, &others)?;
                if self.token_env.is_some() && self.token_file.is_some() {
                    return Err(AccountError::TwoTokens);
                }
            }
        }
        match &self.endpoint {
            Some(url) if !url.starts_with("http://") && !url.starts_with("https://") => {
                Err(AccountError::Endpoint(url.clone()))
            }
            _ => Ok(()),
        }
    }

    /// The role that reads it, if one is assumed.
    pub(crate) fn role(&self) -> Option<&str> {
        self.role.as_deref()
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
            // It has no regions: who asks for one does not ask for it.
            Cloud::Cloudflare => {
                let ProviderAccount { provider, account: id } = self.provider_account();
                regions.is_empty().then_some(ScanAccount { provider, id, regions: Vec::new() })
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
            Cloud::Cloudflare => None,
        }
    }

    /// It with its token, for the reader of Cloudflare; none when it is another provider's.
    fn cloudflare(&self) -> Option<CloudflareAccount> {
        match self.provider {
            Cloud::Aws => None,
            Cloud::Cloudflare => Some(CloudflareAccount {
                id: self.id.clone(),
                token: self.token(),
                endpoint_url: self.endpoint.clone(),
            }),
        }
    }

    /// The token that reads it, or why there is none.
    fn token(&self) -> Result<Token, String> {
        let (text, place) = match &self.token_file {
            Some(path) => (files::read_secret(path), format!("the file {path}")),
            None => {
                let name = self.token_env.as_deref().unwrap_or(env::CLOUDFLARE_API_TOKEN);
                (env::get(name), format!("the environment variable {name}"))
            }
        };
        let text = text.filter(|text| !text.trim().is_empty());
        text.map(|text| Token::new(&text)).ok_or_else(|| format!("there is no API token in {place}"))
    }
}

/// The accounts of Cloudflare among these, for its reader.
pub(super) fn cloudflare_accounts(accounts: &[Account]) -> Vec<CloudflareAccount> {
    accounts.iter().filter_map(Account::cloudflare).collect()
}

/// The accounts of AWS among these, for an adapter.
pub(crate) fn aws_accounts(accounts: &[Account]) -> Vec<AwsAccount> {
    accounts.iter().filter_map(Account::aws).collect()
}
