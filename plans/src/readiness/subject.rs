//! What is assessed.

use super::estate_facts::EstateFacts;
use super::places::{at, list};
use caravan_convert_lift::{FieldVerdict, LiftOutcome, Lifted};
use caravan_inventory::{Decisions, Edge, Evidence, Observation, ObservationKind, Question, Workload};
use serde_json::Value;

/// One workload with everything that is known about it.
#[derive(Clone, Copy, Debug)]
pub struct Subject<'a> {
    /// The workload, owned as people decided.
    pub workload: &'a Workload,
    /// What it is made of, in the order of its parts.
    pub observations: &'a [Observation],
    /// What the lift made of it.
    pub lifted: &'a Lifted,
    /// Every question about it that is open.
    pub questions: &'a [Question],
    /// The edges from it.
    pub needs: &'a [Edge],
    /// The edges to it.
    pub needed_by: &'a [Edge],
    /// What people decided.
    pub decisions: &'a Decisions,
    /// What is the same for all.
    pub estate: &'a EstateFacts,
}

impl<'a> Subject<'a> {
    /// Its observations of a kind.
    pub(crate) fn of_kind(&self, kind: ObservationKind) -> impl Iterator<Item = &'a Observation> {
        self.observations.iter().filter(move |observation| observation.kind == kind)
    }

    /// Why the lift refused it; empty where it did not.
    pub(super) fn refusals(&self) -> &'a [String] {
        match &self.lifted.outcome {
            LiftOutcome::Refused { reasons } => reasons,
            LiftOutcome::Converted(_) => &[],
        }
    }

    /// Every place of its documents whose verdict is asked for.
    pub(super) fn places(&self, wanted: impl Fn(&FieldVerdict) -> bool) -> Vec<Evidence> {
        let documents = self.lifted.ledger.documents.iter();
        let of_document = |document: &'a caravan_convert_lift::Document| {
            document.entries.iter().map(move |entry| (&document.source, entry))
        };
        documents
            .flat_map(of_document)
            .filter(|(_, entry)| wanted(&entry.verdict))
            .map(|(source, entry)| Evidence { observation: source.clone(), path: entry.path.clone() })
            .collect()
    }

    /// Whether a rule of the lift dropped anything.
    pub(super) fn is_dropped_by(&self, rule: &str) -> bool {
        self.lifted
            .ledger
            .entries()
            .any(|entry| matches!(&entry.verdict, FieldVerdict::Dropped { rule: by } if by == rule))
    }

    /// Its first document, where a note is about the whole of it.
    pub(super) fn whole(&self) -> Vec<Evidence> {
        self.observations.first().map(|first| at(first, "")).into_iter().collect()
    }

    /// The task definitions' containers, with the place of each: `/taskDefinition/containerDefinitions/0`.
    pub(super) fn containers(&self) -> Vec<(&'a Observation, String, &'a Value)> {
        let mut found = Vec::new();
        for observation in self.of_kind(ObservationKind::EcsTaskDefinition) {
            let (task, place) = task(&observation.body);
            let (list, place) = match task {
                Value::Array(list) => (list.as_slice(), place.to_owned()),
                _ => (list(&task["containerDefinitions"]), format!("{place}/containerDefinitions")),
            };
            found.extend(list.iter().enumerate().map(|(at, one)| (observation, format!("{place}/{at}"), one)));
        }
        found
    }

    /// The task definitions, with the place of each in its document.
    pub(crate) fn tasks(&self) -> impl Iterator<Item = (&'a Observation, &'static str, &'a Value)> {
        self.of_kind(ObservationKind::EcsTaskDefinition).map(|observation| {
            let (task, place) = task(&observation.body);
            (observation, place, task)
        })
    }

    /// Its services, with the place of each in its document.
    pub(crate) fn services(&self) -> impl Iterator<Item = (&'a Observation, &'static str, &'a Value)> {
        self.of_kind(ObservationKind::EcsService).map(|observation| match observation.body.get("services") {
            Some(Value::Array(list)) if list.len() == 1 => (observation, "/services/0", &list[0]),
            _ => (observation, "", &observation.body),
        })
    }

    /// Its instances.
    pub(crate) fn instances(&self) -> impl Iterator<Item = &'a Observation> {
        self.of_kind(ObservationKind::Ec2Instance)
    }
}

/// DescribeTaskDefinition's wrapper is looked through.
fn task(body: &Value) -> (&Value, &'static str) {
    match body.get("taskDefinition") {
        Some(task) => (task, "/taskDefinition"),
        None => (body, ""),
    }
}
