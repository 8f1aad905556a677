//! The share that moved and the requests that were lost, as what carries the traffic has counted them: evidence for people,
//! on which nothing that a run does depends.

mod meter;
mod span;
#[cfg(test)]
mod tests;

pub(crate) use meter::{Due, Meter};
pub use span::{CounterMark, MeasuredSpan};
