//! Which accounts are read.

use super::DiscoverArgs;
use crate::clouds::Account;
use crate::config::{self, Config};
use crate::error::{Failure, FailureKind};
use crate::global::Global;
use crate::suggest::did_you_mean;
use caravan_discover::{ScanAccount, ScanPlan, Source};
use caravan_inventory::Region;

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

fn asked_for(account: &Account, args: &DiscoverArgs) -> Option<ScanAccount> {
    let wanted = args.account.is_empty() || args.account.iter().any(|asked| asked == account.id.as_str());
    wanted.then(|| account.scanned(&args.region)).flatten()
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
