//! A moment for people.

use caravan_cutover_engine::Moment;
use jiff::Timestamp;

/// A moment for people: UTC, to the second, `2026-11-28T21:30:00Z`.
#[must_use]
pub fn time_text(moment: Moment) -> String {
    let ms = i64::try_from(moment.0).unwrap_or(i64::MAX);
    match Timestamp::from_millisecond(ms) {
        Ok(time) => time.strftime("%Y-%m-%dT%H:%M:%SZ").to_string(),
        Err(_) => moment.0.to_string(),
    }
}
