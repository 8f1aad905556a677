//! What changed between two inventories.

use crate::{Sighting, Store, StoreError, row, sql};
use caravan_inventory::{ObservationId, ObservationKind, Unit, UnitId, UnitState};
use serde::Serialize;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// One observation that is not in both inventories as it was.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Difference {
    /// The observation.
    pub id: ObservationId,
    /// Its kind.
    pub kind: ObservationKind,
    /// What became of it.
    #[serde(flatten)]
    pub change: Change,
}

/// What became of an observation.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "change", rename_all = "kebab-case")]
pub enum Change {
    /// It is in the later inventory alone.
    Added,
    /// A list that was read to its end no longer has it.
    Gone,
    /// The later inventory does not have it, and no complete list says that it is gone (D2).
    Unseen {
        /// The list that would have it; none where an import did not say.
        list: Option<UnitId>,
        /// How far that list came; none where it was not asked for at all.
        state: Option<UnitState>,
    },
    /// Some of its fields are other ones.
    Changed {
        /// These, in the order of their pointers.
        fields: Vec<FieldChange>,
    },
}

/// A field that is another one.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct FieldChange {
    /// Its JSON pointer (RFC 6901).
    pub path: String,
    /// What stood there; none where nothing did.
    pub before: Option<Value>,
    /// What stands there now; none where nothing does.
    pub after: Option<Value>,
}

impl Store {
    /// Shows what became of every observation of this inventory in a later one, and what is new there, sorted by id within
    /// each of the two. Holds one observation of each at a time.
    ///
    /// # Errors
    /// Those of reading either, and the visitor's own, which end it.
    pub fn differences<E: From<StoreError>>(
        &self,
        later: &Self,
        mut visit: impl FnMut(Difference) -> Result<(), E>,
    ) -> Result<(), E> {
        let lists: BTreeMap<UnitId, Unit> =
            later.latest_units()?.into_iter().map(|unit| (unit.id.clone(), unit)).collect();
        self.each(sql::OBSERVATIONS, [], row::sighting, |before| {
            if before.gone_at.is_some() {
                return Ok(());
            }
            let after = later.sighting(&before.observation.id)?;
            match change(&before, after.as_ref(), &lists) {
                Some(change) => visit(Difference::of(before, change)),
                None => Ok(()),
            }
        })?;
        later.each(sql::OBSERVATIONS, [], row::sighting, |after| {
            let was_there = self.sighting(&after.observation.id)?.is_some_and(|before| before.gone_at.is_none());
            if was_there || after.gone_at.is_some() { Ok(()) } else { visit(Difference::of(after, Change::Added)) }
        })
    }
}

impl Difference {
    fn of(sighting: Sighting, change: Change) -> Self {
        Self { id: sighting.observation.id, kind: sighting.observation.kind, change }
    }
}

fn change(before: &Sighting, after: Option<&Sighting>, lists: &BTreeMap<UnitId, Unit>) -> Option<Change> {
    match after {
        Some(after) if after.gone_at.is_some() => Some(Change::Gone),
        Some(after) => {
            let mut fields = Vec::new();
            compare("", Some(&before.observation.body), Some(&after.observation.body), &mut fields);
            (!fields.is_empty()).then_some(Change::Changed { fields })
        }
        None => {
            let state = before.unit.as_ref().and_then(|unit| lists.get(unit)).map(|unit| unit.state);
            Some(match state {
                Some(UnitState::Complete) => Change::Gone,
                state => Change::Unseen { list: before.unit.clone(), state },
            })
        }
    }
}

/// Compares two values: objects by their fields, lists by their places.
fn compare(path: &str, before: Option<&Value>, after: Option<&Value>, found: &mut Vec<FieldChange>) {
    match (before, after) {
        (Some(Value::Object(before)), Some(Value::Object(after))) => {
            for name in before.keys().chain(after.keys()).collect::<BTreeSet<_>>() {
                let path = format!("{path}/{}", name.replace('~', "~0").replace('/', "~1"));
                compare(&path, before.get(name), after.get(name), found);
            }
        }
        (Some(Value::Array(before)), Some(Value::Array(after))) => {
            for at in 0..before.len().max(after.len()) {
                compare(&format!("{path}/{at}"), before.get(at), after.get(at), found);
            }
        }
        (before, after) if before == after => {}
        (before, after) => {
            found.push(FieldChange { path: path.to_owned(), before: before.cloned(), after: after.cloned() });
        }
    }
}
