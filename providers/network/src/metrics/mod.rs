//! What pages of metrics in Prometheus' text format say of the requests to both sides of a shift.

mod envoy;
mod samples;
mod side;
#[cfg(test)]
mod tests;

pub use envoy::of_gateway;
pub use side::{CounterOf, of_sides};
