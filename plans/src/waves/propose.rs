//! From candidates and edges to a proposal.

use super::candidate::Candidate;
use super::graph::{Graph, Node};
use super::place::{Group, GroupNumber, Wave, place};
use super::policy::{PolicyError, WavePolicy};
use super::proposal::{Crossing, LeftOut, LeftOutBecause, Need, Placement, Proposal, ProposedWave};
use super::risk::Risk;
use crate::readiness::Verdict;
use caravan_inventory::{Edge, EnvironmentName, TeamName};
use petgraph::algo::kosaraju_scc;
use petgraph::graph::{DiGraph, NodeIndex};
use std::collections::{BTreeMap, BTreeSet, VecDeque};

/// Proposes the waves of an estate.
///
/// Who moves is placed once: after the wave of everything that it needs, except where the edge is crossable or what it needs
/// stays (P4); together with whom it needs and is needed by. Everybody else is left out with the reason. The same input, in
/// whatever order, gives the same proposal (P1).
///
/// # Errors
/// When the policy names what is not there, or wants what can't be.
pub fn propose<'a>(
    candidates: &'a [Candidate],
    edges: &'a [Edge],
    policy: &'a WavePolicy,
) -> Result<Proposal<'a>, PolicyError> {
    policy.check()?;
    let graph = Graph::new(candidates, edges, policy)?;
    let joined = graph.joined(policy);
    let left_out = left_out(&graph, policy, &joined);
    let members = groups(&graph, &left_out, &joined);
    refuse_bound(&graph, policy, &members)?;
    refuse_mixed(&graph, &joined)?;
    let risks = risks(&graph);
    let groups = described(&graph, policy, &members, &risks);
    let waves = place(&groups, policy);
    Ok(Proposal {
        waves: explained(&graph, &members, &waves, &risks),
        left_out: left_out
            .into_iter()
            .enumerate()
            .filter_map(|(node, because)| {
                Some(LeftOut { workload: &graph.candidates[node].workload, because: because? })
            })
            .collect(),
    })
}

/// Who is left out: what does not move, what is held, and whoever needs one of them or must go with one.
fn left_out<'a>(
    graph: &Graph<'a>,
    policy: &'a WavePolicy,
    joined: &[BTreeSet<Node>],
) -> Vec<Option<LeftOutBecause<'a>>> {
    let mut out: Vec<Option<LeftOutBecause<'a>>> = graph
        .candidates
        .iter()
        .map(|candidate| {
            let (verdict, reason) = (candidate.verdict, candidate.reason.as_str());
            (verdict != Verdict::Move).then_some(LeftOutBecause::Verdict { verdict, reason })
        })
        .collect();
    for hold in &policy.hold {
        if let Some(slot) = graph.node(&hold.workload).and_then(|node| out.get_mut(node)) {
            slot.get_or_insert(LeftOutBecause::Held { reason: &hold.reason });
        }
    }
    let mut needed_by: Vec<Vec<usize>> = vec![Vec::new(); graph.candidates.len()];
    for (number, link) in graph.links.iter().enumerate().filter(|(_, link)| link.crossed.is_none()) {
        needed_by[link.to].push(number);
    }
    let mut with: BTreeMap<Node, Vec<Node>> = BTreeMap::new();
    for list in joined {
        for node in list {
            with.entry(*node).or_default().extend(list.iter().filter(|other| *other != node));
        }
    }
    let mut next: VecDeque<Node> = (0..out.len()).filter(|node| out[*node].is_some()).collect();
    while let Some(gone) = next.pop_front() {
        let verdict = graph.candidates[gone].verdict;
        for number in &needed_by[gone] {
            let link = &graph.links[*number];
            if out[link.from].is_none() {
                out[link.from] = Some(LeftOutBecause::Needs { edge: link.edge, verdict });
                next.push_back(link.from);
            }
        }
        for other in with.get(&gone).into_iter().flatten() {
            if out[*other].is_none() {
                out[*other] = Some(LeftOutBecause::With { other: &graph.candidates[gone].workload });
                next.push_back(*other);
            }
        }
    }
    out
}

