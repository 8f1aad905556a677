//! Which workload answers for a host name: load balancers, record sets, instances, Workers, service discovery.

use super::balancing::Front;
use super::distributions::Distribution;
use super::dns_name::plain_name;
use super::gateway_hosts::ApiHosts;
use super::view::View;
use super::{Linker, ObservationSource};
use caravan_inventory::{
    Confidence, Edge, EdgeKind, Evidence, Observation, ObservationId, ObservationKind, matches_wildcards,
};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// Record sets that lead to each other are followed this far: resolvers give up later, loops earlier.
pub(super) const LONGEST_CHAIN: usize = 8;

/// A need that waits for its host to be resolved.
pub(super) struct PendingHost {
    /// The workload.
    pub(super) from: String,
    pub(super) host: String,
    /// The path that is called, if one is.
    pub(super) path: Option<String>,
    pub(super) kind: EdgeKind,
    pub(super) evidence: Evidence,
}

/// A record set: where it leads.
#[derive(Eq, Ord, PartialEq, PartialOrd)]
pub(super) struct Record {
    pub(super) id: ObservationId,
    /// Its hosted zone as Route 53 calls it; none elsewhere.
    pub(super) zone: Option<String>,
    /// Host names and addresses, with the pointers to them.
    pub(super) targets: Vec<(String, String)>,
}

/// Everything that has a host name.
#[derive(Default)]
pub(super) struct Hosts {
    /// DNS name → load balancer.
    balancers: BTreeMap<String, ObservationId>,
    /// Name → its record sets.
    pub(super) records: BTreeMap<String, Vec<Record>>,
    /// Record sets of templates whose names are open.
    pub(super) unnamed: Vec<Record>,
    /// Names of hosted zones.
    pub(super) zones: BTreeSet<String>,
    /// Hosted zones that only networks of one's own ask, by what Route 53 calls them.
    pub(super) private_zones: BTreeMap<String, ObservationId>,
    /// Address or machine's name → instance.
    addresses: BTreeMap<String, String>,
    /// Name of service discovery → workloads.
    discovery: BTreeMap<String, BTreeSet<String>>,
    /// Host, path pattern → Worker with the observation of it.
    pub(super) workers: BTreeMap<(String, String), (String, ObservationId)>,
    /// Names of APIs.
    pub(super) apis: ApiHosts,
    /// Distributions of CloudFront with origins inside the network.
    pub(super) distributions: Vec<Distribution>,
    /// Load balancer → the ways in to workloads.
    pub(super) fronts: BTreeMap<ObservationId, Vec<(String, Front)>>,
}

impl Linker<'_> {
    /// Reads the names of all load balancers, record sets and zones.
    pub(super) fn read_names<S: ObservationSource>(&mut self, source: &S) -> Result<(), S::Error> {
        for kind in [ObservationKind::LoadBalancer, ObservationKind::ClassicLoadBalancer] {
            source.visit(kind, None, &mut |balancer| self.hosts.add_balancer(&balancer))?;
        }
        source.visit(ObservationKind::HostedZone, None, &mut |zone| {
            let view = View::of(&zone);
            self.hosts.zones.extend(view.text("/Name").map(plain_name));
            if view.element.pointer("/Config/PrivateZone").and_then(Value::as_bool) == Some(true) {
                self.hosts.private_zones.insert(zone.native_name().to_owned(), zone.id.clone());
            }
        })?;
        source.visit(ObservationKind::CloudflareZone, None, &mut |zone| {
            self.hosts.zones.extend(View::of(&zone).text("/name").map(plain_name));
        })?;
        source.visit(ObservationKind::Distribution, None, &mut |one| self.hosts.add_distribution(&one))?;
        source.visit(ObservationKind::RecordSet, None, &mut |set| self.hosts.add_record(&set))?;
        source.visit(ObservationKind::DnsRecord, None, &mut |record| self.hosts.add_cloudflare_record(&record))
    }

    /// Gives every pending need its edge, and every record set that leads to something known.
    pub(super) fn resolve_hosts(&mut self) {
        let mut edges = BTreeSet::new();
        for PendingHost { from, host, path, kind, evidence } in std::mem::take(&mut self.pending) {
            let targets = self.hosts.resolve(&host, path.as_deref());
            // Its own public name is nothing that a workload needs.
            let others: BTreeSet<&String> = targets.iter().filter(|target| **target != from).collect();
            let outside = format!("host:{host}");
            let to = if targets.is_empty() { vec![&outside] } else { others.into_iter().collect() };
            edges.extend(to.into_iter().map(|to| Edge {
                from: from.clone(),
                to: to.clone(),
                kind,
                confidence: Confidence::Inferred,
                direction: None,
                evidence: evidence.clone(),
            }));
        }
        for record in self.hosts.records.values().flatten() {
            for (target, pointer) in &record.targets {
                let to = self
                    .hosts
                    .balancer(target)
                    .map(ToString::to_string)
                    .or_else(|| self.hosts.apis.domain_behind(target).map(ToString::to_string))
                    .or_else(|| self.hosts.addresses.get(target).cloned());
                edges.extend(to.map(|to| Edge {
                    from: record.id.to_string(),
                    to,
                    kind: EdgeKind::Routes,
                    confidence: Confidence::Stated,
                    direction: None,
                    evidence: Evidence { observation: record.id.clone(), path: pointer.clone() },
                }));
            }
        }
        self.edges.extend(edges);
    }
}

