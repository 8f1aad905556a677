//! Which secrets the SecretStores of the platform read: those of one account in one region.

use caravan_inventory::{AccountId, Region, Workload, WorkloadKind};

/// What is known of the account and the region whose secrets the platform's stores read. External Secrets gives a store one
/// client, of one region, and Secrets Manager never leaves the region of the client, not even for an ARN of another one.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct StoreReach {
    /// The account; none where nobody said, and the workloads do not tell.
    pub account: Option<AccountId>,
    /// The region; none where nobody said.
    pub region: Option<Region>,
    /// Whether workloads of several accounts or regions run in the environment, so that one name may be that of several
    /// secrets.
    pub several: bool,
}

impl StoreReach {
    /// Nothing is known.
    pub const UNKNOWN: Self = Self { account: None, region: None, several: false };

    /// What people said of an environment's stores, and what its workloads tell: the account of all of them is taken for that
    /// of the stores where people named none.
    #[must_use]
    pub fn of<'w>(
        account: Option<&AccountId>,
        region: Option<&Region>,
        workloads: impl IntoIterator<Item = &'w Workload>,
    ) -> Self {
        let mut reach = Self { account: account.cloned(), region: region.cloned(), several: false };
        let (mut accounts, mut regions): (Vec<&AccountId>, Vec<&Region>) = (Vec::new(), Vec::new());
        for workload in workloads.into_iter().filter(|workload| workload.kind != WorkloadKind::Worker) {
            accounts.extend(workload.account.as_ref().filter(|account| !accounts.contains(account)));
            regions.extend(workload.region.as_ref().filter(|region| !regions.contains(region)));
        }
        if let ([one], None) = (accounts.as_slice(), account) {
            reach.account = Some((*one).clone());
        }
        reach.several = accounts.len() > 1 || regions.len() > 1;
        reach
    }
}
