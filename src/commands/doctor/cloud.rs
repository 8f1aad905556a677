//! The credentials of each configured account, and whose they are.

use super::check::Check;
use crate::clouds::{Account, Clouds, Remedies};
use crate::config::Config;
use crate::error::Failure;
use crate::exit::Exit;
use crate::signals;
use caravan_providers::{IdentityError, Prover, ReadErrorKind};
use caravan_providers_aws::RetryPolicy;
use std::time::Duration;

/// Somebody waits for the answer: one repetition, and none that takes long.
const WAIT_POLICY: RetryPolicy = RetryPolicy {
    attempts: 2,
    first_pause: Duration::from_millis(200),
    longest_pause: Duration::from_millis(200),
    attempt_timeout: Duration::from_secs(5),
};

/// No account takes longer, whatever its credentials program does.
const LIMIT: Duration = Duration::from_secs(15);

/// One finding for each configured account; all of them at once.
pub(super) fn accounts(config: Option<&Config>) -> Result<Vec<Check>, Failure> {
    let Some(config) = config.filter(|config| !config.accounts.is_empty()) else {
        return Ok(Vec::new());
    };
    let reader = Clouds::new(&config.accounts, WAIT_POLICY);
    signals::block_on(async {
        let mut proofs = tokio::task::JoinSet::new();
        for account in &config.accounts {
            let (reader, account) = (reader.clone(), account.clone());
            proofs.spawn(async move { check(&reader, &account).await });
        }
        let mut checks = proofs.join_all().await;
        checks.sort_by(|one, other| one.name.cmp(&other.name));
        checks
    })
}

async fn check(reader: &Clouds, account: &Account) -> Check {
    let proven = account.provider_account();
    let name = proven.to_string();
    match tokio::time::timeout(LIMIT, reader.prove(&proven)).await {
        Ok(Ok(())) => Check::ok(name, "the credentials are this account's"),
        Ok(Err(error)) => refused(name, &error, account.provider.remedies()),
        Err(_) => Check::failed(
            name,
            format!("no answer within {} s", LIMIT.as_secs()),
            "check the network, the proxy and the credentials program",
        ),
    }
}

fn refused(name: String, error: &IdentityError, remedies: Remedies) -> Check {
    match error {
        IdentityError::OtherAccount { .. } => {
            Check { exit: Exit::Access, ..Check::failed(name, error.to_string(), remedies.other_account) }
        }
        IdentityError::Unproven(read) if matches!(read.kind, ReadErrorKind::Credentials | ReadErrorKind::Denied) => {
            Check { exit: Exit::Access, ..Check::failed(name, read.to_string(), remedies.refused) }
        }
        IdentityError::Unproven(read) => Check::failed(name, read.to_string(), remedies.untold),
    }
}
