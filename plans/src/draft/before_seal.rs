//! What of a draft is never sealed as it stands: said when it is drafted, while there is time to do something about it.

use crate::spec::ShiftSpec;
use crate::strategy::Strategy;
use crate::strategy::route53::TYPES;
use caravan_inventory::Observation;
use caravan_providers::target::{RecordSet, dns_name};
use std::collections::BTreeSet;

/// The records of the shifts whose answers resolvers keep for longer than a stage bakes, each with what to do, for people.
pub(super) fn of(shifts: &[ShiftSpec], sets: &[(RecordSet, &Observation)]) -> Vec<String> {
    let kept = shifts.iter().flat_map(|shift| {
        let Strategy::Route53(by_name) = &shift.strategy else { return Vec::new() };
        let (name, bake) = (dns_name(&by_name.name), shift.gate.bake);
        let of_zone = |seen: &Observation| seen.name.split_once('/').is_some_and(|(zone, _)| zone == by_name.zone);
        let own = sets.iter().filter(|(set, seen)| {
            set.name == name && TYPES.contains(&set.kind.as_str()) && of_zone(seen)
        });
        let long = own.filter_map(|(set, _)| Some((set.kind.as_str(), set.ttl.filter(|ttl| *ttl > bake)?)));
        let said = |(kind, ttl): (&str, u32)| {
            format!(
                "{}: resolvers may keep its {kind} record for {ttl} s, and a stage bakes for {bake} s (`gate.bake`), also on the \
                 way back: lower its TTL now and wait for {ttl} s, or write a longer bake; as it is, the wave is not sealed",
                by_name.name
            )
        };
        long.map(said).collect()
    });
    kept.collect::<BTreeSet<String>>().into_iter().collect()
}
