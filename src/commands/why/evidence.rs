//! What is known of a field of a source: who said it when, what stood there, and what became of it.

use crate::error::Failure;
use caravan_convert_lift::{FieldVerdict, Ledger};
use caravan_inventory::{Observation, ObservationId};
use caravan_inventory_store::Store;
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;
use std::collections::BTreeMap;

/// A field of a source document.
#[derive(Clone, JsonSchema, Serialize)]
pub(super) struct Evidence {
    /// The document, by the id of its observation.
    pub(super) observation: String,
    /// The field: a JSON pointer.
    pub(super) pointer: String,
    /// What stands there, redacted.
    pub(super) value: Value,
    /// What the lift did with it.
    pub(super) verdict: FieldVerdict,
    /// What a person should know about that.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) note: Option<String>,
    /// The call that said it, or `file`.
    pub(super) api: String,
    /// Where it lives; none for a file that does not say.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) account: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) region: Option<String>,
    /// When it was last seen, UTC.
    #[schemars(with = "Option<String>")]
    pub(super) last_seen: Option<Timestamp>,
}

/// Reads observations, each once.
pub(super) struct Reading<'a> {
    store: &'a Store,
    ledgers: &'a [Ledger],
    read: BTreeMap<ObservationId, Option<Observation>>,
}

impl<'a> Reading<'a> {
    /// Of an inventory, with the ledgers that know what became of each field.
    pub(super) fn new(store: &'a Store, ledgers: &'a [Ledger]) -> Self {
        Self { store, ledgers, read: BTreeMap::new() }
    }

    /// What is known of a field.
    ///
    /// # Errors
    /// When the inventory can't be read.
    pub(super) fn evidence(
        &mut self,
        id: &ObservationId,
        pointer: &str,
        verdict: &FieldVerdict,
    ) -> Result<Evidence, Failure> {
        if !self.read.contains_key(id) {
            self.read.insert(id.clone(), self.store.observation(id)?);
        }
        let observation = self.read.get(id).and_then(Option::as_ref);
        Ok(Evidence {
            observation: id.to_string(),
            pointer: pointer.to_owned(),
            value: observation.and_then(|one| one.body.pointer(pointer)).cloned().unwrap_or_default(),
            verdict: verdict.clone(),
            note: self.note(id, pointer),
            api: observation.map(|one| one.api.clone()).unwrap_or_default(),
            account: observation.and_then(|one| one.account.as_ref()).map(ToString::to_string),
            region: observation.and_then(|one| one.region.as_ref()).map(ToString::to_string),
            last_seen: observation.map(|one| one.last_seen),
        })
    }

    fn note(&self, id: &ObservationId, pointer: &str) -> Option<String> {
        let documents = self.ledgers.iter().flat_map(|ledger| &ledger.documents).filter(|one| one.source == *id);
        let mut entries = documents.flat_map(|document| &document.entries).filter(|entry| entry.path == pointer);
        entries.find_map(|entry| entry.note.as_ref()).map(ToString::to_string)
    }
}
