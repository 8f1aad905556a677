//! What a scan is asked to read, and the units and first reads that follow.

use super::calls::{CALLS, Call, Source, Start, call};
use crate::request::{Request, unit_id};
use caravan_inventory::{AccountId, Region, Unit, UnitId, UnitState};
use caravan_inventory_store::{NewUnit, NewWork};
use caravan_providers::Read;
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// What a scan of AWS is asked to read.
#[derive(Clone, Debug, Default)]
pub struct ScanPlan {
    /// The accounts and their regions.
    pub accounts: Vec<ScanAccount>,
    /// The sources to read; empty is all. The others' units are recorded as skipped.
    pub only: BTreeSet<Source>,
    /// Whether to go on with the scan that was not finished instead of beginning one.
    pub resume: bool,
}

/// One account of a scan.
#[derive(Clone, Debug)]
pub struct ScanAccount {
    /// The account.
    pub id: AccountId,
    /// Its regions.
    pub regions: Vec<Region>,
}

/// The region of what has none.
const GLOBAL: &str = "global";

impl ScanPlan {
    /// Every unit of the scan, with what feeds it.
    pub(super) fn units(&self) -> Vec<NewUnit> {
        self.places()
            .flat_map(|(account, region, calls)| calls.map(move |call| self.unit(&account, &region, call)))
            .collect()
    }

    /// The first reads.
    pub(super) fn roots(&self) -> Vec<NewWork> {
        let asked = |call: &&Call| self.wants(call.source);
        self.places()
            .flat_map(|(account, region, calls)| {
                calls.filter(asked).filter_map(move |call| root(&account, &region, call))
            })
            .collect()
    }

    /// The plan as the store keeps it.
    pub(super) fn selection(&self) -> Value {
        let accounts: Vec<Value> = self
            .accounts
            .iter()
            .map(|account| json!({"id": account.id.as_str(), "regions": account.regions.iter().map(Region::as_str).collect::<Vec<_>>()}))
            .collect();
        let only: Vec<&str> = self.only.iter().map(|source| source.as_str()).collect();
        json!({"source": SELECTION_SOURCE, "accounts": accounts, "only": only})
    }

    fn wants(&self, source: Source) -> bool {
        self.only.is_empty() || self.only.contains(&source)
    }

    /// Each account with each of its regions, and with `global`; the calls to make there.
    fn places(&self) -> impl Iterator<Item = (AccountId, Region, impl Iterator<Item = &'static Call>)> {
        self.accounts.iter().flat_map(|account| {
            let distinct: BTreeSet<&Region> = account.regions.iter().collect();
            let own = distinct.into_iter().cloned().map(|region| (region, false));
            own.chain([(Region::new(GLOBAL), true)]).map(|(region, global)| {
                (account.id.clone(), region, CALLS.iter().filter(move |call| call.global == global))
            })
        })
    }

    fn unit(&self, account: &AccountId, region: &Region, call: &Call) -> NewUnit {
        let wanted = self.wants(call.source);
        NewUnit {
            unit: Unit {
                id: unit_id(account, region, call.api),
                account: Some(account.clone()),
                region: Some(region.clone()),
                api: call.api.to_owned(),
                state: if wanted { UnitState::Partial } else { UnitState::Skipped },
                found: 0,
                reason: (!wanted).then(|| "not asked for".to_owned()),
            },
            fed_by: call.fed_by.iter().map(|feeder| unit_id(account, region, feeder)).collect(),
        }
    }
}

/// What a scan's selection says of its source when it is one of AWS.
pub(super) const SELECTION_SOURCE: &str = "aws";

fn root(account: &AccountId, region: &Region, call: &Call) -> Option<NewWork> {
    let Start::Root(input) = call.start else { return None };
    let input = serde_json::from_str(input).ok()?;
    let read = Read { account: account.clone(), region: region.clone(), api: call.api.to_owned(), input, token: None };
    Some(Request::of(read).into_work())
}

/// The units that say what is to be read in this one.
pub(super) fn feeders(read: &Read) -> Vec<UnitId> {
    let fed_by = call(&read.api).map_or(&[][..], |call| call.fed_by);
    fed_by.iter().map(|feeder| unit_id(&read.account, &read.region, feeder)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plan(only: &[Source]) -> ScanPlan {
        let account = ScanAccount {
            id: AccountId::new("123456789012"),
            regions: vec![Region::new("eu-central-1"), Region::new("eu-west-1"), Region::new("eu-west-1")],
        };
        ScanPlan { accounts: vec![account], only: only.iter().copied().collect(), resume: false }
    }

    #[test]
    fn every_region_gets_its_units_and_global_ones_come_once() {
        let units = plan(&[]).units();
        let global = CALLS.iter().filter(|call| call.global).count();
        assert_eq!(units.len(), 2 * (CALLS.len() - global) + global);
        assert!(units.iter().any(|unit| unit.unit.id.as_str() == "aws/123456789012/global/route53:ListHostedZones"));
        assert!(units.iter().all(|unit| unit.unit.state == UnitState::Partial));
    }

    #[test]
    fn what_is_not_asked_for_is_skipped_and_not_read() {
        let plan = plan(&[Source::Dns]);
        assert_eq!(plan.roots().len(), 1);
        let skipped = plan.units().iter().filter(|unit| unit.unit.state == UnitState::Skipped).count();
        assert_eq!(skipped, plan.units().len() - 2);
    }

    #[test]
    fn sources_have_names() {
        for source in Source::ALL {
            assert_eq!(Source::parse(source.as_str()), Some(*source));
        }
    }
}