impl Hosts {
    pub(super) fn add_fronts(&mut self, workload: &str, fronts: Vec<Front>) {
        for front in fronts {
            self.fronts.entry(front.balancer.clone()).or_default().push((workload.to_owned(), front));
        }
    }

    pub(super) fn add_address(&mut self, address: &str, workload: &str) {
        self.addresses.insert(address.to_ascii_lowercase(), workload.to_owned());
    }

    /// A Worker's routes and custom domains.
    pub(super) fn add_worker(&mut self, workload: &str, view: &View<'_>) {
        let routes = view
            .list("/routes")
            .iter()
            .filter_map(|route| route.get("pattern")?.as_str())
            .map(|pattern| pattern.split_once('/').unwrap_or((pattern, "*")));
        let domains =
            view.list("/domains").iter().filter_map(|domain| domain.get("hostname")?.as_str()).map(|host| (host, "*"));
        for (host, path) in routes.chain(domains) {
            let target = (workload.to_owned(), view.observation.id.clone());
            self.workers.insert((host.to_ascii_lowercase(), format!("/{path}")), target);
        }
    }

    /// A route or a custom domain of a Worker.
    pub(super) fn add_worker_part(&mut self, workload: &str, part: &View<'_>) {
        let route = part.text("/pattern").map(|pattern| pattern.split_once('/').unwrap_or((pattern, "*")));
        let domain = part.text("/hostname").map(|host| (host, "*"));
        for (host, path) in route.into_iter().chain(domain) {
            let target = (workload.to_owned(), part.observation.id.clone());
            self.workers.insert((host.to_ascii_lowercase(), format!("/{path}")), target);
        }
    }

    /// The names that Service Connect gives a service, and the name it has in a Cloud Map namespace.
    pub(super) fn add_discovery(&mut self, workload: &str, service: &View<'_>, name: &str) {
        let mut names = BTreeSet::new();
        let deployed =
            service.list("/deployments").iter().filter_map(|deployment| deployment.get("serviceConnectConfiguration"));
        for connect in service.element.get("serviceConnectConfiguration").into_iter().chain(deployed) {
            let namespace =
                connect.get("namespace").and_then(Value::as_str).map(|text| text.rsplit('/').next().unwrap_or(text));
            for offered in connect.get("services").and_then(Value::as_array).into_iter().flatten() {
                let aliases = offered.get("clientAliases").and_then(Value::as_array).into_iter().flatten();
                names.extend(aliases.filter_map(|alias| alias.get("dnsName")?.as_str()).map(str::to_ascii_lowercase));
                let own = offered.get("discoveryName").or_else(|| offered.get("portName")).and_then(Value::as_str);
                names.extend(
                    own.zip(namespace).map(|(own, namespace)| format!("{own}.{namespace}").to_ascii_lowercase()),
                );
            }
        }
        if !service.list("/serviceRegistries").is_empty() {
            // Cloud Map's own name of it is not observed; by habit it is the service's.
            names.insert(format!("{}.", name.to_ascii_lowercase()));
        }
        for name in names {
            self.discovery.entry(name).or_default().insert(workload.to_owned());
        }
    }

    fn add_balancer(&mut self, balancer: &Observation) {
        if let Some(name) = View::of(balancer).text("/DNSName") {
            self.balancers.insert(plain_name(name), balancer.id.clone());
        }
    }

    fn add_record(&mut self, set: &Observation) {
        let view = View::of(set);
        if !matches!(view.text("/Type"), Some("A" | "AAAA" | "CNAME")) {
            return;
        }
        let alias =
            view.text("/AliasTarget/DNSName").map(|target| (plain_name(target), "/AliasTarget/DNSName".to_owned()));
        let values = view.list("/ResourceRecords").iter().enumerate().filter_map(|(at, record)| {
            Some((plain_name(record.get("Value")?.as_str()?), format!("/ResourceRecords/{at}/Value")))
        });
        let zone = set.native_name().split_once('/').map(|(zone, _)| zone.to_owned());
        let record = Record { id: set.id.clone(), zone, targets: alias.into_iter().chain(values).collect() };
        match view.text("/Name") {
            Some(name) => self.records.entry(plain_name(name)).or_default().push(record),
            None => self.unnamed.push(record),
        }
    }

