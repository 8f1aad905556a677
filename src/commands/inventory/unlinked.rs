//! What says how services scale, and names none that was seen.

use crate::error::Failure;
use crate::printer::{Printer, printable};
use caravan_inventory::{ObservationId, ObservationKind};
use caravan_inventory_store::Store;
use serde::Serialize;
use std::collections::BTreeMap;

/// A scalable target, a scaling policy or a scheduled action that belongs to no workload.
#[derive(Serialize)]
pub(crate) struct Unlinked {
    observation: ObservationId,
    /// What it scales, by its own words; none where it does not say.
    resource: Option<String>,
}

/// All of them that scale ECS services, sorted; those of other things, such as tables, are no workloads' anyway.
///
/// # Errors
/// When the inventory can't be read.
pub(crate) fn unlinked(store: &Store) -> Result<Vec<Unlinked>, Failure> {
    let mut all = Vec::new();
    for kind in [ObservationKind::ScalableTarget, ObservationKind::ScalingPolicy, ObservationKind::ScheduledAction] {
        store.observations_by_kind(kind, None, None, |observation| {
            let resource = observation.body.get("ResourceId").and_then(serde_json::Value::as_str).map(str::to_owned);
            if resource.as_deref().is_none_or(|resource| resource.starts_with("service/")) {
                all.push(Unlinked { observation: observation.id, resource });
            }
            Ok::<_, Failure>(())
        })?;
    }
    let mut unlinked = Vec::new();
    for one in all {
        if store.workloads_with(&one.observation)?.is_empty() {
            unlinked.push(one);
        }
    }
    Ok(unlinked)
}

/// Says which services they name: nothing scales these on the platform.
pub(crate) fn warn_of_unlinked(printer: &Printer, unlinked: &[Unlinked]) {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for one in unlinked {
        *counts.entry(one.resource.as_deref().unwrap_or("no resource")).or_default() += 1;
    }
    for (resource, count) in counts {
        let resource = printable(resource);
        printer.warning(&format!(
            "{count} of autoscaling belong to no workload: they name {resource}, which was not seen"
        ));
    }
}
