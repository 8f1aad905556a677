//! A wave proposed from the inventory, for a person to fill in, change and review.
//!
//! A workload behind a load balancer moves by DNS when a name of ours leads to that load balancer and everything under
//! that name goes to this one workload; else by the rule that forwards to it. What only a person knows is left blank
//! ([`FILL_IN`]), and a blank is never sealed.

use crate::Estate;
use crate::blank::FILL_IN;
use crate::rule_body::{groups, hosts, listener_of};
use crate::spec::{
    GateSpec, ProbeSpec, ShiftSpec, SideProbes, SpecSchema, WaveSpec, default_approvals, default_in_flight,
    default_stages,
};
use crate::strategy::Strategy;
use crate::strategy::alb::AlbSpec;
use crate::strategy::route53::{NewRecords, Route53Spec, TYPES};
use crate::surroundings::{is_private, shared_with};
use caravan_inventory::{Observation, ObservationKind, Workload};
use caravan_providers::target::{Alias, RecordSet, SettledBy, dns_name};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

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
    /// Workloads without a shift, each with the reason.
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
        spec: WaveSpec { schema: SpecSchema::V1, wave: wave.to_owned(), drivers: None, shifts: Vec::new() },
        left_out: Vec::new(),
    };
    for workload in workloads {
        let fronts: Vec<Front<'_>> = fronts(workload, estate);
        let shifts = shifts(workload, &fronts, estate, &sets, new);
        if shifts.is_empty() {
            drafted.left_out.push(format!("{}: {}", workload.id, why_not(&fronts)));
        }
        drafted.spec.shifts.extend(shifts);
    }
    // For a person to see: what else moves, or stays behind.
    let all = drafted.spec.shifts.clone();
    for shift in &mut drafted.spec.shifts {
        shift.shared_with = shared_with(shift, &all, estate).into_iter().map(|shared| shared.name).collect();
    }
    drafted
}

/// One rule or default action that forwards to a workload alone.
struct Front<'a> {
    rule: &'a Observation,
    listener: &'a Observation,
    balancer: &'a Observation,
    group: &'a Observation,
}

fn fronts<'a>(workload: &Workload, estate: &'a Estate) -> Vec<Front<'a>> {
    let own: BTreeSet<&str> = workload
        .parts
        .iter()
        .filter_map(|part| estate.target_groups.iter().find(|group| group.id == *part))
        .map(|group| group.name.as_str())
        .collect();
    let by_name = |all: &'a [Observation], name: &str| all.iter().find(|observed| observed.name == name);
    let forwards = |observed: &'a Observation| {
        let groups = groups(&observed.body);
        let [only] = groups.as_slice() else { return None };
        let group = own.contains(only.as_str()).then(|| by_name(&estate.target_groups, only))??;
        let listener = match observed.kind {
            ObservationKind::Listener => observed,
            _ => by_name(&estate.listeners, &listener_of(&observed.name)?)?,
        };
        let balancer = by_name(&estate.load_balancers, listener.body["LoadBalancerArn"].as_str()?)?;
        Some(Front { rule: observed, listener, balancer, group })
    };
    // A listener's default action is also observed as its default rule, which can't be written.
    let written = estate.rules.iter().filter(|rule| rule.body["IsDefault"] != true);
    written.chain(&estate.listeners).filter_map(forwards).collect()
}

