//! What is asked for last, since it follows from what is there: the metrics of everything that is counted.

use super::{Run, ScanError};
use crate::collect::{METRIC_DATA, metric_reads};
use crate::link::{Location, ObservationSource};
use crate::request::Request;
use caravan_inventory::{COUNTED, Metric, Scope, UnitState, metrics_of};

impl Run<'_> {
    /// Adds the reads of the metrics of everything in the inventory that is not gone, for each account and region whose metrics
    /// were asked for. What a scan that was killed had added already is the same, and is not added again.
    pub(super) fn ask_for_metrics(&mut self) -> Result<(), ScanError> {
        let Some(began) = self.store.unfinished_scan()?.map(|scan| scan.began) else { return Ok(()) };
        let units = self.store.units(&self.scan)?.into_iter();
        let open = units.filter(|unit| unit.api == METRIC_DATA && unit.state == UnitState::Partial);
        for (unit, scope) in open.filter_map(|unit| Some((unit.id.clone(), unit.scope()?))).collect::<Vec<_>>() {
            let account = scope.provider_account();
            if let Some(refused) = self.refused.iter().find(|refused| refused.account == account) {
                let reason = refused.reason.clone();
                self.store.set_unit_state(&self.scan, &unit, UnitState::Denied, Some(&reason))?;
                continue;
            }
            let reads = metric_reads(&scope, self.metrics(&scope)?, began);
            let work: Vec<_> = reads.into_iter().map(Request::into_work).collect();
            let added = self.store.add_work(&self.scan, &[], &work)?;
            let added = self.parse(added)?;
            self.queue.add(added);
        }
        Ok(())
    }

    fn metrics(&self, scope: &Scope) -> Result<Vec<Metric>, ScanError> {
        let location = Location { account: Some(scope.account.clone()), region: Some(scope.region.clone()) };
        let mut found = Vec::new();
        for kind in COUNTED.iter().copied().filter(|kind| kind.provider() == scope.provider) {
            self.store.visit(kind, Some(&location), &mut |thing| found.extend(metrics_of(&thing)))?;
        }
        Ok(found)
    }
}
