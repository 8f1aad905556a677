//! Which accounts are read, and with what.

use super::DiscoverArgs;
use crate::clouds::Clouds;
use crate::config::{self, Account, Config};
use crate::error::{Failure, FailureKind};
use crate::global::Global;
use crate::suggest::did_you_mean;
use caravan_discover::{ScanAccount, ScanPlan, Source};
use caravan_inventory::{Provider, Region};
use caravan_providers_aws::{AwsAccount, AwsReader, Budgets, RetryPolicy};

/// What is asked for, from the configuration and the options.
///
/// # Errors
/// A configuration failure when no account is configured, a usage failure when an option names what isn't.
pub(super) fn plan(global: &Global, config: &Config, args: &DiscoverArgs) -> Result<ScanPlan, Failure> {
    if config.accounts.is_empty() {
        return Err(Failure::new(
            FailureKind::Configuration,
            format!("{} names no accounts", Config::path(&global.dir)),
        )
        .hint(format!("write `accounts: [{{id: \"123456789012\", regions: [eu-central-1]}}]` into {}", config::FILE))
        .hint("or read files: `caravan discover --files PATH`"));
    }
    known("account", &args.account, config.accounts.iter().map(|account| account.id.as_str()))?;
    known("region", &args.region, config.accounts.iter().flat_map(|a| &a.regions).map(Region::as_str))?;
    Ok(ScanPlan {
        accounts: config.accounts.iter().filter_map(|account| asked_for(account, args)).collect(),
        only: args.only.iter().filter_map(|name| Source::parse(name)).collect(),
        resume: args.resume,
    })
}

/// A reader of every configured account.
pub(crate) fn reader(config: &Config, retry_policy: RetryPolicy) -> Clouds {
    Clouds::new(AwsReader::new(aws_accounts(config), retry_policy, Budgets::default()))
}

/// Every configured account, for an adapter.
pub(crate) fn aws_accounts(config: &Config) -> Vec<AwsAccount> {
    config.accounts.iter().map(aws_account).collect()
}

fn asked_for(account: &Account, args: &DiscoverArgs) -> Option<ScanAccount> {
    let wanted = |names: &[String], name: &str| names.is_empty() || names.iter().any(|asked| asked == name);
    let regions: Vec<Region> =
        account.regions.iter().filter(|region| wanted(&args.region, region.as_str())).cloned().collect();
    (wanted(&args.account, account.id.as_str()) && !regions.is_empty()).then(|| ScanAccount {
        provider: Provider::Aws,
        id: account.id.clone(),
        regions,
    })
}

fn known<'a>(what: &str, given: &[String], known: impl Iterator<Item = &'a str> + Clone) -> Result<(), Failure> {
    let Some(unknown) = given.iter().find(|name| !known.clone().any(|known| known == *name)) else {
        return Ok(());
    };
    let failure = Failure::new(FailureKind::Usage, format!("{} configures no {what} `{unknown}`", config::FILE));
    Err(match did_you_mean(unknown, known) {
        Some(meant) => failure.hint(format!("did you mean `{meant}`?")),
        None => failure,
    })
}

fn aws_account(account: &Account) -> AwsAccount {
    AwsAccount {
        id: account.id.clone(),
        regions: account.regions.clone(),
        profile: account.profile.clone(),
        role_arn: account.role.clone(),
        external_id: account.external_id.clone(),
        endpoint_url: account.endpoint.clone(),
    }
}
