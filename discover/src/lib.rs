//! Finds what runs.
//!
//! In: a [`Reader`](caravan_providers::Reader) of a cloud's APIs, or paths of files that teams keep in Git.
//! Out: observations and coverage, redacted before they are handed on, and the workloads and edges that follow from them.
//!
//! What must never happen here: a value that could be a secret passes [`Redactor`] unmarked; one unit's failure ends a
//! run; a thing is called gone by a unit that was not enumerated to its end.

mod arn;
mod collect;
mod files;
mod front;
mod governing;
mod link;
mod reach;
mod redact;
mod request;
mod resource;
mod scan;
mod sketch;
mod startup_places;
mod state_machine;
mod user_data;

pub use collect::{Source, call_names, calls_of};
pub use files::{FileScan, FileSink, TemplateParameters, record_files, scan_files};
pub use front::{Chain, Doors, Step, StepKind};
pub use link::{Linked, Location, ObservationSource, link, relink};
pub use reach::{LetIn, groups_of, let_in};
pub use redact::{KeyError, Redactor, read_or_create_key};
pub use resource::Resource;
pub use scan::{
    RefusedAccount, ScanAccount, ScanContext, ScanError, ScanEvent, ScanPlan, ScanProgress, ScanReport, scan,
};
pub use sketch::{Replicas, Sketch, sketch};