/// Who moves as one, sorted by their first members; members sorted.
fn groups(graph: &Graph<'_>, left_out: &[Option<LeftOutBecause<'_>>], joined: &[BTreeSet<Node>]) -> Vec<Vec<Node>> {
    let mut directed: DiGraph<(), (), usize> = DiGraph::with_capacity(graph.candidates.len(), graph.links.len());
    for _ in &graph.candidates {
        directed.add_node(());
    }
    for link in graph.links.iter().filter(|link| link.crossed.is_none()) {
        directed.add_edge(NodeIndex::new(link.from), NodeIndex::new(link.to), ());
    }
    for list in joined {
        for (one, other) in list.iter().zip(list.iter().skip(1)) {
            directed.add_edge(NodeIndex::new(*one), NodeIndex::new(*other), ());
            directed.add_edge(NodeIndex::new(*other), NodeIndex::new(*one), ());
        }
    }
    // Not Tarjan's, which calls itself: a chain of 100,000 would end the stack.
    let mut groups: Vec<Vec<Node>> = kosaraju_scc(&directed)
        .into_iter()
        .map(|group| {
            let mut members: Vec<Node> = group.into_iter().map(NodeIndex::index).collect();
            members.sort_unstable();
            members
        })
        // Who can't go keeps all with whom it must go: one tells for all.
        .filter(|members| members.iter().all(|node| left_out[*node].is_none()))
        .collect();
    groups.sort_unstable();
    groups
}

/// Two that must be apart can't move as one.
fn refuse_bound(graph: &Graph<'_>, policy: &WavePolicy, groups: &[Vec<Node>]) -> Result<(), PolicyError> {
    let of = group_of(graph, groups);
    for (number, apart) in policy.apart.iter().enumerate() {
        let mut seen: BTreeMap<GroupNumber, Node> = BTreeMap::new();
        for node in apart.workloads.iter().filter_map(|workload| graph.node(workload)) {
            let Some(group) = of[node] else { continue };
            if let Some(other) = seen.insert(group, node).filter(|other| *other != node) {
                let id = |node: Node| graph.candidates[node].workload.clone();
                return Err(PolicyError::Bound { number, one: id(other), other: id(node) });
            }
        }
    }
    Ok(())
}

/// A wave is of one environment.
fn refuse_mixed(graph: &Graph<'_>, joined: &[BTreeSet<Node>]) -> Result<(), PolicyError> {
    for (number, list) in joined.iter().enumerate() {
        let Some(first) = list.first() else { continue };
        let environment = |node: &Node| &graph.candidates[*node].environment;
        if let Some(other) = list.iter().find(|node| environment(node) != environment(first)) {
            let id = |node: &Node| graph.candidates[*node].workload.clone();
            return Err(PolicyError::Environments { number, one: id(first), other: id(other) });
        }
    }
    Ok(())
}

fn risks(graph: &Graph<'_>) -> Vec<Risk> {
    let needed_by = graph.needed_by();
    graph.candidates.iter().zip(needed_by).map(|(candidate, count)| candidate.risk.clone().needed_by(count)).collect()
}

fn group_of(graph: &Graph<'_>, groups: &[Vec<Node>]) -> Vec<Option<GroupNumber>> {
    let mut of = vec![None; graph.candidates.len()];
    for (number, members) in groups.iter().enumerate() {
        members.iter().for_each(|node| of[*node] = Some(number));
    }
    of
}

/// The groups as placing wants them.
fn described<'a>(graph: &Graph<'a>, policy: &WavePolicy, members: &[Vec<Node>], risks: &[Risk]) -> Vec<Group<'a>> {
    let ranks = ranks(graph, policy);
    let of = group_of(graph, members);
    let mut apart: BTreeMap<Node, Vec<usize>> = BTreeMap::new();
    for (number, list) in policy.apart.iter().enumerate() {
        for node in list.workloads.iter().filter_map(|workload| graph.node(workload)) {
            apart.entry(node).or_default().push(number);
        }
    }
    let mut groups: Vec<Group<'a>> = Vec::with_capacity(members.len());
    for nodes in members {
        let mut teams: Vec<(&'a TeamName, usize)> = Vec::new();
        for node in nodes {
            let team = &graph.candidates[*node].team;
            match teams.iter_mut().find(|(known, _)| *known == team) {
                Some((_, count)) => *count += 1,
                None => teams.push((team, 1)),
            }
        }
        // Members that need each other across environments go with the last of these.
        let environments = nodes.iter().map(|node| &graph.candidates[*node].environment);
        let last = environments.max_by_key(|environment| ranks.get(environment).copied().unwrap_or(usize::MAX));
        let Some(environment) = last else { continue };
        groups.push(Group {
            rank: ranks.get(environment).copied().unwrap_or(usize::MAX),
            environment,
            teams,
            size: nodes.len(),
            risk: nodes.iter().map(|node| risks[*node].points).max().unwrap_or(0),
            needs: 0,
            needed_by: Vec::new(),
            apart: nodes.iter().flat_map(|node| apart.get(node).into_iter().flatten().copied()).collect(),
        });
    }
    for link in graph.links.iter().filter(|link| link.crossed.is_none()) {
        if let Some((from, to)) = of[link.from].zip(of[link.to]).filter(|(from, to)| from != to) {
            groups[from].needs += 1;
            groups[to].needed_by.push(from);
        }
    }
    groups
}

