//! The only reading of the clock: signatures and the expiry of credentials need the time of day.

use std::time::SystemTime;

/// The time of day.
#[expect(clippy::disallowed_methods, reason = "a signature carries the time at which it was made")]
pub(crate) fn now() -> SystemTime {
    SystemTime::now()
}
