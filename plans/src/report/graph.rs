//! Who needs whom, wave by wave from left to right, as boxes and lines.

use crate::waves::Proposal;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// A drawing, in pixels.
#[derive(Clone, Debug, Default, Eq, PartialEq, Serialize)]
pub struct Graph {
    /// Its width.
    pub width: usize,
    /// Its height.
    pub height: usize,
    /// One for each wave.
    pub bands: Vec<Band>,
    /// The workloads, or the waves where there are too many of those.
    pub nodes: Vec<GraphNode>,
    /// From who needs to what is needed.
    pub edges: Vec<GraphEdge>,
}

/// A wave.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub struct Band {
    /// Where it begins.
    pub x: usize,
    /// Its name.
    pub title: String,
}

/// A workload.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub struct GraphNode {
    /// Its left edge.
    pub x: usize,
    /// Its upper edge.
    pub y: usize,
    /// What stands in it.
    pub label: String,
    /// All of its name.
    pub title: String,
}

/// Something needed.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub struct GraphEdge {
    /// Where it begins, at who needs.
    pub x1: usize,
    /// Likewise.
    pub y1: usize,
    /// Where it ends, at what is needed.
    pub x2: usize,
    /// Likewise.
    pub y2: usize,
    /// Whether it crosses over: what is needed is on the other side of the move.
    pub crossed: bool,
    /// For people: who needs what.
    pub title: String,
}

/// From this many workloads on, waves are drawn in their place: nobody reads more boxes.
const MANY: usize = 150;

const BOX: (usize, usize) = (170, 24);
const GAP: (usize, usize) = (70, 10);
const MARGIN: usize = 10;
const HEAD: usize = 26;
/// How many letters a box takes.
const LETTERS: usize = 24;

/// Draws the waves of a proposal.
pub(super) fn draw(proposal: &Proposal<'_>) -> Graph {
    let count: usize = proposal.waves.iter().map(|wave| wave.placements.len()).sum();
    if count >= MANY { of_waves(proposal) } else { of_workloads(proposal) }
}

fn of_workloads(proposal: &Proposal<'_>) -> Graph {
    let mut graph = Graph::default();
    let mut places: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
    for (number, wave) in proposal.waves.iter().enumerate() {
        graph.band(number, &wave.name);
        for (row, placement) in wave.placements.iter().enumerate() {
            let id = placement.workload.as_str();
            let (x, y) = at(number, row);
            places.insert(id, (x, y));
            graph.nodes.push(GraphNode { x, y, label: short(id), title: id.to_owned() });
        }
    }
    for placement in proposal.waves.iter().flat_map(|wave| &wave.placements) {
        let needs = placement.needs.iter().map(|need| (need.edge, false));
        let crosses = placement.crosses.iter().map(|crossing| (crossing.edge, true));
        for (edge, crossed) in needs.chain(crosses) {
            let ends = places.get(edge.from.as_str()).zip(places.get(edge.to.as_str()));
            if let Some((from, to)) = ends {
                graph.edge(*from, *to, crossed, format!("{} needs {}", edge.from, edge.to));
            }
        }
    }
    graph.measured()
}

fn of_waves(proposal: &Proposal<'_>) -> Graph {
    let mut graph = Graph::default();
    let mut pairs: BTreeSet<(usize, usize)> = BTreeSet::new();
    for (number, wave) in proposal.waves.iter().enumerate() {
        let (x, y) = at(number, number % 12);
        let label = format!("{} ({})", short(&wave.name), wave.placements.len());
        graph.nodes.push(GraphNode { x, y, label, title: wave.name.clone() });
        pairs.extend(wave.placements.iter().flat_map(|one| one.needs.iter().map(move |need| (number, need.wave))));
    }
    for (from, to) in pairs {
        let title = format!("{} needs {}", proposal.waves[from].name, proposal.waves[to].name);
        graph.edge(at(from, from % 12), at(to, to % 12), false, title);
    }
    graph.measured()
}

const fn at(column: usize, row: usize) -> (usize, usize) {
    (MARGIN + column * (BOX.0 + GAP.0), MARGIN + HEAD + row * (BOX.1 + GAP.1))
}

/// The last part of an id, as far as a box holds it.
fn short(id: &str) -> String {
    let name = id.rsplit('/').next().unwrap_or(id);
    match name.chars().count() > LETTERS {
        true => name.chars().take(LETTERS - 1).chain(['…']).collect(),
        false => name.to_owned(),
    }
}

impl Graph {
    fn band(&mut self, number: usize, name: &str) {
        self.bands.push(Band { x: at(number, 0).0, title: name.to_owned() });
    }

    /// A line from the left side of who needs to the right side of what is needed; of the same wave, at the left of both.
    fn edge(&mut self, from: (usize, usize), to: (usize, usize), crossed: bool, title: String) {
        let middle = BOX.1 / 2;
        let x2 = if to.0 < from.0 { to.0 + BOX.0 } else { to.0 };
        self.edges.push(GraphEdge { x1: from.0, y1: from.1 + middle, x2, y2: to.1 + middle, crossed, title });
    }

    fn measured(mut self) -> Self {
        self.width = self.nodes.iter().map(|node| node.x + BOX.0 + MARGIN).max().unwrap_or(0);
        self.height = self.nodes.iter().map(|node| node.y + BOX.1 + MARGIN).max().unwrap_or(0);
        self
    }
}
