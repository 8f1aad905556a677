//! From a name of an API Gateway through API, route and integration to what answers.

use super::apis::{To, Way};
use super::certificate::behind_cloudflare;
use super::say::{self, step};
use super::{Doors, Step, StepKind, balancer, walk};
use caravan_inventory::Evidence;

/// The custom domain that answers for a host: the one of its name, or the wildcard above it.
pub(super) fn domain_of<'h>(doors: &Doors, host: &'h str) -> Option<std::borrow::Cow<'h, str>> {
    if doors.apis.domains.contains_key(host) {
        return Some(host.into());
    }
    let wildcard = host.split_once('.').map(|(_, parent)| format!("*.{parent}"));
    wildcard.filter(|name| doors.apis.domains.contains_key(name)).map(Into::into)
}

/// Every way of a request to a host of a custom domain, by each of its mappings.
pub(super) fn through_domain(
    doors: &Doors,
    hostname: &str,
    before: &[Step],
    evidence: Option<Evidence>,
    depth: usize,
) -> Vec<Vec<Step>> {
    let Some(domain) = domain_of(doors, hostname).and_then(|name| doors.apis.domains.get(name.as_ref())) else {
        let says = format!("no custom domain that was read is called {hostname}");
        return vec![[before, &[step(StepKind::Outside, None, says, evidence)]].concat()];
    };
    let before = [before, &[Step { evidence, ..domain.here.clone() }]].concat();
    let mut ways = Vec::new();
    for mapping in &domain.mappings {
        let (stage, evidence) = (mapping.stage.as_deref(), Some(mapping.evidence.clone()));
        ways.extend(through_api(doors, &mapping.api, stage, &mapping.prefix, &before, evidence, depth));
    }
    if ways.is_empty() {
        let says = "no mapping of it to an API was read".to_owned();
        ways.push([&before[..], &[step(StepKind::Outside, None, says, None)]].concat());
    }
    let shown = behind_cloudflare(domain.certificate.clone(), &before);
    ways.iter_mut().for_each(|way| certified(way, &shown));
    ways
}

/// Every way from the name that an API has by itself, by each of its stages.
pub(super) fn through_host(
    doors: &Doors,
    host: &str,
    before: &[Step],
    evidence: Option<&Evidence>,
    depth: usize,
) -> Vec<Vec<Step>> {
    let Some((id, api)) = doors.apis.hosts.get(host).and_then(|id| Some((id, doors.apis.api(id)?))) else {
        return Vec::new();
    };
    let of_stage = |stage: &String| {
        let prefix = if stage == "$default" { String::new() } else { format!("/{stage}") };
        through_api(doors, id, Some(stage), &prefix, before, evidence.cloned(), depth)
    };
    let mut ways: Vec<Vec<Step>> = match api.stages.is_empty() {
        true => through_api(doors, id, None, "", before, evidence.cloned(), depth),
        false => api.stages.keys().flat_map(of_stage).collect(),
    };
    let own = step(StepKind::Certificate, None, "AWS's own, of execute-api".to_owned(), None);
    let shown = behind_cloudflare(own, before);
    ways.iter_mut().for_each(|way| certified(way, &shown));
    ways
}

/// The certificate that a client sees is the first one of a way: what stands behind shows its own to the API alone.
fn certified(way: &mut Vec<Step>, certificate: &Step) {
    way.retain(|step| step.step != StepKind::Certificate);
    way.push(certificate.clone());
}

fn through_api(
    doors: &Doors,
    id: &str,
    stage: Option<&str>,
    prefix: &str,
    before: &[Step],
    evidence: Option<Evidence>,
    depth: usize,
) -> Vec<Vec<Step>> {
    let Some(api) = doors.apis.api(id) else {
        let says = format!("API {id}, which was not read");
        return vec![[before, &[step(StepKind::Outside, None, says, evidence)]].concat()];
    };
    let here = step(StepKind::Api, Some(&api.id), api.says(prefix, stage), evidence);
    let before = [before, &[here]].concat();
    if api.ways.is_empty() {
        let says = "no route of it was read".to_owned();
        return vec![[&before[..], &[step(StepKind::Outside, None, says, None)]].concat()];
    }
    api.ways.iter().flat_map(|way| along(doors, way, &before, depth)).collect()
}

/// The way of one route to what answers.
fn along(doors: &Doors, way: &Way, before: &[Step], depth: usize) -> Vec<Vec<Step>> {
    let before = [before, &way.steps].concat();
    let with = |last: Step| vec![[&before[..], &[last]].concat()];
    match &way.to {
        To::Itself => with(step(StepKind::Answer, None, "the API answers by itself".to_owned(), None)),
        To::Unread => with(step(StepKind::Outside, None, "no integration of it was read".to_owned(), None)),
        To::Host(host, evidence) => walk::at_host(doors, host, &before, evidence, depth + 1),
        To::Listener(arn, evidence) => match doors.listeners.values().flatten().find(|one| one.native_name() == arn) {
            Some(listener) => balancer::at(doors, listener, say::ANY, &before, evidence),
            None => with(step(StepKind::Listener, None, format!("{arn}, which was not read"), Some(evidence.clone()))),
        },
        To::Balancers(balancers) => {
            let one = |(arn, evidence): &(String, Evidence)| match doors
                .balancers
                .values()
                .find(|one| one.native_name() == arn)
            {
                Some(balancer) => balancer::through(doors, balancer, say::ANY, &before, Some(evidence.clone())),
                None => {
                    let says = format!("{arn}, which was not read");
                    with(step(StepKind::LoadBalancer, None, says, Some(evidence.clone())))
                }
            };
            balancers.iter().flat_map(one).collect()
        }
        To::Receivers(evidence) => {
            let receivers = doors.receivers.get(evidence.observation.as_str()).map_or(&[][..], Vec::as_slice);
            let workloads: Vec<Vec<Step>> = receivers
                .iter()
                .filter(|edge| edge.evidence == *evidence)
                .map(|edge| {
                    // A function that was not found is named by its ARN.
                    let last = match edge.from.strip_prefix("lambda:") {
                        Some(arn) => {
                            let says = format!("{arn}, which was not read");
                            step(StepKind::Outside, None, says, Some(evidence.clone()))
                        }
                        None => step(StepKind::Workload, Some(&edge.from), edge.from.clone(), Some(evidence.clone())),
                    };
                    [&before[..], &[last]].concat()
                })
                .collect();
            if workloads.is_empty() {
                return with(step(StepKind::Outside, None, "no workload that was found answers it".to_owned(), None));
            }
            workloads
        }
    }
}
