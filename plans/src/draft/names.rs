//! Shifts by name: record sets of ours that lead to the load balancer in front of a workload.

use super::NewSide;
use super::front::Front;
use super::rule::between;
use crate::Estate;
use crate::blank::FILL_IN;
use crate::leading::{leading_to, targets};
use crate::spec::ShiftSpec;
use crate::strategy::Strategy;
use crate::strategy::route53::{NewRecords, Route53Spec, TYPES};
use crate::surroundings::is_private;
use caravan_inventory::{Observation, Workload};
use caravan_providers::target::{Alias, RecordSet, SettledBy, dns_name};
use std::collections::{BTreeMap, BTreeSet};

/// The names whose record sets lead to the front's load balancer, through other names too; without their last dot.
pub(super) fn leading(front: &Front<'_>, sets: &[(RecordSet, &Observation)]) -> BTreeSet<String> {
    let Some(balancer) = balancer(front) else { return BTreeSet::new() };
    let names = leading_to(&balancer, sets.iter().map(|(set, _)| set));
    names.into_iter().map(|name| name.trim_end_matches('.').to_owned()).collect()
}

/// What of a name moves.
pub(super) struct Moves {
    /// One shift for each zone that has the name and leads it here.
    pub(super) shifts: Vec<ShiftSpec>,
    /// The other zones that have it, as people call them, each with the reason why its records stay.
    pub(super) stays: Vec<(String, String)>,
}

/// The shifts of a name, one for each zone that has it; or why no record of it can be shifted.
///
/// Each zone answers for askers of its own (Route 53 Developer Guide, split-view DNS): what one of them says of the name is
/// no matter of the others.
pub(super) fn shifts(
    workload: &Workload,
    front: &Front<'_>,
    host: &str,
    (estate, sets): (&Estate, &[(RecordSet, &Observation)]),
    new: &NewSide,
) -> Result<Moves, String> {
    let (name, balancer) = (dns_name(host), balancer(front).ok_or("its load balancer has no name")?);
    let here = sets.iter().filter(|(set, _)| set.name == name && TYPES.contains(&set.kind.as_str()));
    let mut zones: BTreeMap<&str, Vec<&(RecordSet, &Observation)>> = BTreeMap::new();
    for one in here {
        let zone = one.1.name.split_once('/').map_or("", |(zone, _)| zone);
        zones.entry(zone).or_default().push(one);
    }
    if zones.is_empty() {
        return Err("no record set of the inventory has this name".to_owned());
    }
    let shift = |zone: &str, records: &[&(RecordSet, &Observation)]| {
        if let Some(why) = records.iter().find_map(|(set, _)| unmoved(set, &balancer)) {
            return Err(why);
        }
        let account = records.first().and_then(|(_, observed)| observed.account.clone());
        let strategy = Strategy::Route53(Route53Spec {
            account: account.ok_or("the account of its zone is not known")?,
            zone: zone.to_owned(),
            name: host.to_owned(),
            new: records.iter().map(|(set, _)| (set.kind.clone(), answer(set, new))).collect(),
            settled_by: settled_by(estate, zone),
        });
        Ok(between(workload, front, (host, estate), strategy, new))
    };
    let only = zones.len() == 1;
    let (mut shifts, mut stays) = (Vec::new(), Vec::new());
    for (zone, records) in zones {
        match shift(zone, &records) {
            Ok(spec) => shifts.push(spec),
            Err(why) if only => return Err(why),
            Err(why) => stays.push((called(estate, zone), why)),
        }
    }
    if shifts.is_empty() {
        return Err(stays.into_iter().map(|(zone, why)| format!("in {zone}, {why}")).collect::<Vec<_>>().join("; "));
    }
    Ok(Moves { shifts, stays })
}

/// Why a name such as `_acme-challenge.shop.example.com` is none that moves.
pub(super) const OF_A_CHECK: &str = "no host that anybody calls, but a record by which something is proved (a certificate, the sender of mail): it stays as it is";

/// Whether a name is one by which something is looked up or proved, and no host: a label of it begins with `_` (RFC 8552).
pub(super) fn is_of_a_check(name: &str) -> bool {
    name.split('.').any(|label| label.starts_with('_'))
}

/// Why a record set can't be shifted, if it can't.
fn unmoved(set: &RecordSet, balancer: &str) -> Option<String> {
    if set.set_identifier.is_some() || !set.other.is_empty() {
        let policy = set.other.keys().next().map_or("Weight", String::as_str);
        return Some(format!("its {} record has a routing policy already ({policy})", set.kind));
    }
    if set.health_check.is_some() {
        return Some(format!("a health check stands on its {} record", set.kind));
    }
    let targets = targets(set);
    if targets.iter().any(|target| *target == balancer) {
        return None;
    }
    let shown = targets.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
    let shown = if shown.is_empty() { "nothing that can be read".to_owned() } else { shown };
    Some(format!("its {} record does not lead to the load balancer itself, but to {shown}", set.kind))
}

/// A zone as people call it: `the private zone Z1`.
fn called(estate: &Estate, zone: &str) -> String {
    format!("the {} zone {zone}", if is_private(estate, zone) { "private" } else { "public" })
}

/// A private zone has no name servers that could be asked.
fn settled_by(estate: &Estate, zone: &str) -> SettledBy {
    if is_private(estate, zone) { SettledBy::Provider } else { SettledBy::NameServers }
}

fn answer(set: &RecordSet, new: &NewSide) -> NewRecords {
    match (&set.alias, &new.alias) {
        // Whether the health of what it leads to counts is the record's own matter, and stays as it was.
        (Some(old), Some(alias)) => NewRecords::Alias(Alias { evaluate_health: old.evaluate_health, ..alias.clone() }),
        (Some(old), None) => NewRecords::Alias(Alias {
            zone: format!("{FILL_IN}: the hosted zone of the new side's load balancer"),
            name: format!("{FILL_IN}: its name"),
            evaluate_health: old.evaluate_health,
        }),
        (None, alias) => NewRecords::Values {
            ttl: set.ttl.unwrap_or(60),
            values: vec![alias.as_ref().map_or_else(|| FILL_IN.to_owned(), |alias| alias.name.clone())],
        },
    }
}

fn balancer(front: &Front<'_>) -> Option<String> {
    front.balancer.body["DNSName"].as_str().map(dns_name)
}
