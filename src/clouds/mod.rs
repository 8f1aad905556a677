//! Every cloud that is read: which these are, how their accounts are named in `caravan.yaml`, and their readers, to whom
//! each read goes by its provider.

mod account;
mod cloud;

pub(crate) use account::{Account, aws_accounts};
pub(crate) use cloud::{Cloud, Remedies};

use account::cloudflare_accounts;
use caravan_inventory::{ProviderAccount, Scope};
use caravan_providers::{IdentityError, Page, Prover, Read, ReadError, ReadErrorKind, Reader};
use caravan_providers_aws::{AwsReader, Budgets, RetryPolicy};
use caravan_providers_cloudflare::{AttemptPolicy, CloudflareReader};
use cloud::NotRead;

/// The readers of all clouds, one field each. Clones share what they share.
#[derive(Clone, Debug)]
pub(crate) struct Clouds {
    aws: AwsReader,
    cloudflare: CloudflareReader,
}

impl Clouds {
    /// A reader of each account.
    pub(crate) fn new(accounts: &[Account], retry_policy: RetryPolicy) -> Self {
        let attempts = AttemptPolicy {
            attempts: retry_policy.attempts,
            first_pause: retry_policy.first_pause,
            attempt_timeout: retry_policy.attempt_timeout,
        };
        Self {
            aws: AwsReader::new(aws_accounts(accounts), retry_policy, Budgets::default()),
            cloudflare: CloudflareReader::new(cloudflare_accounts(accounts), attempts),
        }
    }
}

impl Reader for Clouds {
    async fn read(&self, read: &Read) -> Result<Page, ReadError> {
        match Cloud::try_from(read.scope.provider) {
            Ok(Cloud::Aws) => self.aws.read(read).await,
            Ok(Cloud::Cloudflare) => self.cloudflare.read(read).await,
            Err(not_read) => Err(without_reader(not_read, &read.scope, &read.api)),
        }
    }
}

impl Prover for Clouds {
    async fn prove(&self, account: &ProviderAccount) -> Result<(), IdentityError> {
        match Cloud::try_from(account.provider) {
            Ok(Cloud::Aws) => self.aws.prove(account).await,
            Ok(Cloud::Cloudflare) => self.cloudflare.prove(account).await,
            Err(not_read) => {
                let scope = Scope::global(account.provider, account.account.clone());
                Err(IdentityError::Unproven(without_reader(not_read, &scope, "the account of the credentials")))
            }
        }
    }
}

/// A read of a provider that is not read.
fn without_reader(not_read: NotRead, scope: &Scope, api: &str) -> ReadError {
    let text = not_read.to_string();
    ReadError { kind: ReadErrorKind::Rejected, api: api.to_owned(), scope: scope.clone(), text }
}

#[cfg(test)]
mod tests {
    use super::*;
    use caravan_inventory::Provider;

    /// Whether the reader of a cloud makes a call.
    fn knows(cloud: Cloud, api: &str) -> bool {
        match cloud {
            Cloud::Aws => AwsReader::knows(api),
            Cloud::Cloudflare => CloudflareReader::knows(api),
        }
    }

    /// Leads from a row of a table of calls to the cloud of its provider, and to the reader that makes the call.
    #[test]
    fn the_reader_of_each_provider_knows_every_call_of_a_scan() {
        for provider in Provider::ALL.iter().copied() {
            for api in caravan_discover::call_names(provider) {
                let known = Cloud::try_from(provider).map(|cloud| knows(cloud, api));
                assert_eq!(known, Ok(true), "the reader of `{provider}` doesn't know {api}");
            }
        }
    }

    #[test]
    fn an_account_can_be_named_of_exactly_those_providers_that_are_read() {
        for provider in Provider::ALL.iter().copied() {
            let read: Result<Cloud, _> = serde_json::from_value(provider.as_str().into());
            match Cloud::try_from(provider) {
                Ok(cloud) => {
                    assert_eq!((read.unwrap(), cloud.provider()), (cloud, provider));
                    assert!(caravan_discover::call_names(provider).next().is_some(), "of `{provider}` nothing is read");
                }
                Err(_) => assert!(read.unwrap_err().to_string().contains(provider.as_str())),
            }
        }
    }
}