    fn add_cloudflare_record(&mut self, observed: &Observation) {
        let view = View::of(observed);
        let Some(name) = view.text("/name").filter(|_| matches!(view.text("/type"), Some("A" | "AAAA" | "CNAME")))
        else {
            return;
        };
        let target = view.text("/content").map(|content| (plain_name(content), "/content".to_owned()));
        let record = Record { id: observed.id.clone(), zone: None, targets: target.into_iter().collect() };
        self.records.entry(plain_name(name)).or_default().push(record);
    }

    pub(super) fn balancer(&self, name: &str) -> Option<&ObservationId> {
        self.balancers.get(name.strip_prefix("dualstack.").unwrap_or(name))
    }

    /// The workloads that answer for a host, or the load balancer when it can't be told which of those behind it.
    fn resolve(&self, host: &str, path: Option<&str>) -> BTreeSet<String> {
        let host = plain_name(host);
        let of_host = self.workers.range((host.clone(), String::new())..);
        let of_host = of_host.take_while(|((name, _), _)| *name == host);
        let worker = of_host
            .map(|((_, pattern), worker)| (pattern, worker))
            .filter(|(pattern, _)| matches_wildcards(pattern, path.unwrap_or("/")))
            // The most specific route wins.
            .max_by_key(|(pattern, _)| pattern.len());
        if let Some((_, (worker, _))) = worker {
            return BTreeSet::from([worker.clone()]);
        }
        let found = self.behind(&host, &host, path, 0);
        if !found.is_empty() {
            return found;
        }
        if let Some(workloads) = self.discovery.get(&host) {
            return workloads.clone();
        }
        // `orders.shop.local`: Cloud Map's habit, if only one service is called so.
        let habit = host
            .split_once('.')
            .filter(|(_, rest)| is_private(rest))
            .and_then(|(first, _)| self.discovery.get(&format!("{first}.")));
        habit.filter(|workloads| workloads.len() == 1).cloned().unwrap_or_default()
    }

    fn behind(&self, asked: &str, name: &str, path: Option<&str>, depth: usize) -> BTreeSet<String> {
        if let Some(workload) = self.addresses.get(name) {
            return BTreeSet::from([workload.clone()]);
        }
        if let Some(balancer) = self.balancer(name) {
            return self.behind_balancer(balancer, asked, path);
        }
        // A custom domain answers for the host that is asked for, whatever names lead to it; an API's own name for itself.
        let of_api = if self.apis.domain_behind(name).is_some() { asked } else { name };
        if let Some(found) = self.apis.behind(of_api, path) {
            return found;
        }
        if depth == LONGEST_CHAIN {
            return BTreeSet::new();
        }
        let records = self.records.get(name).or_else(|| {
            let (_, parent) = name.split_once('.')?;
            self.records.get(&format!("*.{parent}"))
        });
        let targets = records.into_iter().flatten().flat_map(|record| &record.targets);
        targets.flat_map(|(target, _)| self.behind(asked, target, path, depth + 1)).collect()
    }

    /// Of the workloads behind a load balancer those whose rules take the host and path; if none does, those that take any.
    fn behind_balancer(&self, balancer: &ObservationId, host: &str, path: Option<&str>) -> BTreeSet<String> {
        let fronts: Vec<&(String, Front)> = self.fronts.get(balancer).into_iter().flatten().collect();
        let of_host: Vec<_> = fronts
            .iter()
            .filter(|(_, front)| front.hosts.iter().any(|pattern| matches_wildcards(pattern, host)))
            .collect();
        let of_host = if of_host.is_empty() {
            fronts.iter().filter(|(_, front)| front.hosts.is_empty()).collect()
        } else {
            of_host
        };
        let path = path.filter(|path| *path != "/");
        let of_path: Vec<_> = of_host
            .iter()
            .filter(|(_, front)| {
                path.is_some_and(|path| front.paths.iter().any(|pattern| matches_wildcards(pattern, path)))
            })
            .collect();
        let chosen: BTreeSet<String> = match of_path.is_empty() {
            false => of_path.into_iter().map(|(workload, _)| workload.clone()).collect(),
            true => of_host.into_iter().map(|(workload, _)| workload.clone()).collect(),
        };
        if chosen.is_empty() { BTreeSet::from([balancer.to_string()]) } else { chosen }
    }
}

/// Zones that only a network of one's own knows.
fn is_private(zone: &str) -> bool {
    ["local", "internal", "svc", "private", "lan", "sd"].contains(&zone.rsplit('.').next().unwrap_or(zone))
}
