//! Readiness: what keeps a workload from moving, what it may lose on the way, and what should become of it.
//!
//! In: a [`Subject`]: one workload with its observations, what the lift made of it, its edges, the open questions, and the
//! [`EstateFacts`] that are the same for all.
//! Out: an [`Assessment`]: notes, each from one check of the table in `checks/`, and a verdict with its reasons.
//!
//! What must never happen here: a thing that the inventory can't tell passed over as if it were fine. What no check can
//! answer today is in [`UNKNOWN`], and goes out with every assessment (P3).

mod assess;
pub(crate) mod checks;
mod estate_facts;
mod kind;
mod note;
pub(crate) mod places;
mod subject;
#[cfg(test)]
mod tests;
mod unknown;
mod verdict;

pub use assess::{Assessment, assess, verdict_question};
pub use estate_facts::{EstateFacts, Role};
pub use kind::NoteKind;
pub use note::{Actor, Note, Severity};
pub use subject::Subject;
pub use unknown::{UNKNOWN, Unknown};
pub use verdict::{How, Verdict};
