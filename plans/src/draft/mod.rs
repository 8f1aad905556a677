//! A wave proposed from the inventory, for a person to fill in, change and review.
//!
//! A workload behind a load balancer moves by DNS when a name of ours leads to that load balancer and everything under
//! that name goes to this one workload; else by the rule that forwards to it. What only a person knows is left blank
//! ([`crate::FILL_IN`]), and a blank is never sealed.

mod front;
mod names;
mod rule;

use crate::spec::{ShiftSpec, SpecSchema, WaveSpec};
use crate::surroundings::shared_with;
use crate::{Estate, OnFailure};
use caravan_inventory::{Observation, Workload};
use caravan_providers::target::{Alias, RecordSet};
use front::{Front, fronts};
use std::collections::BTreeSet;

/// Where the new side is, as far as it is known.
#[derive(Clone, Debug, Default)]
pub struct NewSide {
    /// The load balancer in front of the cluster's gateway.
    pub alias: Option<Alias>,
    /// Where probes of it connect: `host:port`.
    pub address: Option<String>,
}

/// A draft, and what it could not propose.
#[derive(Clone, Debug)]
pub struct Drafted {
    /// The wave.
    pub spec: WaveSpec,
    /// Workloads without a shift, and every name and rule that leads to one and that no shift moves, each with the reason.
    pub left_out: Vec<String>,
}

/// Proposes a wave of these workloads.
#[must_use]
pub fn draft(wave: &str, workloads: &[Workload], estate: &Estate, new: &NewSide) -> Drafted {
    let sets: Vec<(RecordSet, &Observation)> = estate
        .record_sets
        .iter()
        .filter_map(|observed| Some((RecordSet::read(&observed.body).ok()?, observed)))
        .collect();
    let mut drafted = Drafted {
        spec: WaveSpec {
            schema: SpecSchema::V1,
            wave: wave.to_owned(),
            drivers: None,
            on_failure: OnFailure::Wave,
            soak: None,
            shifts: Vec::new(),
        },
        left_out: Vec::new(),
    };
    for workload in workloads {
        let fronts: Vec<Front<'_>> = fronts(workload, estate);
        let (shifts, left) = shifts(workload, &fronts, estate, &sets, new);
        if fronts.is_empty() {
            let why = "no load balancer forwards to it, so there is no traffic to shift";
            drafted.left_out.push(format!("{}: {why}", workload.id));
        }
        drafted.left_out.extend(left.into_iter().map(|text| format!("{}: {text}", workload.id)));
        drafted.spec.shifts.extend(shifts);
    }
    // For a person to see: what else moves, or stays behind.
    let all = drafted.spec.shifts.clone();
    for shift in &mut drafted.spec.shifts {
        shift.shared_with = shared_with(shift, &all, estate).into_iter().map(|shared| shared.name).collect();
    }
    drafted
}

/// The shifts of one workload: by name where that moves nobody else, else by rule; and what no shift moves.
fn shifts(
    workload: &Workload,
    fronts: &[Front<'_>],
    estate: &Estate,
    sets: &[(RecordSet, &Observation)],
    new: &NewSide,
) -> (Vec<ShiftSpec>, BTreeSet<String>) {
    let mut shifts: Vec<ShiftSpec> = Vec::new();
    // With what the front is called, and why its names can't move by DNS.
    let mut by_rules: Vec<(ShiftSpec, String, Vec<String>)> = Vec::new();
    let (mut left, mut moved) = (BTreeSet::new(), BTreeSet::new());
    for front in fronts {
        let what = front.called();
        if !front.alone {
            left.insert(format!("{what}: it divides its traffic among several target groups; move it by hand"));
            continue;
        }
        if let Some(protocol) = front.unasked() {
            left.insert(format!("{what}: it speaks {protocol}, and a probe asks by HTTP or gRPC; move it by hand"));
            continue;
        }
        let leading = names::leading(front, sets);
        let mut unmoved: Vec<(String, String)> = Vec::new();
        let (names, wildcards) = front.names(&leading).unwrap_or_else(|| {
            unmoved.push(("its hosts".to_owned(), "they are given in a way that names none".to_owned()));
            Default::default()
        });
        unmoved.extend(wildcards.into_iter().map(|host| (host, "a wildcard: no probe can ask for it".to_owned())));
        let mut by_name: Vec<ShiftSpec> = Vec::new();
        for name in &names {
            let moves = match front.owns(name, estate) {
                true => names::shifts(workload, front, name, (estate, sets), new),
                false => Err("requests to this name come to others too, by other rules".to_owned()),
            };
            match moves {
                Ok(moves) => {
                    moved.insert(name.clone());
                    by_name.extend(moves);
                }
                Err(why) => unmoved.push((name.clone(), why)),
            }
        }
        if by_name.is_empty() {
            let why = unmoved.into_iter().map(|(name, why)| format!("{name}: {why}")).collect();
            by_rules.push((rule::shift(workload, front, names.iter().next().map(String::as_str), new), what, why));
        } else {
            left.extend(unmoved.into_iter().map(|(name, why)| format!("{name} ({what}): {why}")));
        }
        for shift in by_name {
            // HTTP and HTTPS listeners share their names.
            if !shifts.iter().any(|other| other.strategy.target() == shift.strategy.target()) {
                shifts.push(shift);
            }
        }
    }
    let by_dns = !shifts.is_empty();
    for (shift, what, why) in by_rules {
        if by_dns {
            // What goes by name needs no rule changed; what comes by this rule alone stays where it is.
            let stays = format!("{what}: other names of the workload move by DNS, and its rule stays as it is");
            left.insert([vec![stays], why].concat().join("; "));
        } else if !shifts.iter().any(|other| other.strategy.target() == shift.strategy.target()) {
            shifts.push(shift);
        }
    }
    // Another listener may have moved a name that this one could not.
    left.retain(|text| !moved.iter().any(|name| text.starts_with(&format!("{name} ("))));
    (shifts, left)
}

#[cfg(test)]
mod tests;
