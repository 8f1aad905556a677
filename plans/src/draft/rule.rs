//! Shifts by rule, and what every proposed shift has.

use super::NewSide;
use super::certificates;
use super::front::Front;
use crate::Estate;
use crate::blank::{FILL_IN, is_blank};
use crate::rule_body::{Hosts, hosts, takes_host, takes_path};
use crate::spec::{
    AnalysisSpec, GateSpec, ProbeSpec, ShiftSpec, SideProbes, default_approvals, default_in_flight, default_stages,
};
use crate::strategy::Strategy;
use crate::strategy::alb::AlbSpec;
use caravan_inventory::Workload;
use serde_json::Value;
use std::collections::BTreeSet;

/// The shift of a rule or default action; `names` are those by which it is called. Its probes ask for one of which no other
/// rule takes their path.
pub(super) fn shift(
    workload: &Workload,
    front: &Front<'_>,
    (names, estate): (&BTreeSet<String>, &Estate),
    new: &NewSide,
) -> ShiftSpec {
    let place = front.rule;
    let strategy = Strategy::Alb(AlbSpec {
        account: place.account.clone().unwrap_or_else(|| caravan_inventory::AccountId::new(FILL_IN)),
        region: place.region.clone().unwrap_or_else(|| caravan_inventory::Region::new(FILL_IN)),
        rule: place.name.clone(),
        new: format!("{FILL_IN}: the ARN of the new side's target group"),
    });
    // No certificate has the load balancer's own name, so over TLS it can't be asked for by it.
    let own = front.balancer.body["DNSName"].as_str().map(str::to_ascii_lowercase);
    let own = own.filter(|own| !is_tls(front) && takes_host(&front.rule.body, own) && !names_none(front));
    let unknown = || format!("{FILL_IN}: a host that the rule takes, and that its certificate has");
    let path = health_path(front);
    let carried = certificates::names(front, estate);
    let mut names = names.iter().filter(|name| carried.as_ref().is_none_or(|all| certificates::carry(all, name)));
    let first = names.clone().next();
    let asked = names.find(|name| front.caught(estate, name, path).is_none()).or(first);
    let host = asked.cloned().or(own).unwrap_or_else(unknown);
    between(workload, front, (&host, estate), strategy, new)
}

/// A shift from the front to the new side, asked for by this host.
pub(super) fn between(
    workload: &Workload,
    front: &Front<'_>,
    (host, estate): (&str, &Estate),
    strategy: Strategy,
    new: &NewSide,
) -> ShiftSpec {
    let port = front.listener.body["Port"].as_u64().unwrap_or(443);
    let balancer = front.balancer.body["DNSName"].as_str().unwrap_or(FILL_IN);
    // A group that speaks gRPC answers no GET: its health is asked for as a whole.
    let grpc = (front.group.body["ProtocolVersion"] == "GRPC").then(String::new);
    let path = health_path(front);
    // Another rule would answer for the health check's path where this one does not take it.
    let is_by_rule = matches!(strategy, Strategy::Alb(_));
    // So it would where another one takes this host first: a redirect tells nothing of the workload.
    let caught = if is_blank(host) { None } else { front.caught(estate, host, path) };
    let path = match (takes_path(&front.rule.body, path) || !is_by_rule, caught) {
        (true, None) => path.to_owned(),
        (true, Some(by)) => format!("{FILL_IN}: a path that tells whether it is well: {by}"),
        (false, _) => format!("{FILL_IN}: a path that the rule takes, which tells whether it is well"),
    };
    let probe = |address: String| ProbeSpec {
        address,
        host: host.to_owned(),
        path: if grpc.is_some() { "/".to_owned() } else { path.clone() },
        tls: is_tls(front),
        status: if grpc.is_some() { (200, 299) } else { matcher(&front.group.body) },
        timeout_ms: 5000,
        grpc: grpc.clone(),
    };
    // Through the rule that moves, the old side would be the new one at 100 %, and nothing would be taken back.
    let old = match is_by_rule {
        true => format!("{FILL_IN}: host:port of the old side, past the load balancer"),
        false => format!("{balancer}:{port}"),
    };
    let alias = new.alias.as_ref().map(|alias| format!("{}:{port}", alias.name.trim_end_matches('.')));
    let address = new.address.clone().or(alias).unwrap_or_else(|| format!("{FILL_IN}: host:port of the new side"));
    ShiftSpec {
        workload: workload.id.clone(),
        strategy,
        probes: SideProbes { old: vec![probe(old)], new: vec![probe(address)] },
        stages: default_stages(),
        approve: default_approvals(),
        gate: GateSpec::default(),
        analysis: AnalysisSpec::default(),
        in_flight: default_in_flight(),
        paused_controllers: Vec::new(),
        shared_with: Vec::new(),
    }
}

/// The path of its health check.
fn health_path<'a>(front: &Front<'a>) -> &'a str {
    front.group.body["HealthCheckPath"].as_str().unwrap_or("/")
}

fn names_none(front: &Front<'_>) -> bool {
    matches!(hosts(&front.rule.body), Hosts::Unreadable)
}

fn is_tls(front: &Front<'_>) -> bool {
    front.listener.body["Protocol"] == "HTTPS"
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
