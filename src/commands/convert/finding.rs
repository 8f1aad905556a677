//! What a check has found: one list, which every format shows in its own way.

use caravan_inventory::{ObservationId, Standing, WorkloadId};
use jiff::civil::Date;
use schemars::JsonSchema;
use serde::{Serialize, Serializer};

/// One thing that keeps a check from being green, or would if nobody had accepted it.
#[derive(Clone, Debug, JsonSchema, Serialize)]
pub(crate) struct Finding {
    /// What kind of thing it is.
    pub(super) kind: FindingKind,
    /// The rule behind it: `question/start`, `difference/replicas`.
    pub(super) rule: String,
    /// By which it is answered or accepted in decisions.yaml; of what can't be, what tells it from every other.
    pub(super) id: String,
    /// The workload that it is about; none where a file is of several.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) workload: Option<WorkloadId>,
    /// The file, relative to where the command ran.
    pub(super) file: String,
    /// The line in it, from 1.
    pub(super) line: u32,
    /// The field of a source that is behind it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) source: Option<SourceField>,
    /// What it is, for a person.
    pub(super) text: String,
    /// Whether somebody accepted it.
    #[serde(serialize_with = "standing")]
    #[schemars(with = "StandingRow")]
    pub(super) standing: Standing,
}

/// The kinds of findings, the most severe first.
#[derive(Clone, Copy, Debug, Eq, JsonSchema, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum FindingKind {
    /// A file of a human into which what is new could not be brought.
    Conflict,
    /// A field that no API model has.
    UnknownField,
    /// A field because of which a workload is not converted.
    Blocker,
    /// A workload that is not converted, for a reason that is no field's.
    Refusal,
    /// An app that lets nobody in, since nobody says who callers are.
    Closed,
    /// What only a person can tell, and nobody has told.
    Question,
    /// A line of the tree that is not what would be written.
    Difference,
}

/// A field of a source document.
#[derive(Clone, Debug, Eq, JsonSchema, PartialEq, Serialize)]
pub(crate) struct SourceField {
    /// The document.
    pub(super) document: ObservationId,
    /// The field: a JSON pointer.
    pub(super) pointer: String,
    /// The file that people keep, where it came from one and the file is there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) file: Option<String>,
    /// The line in that file, from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) line: Option<u32>,
}

impl FindingKind {
    /// The kinds, the most severe first.
    pub(super) const ALL: [Self; 7] = [
        Self::Conflict,
        Self::UnknownField,
        Self::Blocker,
        Self::Refusal,
        Self::Closed,
        Self::Question,
        Self::Difference,
    ];

    /// Its name in rules and JSON.
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Conflict => "conflict",
            Self::UnknownField => "unknown-field",
            Self::Blocker => "blocker",
            Self::Refusal => "refusal",
            Self::Closed => "closed",
            Self::Question => "question",
            Self::Difference => "difference",
        }
    }

    /// What it is, for a person who reads a heading.
    pub(super) const fn title(self) -> &'static str {
        match self {
            Self::Conflict => "A human's file and what is new are in conflict",
            Self::UnknownField => "A field that no API model has",
            Self::Blocker => "A field keeps a workload from being converted",
            Self::Refusal => "A workload is not converted",
            Self::Closed => "An app lets nobody in",
            Self::Question => "A question that only a person can answer",
            Self::Difference => "The tree is not what would be written",
        }
    }

    /// What to do about it.
    pub(super) const fn remedy(self) -> &'static str {
        match self {
            Self::Conflict => "bring both versions together in the file, then convert again",
            Self::UnknownField => "report it: Caravan must learn the field before it can say what becomes of it",
            Self::Blocker | Self::Refusal => {
                "change the source, or accept it for a time: caravan decide --accept ID --until DATE --reason TEXT"
            }
            Self::Closed => "say in caravan.yaml who says who callers are (`platform.auth.issuer`), then convert again",
            Self::Question => {
                "answer it: caravan decide ID=ANSWER; or accept it for a time: caravan decide --accept ID --until DATE --reason TEXT"
            }
            Self::Difference => "write the tree and commit it: caravan convert",
        }
    }
}

impl Finding {
    /// What it says, with what is behind it and how it stands.
    pub(super) fn message(&self) -> String {
        let mut text = self.text.clone();
        if let Some(source) = &self.source {
            text.push_str(&format!(" (from {} of {})", source.pointer, source.document));
        }
        match &self.standing {
            Standing::Open => {}
            Standing::Accepted(one) => {
                text.push_str(&format!(" Accepted until {}: {}", one.until, one.reason));
            }
            Standing::Expired(one) => {
                text.push_str(&format!(" What was accepted until {} has expired: {}", one.until, one.reason));
            }
        }
        text
    }

    /// Whether it keeps the check from being green.
    pub(super) const fn is_open(&self) -> bool {
        !self.standing.is_accepted()
    }
}

/// How a finding stands, as JSON has it.
#[derive(JsonSchema, Serialize)]
struct StandingRow<'a> {
    state: StandingState,
    /// Of what was accepted: the last day on which it holds.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>")]
    until: Option<Date>,
    /// Of what was accepted: why.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<&'a str>,
}

#[derive(JsonSchema, Serialize)]
#[serde(rename_all = "kebab-case")]
enum StandingState {
    /// Nobody accepted it.
    Open,
    /// It is accepted today.
    Accepted,
    /// It was accepted until a day that has passed.
    Expired,
}

fn standing<S: Serializer>(standing: &Standing, serializer: S) -> Result<S::Ok, S::Error> {
    let (state, acceptance) = match standing {
        Standing::Open => (StandingState::Open, None),
        Standing::Accepted(one) => (StandingState::Accepted, Some(one)),
        Standing::Expired(one) => (StandingState::Expired, Some(one)),
    };
    let (until, reason) = (acceptance.map(|one| one.until), acceptance.map(|one| one.reason.as_str()));
    StandingRow { state, until, reason }.serialize(serializer)
}
