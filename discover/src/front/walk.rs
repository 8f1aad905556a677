//! From a hostname through DNS and Cloudflare to whatever stands behind.

use super::answer::{received, receiver};
use super::say::{self, step};
use super::{Doors, Step, StepKind, balancer, classic, gateway};
use crate::link::{View, plain_name};
use caravan_inventory::{Evidence, Observation, ObservationKind as Kind};

/// Records that lead to each other are followed this far: resolvers give up later, loops earlier.
const LONGEST: usize = 8;

/// Every way from a hostname.
pub(super) fn from(doors: &Doors, hostname: &str) -> Vec<Vec<Step>> {
    let records = records(doors, hostname);
    if !records.is_empty() {
        return through(doors, hostname, records, &[], 0);
    }
    // No record that was read; but a rule or a route may wait for the name, whose DNS is somebody else's.
    let nowhere = step(StepKind::Dns, None, "no record of it is in any zone that was read".to_owned(), None);
    let by_itself = by_itself(doors, hostname, &[], None, 0);
    if !by_itself.is_empty() {
        return by_itself;
    }
    let mut ways = at_workers(doors, hostname, std::slice::from_ref(&nowhere));
    if gateway::domain_of(doors, hostname).is_some() {
        ways.extend(gateway::through_domain(doors, hostname, std::slice::from_ref(&nowhere), None, 0));
    }
    for balancer in doors.balancers.values().filter(|balancer| balancer::names_host(doors, balancer, hostname)) {
        ways.extend(balancer::through(doors, balancer, hostname, std::slice::from_ref(&nowhere), None));
    }
    ways
}

/// The records of a name; of none, those of the nearest wildcard above it (RFC 4592).
fn records<'d>(doors: &'d Doors, name: &str) -> &'d [Observation] {
    let wildcards = name.match_indices('.').map(|(at, _)| format!("*{}", &name[at..]));
    let mut names = std::iter::once(name.to_owned()).chain(wildcards);
    names.find_map(|name| doors.records.get(&name)).map_or(&[], Vec::as_slice)
}

fn through(doors: &Doors, asked: &str, records: &[Observation], before: &[Step], depth: usize) -> Vec<Vec<Step>> {
    let mut ways = Vec::new();
    for record in records {
        let mut steps = before.to_vec();
        let from = steps.last().and_then(|last| last.evidence.clone()).filter(|_| depth > 0);
        steps.push(step(StepKind::Dns, Some(record.id.as_str()), say::record(record), from));
        if record.kind == Kind::DnsRecord {
            steps.push(say::cloudflare(record));
            if depth == 0 && say::is_proxied(record) {
                ways.extend(at_workers(doors, asked, &steps));
            }
        }
        for (target, evidence) in targets(record) {
            ways.extend(to_target(doors, asked, record, &target, evidence, &steps, depth));
        }
    }
    ways
}

fn to_target(
    doors: &Doors,
    asked: &str,
    record: &Observation,
    target: &str,
    evidence: Evidence,
    before: &[Step],
    depth: usize,
) -> Vec<Vec<Step>> {
    if let Some(ways) = at_balancer(doors, target, asked, before, &evidence) {
        return ways;
    }
    if doors.apis.is_target(target) {
        return gateway::through_domain(doors, asked, before, Some(evidence), depth);
    }
    let by_itself = by_itself(doors, target, before, Some(&evidence), depth);
    if !by_itself.is_empty() {
        return by_itself;
    }
    let with = |last: Step| [before, &[last]].concat();
    let machines = doors.machines.get(&record.id).into_iter().flatten();
    let machine = machines.filter(|edge| edge.evidence == evidence).find(|edge| !is_observation(&edge.to));
    if let Some(edge) = machine {
        return vec![with(step(StepKind::Workload, Some(&edge.to), edge.to.clone(), Some(evidence)))];
    }
    let next = self::records(doors, target);
    if next.is_empty() || depth == LONGEST {
        let says = format!("{target}, which is nothing that was read");
        return vec![with(step(StepKind::Outside, None, says, Some(evidence)))];
    }
    through(doors, asked, next, before, depth + 1)
}

/// Every way from a name of a load balancer; none when it is no load balancer's.
fn at_balancer(doors: &Doors, name: &str, asked: &str, before: &[Step], evidence: &Evidence) -> Option<Vec<Vec<Step>>> {
    let name = name.strip_prefix("dualstack.").unwrap_or(name);
    let classic = || doors.classics.get(name).or_else(|| doors.classics.get(name.strip_prefix("ipv6.")?));
    match doors.balancers.get(name) {
        Some(balancer) => Some(balancer::through(doors, balancer, asked, before, Some(evidence.clone()))),
        None => Some(classic::through(doors, classic()?, before, Some(evidence.clone()))),
    }
}

