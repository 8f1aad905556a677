//! What certificate authorities and APIs let one do in a time, and a schedule that stays within it.
//!
//! In: [`Task`]s, each with the [`Draw`]s that it makes, and the [`Limits`] that hold. Out: by [`schedule`], the moment of each
//! task, how much of each limit was drawn, and which one made tasks wait.
//!
//! What must never happen here: a clock. Times are milliseconds from the start of the schedule.

mod bucket;
mod limit;
mod registered;
mod schedule;
#[cfg(test)]
mod tests;

pub use bucket::Bucket;
pub use limit::{Limit, LimitKind, Limits};
pub use registered::registered_domain;
pub use schedule::{Draw, Schedule, Spent, Task, schedule};
