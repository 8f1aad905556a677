//! From the inventory and the decisions to assessments, workload by workload.

use crate::error::Failure;
use crate::inventory_db::each_workload;
use crate::lifting::{Estate, questions_with};
use caravan_convert::Platform;
use caravan_inventory::{Decisions, EdgeKind, ObservationKind, Workload, WorkloadId};
use caravan_inventory_store::{Store, WorkloadFilter};
use caravan_plans::readiness::{Assessment, EstateFacts, Subject, Verdict, assess};
use std::collections::HashMap;

/// Assesses workloads of one inventory.
pub(crate) struct Assessor<'a> {
    store: &'a Store,
    decisions: &'a Decisions,
    grounds: Grounds,
}

/// What is the same for all workloads of one inventory, with the decisions of one moment.
pub(crate) struct Grounds {
    /// What can be lifted.
    pub(crate) estate: Estate,
    facts: EstateFacts,
    /// Where each workload is among the apps: app, then member.
    places: HashMap<WorkloadId, Vec<(usize, usize)>>,
}

impl<'a> Assessor<'a> {
    /// Reads what is the same for all workloads.
    ///
    /// # Errors
    /// Those of reading.
    pub(crate) fn read(store: &'a Store, decisions: &'a Decisions, platform: &Platform) -> Result<Self, Failure> {
        Ok(Self { store, decisions, grounds: Grounds::read(store, decisions, platform)? })
    }

    /// Assesses one workload, with its owner as people decided; none where the inventory has no such workload.
    ///
    /// # Errors
    /// Those of reading.
    pub(crate) fn assess(&self, id: &WorkloadId) -> Result<Option<(Workload, Assessment)>, Failure> {
        self.assess_with(id, &mut |_, _| {})
    }

    /// The same, and shows each part of it: a workload that is several apps is assessed part by part.
    ///
    /// # Errors
    /// Those of reading.
    pub(crate) fn assess_with(
        &self,
        id: &WorkloadId,
        visit: &mut dyn FnMut(&Subject<'_>, &Assessment),
    ) -> Result<Option<(Workload, Assessment)>, Failure> {
        self.grounds.assess_with(self.store, self.decisions, id, visit)
    }
}

impl Grounds {
    /// Reads them.
    ///
    /// # Errors
    /// Those of reading.
    pub(crate) fn read(store: &Store, decisions: &Decisions, platform: &Platform) -> Result<Self, Failure> {
        let estate = Estate::read(store, decisions, platform)?;
        let mut places: HashMap<WorkloadId, Vec<(usize, usize)>> = HashMap::new();
        for (at, app) in estate.apps.iter().enumerate() {
            for (member, one) in app.members.iter().enumerate() {
                places.entry(one.workload.clone()).or_default().push((at, member));
            }
        }
        Ok(Self { estate, facts: facts(store)?, places })
    }

    /// Assesses one workload of the inventory and by the decisions that these were read of, with its owner as people decided;
    /// none where the inventory has no such workload.
    ///
    /// # Errors
    /// Those of reading.
    pub(crate) fn assess(
        &self,
        store: &Store,
        decisions: &Decisions,
        id: &WorkloadId,
    ) -> Result<Option<(Workload, Assessment)>, Failure> {
        self.assess_with(store, decisions, id, &mut |_, _| {})
    }

    fn assess_with(
        &self,
        store: &Store,
        decisions: &Decisions,
        id: &WorkloadId,
        visit: &mut dyn FnMut(&Subject<'_>, &Assessment),
    ) -> Result<Option<(Workload, Assessment)>, Failure> {
        let Some(places) = self.places.get(id) else { return Ok(None) };
        let (needs, needed_by) = (store.edges_from(id.as_str())?, store.edges_to(id.as_str())?);
        let mut assessed: Option<(Workload, Assessment)> = None;
        for (app, member) in places {
            let app = &self.estate.apps[*app];
            let one = self.estate.lift_with_documents(store, &app.members[*member], &app.name, decisions)?;
            let questions = questions_with(store, id, decisions, one.lifted.questions.clone())?;
            let subject = Subject {
                workload: &one.workload,
                observations: &one.documents,
                lifted: &one.lifted,
                questions: &questions,
                needs: &needs,
                needed_by: &needed_by,
                decisions,
                estate: &self.facts,
            };
            let assessment = assess(&subject);
            visit(&subject, &assessment);
            assessed = Some(match assessed {
                Some((workload, before)) => (workload, joined(before, assessment)),
                None => (one.workload, assessment),
            });
        }
        Ok(assessed)
    }
}

/// How many workloads have each verdict, in the order of the verdicts.
///
/// # Errors
/// Those of reading.
pub(crate) fn count_verdicts(
    store: &Store,
    decisions: &Decisions,
    platform: &Platform,
) -> Result<Vec<(Verdict, u64)>, Failure> {
    let assessor = Assessor::read(store, decisions, platform)?;
    let mut counts: Vec<(Verdict, u64)> = Verdict::ALL.iter().map(|verdict| (*verdict, 0)).collect();
    each_workload(store, &WorkloadFilter::default(), |workload| {
        let assessed = assessor.assess(&workload.id)?;
        let verdict = assessed.map(|(_, assessment)| assessment.verdict);
        counts.iter_mut().filter(|(one, _)| Some(*one) == verdict).for_each(|(_, count)| *count += 1);
        Ok(())
    })?;
    Ok(counts)
}

/// What is the same for all workloads.
fn facts(store: &Store) -> Result<EstateFacts, Failure> {
    let mut facts = EstateFacts::default();
    for kind in ObservationKind::ALL.iter().copied().filter(|kind| EstateFacts::wants(*kind).is_some()) {
        store.observations_by_kind::<Failure>(kind, None, None, |observation| {
            facts.add_observation(&observation);
            Ok(())
        })?;
    }
    for kind in [EdgeKind::Data, EdgeKind::Queue, EdgeKind::GovernedBy] {
        store.edges_of_kind(kind)?.iter().for_each(|edge| facts.add_edge(edge));
    }
    store.latest_units()?.iter().for_each(|unit| facts.add_unit(unit));
    Ok(facts)
}

/// A workload that is several apps is assessed part by part: the verdict that asks most of people holds for the whole.
fn joined(one: Assessment, other: Assessment) -> Assessment {
    let asks = |verdict: Verdict| match verdict {
        Verdict::Undecided => 0,
        Verdict::Keep => 1,
        Verdict::Replace => 2,
        Verdict::Move => 3,
        Verdict::Retire => 4,
    };
    let (mut first, second) = if asks(one.verdict) <= asks(other.verdict) { (one, other) } else { (other, one) };
    for note in second.notes {
        if !first.notes.contains(&note) {
            first.notes.push(note);
        }
    }
    first.notes.sort_by_key(|note| (note.severity, note.kind));
    first
}
