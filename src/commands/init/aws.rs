//! What the environment and AWS say before anything is configured.

use crate::error::Failure;
use crate::{env, signals};
use caravan_inventory::{AccountId, Provider, ProviderAccount, Region};
use caravan_providers::{IdentityError, Prover as _};
use caravan_providers_aws::{AwsAccount, AwsReader, Budgets, RetryPolicy};
use std::time::Duration;

/// What was found.
#[derive(Debug, Default)]
pub(super) struct Found {
    /// Whose the credentials are.
    pub(super) account: Option<String>,
    pub(super) region: Option<String>,
    pub(super) profile: Option<String>,
    /// Whether the environment has a token of Cloudflare.
    pub(super) has_token: bool,
    /// What a person should know of the search.
    pub(super) said: Vec<String>,
}

/// No account of AWS has this number, so that the answer is always another one.
const NOBODY: &str = "000000000000";

/// Somebody waits for the answer.
const POLICY: RetryPolicy = RetryPolicy {
    attempts: 2,
    first_pause: Duration::from_millis(200),
    longest_pause: Duration::from_millis(200),
    attempt_timeout: Duration::from_secs(5),
};

/// The search takes no longer, whatever a credentials program does.
const LIMIT: Duration = Duration::from_secs(15);

/// Looks into the environment, and asks AWS whose its credentials are, if it has any.
///
/// # Errors
/// When a signal came.
pub(super) fn find(offline: bool) -> Result<Found, Failure> {
    let text = |name| env::get(name).filter(|text| !text.is_empty());
    let mut found = Found {
        region: text(env::AWS_REGION).or_else(|| text(env::AWS_DEFAULT_REGION)),
        profile: text(env::AWS_PROFILE),
        has_token: env::is_set(env::CLOUDFLARE_API_TOKEN),
        ..Found::default()
    };
    let has_credentials = found.profile.is_some() || env::is_set(env::AWS_ACCESS_KEY_ID);
    if offline || !has_credentials {
        return Ok(found);
    }
    let region = found.region.clone().unwrap_or_else(|| "us-east-1".to_owned());
    let asked = AwsAccount {
        id: AccountId::new(NOBODY),
        regions: vec![Region::new(region)],
        profile: found.profile.clone(),
        role_arn: None,
        external_id: None,
        endpoint_url: None,
    };
    let reader = AwsReader::new(vec![asked], POLICY, Budgets::default());
    let nobody = ProviderAccount::new(Provider::Aws, AccountId::new(NOBODY));
    let answer = signals::block_on(async { tokio::time::timeout(LIMIT, reader.prove(&nobody)).await })?;
    match answer {
        Ok(Err(IdentityError::OtherAccount { found: whose, .. })) => found.account = Some(whose.to_string()),
        Ok(Err(error @ IdentityError::Unproven(_))) => {
            found.said.push(format!("AWS did not say whose the credentials are: {:#}", anyhow::Error::from(error)));
        }
        Ok(Ok(())) | Err(_) => {
            found.said.push(format!("AWS did not say within {} s whose the credentials are", LIMIT.as_secs()))
        }
    }
    Ok(found)
}
