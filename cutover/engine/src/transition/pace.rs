//! How often and how fast calls and probes are repeated.

/// Observations that may bring nothing before a person is asked.
pub(super) const OBSERVATIONS: u32 = 5;
/// Milliseconds between the first two observations; doubled with each further one.
pub(super) const BETWEEN_OBSERVATIONS_MS: u64 = 1000;
/// How often one write may be made before a person is asked.
pub(super) const WRITES: u32 = 5;
/// Milliseconds between two questions whether a write has reached everywhere.
pub(super) const BETWEEN_STATUS_MS: u64 = 2000;
