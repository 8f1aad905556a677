//! What discovery did not read whole: where nothing was found, nothing may be there, or nobody was let look.

use caravan_inventory::{AccountId, Region, Workload};
use std::collections::BTreeSet;

/// The rules of listeners, each with what stands in front of what.
pub(crate) const RULES: &str = "elasticloadbalancing:DescribeRules";
/// What scales services.
pub(crate) const SCALING: &str = "application-autoscaling:DescribeScalableTargets";

/// The lists of an account and a region that were not read whole, by the call that reads them (`elasticloadbalancing:DescribeRules`):
/// it was denied, failed, came to an end early, or nobody asked for it. Files have none: what they don't say is not there.
#[derive(Clone, Debug, Default)]
pub struct Unread(BTreeSet<(AccountId, Region, String)>);

impl Unread {
    /// Everything was read.
    pub const NOTHING: Self = Self(BTreeSet::new());

    /// Adds a list that was not read whole.
    pub fn insert(&mut self, account: AccountId, region: Region, api: String) {
        self.0.insert((account, region, api));
    }

    /// Whether a list of the account and the region where a workload runs was not read whole.
    pub(crate) fn is(&self, workload: &Workload, api: &str) -> bool {
        let (Some(account), Some(region)) = (&workload.account, &workload.region) else { return false };
        self.0.iter().any(|(of, at, list)| of == account && at == region && list == api)
    }
}
