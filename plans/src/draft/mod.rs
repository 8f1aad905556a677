//! A wave proposed from the inventory, for a person to fill in, change and review.
//!
//! A workload behind a load balancer moves by DNS when a name of ours leads to that load balancer and everything under
//! that name goes to this one workload; else by the rule that forwards to it. What only a person knows is left blank
//! ([`crate::FILL_IN`]), and a blank is never sealed.

mod before_seal;
mod certificates;
mod closed;
mod entries;
mod front;
mod hand_overs;
mod names;
mod rule;

use crate::spec::{ShiftSpec, SpecSchema, WaveSpec};
use crate::surroundings::shared_with;
use crate::{Estate, OnFailure};
use caravan_inventory::{Observation, Workload};
use caravan_providers::target::{Alias, RecordSet};
pub use closed::{ClosedWay, closed_ways};
pub use entries::ENTRIES;
use front::{Front, Part, fronts};
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
    /// What is in the wave, and keeps it from being sealed as it stands now: each with what has to be done about it.
    pub before_seal: Vec<String>,
}

/// What is said of a workload without traffic.
const NO_TRAFFIC: &str = "no load balancer forwards to it, so there is no traffic to shift";

/// Proposes a wave of these workloads: the shifts of their traffic. [`Drafted::hand_over`] adds what is handed over.
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
            hand_overs: Vec::new(),
        },
        left_out: Vec::new(),
        before_seal: Vec::new(),
    };
    for workload in workloads {
        let fronts: Vec<Front<'_>> = fronts(workload, estate);
        let (shifts, left) = shifts(workload, &fronts, estate, &sets, new);
        let others = entries::of(workload, estate);
        let unforwarded = entries::unforwarded(workload, &fronts, estate);
        if fronts.is_empty() {
            let why = match (others.is_empty(), unforwarded.is_empty()) {
                (true, true) => Some(NO_TRAFFIC),
                (false, _) => Some("no rule that was read forwards to it, and what it is reached by no draft shifts"),
                (true, false) => None,
            };
            drafted.left_out.extend(why.map(|why| format!("{}: {why}", workload.id)));
        }
        let others = others.into_iter().chain(unforwarded);
        drafted.left_out.extend(others.map(|text| format!("{}: {text}", workload.id)));
        drafted.left_out.extend(left.into_iter().map(|text| format!("{}: {text}", workload.id)));
        drafted.spec.shifts.extend(shifts);
    }
    drafted.before_seal = before_seal::of(&drafted.spec.shifts, &sets);
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
        match &front.part {
            Part::Alone | Part::BesideIdle(_) => {}
            Part::Divided(groups) => {
                left.insert(format!(
                    "{what}: it divides its traffic among several target groups ({groups}); move it by hand"
                ));
                continue;
            }
            Part::Nothing(groups) => {
                left.insert(format!(
                    "{what}: the workload's target group has weight 0 there and gets nothing of it (all of it goes to {groups}); \
                     there is no traffic to shift"
                ));
                continue;
            }
        }
        if let Some(way) = closed::of(front, &workload.id, estate) {
            left.insert(format!("{what}{}: {}", of_hosts(front), closed::why(way)));
            continue;
        }
        if front.is_of_file() {
            left.insert(format!(
                "{what}{}: a file tells of it, and only what was read of its account can be shifted; discover the account, \
                 then draft anew",
                of_hosts(front)
            ));
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
        let (checks, names): (BTreeSet<String>, BTreeSet<String>) =
            names.into_iter().partition(|name| names::is_of_a_check(name));
        unmoved.extend(checks.into_iter().map(|name| (name, names::OF_A_CHECK.to_owned())));
        unmoved.extend(wildcards.into_iter().map(|host| (host, "a wildcard: no probe can ask for it".to_owned())));
        let mut by_name: Vec<ShiftSpec> = Vec::new();
        for name in &names {
            let balancer = front.balancer.native_name();
            let waits = closed::in_the_way(name, fronts, &workload.id, (estate, balancer));
            let uncarried = certificates::names(front, estate).filter(|names| !certificates::carry(names, name));
            let uncarried = uncarried.map(|names| certificates::why(front, &names));
            let moves = match (front.owns(name, estate), waits, uncarried) {
                (_, Some(why), _) | (true, None, Some(why)) => Err(why),
                (true, None, None) => names::shifts(workload, front, name, (estate, sets), new),
                (false, None, _) => Err("requests to this name come to others too, by other rules".to_owned()),
            };
            match moves {
                Ok(moves) => {
                    moved.insert(name.clone());
                    by_name.extend(moves.shifts);
                    let stays = moves.stays.into_iter();
                    left.extend(stays.map(|(zone, why)| format!("{name} in {zone} ({what}): {why}")));
                }
                Err(why) => unmoved.push((name.clone(), why)),
            }
        }
        if by_name.is_empty() {
            let why: Vec<String> = unmoved.into_iter().map(|(name, why)| format!("{name}: {why}")).collect();
            if let Part::BesideIdle(idle) = &front.part {
                let stays = format!(
                    "{what}: it names other target groups too, which get nothing ({idle}), and only a rule with one can be \
                     divided; take them out of it, or move it by hand"
                );
                left.insert([vec![stays], why].concat().join("; "));
                continue;
            }
            by_rules.push((rule::shift(workload, front, (&names, estate), new), what, why));
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
    left.extend(redirected(fronts, estate, &moved));
    // Another listener may have moved a name that this one could not.
    left.retain(|text| !moved.iter().any(|name| text.starts_with(&format!("{name} ("))));
    (shifts, left)
}

/// ` (a.example.com, b.example.com)`: the hosts that a front asks for, for people; nothing where it names none.
fn of_hosts(front: &Front<'_>) -> String {
    let (names, wildcards) = front.names(&BTreeSet::new()).unwrap_or_default();
    let all: Vec<String> = names.into_iter().chain(wildcards).collect();
    if all.is_empty() { String::new() } else { format!(" ({})", all.join(", ")) }
}

/// The names that a load balancer in front of the workload only redirects to one of its own: no shift moves them, and they
/// lead to the old side for as long as their records do.
fn redirected(fronts: &[Front<'_>], estate: &Estate, moved: &BTreeSet<String>) -> BTreeSet<String> {
    let nobody = BTreeSet::new();
    let own: BTreeSet<String> =
        fronts.iter().filter_map(|front| front.names(&nobody)).flat_map(|(names, _)| names).collect();
    let mut left = BTreeSet::new();
    for front in fronts {
        let of_balancer = |listener: &&Observation| listener.body["LoadBalancerArn"] == front.balancer.native_name();
        for listener in estate.listeners.iter().filter(of_balancer) {
            for (rule, to, names) in front::redirects(estate, listener).filter(|(_, to, _)| own.contains(to)) {
                let what = Front { rule, listener, part: Part::Alone, ..*front }.called();
                let names = names.into_iter().filter(|name| !own.contains(name) && !moved.contains(name));
                left.extend(names.map(|name| {
                    format!(
                        "{name}: {what} only redirects it to {to}; its records stay, and the redirect with them, until \
                             somebody moves both by hand"
                    )
                }));
            }
        }
    }
    left
}

#[cfg(test)]
mod tests;
