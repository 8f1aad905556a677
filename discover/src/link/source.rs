//! Linking what a store holds.

use super::{Linked, Location, ObservationSource, link};
use caravan_inventory::{Observation, ObservationKind, Ownership, ScanId, WorkloadKind};
use caravan_inventory_store::{LinkScope, Links, ScanOutcome, Store, StoreError};
use jiff::Timestamp;

/// Everything that linking concludes.
const ALL: LinkScope<'static> = LinkScope { kinds: WorkloadKind::ALL, domains: true };

impl ObservationSource for Store {
    type Error = StoreError;

    fn locations(&self) -> Result<Vec<Location>, StoreError> {
        let locations = self.observation_locations()?;
        Ok(locations.into_iter().map(|(account, region)| Location { account, region }).collect())
    }

    fn visit(
        &self,
        kind: ObservationKind,
        location: Option<&Location>,
        visitor: &mut dyn FnMut(Observation),
    ) -> Result<(), StoreError> {
        let account = location.and_then(|location| location.account.as_ref());
        let region = location.and_then(|location| location.region.as_ref());
        self.observations_by_kind(kind, account, region, |observation| {
            // Without an account or region the store shows those of every location.
            let there = location.is_none_or(|location| {
                location.account == observation.account && location.region == observation.region
            });
            if there {
                visitor(observation);
            }
            Ok::<(), StoreError>(())
        })
    }
}

/// Links everything in the store anew, in one transaction: workloads, edges, domains that were observed, and the
/// questions about owners. What was there before is replaced; when it fails, nothing was changed. Linking what is linked
/// already changes nothing.
///
/// # Errors
/// Those of the store.
pub fn relink(store: &mut Store, ownership: &Ownership) -> Result<(), StoreError> {
    let links = store.replace_links(ALL)?;
    let linked = link(links.store(), ownership)?;
    write(&links, &linked)?;
    links.commit()
}

/// Ends a scan and links what is there then, in one transaction.
///
/// # Errors
/// As [`Store::finish_scan`]; then the scan still runs and nothing was changed.
pub(crate) fn finish_and_relink(
    store: &mut Store,
    scan: &ScanId,
    ended: Timestamp,
    ownership: &Ownership,
) -> Result<ScanOutcome, StoreError> {
    let links = store.replace_links(ALL)?;
    let outcome = links.finish_scan(scan, ended)?;
    let linked = link(links.store(), ownership)?;
    write(&links, &linked)?;
    links.commit()?;
    Ok(outcome)
}

fn write(links: &Links<'_>, linked: &Linked) -> Result<(), StoreError> {
    linked.workloads.iter().try_for_each(|workload| links.workload(workload))?;
    linked.edges.iter().try_for_each(|edge| links.edge(edge))?;
    linked.domains.iter().try_for_each(|domain| links.domain(domain))?;
    linked.questions.iter().try_for_each(|question| links.question(question))
}
