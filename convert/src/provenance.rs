//! Where the lines of a file come from, as plain data.
//!
//! It is a chain of two links. A line of `manifests.yaml` names the places of `plconfig.yaml` that decided it and the
//! rule of the renderer that made it of them; a line of `plconfig.yaml` names the fields of the source documents, with
//! what the lift did with each. Whoever follows both comes from any line of a tree to what a cloud or a file said.

use caravan_convert_lift::FieldVerdict;
use caravan_inventory::{EnvironmentName, ObservationId, WorkloadId};
use serde::Serialize;

/// Whether an emitter says where its lines come from. Without it the bytes are the same and nothing is spent.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum Trace {
    /// The bytes alone.
    #[default]
    Off,
    /// The bytes, and the origins of every line.
    Lines,
}

/// Where the lines of one file come from: spans that adjoin, from line 1 to the last. Empty where nobody asked
/// ([`Trace::Off`]).
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Provenance {
    spans: Vec<Span>,
}

/// Lines that have one origin: mostly one, more where a text has lines of its own.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Span {
    /// The first line, from 1.
    pub first: u32,
    /// The last line, not before the first.
    pub last: u32,
    /// What stands there.
    pub place: Place,
    /// The rule that wrote it.
    pub rule: Rule,
    /// What the rule made it of; at least one.
    pub origins: Vec<Origin>,
}

/// What stands on a line.
#[derive(Clone, Debug, Default, Eq, PartialEq, Serialize)]
pub struct Place {
    /// Of a file with several documents: which one, by kind and name (`Deployment/checkout`).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub document: Option<String>,
    /// The place in the document: a JSON pointer (RFC 6901); empty for the document itself.
    pub pointer: String,
}

/// A rule of an emitter.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize)]
pub struct Rule {
    /// Its name: `replicas`.
    pub name: &'static str,
    /// What it says: one sentence fragment, for a person.
    pub says: &'static str,
}

/// One thing that decided a line.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case", tag = "kind")]
pub enum Origin {
    /// A field of the app's plconfig as it holds in the file's environment.
    Plconfig {
        /// Its place: a JSON pointer.
        pointer: String,
    },
    /// The environment that the file is for, by its name.
    Environment,
    /// A setting of the platform: `platform:` in `caravan.yaml`.
    Setting {
        /// Its place below `platform`: `gateway/name`.
        name: &'static str,
    },
    /// An app as a whole: what its manifests ask of the platform.
    App {
        /// Its team.
        team: String,
        /// Its name.
        app: String,
    },
    /// A place of `people.yaml`.
    People {
        /// Which one: a JSON pointer.
        pointer: String,
    },
    /// The rule alone: nothing that anybody wrote decided it.
    Default,
    /// A field of a source document.
    Source {
        /// The document.
        observation: ObservationId,
        /// The field: a JSON pointer.
        pointer: String,
        /// What the lift did with it.
        verdict: FieldVerdict,
    },
    /// A workload as a whole: its kind, name, team or environment, or what one of its fields did not say.
    Workload {
        /// Which one.
        id: WorkloadId,
        /// The environment that it is the app's workload of.
        environment: EnvironmentName,
    },
    /// A resource as a whole: that it is there, where, and under which name.
    Observed {
        /// What was observed of it.
        observation: ObservationId,
    },
    /// Somebody changed the file, and this line is theirs.
    Edited,
}

impl Provenance {
    /// Adds the next lines, as many as are given; they begin where the last span ended.
    pub(crate) fn push(&mut self, lines: u32, place: Place, rule: Rule, origins: Vec<Origin>) {
        let first = self.spans.last().map_or(1, |span| span.last + 1);
        match self.spans.last_mut() {
            Some(span) if span.place == place && span.rule == rule && span.origins == origins => span.last += lines,
            _ if lines > 0 => self.spans.push(Span { first, last: first + lines - 1, place, rule, origins }),
            _ => {}
        }
    }

    /// Every span, in the order of the lines.
    #[must_use]
    pub fn spans(&self) -> &[Span] {
        &self.spans
    }

    /// What is known about a line, counted from 1.
    #[must_use]
    pub fn line(&self, line: u32) -> Option<&Span> {
        let after = self.spans.partition_point(|span| span.first <= line);
        self.spans.get(after.checked_sub(1)?).filter(|span| line <= span.last)
    }
}
