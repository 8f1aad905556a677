//! What screens show. Whoever answers makes these; views only read them.

mod audit;
mod domains;
mod graph;
mod members;
mod preview;
mod readiness;

pub use audit::{EntryRow, EntryText, JournalFacts, JournalPart};
pub use domains::{DomainRow, DomainText};
pub use graph::{DoorRow, Graph, GraphLine, GraphPart};
pub use members::Member;
pub use preview::{FileState, Preview, PreviewFile, PreviewLine, PreviewText};
pub use readiness::{Assessed, Progress, ReadinessPart, ReadinessRow, Sieve};

use caravan_cutover::operator::RunStatus;
use caravan_cutover_engine::{Moment, Shown};
use caravan_inventory::WorkloadId;

/// What needs a person now, and how much there is.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Overview {
    /// How many workloads the inventory holds.
    pub workloads: u64,
    /// How many lists it rests on.
    pub lists: u64,
    /// How many of these are incomplete.
    pub incomplete: u64,
    /// When the latest scan began, in UTC; none when there is none.
    pub scanned: Option<String>,
    /// What needs a person, the most urgent first.
    pub items: Vec<Item>,
}

/// One thing that needs a person.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Item {
    /// How urgent it is.
    pub urgency: Urgency,
    /// What it is.
    pub text: String,
    /// What helps, as a command or a key.
    pub help: String,
    /// What is shown when it is opened.
    pub leads: Leads,
}

/// How urgent something is.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub enum Urgency {
    /// Users may be at risk, or somebody is waited for.
    Now,
    /// Something can go on.
    Next,
    /// To be known.
    Note,
}

/// What is shown when something is opened.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Leads {
    /// A run.
    Run(String),
    /// The list of waves.
    Waves,
    /// The inventory with this filter.
    Filter(String),
    /// Nothing: the command says what to do.
    Nowhere,
}

/// A part of a list: as many rows as are seen, never the whole of it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Window<R> {
    /// How many rows the list has.
    pub total: usize,
    /// The place of the first row among them.
    pub from: usize,
    /// The rows.
    pub rows: Vec<R>,
}

/// One workload in the list.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Row {
    /// Its id.
    pub id: WorkloadId,
    /// Its kind, as the command line names it.
    pub kind: &'static str,
    /// The name that its owners use.
    pub name: String,
    /// Who owns it.
    pub team: String,
    /// Where in the life of software it stands.
    pub environment: String,
    /// The account; empty where the source does not say.
    pub account: String,
    /// The region; empty where the source does not say.
    pub region: String,
}

/// Everything about one workload.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Detail {
    /// Its id.
    pub id: WorkloadId,
    /// What is known, subject by subject.
    pub sections: Vec<Section>,
}

/// What is known of one subject.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Section {
    /// The subject.
    pub title: String,
    /// One fact a line.
    pub facts: Vec<Fact>,
}

/// One fact.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Fact {
    /// The fact.
    pub text: String,
    /// The observation and the field that show it; empty where the fact is that field.
    pub evidence: String,
}

/// One wave.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct WaveRow {
    /// Its name.
    pub wave: String,
    /// The hash of its newest seal; none when it was never sealed.
    pub hash: Option<String>,
    /// When that was made and by whom, for a person.
    pub sealed: String,
    /// Who approved it.
    pub approvals: Vec<String>,
    /// What it changes, counted: `3 shifts`. Empty when it was never sealed.
    pub changes: String,
    /// Whether it touches production, or what nobody can tell apart from it: then its name must be typed.
    pub is_production: bool,
    /// Its runs, the newest first.
    pub runs: Vec<RunRow>,
}

/// One run in the list of waves.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct RunRow {
    /// Its name.
    pub name: String,
    /// Its state in one word, or why it can't be read.
    pub state: String,
    /// Whether it is over.
    pub is_over: bool,
    /// What it waits for; empty when for nothing.
    pub waits: String,
    /// Why it was taken back; empty when it was not.
    pub taken_back: String,
}

/// A plan as a text.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct PlanText {
    /// The wave.
    pub wave: String,
    /// The hash of the plan.
    pub hash: String,
    /// Its lines.
    pub lines: Vec<String>,
}

/// Where a run stands.
#[derive(Clone, Debug)]
pub struct RunView {
    /// Its status, as `cutover status` tells it.
    pub status: RunStatus,
    /// Its wave.
    pub wave: String,
    /// Whether it touches production, or what nobody can tell apart from it.
    pub is_production: bool,
    /// The last entry of the journal that this shows.
    pub entry: u64,
    /// The time by which the run is driven: that of day, or that of the demonstration's world.
    pub now: Moment,
    /// What must hold before the next stage; none when nothing of the kind is waited for.
    pub gate: Option<Gate>,
    /// What is known of the stage that waits for approval; none when none does.
    pub evidence: Option<Evidence>,
    /// What can be done next, as it can be pasted.
    pub next: Vec<NextCommand>,
    /// What happened last, the newest last.
    pub events: Vec<String>,
}

/// What must hold before the next stage.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Gate {
    /// The stage that bakes, or the switch that is proved.
    pub stage: String,
    /// What is asked for.
    pub asks: String,
    /// Rounds that have passed.
    pub rounds: u32,
    /// Rounds that must pass at the least.
    pub wanted: u32,
    /// Since when they have passed without a gap; none before the first.
    pub since: Option<Moment>,
    /// Milliseconds that it lasts from then on.
    pub lasts_ms: u64,
}

/// What is known before somebody approves a stage.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Evidence {
    /// The stage.
    pub step: String,
    /// What is shown, as the approval names it.
    pub shown: Shown,
    /// What will change, and what both sides said.
    pub lines: Vec<String>,
}

/// What can be done next.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct NextCommand {
    /// The command, as it can be pasted.
    pub command: String,
    /// What it does.
    pub does: String,
}
