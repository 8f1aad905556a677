//! The only reading of the clock: signatures, the expiry of credentials and firings of schedules need the time of day.

use std::time::{SystemTime, UNIX_EPOCH};

/// The time of day.
#[expect(clippy::disallowed_methods, reason = "a signature carries the time at which it was made")]
pub(crate) fn now() -> SystemTime {
    SystemTime::now()
}

/// The time of day in milliseconds since 1970.
pub(crate) fn now_ms() -> u64 {
    let since = now().duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
}
