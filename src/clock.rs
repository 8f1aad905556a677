//! The one place where the time is read.

use jiff::Timestamp;

/// Now, UTC.
#[expect(clippy::disallowed_methods, reason = "this module is where the clock is read")]
pub(crate) fn now() -> Timestamp {
    Timestamp::now()
}
