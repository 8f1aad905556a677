//! Whether credentials belong to the account they were configured for (D3).

use crate::ReadError;
use caravan_inventory::{AccountId, ProviderAccount};
use std::future::Future;

/// Why an account may not be read.
#[derive(Debug, thiserror::Error)]
pub enum IdentityError {
    /// The credentials belong to another account: the configuration is wrong, and nothing was read.
    #[error("the credentials for account {configured} belong to account {found}; correct its profile or role")]
    OtherAccount {
        /// The account that the configuration names.
        configured: AccountId,
        /// The account that answered.
        found: AccountId,
    },
    /// Nobody could tell: the credentials are wrong or missing, or there was no answer.
    #[error("whose credentials these are can't be told")]
    Unproven(#[source] ReadError),
}

/// Something that proves whose credentials it holds.
pub trait Prover: Send + Sync {
    /// Asks the provider who we are there, and compares it with the account. Retries happen inside.
    fn prove(&self, account: &ProviderAccount) -> impl Future<Output = Result<(), IdentityError>> + Send;
}
