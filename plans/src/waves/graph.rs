//! Who needs whom, among the candidates.

use super::candidate::Candidate;
use super::policy::{PolicyError, WavePolicy};
use crate::readiness::Verdict;
use caravan_inventory::{Edge, WorkloadId};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// A candidate's place in the list.
pub(super) type Node = usize;

/// One edge between two candidates.
#[derive(Clone, Copy)]
pub(super) struct Link<'a> {
    pub(super) from: Node,
    pub(super) to: Node,
    pub(super) edge: &'a Edge,
    /// Why it may be crossed; none where what needs waits for what it needs.
    pub(super) crossed: Option<&'a str>,
}

/// The candidates, sorted by id, with the edges between them: each pair once, sorted by who needs and what.
pub(super) struct Graph<'a> {
    pub(super) candidates: Vec<&'a Candidate>,
    pub(super) links: Vec<Link<'a>>,
    nodes: HashMap<&'a str, Node>,
}

impl<'a> Graph<'a> {
    /// # Errors
    /// Where the policy names what is not there.
    pub(super) fn new(
        candidates: &'a [Candidate],
        edges: &'a [Edge],
        policy: &'a WavePolicy,
    ) -> Result<Self, PolicyError> {
        let mut sorted: Vec<&Candidate> = candidates.iter().collect();
        sorted.sort_by(|one, other| one.workload.cmp(&other.workload));
        sorted.dedup_by(|one, other| one.workload == other.workload);
        let nodes: HashMap<&str, Node> =
            sorted.iter().enumerate().map(|(node, candidate)| (candidate.workload.as_str(), node)).collect();
        let mut links: Vec<(Node, Node, &Edge)> = edges
            .iter()
            .filter_map(|edge| Some((*nodes.get(edge.from.as_str())?, *nodes.get(edge.to.as_str())?, edge)))
            .filter(|(from, to, _)| from != to)
            .collect();
        // Of several edges between two, the least stands for all: the same whatever the order in which they came.
        links.sort_unstable();
        links.dedup_by_key(|(from, to, _)| (*from, *to));
        let mut graph = Self { candidates: sorted, links: Vec::new(), nodes };
        let declared = graph.declared(&links, policy)?;
        graph.links = links
            .into_iter()
            .map(|(from, to, edge)| {
                let stays = (graph.candidates[to].verdict == Verdict::Keep).then_some("it stays where it is");
                Link { from, to, edge, crossed: declared.get(&(from, to)).copied().or(stays) }
            })
            .collect();
        Ok(graph)
    }

    /// The edges that the policy lets cross, with their reasons.
    fn declared(
        &self,
        links: &[(Node, Node, &Edge)],
        policy: &'a WavePolicy,
    ) -> Result<BTreeMap<(Node, Node), &'a str>, PolicyError> {
        for (key, workload) in policy.named() {
            self.node(workload).ok_or_else(|| PolicyError::NoSuchWorkload { key, workload: workload.clone() })?;
        }
        let mut declared = BTreeMap::new();
        for (number, crossable) in policy.crossable.iter().enumerate() {
            let pair = self.node(&crossable.from).zip(self.node(&crossable.to));
            let there = pair.filter(|pair| links.binary_search_by_key(pair, |(from, to, _)| (*from, *to)).is_ok());
            let Some(pair) = there else {
                let (from, to) = (crossable.from.clone(), crossable.to.clone());
                return Err(PolicyError::NoSuchEdge { number, from, to });
            };
            declared.insert(pair, crossable.reason.as_str());
        }
        Ok(declared)
    }

    /// The place of a workload.
    pub(super) fn node(&self, workload: &WorkloadId) -> Option<Node> {
        self.nodes.get(workload.as_str()).copied()
    }

    /// The links of one candidate, by what it needs.
    pub(super) fn needs(&self, node: Node) -> &[Link<'a>] {
        let begin = self.links.partition_point(|link| link.from < node);
        let end = self.links.partition_point(|link| link.from <= node);
        &self.links[begin..end]
    }

    /// How many need each candidate.
    pub(super) fn needed_by(&self) -> Vec<usize> {
        let mut counts = vec![0; self.candidates.len()];
        self.links.iter().for_each(|link| counts[link.to] += 1);
        counts
    }

    /// Those whom the policy joins, each list once.
    pub(super) fn joined(&self, policy: &WavePolicy) -> Vec<BTreeSet<Node>> {
        let nodes = |workloads: &[WorkloadId]| workloads.iter().filter_map(|workload| self.node(workload)).collect();
        policy.together.iter().map(|together| nodes(&together.workloads)).collect()
    }
}
