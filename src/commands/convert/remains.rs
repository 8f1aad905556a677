//! What a cutover has left in DNS, as the inventory has seen it.

use crate::error::Failure;
use caravan_inventory::ObservationKind;
use caravan_inventory_store::Store;
use caravan_plans::strategy::route53::{NEW, OLD};
use caravan_providers::target::RecordSet;
use std::collections::BTreeSet;

/// The names at which a weighted pair of a cutover stands. A listener rule or a route with two weighted members may be anybody's,
/// and is not named.
///
/// # Errors
/// When the inventory can't be read.
pub(super) fn names(store: &Store) -> Result<Vec<String>, Failure> {
    let mut names = BTreeSet::new();
    store.observations_by_kind(ObservationKind::RecordSet, None, None, |observation| {
        if let Ok(RecordSet { name, kind, set_identifier: Some(identifier), weight: Some(_), .. }) =
            RecordSet::read(&observation.body)
            && [OLD, NEW].contains(&identifier.as_str())
        {
            names.insert(format!("{name} {kind}"));
        }
        Ok::<_, Failure>(())
    })?;
    Ok(names.into_iter().collect())
}
