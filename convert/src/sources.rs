//! The second link: from a place in `plconfig.yaml` to the fields of the source documents that it was lifted from.

use crate::provenance::{Origin, Place, Provenance, Rule};
use crate::{located, merge_patch};
use caravan_convert_lift::{Ledger, LedgerEntry};
use caravan_inventory::{EnvironmentName, ObservationId};
use serde_json::Value;

/// What stands before the first key.
const HEADER: Rule = Rule { name: "header", says: "a word about where it is from" };
/// What every other line is.
const LIFTED: Rule = Rule { name: "lifted", says: "what the workload was, as the ledger accounts for it" };
/// What is in no lifted plconfig.
const EDITED: Rule = Rule { name: "edited", says: "somebody changed it, and changes are kept" };

/// The ledgers of an app's workloads, by environment: they know what every place of its plconfig was lifted from.
#[derive(Clone, Debug, Default)]
pub struct Sources<'a> {
    members: Vec<(&'a EnvironmentName, &'a Ledger)>,
}

impl<'a> Sources<'a> {
    /// Of these environments, each with the ledger of the app's workload there.
    pub fn new(members: impl IntoIterator<Item = (&'a EnvironmentName, &'a Ledger)>) -> Self {
        Self { members: members.into_iter().collect() }
    }

    /// What a place of the plconfig, as it holds in an environment, was lifted from: the fields that were carried to just
    /// there; where there are none, those that were carried to what stands inside of it, or to the field that it is
    /// inside of. Where no field was, the workload. Nothing for an environment that no workload is in.
    #[must_use]
    pub fn of(&self, environment: &str, pointer: &str) -> Vec<Origin> {
        let members = self.members.iter().filter(|(name, _)| name.as_str() == environment);
        members.flat_map(|(name, ledger)| of_ledger(name, ledger, pointer)).collect()
    }

    /// The origins of every line of an app's `plconfig.yaml`.
    ///
    /// `text` is the file, `lifted` what was lifted for it; they differ where somebody changed the file.
    ///
    /// # Errors
    /// When one of both is no YAML.
    pub(crate) fn plconfig(&self, text: &str, lifted: &str) -> Result<Provenance, serde_yaml::Error> {
        let (file, lifted): (Value, Value) = (serde_yaml::from_str(text)?, serde_yaml::from_str(lifted)?);
        let mut provenance = Provenance::default();
        for pointer in located::pointers(text)? {
            let (rule, origins) = if pointer.is_empty() {
                let of_workload = |(name, ledger): &(&EnvironmentName, &Ledger)| workload(name, ledger);
                (HEADER, self.members.iter().map(of_workload).collect())
            } else if is_edited(file.pointer(&pointer), lifted.pointer(&pointer)) {
                (EDITED, vec![Origin::Edited])
            } else {
                (LIFTED, self.of_line(&pointer, &file))
            };
            let origins = if origins.is_empty() { vec![Origin::Edited] } else { origins };
            provenance.push(1, Place { document: None, pointer }, rule, origins);
        }
        Ok(provenance)
    }

    /// What a line of the file is lifted from: of a line below `environments`, in that one; of another, in each that does
    /// not differ there.
    fn of_line(&self, pointer: &str, file: &Value) -> Vec<Origin> {
        let mut steps = pointer.split('/').skip(1);
        if steps.next() == Some("environments") {
            let Some(environment) = steps.next() else {
                return self.members.iter().map(|(name, ledger)| workload(name, ledger)).collect();
            };
            let inside: String = steps.flat_map(|step| ["/", step]).collect();
            return self.of(environment, &inside);
        }
        let holds = |name: &EnvironmentName| {
            // An environment without a patch is as everything says.
            let patch = file["environments"].get(name.as_str()).filter(|patch| !patch.is_null());
            !patch.is_some_and(|patch| merge_patch::touches(patch, pointer))
        };
        let members = self.members.iter().filter(|(name, _)| holds(name));
        members.flat_map(|(name, ledger)| of_ledger(name, ledger, pointer)).collect()
    }
}

fn workload(environment: &EnvironmentName, ledger: &Ledger) -> Origin {
    Origin::Workload { id: ledger.workload.clone(), environment: environment.clone() }
}

fn of_ledger(environment: &EnvironmentName, ledger: &Ledger, pointer: &str) -> Vec<Origin> {
    let is = |target: &str| target == pointer;
    let inside = |target: &str| below(pointer, target);
    let around = |target: &str| is_field(target) && below(target, pointer);
    let carried = [&is as &dyn Fn(&str) -> bool, &inside, &around].into_iter().map(|fits| targeting(ledger, fits));
    carried.into_iter().find(|found| !found.is_empty()).unwrap_or_else(|| vec![workload(environment, ledger)])
}

/// Whether a pointer is inside of what stands at another.
fn below(outer: &str, pointer: &str) -> bool {
    pointer.strip_prefix(outer).is_some_and(|rest| rest.starts_with('/'))
}

/// Whether a target is a field, not a whole component or container: what was carried to one of these as a whole decided
/// that it is there and not what each of its fields says.
fn is_field(target: &str) -> bool {
    let steps: Vec<&str> = target.split('/').skip(1).collect();
    let is_whole = matches!(
        steps.as_slice(),
        [] | ["components"]
            | ["components", _]
            | ["components", _, "sidecars" | "init"]
            | ["components", _, "sidecars" | "init", _]
            | ["components", _, "init", _, "container"]
    );
    !is_whole
}

/// The fields whose target fits.
fn targeting(ledger: &Ledger, fits: impl Fn(&str) -> bool) -> Vec<Origin> {
    let fitting =
        |entry: &&LedgerEntry| entry.target.as_deref().is_some_and(|target| fits(target.trim_end_matches('/')));
    let of = |observation: &ObservationId, entry: &LedgerEntry| Origin::Source {
        observation: observation.clone(),
        pointer: entry.path.clone(),
        verdict: entry.verdict.clone(),
    };
    let documents = ledger.documents.iter();
    documents.flat_map(|one| one.entries.iter().filter(fitting).map(|entry| of(&one.source, entry))).collect()
}

/// Whether somebody wrote this: it is not in what was lifted, or says something else.
fn is_edited(file: Option<&Value>, lifted: Option<&Value>) -> bool {
    match (file, lifted) {
        (_, None) => true,
        (Some(Value::Object(_)), Some(Value::Object(_))) | (Some(Value::Array(_)), Some(Value::Array(_))) => false,
        (file, lifted) => file != lifted,
    }
}
