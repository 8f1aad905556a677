//! What a scan is asked to read, and the units and first reads that follow.

use crate::collect::{CallRow, Source, Start, calls};
use crate::request::Request;
use caravan_inventory::{AccountId, Provider, Region, Scope, Unit, UnitId, UnitState};
use caravan_inventory_store::{NewUnit, NewWork};
use caravan_providers::Read;
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// What a scan of clouds is asked to read.
#[derive(Clone, Debug, Default)]
pub struct ScanPlan {
    /// The accounts and their regions.
    pub accounts: Vec<ScanAccount>,
    /// The sources to read; none is each that is read unless it is named. The others' units are recorded as skipped.
    pub only: BTreeSet<Source>,
    /// Whether to go on with the scan that was not finished instead of beginning one.
    pub resume: bool,
}

/// One account of a scan.
#[derive(Clone, Debug)]
pub struct ScanAccount {
    /// Whose account it is.
    pub provider: Provider,
    /// The account.
    pub id: AccountId,
    /// Its regions; what has none is read besides.
    pub regions: Vec<Region>,
}

impl ScanPlan {
    /// Every unit of the scan, with what feeds it.
    pub(super) fn units(&self) -> Vec<NewUnit> {
        self.scopes().flat_map(|(scope, calls)| calls.map(move |call| self.unit(&scope, call))).collect()
    }

    /// The first reads.
    pub(super) fn roots(&self) -> Vec<NewWork> {
        let asked = |call: &&CallRow| self.wants(call.source);
        self.scopes()
            .flat_map(|(scope, calls)| calls.filter(asked).filter_map(move |call| root(&scope, call)))
            .collect()
    }

    /// The plan as the store keeps it.
    pub(super) fn selection(&self) -> Value {
        let accounts: Vec<Value> = self
            .accounts
            .iter()
            .map(|ScanAccount { provider, id, regions }| json!({"provider": provider, "id": id, "regions": regions}))
            .collect();
        let only: Vec<&str> = self.only.iter().map(|source| source.as_str()).collect();
        json!({"source": SELECTION_SOURCE, "accounts": accounts, "only": only})
    }

    /// Whether this is what a scan of clouds keeps of its plan, and not what one of files does. Before there were several
    /// clouds it named AWS.
    pub(super) fn is_selection(kept: &Value) -> bool {
        [SELECTION_SOURCE, Provider::Aws.as_str()].iter().any(|source| kept["source"] == *source)
    }

    fn wants(&self, source: Source) -> bool {
        if self.only.is_empty() { source.is_default() } else { self.only.contains(&source) }
    }

    /// Each account with each of its regions, and without one; the calls to make there.
    fn scopes(&self) -> impl Iterator<Item = (Scope, impl Iterator<Item = &'static CallRow>)> {
        self.accounts.iter().flat_map(|account| {
            let distinct: BTreeSet<&Region> = account.regions.iter().collect();
            let own = distinct.into_iter().cloned().map(|region| (region, false));
            own.chain([(Region::global(), true)]).map(|(region, global)| {
                let scope = Scope::new(account.provider, account.id.clone(), region);
                (scope, calls(account.provider).filter(move |call| call.global == global))
            })
        })
    }

    fn unit(&self, scope: &Scope, call: &CallRow) -> NewUnit {
        let wanted = self.wants(call.source);
        let state = if wanted { UnitState::Partial } else { UnitState::Skipped };
        let why = if call.source.is_default() { "not asked for" } else { "not asked for by its name" };
        let reason = (!wanted).then(|| why.to_owned());
        NewUnit {
            unit: Unit { reason, ..Unit::of(scope, call.api, state) },
            fed_by: call.fed_by.iter().map(|feeder| UnitId::of(scope, feeder)).collect(),
        }
    }
}

/// What a scan's selection says of its source when it is one of clouds.
const SELECTION_SOURCE: &str = "clouds";

fn root(scope: &Scope, call: &CallRow) -> Option<NewWork> {
    let Start::Root(input) = call.start else { return None };
    let input = serde_json::from_str(input).ok()?;
    let read = Read { scope: scope.clone(), api: call.api.to_owned(), input, token: None };
    Some(Request::of(read).into_work())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plan(only: &[Source]) -> ScanPlan {
        let account = ScanAccount {
            provider: Provider::Aws,
            id: AccountId::new("123456789012"),
            regions: vec![Region::new("eu-central-1"), Region::new("eu-west-1"), Region::new("eu-west-1")],
        };
        ScanPlan { accounts: vec![account], only: only.iter().copied().collect(), resume: false }
    }

    #[test]
    fn every_region_gets_its_units_and_global_ones_come_once() {
        let units = plan(&[]).units();
        let global = calls(Provider::Aws).filter(|call| call.global).count();
        assert_eq!(units.len(), 2 * (calls(Provider::Aws).count() - global) + global);
        assert!(units.iter().any(|unit| unit.unit.id.as_str() == "aws/123456789012/global/route53:ListHostedZones"));
        let left_out: Vec<&str> = units
            .iter()
            .filter(|unit| unit.unit.state != UnitState::Partial)
            .map(|unit| unit.unit.api.as_str())
            .collect();
        assert_eq!(left_out, ["cloudwatch:GetMetricData"; 2], "what costs money is read when it is named");
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
