//! How often and how fast calls and probes are repeated.

/// Observations that may bring nothing before a person is asked, on the way forward.
pub(super) const OBSERVATIONS: u32 = 5;
/// How often one write may be made before a person is asked, on the way forward.
pub(super) const WRITES: u32 = 5;
/// Milliseconds after the first call that brought nothing; doubled with each further one.
pub(super) const BETWEEN_TRIES_MS: u64 = 1000;
/// The longest that this grows to: what was in trouble is noticed to be well again within this time.
pub(super) const LONGEST_BETWEEN_TRIES_MS: u64 = 10_000;
/// Milliseconds until a run that waits on its way back looks again at what somebody else changed; doubled with each further
/// look.
pub(super) const BETWEEN_LOOKS_MS: u64 = 2000;
/// The longest that this grows to: it may last for days, and each look is an entry of the journal.
pub(super) const LONGEST_BETWEEN_LOOKS_MS: u64 = 30_000;
/// Milliseconds between two questions whether a write has reached everywhere.
pub(super) const BETWEEN_STATUS_MS: u64 = 2000;
