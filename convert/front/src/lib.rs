//! Answers in a pod as AWS Lambda did, in front of an untouched runtime client and handler.
//!
//! In: one configuration, and requests, messages or one event. Out: what the service in front of the function answered.
//!
//! ```text
//!   HTTP ──────┐
//!   SQS ───────┼─► Pool ─► queue ─► runtime API ─► process: runtime client ─► handler
//!   schedule ──┘                      one for each process, on a loopback port
//! ```
//!
//! - [`config`]: the document that says what runs;
//! - `http`, `sqs`, [`schedule`]: where invocations come from, and what becomes of answers;
//! - [`pool`]: the processes behind one queue; `process` starts, ends and reaps them; `runtime_api` speaks with them;
//! - [`run`]: a front from its configuration to its end.
//!
//! What must never happen here: two answers to one invocation, or none; an invocation that is lost because a process or a
//! caller goes away; a message deleted that no handler has answered for; a process that outlives the front.

mod admin;
mod body;
mod clock;
pub mod config;
mod http;
mod invocation;
mod metrics;
pub mod pool;
mod process;
mod queue;
pub mod run;
mod runtime_api;
mod say;
pub mod schedule;
mod sqs;
mod stop;

pub use config::Config;
pub use invocation::{Answer, BrokenOff, Failure, FailureKind, MAX_ANSWER, MAX_EVENT, MAX_STREAM};
pub use say::say;