/// The order of environments: as the policy names them, then by name.
fn ranks<'a>(graph: &Graph<'a>, policy: &WavePolicy) -> BTreeMap<&'a EnvironmentName, usize> {
    let all: BTreeSet<&EnvironmentName> = graph.candidates.iter().map(|candidate| &candidate.environment).collect();
    let place = |environment: &EnvironmentName| policy.environments.iter().position(|named| named == environment);
    let mut ordered: Vec<&EnvironmentName> = all.into_iter().collect();
    ordered.sort_by_key(|environment| place(environment).unwrap_or(usize::MAX));
    ordered.into_iter().enumerate().map(|(rank, environment)| (environment, rank)).collect()
}

/// The waves with what explains each placement.
fn explained<'a>(
    graph: &Graph<'a>,
    members: &[Vec<Node>],
    waves: &[Wave<'a>],
    risks: &[Risk],
) -> Vec<ProposedWave<'a>> {
    let mut wave_of: Vec<Option<usize>> = vec![None; graph.candidates.len()];
    for (number, wave) in waves.iter().enumerate() {
        wave.groups.iter().flat_map(|group| &members[*group]).for_each(|node| wave_of[*node] = Some(number));
    }
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    let mut proposed = Vec::with_capacity(waves.len());
    for (number, wave) in waves.iter().enumerate() {
        let short = short(wave.environment);
        let count = counts.entry(short).or_default();
        *count += 1;
        let mut placements = Vec::new();
        for group in &wave.groups {
            let nodes = &members[*group];
            let from = placements.len();
            placements.extend(nodes.iter().map(|node| placed(graph, *node, nodes, (&wave_of, number), &risks[*node])));
            let earliest = placements[from..].iter().map(|placement: &Placement<'_>| placement.earliest).max();
            placements[from..].iter_mut().for_each(|placement| placement.earliest = earliest.unwrap_or(0));
        }
        let name = format!("{short}-{count:02}");
        proposed.push(ProposedWave { name, environment: wave.environment.clone(), placements });
    }
    proposed
}

/// What waves of an environment are called: with a number behind it still the name of a wave, of at most 40 characters.
fn short(environment: &EnvironmentName) -> &str {
    environment.as_str().get(..LONGEST).unwrap_or(environment.as_str()).trim_end_matches('-')
}

/// The most characters of an environment in a wave's name: a dash and up to seven digits follow.
const LONGEST: usize = 32;

fn placed<'a>(
    graph: &Graph<'a>,
    node: Node,
    group: &[Node],
    (wave_of, number): (&[Option<usize>], usize),
    risk: &Risk,
) -> Placement<'a> {
    let (mut needs, mut crosses, mut earliest) = (Vec::new(), Vec::new(), 0);
    for link in graph.needs(node) {
        match (link.crossed, wave_of[link.to]) {
            (None, Some(wave)) if wave < number => {
                earliest = earliest.max(wave + 1);
                needs.push(Need { edge: link.edge, wave });
            }
            // Within the group; it is told by `with`.
            (None, _) => {}
            (Some(reason), _) => crosses.push(Crossing { edge: link.edge, reason }),
        }
    }
    let candidate = graph.candidates[node];
    let others = group.iter().filter(|other| **other != node);
    Placement {
        workload: &candidate.workload,
        team: &candidate.team,
        risk: risk.clone(),
        needs,
        crosses,
        with: others.map(|other| &graph.candidates[*other].workload).collect(),
        earliest,
    }
}
