//! Shifts by rule, and what every proposed shift has.

use super::NewSide;
use super::front::Front;
use crate::blank::FILL_IN;
use crate::spec::{
    AnalysisSpec, GateSpec, ProbeSpec, ShiftSpec, SideProbes, default_approvals, default_in_flight, default_stages,
};
use crate::strategy::Strategy;
use crate::strategy::alb::AlbSpec;
use caravan_inventory::Workload;
use serde_json::Value;

/// The shift of a rule or default action; `host` is a name by which it is called.
pub(super) fn shift(workload: &Workload, front: &Front<'_>, host: Option<&str>, new: &NewSide) -> ShiftSpec {
    let place = front.rule;
    let strategy = Strategy::Alb(AlbSpec {
        account: place.account.clone().unwrap_or_else(|| caravan_inventory::AccountId::new(FILL_IN)),
        region: place.region.clone().unwrap_or_else(|| caravan_inventory::Region::new(FILL_IN)),
        rule: place.name.clone(),
        new: format!("{FILL_IN}: the ARN of the new side's target group"),
    });
    // No certificate has the load balancer's own name, so over TLS it can't be asked for by it.
    let own = front.balancer.body["DNSName"].as_str().filter(|_| !is_tls(front)).map(str::to_owned);
    let unknown = || format!("{FILL_IN}: a host that the certificate has");
    let host = host.map(str::to_owned).or(own).unwrap_or_else(unknown);
    between(workload, front, &host, strategy, new)
}

/// A shift from the front to the new side, asked for by this host.
pub(super) fn between(
    workload: &Workload,
    front: &Front<'_>,
    host: &str,
    strategy: Strategy,
    new: &NewSide,
) -> ShiftSpec {
    let port = front.listener.body["Port"].as_u64().unwrap_or(443);
    let balancer = front.balancer.body["DNSName"].as_str().unwrap_or(FILL_IN);
    let probe = |address: String| ProbeSpec {
        address,
        host: host.to_owned(),
        path: front.group.body["HealthCheckPath"].as_str().unwrap_or("/").to_owned(),
        tls: is_tls(front),
        status: matcher(&front.group.body),
        timeout_ms: 5000,
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
        analysis: AnalysisSpec::default(),
        in_flight: default_in_flight(),
        paused_controllers: Vec::new(),
    }
}

fn is_tls(front: &Front<'_>) -> bool {
    front.listener.body["Protocol"] == "HTTPS"
}

/// The statuses that the target group takes for healthy: `200`, `200-299`, `200,301`.
fn matcher(group: &Value) -> (u16, u16) {
    let text = group["Matcher"]["HttpCode"].as_str().unwrap_or_default();
    let codes: Vec<u16> = text.split([',', '-']).filter_map(|code| code.trim().parse().ok()).collect();
    match (codes.iter().min(), codes.iter().max()) {
        (Some(low), Some(high)) => (*low, *high),
        _ => (200, 399),
    }
}
