//! The report of an estate: one page that a manager opens and a printer prints.
//!
//! In: the proposed waves, what readiness found, what everything costs, and how complete the inventory is.
//! Out: a [`Report`]: as data (`caravan.report/v1`), and as one HTML page that needs nothing else. Every figure on the page names
//! its place in the data (`data-at`), so that the two can be held against each other.
//!
//! What must never happen here: a figure that is not in the data; anything fetched by the page.

mod graph;
#[cfg(test)]
mod tests;

pub use graph::{Band, Graph, GraphEdge, GraphNode};

use crate::cost::book::{BOOK_DATE, PriceSource, SOURCES};
use crate::cost::{ASSUMPTIONS, ClusterCost, Cost, Estimate, GroupCost, NOT_COUNTED, Totals, WaveCost};
use crate::pages;
use crate::readiness::Verdict;
use crate::runbook::RenderError;
use crate::waves::{Proposal, RiskLevel};
use caravan_inventory::Coverage;
use serde::Serialize;

/// What readiness found about a workload.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub struct ReadinessRow {
    /// Its id.
    pub id: String,
    /// Its team.
    pub team: String,
    /// Where in the life of software it stands.
    pub environment: String,
    /// What becomes of it.
    pub verdict: Verdict,
    /// Why, in one sentence.
    pub reason: String,
    /// How many notes keep it from moving as it is.
    pub blockers: usize,
    /// How many may cost something.
    pub warnings: usize,
}

/// How many workloads have a verdict.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub struct VerdictCount {
    /// The verdict.
    pub verdict: Verdict,
    /// How many.
    pub workloads: usize,
}

/// A wave as it is proposed.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub struct ReportWave {
    /// Its name.
    pub name: String,
    /// Whose workloads they are.
    pub environment: String,
    /// Who moves.
    pub workloads: Vec<ReportPlacement>,
    /// What these cost: the proposal's, also where people have put some of them into waves of their own.
    pub cost: WaveCost,
}

/// A workload in a wave.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub struct ReportPlacement {
    /// Its id.
    pub id: String,
    /// Its team.
    pub team: String,
    /// What may go wrong.
    pub risk: RiskLevel,
    /// Why it is in this wave.
    pub why: Vec<String>,
}

/// What costs what.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub struct ReportCost {
    /// The day of the price book.
    pub prices: &'static str,
    /// Its sources.
    pub sources: &'static [&'static PriceSource],
    /// The region in which nodes are bought.
    pub region: String,
    /// All together.
    pub total: Totals,
    /// By team.
    pub teams: Vec<GroupCost>,
    /// What the clusters cost besides.
    pub clusters: Vec<ClusterCost>,
    /// What the figures rest on.
    pub assumptions: &'static [&'static str],
    /// What is in none of them.
    pub not_counted: &'static [&'static str],
}

/// The whole report: `caravan.report/v1`.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub struct Report {
    /// `caravan.report/v1`.
    pub schema: &'static str,
    /// How many workloads there are.
    pub workloads: usize,
    /// How many move in a wave.
    pub moving: usize,
    /// How many have which verdict.
    pub verdicts: Vec<VerdictCount>,
    /// The waves, in their order.
    pub waves: Vec<ReportWave>,
    /// Every workload with its verdict, by id.
    pub readiness: Vec<ReadinessRow>,
    /// What it costs.
    pub cost: ReportCost,
    /// How complete the inventory is.
    pub coverage: Coverage,
    /// Who needs whom, drawn.
    #[serde(skip)]
    pub graph: Graph,
}

/// Makes the report. The readiness rows are sorted by id here; everything else keeps its order.
#[must_use]
pub fn report(
    proposal: &Proposal<'_>,
    mut readiness: Vec<ReadinessRow>,
    estimate: &Estimate,
    region: &str,
    coverage: Coverage,
) -> Report {
    readiness.sort_by(|one, other| one.id.cmp(&other.id));
    let count = |verdict: Verdict| readiness.iter().filter(|row| row.verdict == verdict).count();
    let verdicts =
        Verdict::ALL.iter().map(|verdict| VerdictCount { verdict: *verdict, workloads: count(*verdict) }).collect();
    let waves: Vec<ReportWave> = proposal
        .waves
        .iter()
        .enumerate()
        .map(|(number, wave)| ReportWave {
            name: wave.name.clone(),
            environment: wave.environment.to_string(),
            workloads: wave
                .placements
                .iter()
                .map(|placement| ReportPlacement {
                    id: placement.workload.to_string(),
                    team: placement.team.to_string(),
                    risk: placement.risk.level(),
                    why: proposal.why(number, placement),
                })
                .collect(),
            cost: estimate
                .together(&wave.name, &wave.placements.iter().map(|placement| placement.workload.as_str()).collect()),
        })
        .collect();
    Report {
        schema: "caravan.report/v1",
        workloads: readiness.len(),
        moving: waves.iter().map(|wave| wave.workloads.len()).sum(),
        verdicts,
        graph: graph::draw(proposal),
        waves,
        readiness,
        cost: ReportCost {
            prices: BOOK_DATE,
            sources: SOURCES,
            region: region.to_owned(),
            total: estimate.total.clone(),
            teams: estimate.teams.clone(),
            clusters: estimate.clusters.clone(),
            assumptions: ASSUMPTIONS,
            not_counted: NOT_COUNTED,
        },
        coverage,
    }
}

/// What the template is given.
#[derive(Serialize)]
struct Page<'a> {
    report: &'a Report,
    graph: &'a Graph,
    unknown: Vec<(String, u64)>,
}

impl Report {
    /// The page.
    ///
    /// # Errors
    /// When the template does not fit the data, which a test rules out.
    pub fn html(&self) -> Result<String, RenderError> {
        pages::render("report.html", &Page { report: self, graph: &self.graph, unknown: self.unknown() })
    }

    /// Every reason why something of the cost is not known, with how often it is met.
    fn unknown(&self) -> Vec<(String, u64)> {
        let Totals { moves, clusters, retired, stays, .. } = &self.cost.total;
        let all = Cost::sum([&moves.now, &moves.then, clusters, &retired.now, &stays.now]);
        let mut reasons: std::collections::BTreeMap<String, u64> = std::collections::BTreeMap::new();
        for (unknown, count) in all.unknowns() {
            *reasons.entry(unknown.reason.clone()).or_default() += count;
        }
        reasons.into_iter().collect()
    }
}
