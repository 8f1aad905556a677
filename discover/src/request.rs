//! A read as the store keeps it.

use caravan_inventory::{ObservationKind, UnitId};
use caravan_inventory_store::NewWork;
use caravan_providers::Read;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// A read, or one thing's part of a read that asks for many, with what is waiting for its answer.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Request {
    /// The read without its token. Of a batch: without the things it asks for.
    pub(crate) read: Read,
    /// The thing that this part of a batch asks for.
    pub(crate) member: Option<String>,
    /// What was already read of the thing, and is to be recorded together with the answer.
    pub(crate) carried: Option<Carried>,
}

/// An element that waits for the rest of it.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Carried {
    /// What it is.
    pub(crate) kind: ObservationKind,
    /// Its native name.
    pub(crate) name: String,
    /// The call that gave it.
    pub(crate) api: String,
    /// The element; redacted before it is kept.
    pub(crate) body: Value,
}

impl Request {
    /// A read of its own.
    pub(crate) fn of(read: Read) -> Self {
        Self { read, member: None, carried: None }
    }

    /// A read in the same scope, made necessary by an answer to this one.
    pub(crate) fn then(&self, api: &str, input: Value) -> Self {
        Self::of(Read { api: api.to_owned(), input, token: None, ..self.read.clone() })
    }

    /// The same for one thing of a batch.
    #[must_use]
    pub(crate) fn asking_for(mut self, member: &str) -> Self {
        self.member = Some(member.to_owned());
        self
    }

    /// The same with an element that waits for the answer.
    #[must_use]
    pub(crate) fn carrying(mut self, carried: Carried) -> Self {
        self.carried = Some(carried);
        self
    }

    /// The unit that it counts for.
    pub(crate) fn unit(&self) -> UnitId {
        UnitId::of(&self.read.scope, &self.read.api)
    }

    /// The read as the store keeps it: equal requests are equal texts.
    pub(crate) fn into_work(self) -> NewWork {
        let unit = self.unit();
        // Maps with string keys and plain values can't fail to be written.
        let request = serde_json::to_string(&self).unwrap_or_default();
        NewWork { unit, request }
    }

    /// Reads what the store kept; none when another version of Caravan wrote it.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        serde_json::from_str(text).ok()
    }
}
