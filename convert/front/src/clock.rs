//! The clock, and identifiers that hold the time or are drawn by chance.

use jiff::Timestamp;

/// The time now.
#[expect(clippy::disallowed_methods, reason = "events and deadlines carry the time of this machine")]
pub(crate) fn now() -> Timestamp {
    Timestamp::now()
}

/// Milliseconds since 1970, as Lambda's deadlines are.
pub(crate) fn millis() -> i64 {
    now().as_millisecond()
}

/// An identifier in the form of a random UUID, as requests of Lambda have.
pub(crate) fn request_id() -> String {
    let bits = fastrand::u128(..);
    let bits = (bits & !(0xf << 76) & !(0x3 << 62)) | (0x4 << 76) | (0x2 << 62);
    let text = format!("{bits:032x}");
    [&text[..8], &text[8..12], &text[12..16], &text[16..20], &text[20..]].join("-")
}

/// The header of a trace that nobody records.
pub(crate) fn trace_id() -> String {
    format!("Root=1-{:08x}-{:024x};Sampled=0", now().as_second(), fastrand::u128(..) >> 32)
}