/// Every way from a name that AWS gives to an API or to a function.
fn by_itself(doors: &Doors, host: &str, before: &[Step], evidence: Option<&Evidence>, depth: usize) -> Vec<Vec<Step>> {
    let Some(url) = doors.urls.get(host) else {
        return gateway::through_host(doors, host, before, evidence, depth);
    };
    let here = step(StepKind::FunctionUrl, Some(url.id.as_str()), say::url(url), evidence.cloned());
    received(doors, url.id.as_str(), &[before, &[here]].concat())
}

/// Every way of a request that something behind a name sends on to a host: what it bears as its own host is that host.
pub(super) fn at_host(doors: &Doors, host: &str, before: &[Step], evidence: &Evidence, depth: usize) -> Vec<Vec<Step>> {
    let outside =
        |says: String| vec![[before, &[step(StepKind::Outside, None, says, Some(evidence.clone()))]].concat()];
    if depth >= LONGEST {
        return outside(format!("{host}, which is not followed further"));
    }
    if let Some(ways) = at_balancer(doors, host, host, before, evidence) {
        return ways;
    }
    let by_itself = by_itself(doors, host, before, Some(evidence), depth);
    if !by_itself.is_empty() {
        return by_itself;
    }
    match records(doors, host) {
        [] => outside(format!("{host}, which is nothing that was read")),
        records => through(doors, host, records, before, depth),
    }
}

/// Whether it is something observed, and no workload.
fn is_observation(id: &str) -> bool {
    Kind::parse(id.split('/').next().unwrap_or_default()).is_some()
}

/// The names and addresses that a record leads to, with the fields that say so.
fn targets(record: &Observation) -> Vec<(String, Evidence)> {
    let view = View::of(record);
    let of = |text: &str, pointer: &str| (plain_name(text), view.evidence(pointer));
    let single = ["/AliasTarget/DNSName", "/content"];
    let mut targets: Vec<_> = single.into_iter().filter_map(|pointer| Some(of(view.text(pointer)?, pointer))).collect();
    for (at, value) in view.list("/ResourceRecords").iter().enumerate() {
        if let Some(text) = value.get("Value").and_then(serde_json::Value::as_str) {
            targets.push(of(text, &format!("/ResourceRecords/{at}/Value")));
        }
    }
    targets
}

/// The host and the path of a Worker's route or custom domain.
pub(super) fn route(part: &Observation) -> Option<(String, String)> {
    let view = View::of(part);
    let pattern = view.text("/pattern").or_else(|| view.text("/hostname"))?;
    let (host, path) = pattern.split_once('/').unwrap_or((pattern, "*"));
    Some((host.to_ascii_lowercase(), format!("/{path}")))
}

/// The Workers that a name's requests come to, and the routes that keep Workers away.
fn at_workers(doors: &Doors, hostname: &str, before: &[Step]) -> Vec<Vec<Step>> {
    let mut ways = Vec::new();
    for part in &doors.of_workers {
        let Some((host, path)) = route(part).filter(|(host, _)| say::may_be_one(host, hostname)) else { continue };
        let field = if part.kind == Kind::WorkerRoute { "/pattern" } else { "/hostname" };
        let evidence = Evidence { observation: part.id.clone(), path: field.to_owned() };
        let says = match part.kind {
            Kind::WorkerRoute => format!("{host}{path}"),
            _ => format!("custom domain {host}"),
        };
        let steps = [before, &[step(StepKind::WorkerRoute, Some(part.id.as_str()), says, Some(evidence))]].concat();
        let receivers = doors.receivers.get(part.id.as_str()).map_or(&[][..], Vec::as_slice);
        for edge in receivers {
            ways.push([&steps[..], &[receiver(edge), say::edge_certificate()]].concat());
        }
        if receivers.is_empty() {
            let says = match part.body.get("script").and_then(serde_json::Value::as_str) {
                None if part.kind == Kind::WorkerRoute => "no Worker: requests go on to the origin".to_owned(),
                _ => "a Worker that was not read".to_owned(),
            };
            ways.push([&steps[..], &[step(StepKind::Outside, None, says, None)]].concat());
        }
    }
    ways
}
