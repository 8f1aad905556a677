//! The front as it runs in a pod: the program itself, untouched runtime clients and their handlers as its processes, and
//! callers over real connections.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "tests write files, read the clock, and fail where they can't go on"
)]

mod answers;
mod broken;
mod front;
mod lifecycle;
mod queues;
mod runtimes;
mod schedules;
mod web;
