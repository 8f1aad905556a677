//! HTTP in front of the function: requests become the events of the service that once stood there, answers become what
//! that service made of them.
//!
//! ```text
//!   request ─► Call ─► route ─► event ─► pool ─► answer ─► response
//!                        │        │                │
//!                        └────────┴── Shape ───────┘  REST, HTTP API 1.0 and 2.0, function URL, ALB, Invoke
//! ```

mod answers;
mod call;
mod events;
mod listener;
mod routes;
mod text;

pub(crate) use listener::Listener;
pub(crate) use routes::{Route, Routes};

#[cfg(test)]
mod tests;
