//! Whether a converted Worker answers as its original.
//!
//! ```text
//! configuration and script ──► requests ──┐                 ┌──► answers of the original ──┐
//! recorded requests ──────────────────────┴─► runner (Node) ┤                              ├─ compare ─► report
//! what was converted ──► context on the loopback, or routes ┴──► answers of the converted ─┘
//! ```
//!
//! In: a Worker's configuration and script as discovery read them, and the files that were made of it. Out: the requests to
//! ask, how both sides are started ([`wire`]), and of the answers a [`Proof`]. Of a Worker that became routes the converted side
//! is [`Gateway`], a model of the gateway, or a real one.
//!
//! What must never happen here: input or output, a clock, the environment; a real secret (what was redacted gets an invented value,
//! the same on both sides); a difference that is left out of the report without a rule that is named in it.

mod answer;
mod bodies;
mod candidates;
mod clocks;
mod compare;
mod context;
mod gateway;
mod invented;
mod literals;
mod original;
mod patterns;
mod proof;
mod proven;
mod recorded;
mod requests;
mod route_patterns;
mod shape;
pub mod wire;

pub use answer::{Answer, Asked, Exchange, Other};
pub use compare::{Difference, Rule, compare};
pub use context::{ContextError, loopback};
pub use gateway::{Gateway, GatewayError, Laid, Taken};
pub use invented::Invented;
pub use original::{Original, OriginalError};
pub use proof::{ByChance, Proof, ProofError};
pub use proven::{Proven, Standing, Unproven};
pub use recorded::{RecordedError, recorded};
pub use requests::{Request, Suggested, suggested};

/// The program that Node runs: it starts both sides, asks them, and stands in for everybody else whom they ask. Its arguments are the
/// folder in which miniflare is installed and the program of workerd, either empty where it has to look by itself.
pub const RUNNER: &str = include_str!("runner.mjs");
