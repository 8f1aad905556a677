//! Every cloud that is read: each read goes to the reader of its provider.

use caravan_inventory::{Provider, ProviderAccount, Scope};
use caravan_providers::{IdentityError, Page, Prover, Read, ReadError, ReadErrorKind, Reader};
use caravan_providers_aws::AwsReader;

/// The readers of all providers, one field each. Clones share what they share.
#[derive(Clone, Debug)]
pub(crate) struct Clouds {
    aws: AwsReader,
}

impl Clouds {
    /// The readers as they were configured.
    pub(crate) const fn new(aws: AwsReader) -> Self {
        Self { aws }
    }
}

impl Reader for Clouds {
    async fn read(&self, read: &Read) -> Result<Page, ReadError> {
        match read.scope.provider {
            Provider::Aws => self.aws.read(read).await,
            Provider::Cloudflare | Provider::Files => Err(without_reader(&read.scope, &read.api)),
        }
    }
}

impl Prover for Clouds {
    async fn prove(&self, account: &ProviderAccount) -> Result<(), IdentityError> {
        match account.provider {
            Provider::Aws => self.aws.prove(account).await,
            Provider::Cloudflare | Provider::Files => {
                let scope = Scope::global(account.provider, account.account.clone());
                Err(IdentityError::Unproven(without_reader(&scope, "the account of the credentials")))
            }
        }
    }
}

/// A read of a provider that has no API, or whose API is not read.
fn without_reader(scope: &Scope, api: &str) -> ReadError {
    ReadError {
        kind: ReadErrorKind::Rejected,
        api: api.to_owned(),
        scope: scope.clone(),
        text: format!("nothing is read from provider `{}`", scope.provider),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Leads from a row of a table of calls to the reader that makes the call.
    #[test]
    fn the_reader_of_each_provider_knows_every_call_of_a_scan() {
        for provider in Provider::ALL.iter().copied() {
            for api in caravan_discover::call_names(provider) {
                let known = match provider {
                    Provider::Aws => AwsReader::knows(api),
                    Provider::Cloudflare | Provider::Files => false,
                };
                assert!(known, "the reader of `{provider}` doesn't know {api}");
            }
        }
    }
}
