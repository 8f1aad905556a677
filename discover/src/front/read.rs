//! What stands in front of workloads, read from an inventory.

use super::Doors;
use crate::link::{ObservationSource, View, listener_of_rule, plain_name};
use caravan_inventory::{Edge, EdgeKind, Observation, ObservationKind as Kind};

impl Doors {
    /// Reads observations, and takes of the edges those that say who receives traffic.
    ///
    /// # Errors
    /// Only the source's.
    pub fn read<S: ObservationSource>(source: &S, edges: impl IntoIterator<Item = Edge>) -> Result<Self, S::Error> {
        let mut doors = Self::default();
        for kind in KINDS {
            source.visit(*kind, None, &mut |observation| doors.add(observation))?;
        }
        for rules in doors.rules.values_mut() {
            rules.sort_by_key(priority);
        }
        for listeners in doors.listeners.values_mut() {
            listeners.sort_by_key(|listener| listener.body.get("Port").and_then(serde_json::Value::as_u64));
        }
        for edge in edges.into_iter().filter(|edge| edge.kind == EdgeKind::Routes) {
            if Kind::parse(edge.from.split('/').next().unwrap_or_default()).is_none() {
                doors.receivers.entry(edge.to.clone()).or_default().push(edge);
            } else if RECORDS.contains(&edge.evidence.observation.as_str().split('/').next().unwrap_or_default()) {
                doors.machines.entry(edge.evidence.observation.clone()).or_default().push(edge);
            }
        }
        Ok(doors)
    }

    fn add(&mut self, observation: Observation) {
        let view = View::of(&observation);
        let text = |pointer: &str| view.text(pointer).map(str::to_owned);
        match observation.kind {
            Kind::RecordSet | Kind::DnsRecord => {
                let (name, kind) = match observation.kind {
                    Kind::RecordSet => (text("/Name"), text("/Type")),
                    _ => (text("/name"), text("/type")),
                };
                if let Some(name) = name.filter(|_| matches!(kind.as_deref(), Some("A" | "AAAA" | "CNAME"))) {
                    self.records.entry(plain_name(&name)).or_default().push(observation);
                }
            }
            Kind::LoadBalancer => {
                if let Some(name) = text("/DNSName") {
                    self.balancers.insert(plain_name(&name), observation);
                }
            }
            Kind::Listener => {
                if let Some(balancer) = text("/LoadBalancerArn") {
                    self.listeners.entry(balancer).or_default().push(observation);
                }
            }
            Kind::ListenerRule => {
                if let Some(listener) = listener_of_rule(&observation.name) {
                    self.rules.entry(listener).or_default().push(observation);
                }
            }
            Kind::TargetGroup => {
                self.groups.insert(observation.name.clone(), observation);
            }
            _ => self.of_workers.push(observation),
        }
    }
}

/// What is read.
const KINDS: &[Kind] = &[
    Kind::RecordSet,
    Kind::DnsRecord,
    Kind::LoadBalancer,
    Kind::Listener,
    Kind::ListenerRule,
    Kind::TargetGroup,
    Kind::WorkerRoute,
    Kind::WorkerDomain,
];

/// The kinds of records, as ids begin.
const RECORDS: [&str; 2] = [Kind::RecordSet.as_str(), Kind::DnsRecord.as_str()];

/// The default rule is asked last.
fn priority(rule: &Observation) -> u64 {
    rule.body.get("Priority").and_then(serde_json::Value::as_str).and_then(|text| text.parse().ok()).unwrap_or(u64::MAX)
}
