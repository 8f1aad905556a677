//! Messages of SQS become invocations, as an event source mapping made them.
//!
//! ```text
//!   receive ─► filter ─► batch ─► pool ─► what failed stays, the rest is deleted
//!      │         │         │
//!      │         │         └─ while it runs, its messages stay hidden
//!      │         └─ what matches no filter is deleted
//!      └─ one call at a time for each invocation that may run
//! ```
//!
//! What must never happen here: a message deleted before the handler has answered for it.

mod api;
mod batch;
mod connection;
mod credentials;
mod filter;
mod hidden;
mod message;
mod outcome;
mod poller;

pub(crate) use filter::Pattern;
pub(crate) use poller::Poller;