/// The shifts of one workload: by name where that moves nobody else, else by rule.
fn shifts(
    workload: &Workload,
    fronts: &[Front<'_>],
    estate: &Estate,
    sets: &[(RecordSet, &Observation)],
    new: &NewSide,
) -> Vec<ShiftSpec> {
    let mut shifts: Vec<ShiftSpec> = Vec::new();
    for front in fronts {
        let names: Vec<String> = hosts(front.rule).into_iter().filter(|host| owns(front, host, estate)).collect();
        let named: Vec<ShiftSpec> =
            names.iter().filter_map(|name| by_name(workload, front, name, (estate, sets), new)).collect();
        let moved = if named.is_empty() { vec![by_rule(workload, front, new)] } else { named };
        for shift in moved {
            // HTTP and HTTPS listeners share their names.
            if !shifts.iter().any(|other| other.strategy.target() == shift.strategy.target()) {
                shifts.push(shift);
            }
        }
    }
    let by_dns = |shift: &ShiftSpec| matches!(shift.strategy, Strategy::Route53(_));
    if shifts.iter().any(by_dns) {
        // What goes by name needs no rule changed.
        shifts.retain(by_dns);
    }
    shifts
}

/// Whether every rule of the load balancer that takes this name forwards to the same target group.
fn owns(front: &Front<'_>, host: &str, estate: &Estate) -> bool {
    let takes = |rule: &&Observation| hosts(rule).iter().any(|other| other == host);
    let on_balancer = |rule: &&Observation| {
        listener_of(&rule.name).is_some_and(|arn| {
            let listener = estate.listeners.iter().find(|listener| listener.name == arn);
            listener.is_some_and(|listener| listener.body["LoadBalancerArn"] == front.balancer.name.as_str())
        })
    };
    let sends_there = |rule: &Observation| {
        let groups = groups(&rule.body);
        // A redirect to HTTPS sends nobody elsewhere.
        groups.is_empty() || groups == [front.group.name.clone()]
    };
    estate.rules.iter().filter(takes).filter(on_balancer).all(sends_there)
}

fn by_name(
    workload: &Workload,
    front: &Front<'_>,
    host: &str,
    (estate, sets): (&Estate, &[(RecordSet, &Observation)]),
    new: &NewSide,
) -> Option<ShiftSpec> {
    let name = dns_name(host);
    let balancer = front.balancer.body["DNSName"].as_str().map(dns_name)?;
    let here: Vec<&(RecordSet, &Observation)> =
        sets.iter().filter(|(set, _)| set.name == name && TYPES.contains(&set.kind.as_str())).collect();
    let leads_here = |set: &RecordSet| {
        let alias = set.alias.as_ref().map(|alias| alias.name.as_str());
        let value = set.values.first().map(|value| dns_name(value));
        let target = alias.map(str::to_owned).or(value).unwrap_or_default();
        target.trim_start_matches("dualstack.") == balancer && set.set_identifier.is_none() && set.other.is_empty()
    };
    if here.is_empty() || !here.iter().all(|(set, _)| leads_here(set)) {
        return None;
    }
    let observed = here.first()?.1;
    let (zone, _) = observed.name.split_once('/')?;
    let answer = |set: &RecordSet| match (&set.alias, &new.alias) {
        (Some(_), Some(alias)) => NewRecords::Alias(alias.clone()),
        (Some(old), None) => NewRecords::Alias(Alias {
            zone: format!("{FILL_IN}: the hosted zone of the new side's load balancer"),
            name: format!("{FILL_IN}: its name"),
            evaluate_health: old.evaluate_health,
        }),
        (None, alias) => NewRecords::Values {
            ttl: set.ttl.unwrap_or(60),
            values: vec![alias.as_ref().map_or_else(|| FILL_IN.to_owned(), |alias| alias.name.clone())],
        },
    };
    let strategy = Strategy::Route53(Route53Spec {
        account: observed.account.clone()?,
        zone: zone.to_owned(),
        name: host.to_owned(),
        new: here.iter().map(|(set, _)| (set.kind.clone(), answer(set))).collect::<BTreeMap<_, _>>(),
        settled_by: settled_by(estate, zone),
    });
    Some(shift(workload, front, host, strategy, new))
}

/// A private zone has no name servers that could be asked.
fn settled_by(estate: &Estate, zone: &str) -> SettledBy {
    if is_private(estate, zone) { SettledBy::Provider } else { SettledBy::NameServers }
}

fn by_rule(workload: &Workload, front: &Front<'_>, new: &NewSide) -> ShiftSpec {
    let place = front.rule;
    let strategy = Strategy::Alb(AlbSpec {
        account: place.account.clone().unwrap_or_else(|| caravan_inventory::AccountId::new(FILL_IN)),
        region: place.region.clone().unwrap_or_else(|| caravan_inventory::Region::new(FILL_IN)),
        rule: place.name.clone(),
        new: format!("{FILL_IN}: the ARN of the new side's target group"),
    });
    let host = hosts(front.rule).into_iter().next();
    let balancer = front.balancer.body["DNSName"].as_str().unwrap_or(FILL_IN);
    shift(workload, front, host.as_deref().unwrap_or(balancer), strategy, new)
}

fn shift(workload: &Workload, front: &Front<'_>, host: &str, strategy: Strategy, new: &NewSide) -> ShiftSpec {
    let port = front.listener.body["Port"].as_u64().unwrap_or(443);
    let tls = front.listener.body["Protocol"] == "HTTPS";
    let balancer = front.balancer.body["DNSName"].as_str().unwrap_or(FILL_IN);
    // A group that speaks gRPC answers no GET: its health is asked for as a whole.
    let grpc = (front.group.body["ProtocolVersion"] == "GRPC").then(String::new);
    let path = front.group.body["HealthCheckPath"].as_str().unwrap_or("/");
    let probe = |address: String| ProbeSpec {
        address,
        host: host.to_owned(),
        path: if grpc.is_some() { "/" } else { path }.to_owned(),
        tls,
        status: if grpc.is_some() { (200, 299) } else { matcher(&front.group.body) },
        timeout_ms: 5000,
        grpc: grpc.clone(),
    };
    let alias = new.alias.as_ref().map(|alias| format!("{}:{port}", alias.name.trim_end_matches('.')));
    let address = new.address.clone().or(alias).unwrap_or_else(|| format!("{FILL_IN}: host:port of the new side"));
    ShiftSpec {
        workload: workload.id.clone(),
        strategy,
        probes: SideProbes { old: vec![probe(format!("{balancer}:{port}"))], new: vec![probe(address)] },
        stages: default_stages(),
        approve: default_approvals(),
        gate: GateSpec::default(),
        in_flight: default_in_flight(),
        paused_controllers: Vec::new(),
        shared_with: Vec::new(),
    }
}

/// The statuses that the target group takes for healthy: `200`, `200-299`, `200,301`. A redirect is proposed only where
/// nothing else is healthy: it tells nothing of what it leads to.
fn matcher(group: &Value) -> (u16, u16) {
    let text = group["Matcher"]["HttpCode"].as_str().unwrap_or_default();
    let ranges = text.split(',').filter_map(|range| {
        let (low, high) = range.split_once('-').unwrap_or((range, range));
        Some((low.trim().parse::<u16>().ok()?, high.trim().parse::<u16>().ok()?))
    });
    let ranges: Vec<(u16, u16)> = ranges.collect();
    let within = |low: u16, high: u16| {
        let inside = ranges.iter().filter(|range| range.0 <= high && low <= range.1);
        let inside: Vec<(u16, u16)> = inside.map(|range| (range.0.max(low), range.1.min(high))).collect();
        Some((inside.iter().map(|range| range.0).min()?, inside.iter().map(|range| range.1).max()?))
    };
    within(200, 299).or_else(|| within(100, 599)).unwrap_or((200, 299))
}

fn why_not(fronts: &[Front<'_>]) -> &'static str {
    match fronts {
        [] => "no load balancer forwards to it alone, so there is no traffic to shift",
        _ => "nothing could be proposed",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_redirect_is_proposed_as_healthy_only_where_nothing_else_is() {
        for (codes, wanted) in [
            ("200", (200, 200)),
            ("200-299", (200, 299)),
            ("200-399", (200, 299)),
            ("200,301", (200, 200)),
            ("204, 202,302", (202, 204)),
            ("301,302", (301, 302)),
            ("", (200, 299)),
        ] {
            assert_eq!(matcher(&json!({"Matcher": {"HttpCode": codes}})), wanted, "{codes}");
        }
    }
}
