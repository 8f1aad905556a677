//! Readiness as the interface asks for it: a window of the list at a time, and of what is behind it a part with each question, so
//! that nothing waits for the whole of an estate.

use crate::assessing::Grounds;
use crate::commands::assess::size::{ARROW, told as told_size};
use crate::error::Failure;
use crate::lifting::{Estate, gone, own};
use crate::runnable::Runnable;
use caravan_convert::Platform;
use caravan_inventory::{Decisions, WorkloadId};
use caravan_inventory_store::{Store, WorkloadFilter};
use caravan_plans::readiness::{Assessment, Severity, Verdict};
use caravan_tui::{Assessed, Progress, ReadinessPart, ReadinessRow, Sieve, Window};
use std::collections::HashMap;

/// Workloads that are assessed with one question, besides those that are looked at.
const EACH: usize = 200;

/// What is known of readiness, by one version of the inventory and the decisions of one moment.
pub(super) struct Ready {
    version: i64,
    decisions: Decisions,
    grounds: Grounds,
    /// What was assessed.
    known: HashMap<WorkloadId, Brief>,
    list: Option<List>,
}

/// An assessment in few words.
#[derive(Clone, Copy)]
struct Brief {
    verdict: Verdict,
    /// How many notes of each severity, the gravest first.
    notes: [usize; 3],
}

/// The workloads that pass a sieve.
struct List {
    sieve: Sieve,
    /// Those that fit its query.
    ids: Vec<WorkloadId>,
    /// How many of these were held against the rest of the sieve.
    seen: usize,
    /// The places of those that pass, among those that were seen.
    passing: Vec<usize>,
    /// How many of those that were seen have each verdict.
    verdicts: Vec<(Verdict, usize)>,
}

impl Ready {
    /// Reads what is the same for all workloads.
    ///
    /// # Errors
    /// Those of reading.
    pub(super) fn read(
        store: &Store,
        version: i64,
        decisions: Decisions,
        platform: &Platform,
    ) -> Result<Self, Failure> {
        let grounds = Grounds::read(store, &decisions, platform)?;
        Ok(Self { version, decisions, grounds, known: HashMap::new(), list: None })
    }

    /// Whether it is of this version of the inventory and these decisions.
    pub(super) fn is_of(&self, version: i64, decisions: &Decisions) -> bool {
        self.version == version && self.decisions == *decisions
    }

    /// What can be lifted.
    pub(super) const fn estate(&self) -> &Estate {
        &self.grounds.estate
    }

    /// The decisions that it is by.
    pub(super) const fn decisions(&self) -> &Decisions {
        &self.decisions
    }

    /// A window of the workloads that pass a sieve, and how far these are known.
    ///
    /// # Errors
    /// Those of reading.
    pub(super) fn part(
        &mut self,
        store: &Store,
        sieve: &Sieve,
        from: usize,
        limit: usize,
    ) -> Result<ReadinessPart, Failure> {
        let mut list = match self.list.take() {
            Some(list) if list.sieve == *sieve => list,
            _ => List::read(store, sieve)?,
        };
        let until = (list.seen + EACH).min(list.ids.len());
        for at in list.seen..until {
            let brief = self.brief(store, &list.ids[at])?;
            list.see(at, brief);
        }
        let total = list.total();
        let from = from.min(total);
        let mut rows = Vec::new();
        for at in (from..total).take(limit) {
            let Some(id) = list.id(at) else { break };
            // One that has just gone away is gone at the next look.
            let (Some(mut workload), Some(brief)) = (store.workload(id)?, self.brief(store, id)?) else { continue };
            own(&mut workload, &self.decisions);
            rows.push(ReadinessRow {
                id: workload.id,
                kind: workload.kind.as_str(),
                name: workload.name,
                team: workload.team.to_string(),
                verdict: brief.verdict,
                notes: brief.notes,
            });
        }
        let progress = Progress { assessed: list.seen, of: list.ids.len(), verdicts: list.verdicts.clone() };
        self.list = Some(list);
        Ok(ReadinessPart { window: Window { total, from, rows }, progress })
    }

    /// An assessment in few words; none of what the inventory does not hold any more.
    fn brief(&mut self, store: &Store, id: &WorkloadId) -> Result<Option<Brief>, Failure> {
        if let Some(known) = self.known.get(id) {
            return Ok(Some(*known));
        }
        let assessed = self.grounds.assess(store, &self.decisions, id)?;
        let brief = assessed.map(|(_, assessment)| Brief::of(&assessment));
        self.known.extend(brief.map(|brief| (id.clone(), brief)));
        Ok(brief)
    }

    /// Everything that was found about one workload.
    ///
    /// # Errors
    /// When there is no such workload any more, and those of reading.
    pub(super) fn assessed(&self, store: &Store, id: &WorkloadId, runnable: &Runnable) -> Result<Assessed, Failure> {
        let assessed = self.grounds.assess(store, &self.decisions, id)?;
        let (workload, mut assessment) = assessed.ok_or_else(|| gone(id))?;
        for note in &mut assessment.notes {
            note.remedy = runnable.text(&note.remedy).into_owned();
        }
        let size = told_size(&assessment.size, runnable).into_iter().map(|line| {
            let arrow = if line.begin == ARROW { "→ " } else { "" };
            (line.name.to_owned(), format!("{arrow}{}", line.text))
        });
        Ok(Assessed {
            id: workload.id,
            team: workload.team.to_string(),
            environment: workload.environment.to_string(),
            size: size.collect(),
            assessment,
        })
    }
}

impl Brief {
    fn of(assessment: &Assessment) -> Self {
        let mut notes = [0; 3];
        for (count, severity) in notes.iter_mut().zip(Severity::ALL) {
            *count = assessment.notes.iter().filter(|note| note.severity == *severity).count();
        }
        Self { verdict: assessment.verdict, notes }
    }

    /// Whether it passes a sieve.
    fn passes(&self, sieve: &Sieve) -> bool {
        let graver = Severity::ALL.iter().take_while(|severity| Some(**severity) <= sieve.severity).count();
        let has_note = sieve.severity.is_none() || self.notes.iter().take(graver).any(|count| *count > 0);
        has_note && sieve.verdict.is_none_or(|verdict| verdict == self.verdict)
    }
}

impl List {
    fn read(store: &Store, sieve: &Sieve) -> Result<Self, Failure> {
        let filter = WorkloadFilter { query: Some(sieve.query.clone()), ..WorkloadFilter::default() };
        let verdicts = Verdict::ALL.iter().map(|verdict| (*verdict, 0)).collect();
        Ok(Self { sieve: sieve.clone(), ids: store.workload_ids(&filter)?, seen: 0, passing: Vec::new(), verdicts })
    }

    /// Whether every workload of the query passes: then the list is known from the beginning.
    fn is_all(&self) -> bool {
        self.sieve.severity.is_none() && self.sieve.verdict.is_none()
    }

    fn total(&self) -> usize {
        if self.is_all() { self.ids.len() } else { self.passing.len() }
    }

    fn id(&self, at: usize) -> Option<&WorkloadId> {
        let at = if self.is_all() { at } else { *self.passing.get(at)? };
        self.ids.get(at)
    }

    fn see(&mut self, at: usize, brief: Option<Brief>) {
        self.seen = at + 1;
        let Some(brief) = brief else { return };
        self.verdicts.iter_mut().filter(|(verdict, _)| *verdict == brief.verdict).for_each(|(_, count)| *count += 1);
        if brief.passes(&self.sieve) {
            self.passing.push(at);
        }
    }
}
