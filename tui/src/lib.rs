//! The terminal interface: what a person sees on the night, and the keys by which they act.
//!
//! ```text
//! keys ─► Event ─► keymap ─► Command ─► update(Model) ─► Effect ─┬─► Question ─► Session  (a thread of its own)
//!            ▲                              │                    └─► Order ────► Operator (another thread)
//!            └── answers ───────────────────┼──────────────────────────────────────┘
//!                                           ▼
//!                          view(Model) ─► cells ─► terminal, when something has changed
//! ```
//!
//! In: a [`Session`] that answers questions, and, to operate, an [`Operator`] that carries orders out; both are implemented
//! elsewhere and know files, databases and processes. Out: cells of a terminal.
//!
//! What must never happen here: a decision about a run or an inventory (that is the operator's library's and the store's); a
//! key that waits for a file or a network; a change that Enter alone confirms (S3); a read-only interface with a way to send
//! an order (S2): [`watch`] takes no [`Operator`], and [`operate`] is the only function that does.

mod command;
mod data;
mod effect;
mod event;
mod keymap;
mod model;
mod place;
mod runner;
mod screens;
mod session;
mod terminal;
mod text;
mod theme;
mod update;
mod view;
mod widgets;

#[cfg(test)]
mod tests;

pub use command::{Command, On, Spec, command_table};
pub use data::{
    Assessed, Detail, DomainRow, DomainText, DoorRow, EntryRow, EntryText, Evidence, Fact, FileState, Gate, Graph,
    GraphLine, GraphPart, Item, JournalFacts, JournalPart, Leads, Member, NextCommand, Overview, PlanText, Preview,
    PreviewFile, PreviewLine, PreviewText, Progress, ReadinessPart, ReadinessRow, Row, RunRow, RunView, Section, Sieve,
    Urgency, WaveRow, Window,
};
pub use effect::{Lane, Order, Question};
pub use event::Answer;
pub use place::{Access, Place};
pub use runner::{Remote, TuiError, operate, watch};
pub use session::{Answered, Done, Operator, Session, Trouble};
pub use theme::{Colours, Theme};

#[doc(hidden)]
pub mod bench;
