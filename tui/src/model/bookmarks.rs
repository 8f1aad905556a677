//! Places that a person wants to come back to.

use super::{Model, Screen};
use crate::data::Sieve;
use caravan_inventory::{Query, WorkloadId};

/// A place on a screen, as it was when it was kept: what is there is read anew.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) enum Spot {
    Overview,
    Inventory { text: String, query: Query, row: usize },
    Graph { text: String, path: Vec<String> },
    Readiness { sieve: Sieve, row: usize, detail: Option<WorkloadId> },
    Waves { line: usize },
    Cutover { run: Option<String> },
    Audit { run: Option<String>, people: bool },
    Domains { text: String, row: usize },
    Preview { workload: Option<WorkloadId> },
}

impl Spot {
    /// Where the model is now.
    pub(crate) fn of(model: &Model) -> Self {
        match model.screen {
            Screen::Overview => Self::Overview,
            Screen::Inventory => {
                let state = &model.inventory;
                Self::Inventory { text: state.text.clone(), query: state.query.clone(), row: state.list.marked }
            }
            Screen::Graph => {
                let path = model.graph.path.iter().map(|focus| focus.id.clone()).collect();
                Self::Graph { text: model.graph.text.clone(), path }
            }
            Screen::Readiness => {
                let state = &model.readiness;
                let detail = state.detail.as_ref().map(|detail| detail.id.clone());
                Self::Readiness { sieve: state.sieve.clone(), row: state.list.marked, detail }
            }
            Screen::Waves => Self::Waves { line: model.waves.marked },
            Screen::Cutover => Self::Cutover { run: model.cutover.run.clone() },
            Screen::Audit => Self::Audit { run: model.audit.run.clone(), people: model.audit.people },
            Screen::Preview => Self::Preview { workload: model.preview.workload.clone() },
            Screen::Domains => Self::Domains { text: model.domains.text.clone(), row: model.domains.list.marked },
        }
    }

    /// The screen.
    pub(crate) const fn screen(&self) -> Screen {
        match self {
            Self::Overview => Screen::Overview,
            Self::Inventory { .. } => Screen::Inventory,
            Self::Graph { .. } => Screen::Graph,
            Self::Readiness { .. } => Screen::Readiness,
            Self::Waves { .. } => Screen::Waves,
            Self::Cutover { .. } => Screen::Cutover,
            Self::Audit { .. } => Screen::Audit,
            Self::Domains { .. } => Screen::Domains,
            Self::Preview { .. } => Screen::Preview,
        }
    }

    /// What is there, in a few words.
    pub(crate) fn about(&self) -> String {
        match self {
            Self::Overview => String::new(),
            Self::Inventory { text, row, .. } | Self::Domains { text, row } => {
                format!("{} line {}", shown(text), row + 1)
            }
            Self::Graph { text, path } => path.last().cloned().unwrap_or_else(|| shown(text)),
            Self::Readiness { detail: Some(id), .. } => id.to_string(),
            Self::Readiness { sieve, row, .. } => format!("{} line {}", shown(&sieve.text), row + 1),
            Self::Preview { workload } => workload.as_ref().map(ToString::to_string).unwrap_or_default(),
            Self::Waves { line } => format!("line {}", line + 1),
            Self::Cutover { run } | Self::Audit { run, .. } => run.clone().unwrap_or_default(),
        }
    }
}

fn shown(text: &str) -> String {
    if text.is_empty() { "all,".to_owned() } else { format!("where {text},") }
}
