//! What the screen of the graph shows: the ways in to something, and what breaks if it moves.

use caravan_inventory::WorkloadId;

/// One hostname that something of the estate answers for.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct DoorRow {
    /// The hostname, or a pattern of hostnames.
    pub hostname: String,
    /// Where its requests end, each end once: a workload, an answer, or what was not read.
    pub ends: Vec<String>,
}

/// Everything around one thing: a hostname, a workload, or anything that an edge names.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Graph {
    /// Its id, or the hostname.
    pub id: String,
    /// The workload that it is; none for anything else.
    pub workload: Option<WorkloadId>,
    /// How many workloads break when it moves.
    pub breaks: usize,
    /// What may be missing, since lists are incomplete; empty when nothing is.
    pub missing: String,
    /// What is known, subject by subject.
    pub parts: Vec<GraphPart>,
}

/// One subject.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct GraphPart {
    /// Its title.
    pub title: String,
    /// What is known.
    pub lines: Vec<GraphLine>,
}

/// One thing that stands around another.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct GraphLine {
    /// How far it is from the thing: 0 is next to it.
    pub depth: u8,
    /// What it is, in a word or two; empty where the text says so.
    pub what: &'static str,
    /// What is said of it.
    pub text: String,
    /// The observation and the field that show it; empty where nothing does.
    pub evidence: String,
    /// The id under which it has a graph of its own; none where it has none.
    pub leads: Option<String>,
}
