//! Whom security groups let in to a workload, and where they let it in.

use crate::error::Failure;
use crate::inventory_db::each_workload;
use caravan_discover::{LetIn, groups_of, let_in};
use caravan_inventory::{Evidence, ObservationKind, Workload};
use caravan_inventory_store::{Store, WorkloadFilter};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// A connection that security groups allow. Whether anything uses it, they do not say.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd, Serialize)]
pub(crate) struct Allowed {
    /// The workload that may connect.
    pub(crate) from: String,
    /// The workload that it may connect to.
    pub(crate) to: String,
    /// Protocol and ports.
    pub(crate) ports: String,
    /// The rule that says so.
    pub(crate) evidence: Evidence,
}

/// What is allowed to come in to a workload from others, and where it is allowed to go, sorted. Members of one group that lets
/// in its own are no news and are left out.
///
/// # Errors
/// Those of reading.
pub(super) fn around(store: &Store, workload: &Workload) -> Result<Vec<Allowed>, Failure> {
    let own: BTreeSet<String> = groups(store, workload)?;
    if own.is_empty() {
        return Ok(Vec::new());
    }
    let mut rules: Vec<LetIn> = Vec::new();
    store.observations_by_kind(ObservationKind::SecurityGroup, None, None, |group| {
        let touches = |rule: &LetIn| rule.from != rule.to && (own.contains(&rule.from) || own.contains(&rule.to));
        rules.extend(let_in(&group).into_iter().filter(touches));
        Ok::<(), Failure>(())
    })?;
    let members = members(store, &rules)?;
    let mut allowed = BTreeSet::new();
    for LetIn { from, to, ports, evidence } in rules {
        let of = |group: &str| members.get(group).into_iter().flatten();
        for (from, to) in of(&from).flat_map(|from| of(&to).map(move |to| (from, to))) {
            let touches = from == workload.id.as_str() || to == workload.id.as_str();
            if touches && from != to {
                let (from, to) = (from.clone(), to.clone());
                allowed.insert(Allowed { from, to, ports: ports.clone(), evidence: evidence.clone() });
            }
        }
    }
    Ok(allowed.into_iter().collect())
}

/// The workloads in each group that a rule names.
fn members(store: &Store, rules: &[LetIn]) -> Result<BTreeMap<String, BTreeSet<String>>, Failure> {
    let named: BTreeSet<&str> = rules.iter().flat_map(|rule| [rule.from.as_str(), rule.to.as_str()]).collect();
    let mut members: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    if named.is_empty() {
        return Ok(members);
    }
    each_workload(store, &WorkloadFilter::default(), |workload| {
        for group in groups(store, &workload)?.into_iter().filter(|group| named.contains(group.as_str())) {
            members.entry(group).or_default().insert(workload.id.to_string());
        }
        Ok(())
    })?;
    Ok(members)
}

fn groups(store: &Store, workload: &Workload) -> Result<BTreeSet<String>, Failure> {
    Ok(groups_of(&store.observations_of(workload)?).into_keys().collect())
}
