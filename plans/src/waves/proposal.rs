//! What is proposed, and why.

use super::risk::Risk;
use crate::readiness::Verdict;
use caravan_inventory::{Edge, EnvironmentName, TeamName, WorkloadId};

/// The waves of an estate, in their order.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Proposal<'a> {
    /// The waves.
    pub waves: Vec<ProposedWave<'a>>,
    /// Who is in none, by id.
    pub left_out: Vec<LeftOut<'a>>,
}

/// Workloads that move in one window.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct ProposedWave<'a> {
    /// Its name: `production-02`, the second of its environment.
    pub name: String,
    /// Whose workloads they are.
    pub environment: EnvironmentName,
    /// Who moves, in the order of their shifts.
    pub placements: Vec<Placement<'a>>,
}

/// One workload in its wave.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Placement<'a> {
    /// The workload.
    pub workload: &'a WorkloadId,
    /// Its team.
    pub team: &'a TeamName,
    /// What may go wrong, those who need it counted.
    pub risk: Risk,
    /// What it needs, and in which earlier wave that moves.
    pub needs: Vec<Need<'a>>,
    /// What it needs on the other side of the move, and why that may be.
    pub crosses: Vec<Crossing<'a>>,
    /// Who moves together with it: they need each other, or people said so.
    pub with: Vec<&'a WorkloadId>,
    /// The number of the earliest wave that its needs allow, from 0 in the order of the proposal.
    pub earliest: usize,
}

/// Something needed that moves earlier.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Need<'a> {
    /// The edge.
    pub edge: &'a Edge,
    /// The number of the wave in which what is needed moves, from 0 in the order of the proposal.
    pub wave: usize,
}

/// Something needed from the other side of the move.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Crossing<'a> {
    /// The edge.
    pub edge: &'a Edge,
    /// Why that may be.
    pub reason: &'a str,
}

/// A workload that is in no wave.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct LeftOut<'a> {
    /// The workload.
    pub workload: &'a WorkloadId,
    /// Why.
    pub because: LeftOutBecause<'a>,
}

/// Why a workload is in no wave.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum LeftOutBecause<'a> {
    /// It does not move.
    Verdict {
        /// What becomes of it.
        verdict: Verdict,
        /// Why.
        reason: &'a str,
    },
    /// People hold it.
    Held {
        /// Why.
        reason: &'a str,
    },
    /// It needs something that is in no wave and does not simply stay.
    Needs {
        /// The edge.
        edge: &'a Edge,
        /// What becomes of what is needed.
        verdict: Verdict,
    },
    /// Somebody who must move together with it is in no wave.
    With {
        /// Who that is.
        other: &'a WorkloadId,
    },
}

impl LeftOutBecause<'_> {
    /// The reason as a sentence, with what to do about it where there is something.
    #[must_use]
    pub fn text(&self) -> String {
        match self {
            Self::Verdict { verdict, reason } => format!("{}: {reason}", verdict.as_str()),
            Self::Held { reason } => format!("held by waves.hold: {reason}"),
            Self::Needs { edge, verdict } => format!(
                "it needs {} ({}), which is in no wave ({}); settle that first, or declare the edge in waves.crossable",
                edge.to,
                edge.kind.as_str(),
                verdict.as_str()
            ),
            Self::With { other } => format!("it moves together with {other}, which is in no wave"),
        }
    }
}

impl<'a> Proposal<'a> {
    /// Where a workload is placed: the number of its wave, from 0, and the placement.
    #[must_use]
    pub fn placement(&self, workload: &WorkloadId) -> Option<(usize, &Placement<'a>)> {
        self.waves.iter().enumerate().find_map(|(number, wave)| {
            Some((number, wave.placements.iter().find(|placement| placement.workload == workload)?))
        })
    }

    /// Why a workload is where it is: one sentence for each cause, in a fixed order.
    #[must_use]
    pub fn why(&self, number: usize, placement: &Placement<'a>) -> Vec<String> {
        let name = |number: usize| self.waves.get(number).map_or("?", |wave| wave.name.as_str());
        let mut why: Vec<String> = Vec::new();
        for need in &placement.needs {
            why.push(format!(
                "after {}, in which {} moves: it needs that ({})",
                name(need.wave),
                need.edge.to,
                need.edge.kind.as_str()
            ));
        }
        for crossing in &placement.crosses {
            why.push(format!("it needs {} from the other side: {}", crossing.edge.to, crossing.reason));
        }
        if !placement.with.is_empty() {
            let others: Vec<&str> = placement.with.iter().map(|other| other.as_str()).collect();
            why.push(format!(
                "together with {}: they need each other, or waves.together joins them",
                others.join(", ")
            ));
        }
        if placement.needs.is_empty() && placement.crosses.is_empty() && placement.with.is_empty() {
            why.push("it needs no other workload".to_owned());
        }
        let own = self.waves.get(number).map(|wave| &wave.environment);
        let earlier = self.waves.iter().take(number).skip(placement.earliest);
        if let Some(wave) = earlier.into_iter().find(|wave| Some(&wave.environment) == own) {
            why.push(format!(
                "not already in {}, which its needs allow: lower risk goes first, and waves have their sizes",
                wave.name
            ));
        }
        let level = placement.risk.level().as_str();
        why.push(match placement.risk.reasons.is_empty() {
            true => format!("risk {level}: nothing is known against it"),
            false => format!("risk {level}, {} points: {}", placement.risk.points, placement.risk.reasons.join(", ")),
        });
        why
    }
}
