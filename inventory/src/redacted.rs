//! The mark that stands where a secret stood.
//!
//! Discovery replaces every value that is not of a harmless shape by `<redacted:FINGERPRINT>`, where the fingerprint is
//! 16 hex digits of a keyed HMAC: equal secrets give equal marks, nothing leads back. A mark may stand inside a longer
//! text (`postgres://<redacted:…>@db.example.com/app`). Fingerprints never enter a tree that Git carries.

use std::fmt;
use std::ops::Range;

const OPEN: &str = "<redacted:";
const DIGITS: usize = 16;

/// One mark.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub struct Redacted(u64);

/// Where a mark stands in a text, in bytes.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Span {
    /// The mark.
    pub mark: Redacted,
    /// Its place in the text, in bytes.
    pub range: Range<usize>,
}

impl Redacted {
    /// The mark of a fingerprint: the first eight bytes of the HMAC, big-endian.
    #[must_use]
    pub const fn new(fingerprint: u64) -> Self {
        Self(fingerprint)
    }

    /// Every mark in the text, from left to right.
    #[must_use]
    pub fn find(text: &str) -> Vec<Span> {
        let mut spans = Vec::new();
        let mut from = 0;
        while let Some(start) = text[from..].find(OPEN).map(|at| from + at) {
            let digits = start + OPEN.len();
            let end = digits + DIGITS;
            let mark = text
                .get(digits..end)
                .filter(|hex| hex.bytes().all(|digit| matches!(digit, b'0'..=b'9' | b'a'..=b'f')))
                .filter(|_| text.as_bytes().get(end) == Some(&b'>'));
            if let Some(fingerprint) = mark.and_then(|hex| u64::from_str_radix(hex, 16).ok()) {
                spans.push(Span { mark: Self(fingerprint), range: start..end + 1 });
                from = end + 1;
            } else {
                from = digits;
            }
        }
        spans
    }

    /// Whether the text holds a mark.
    #[must_use]
    pub fn is_in(text: &str) -> bool {
        text.contains(OPEN) && !Self::find(text).is_empty()
    }
}

impl fmt::Display for Redacted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{OPEN}{:0width$x}>", self.0, width = DIGITS)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_are_found_where_they_stand() {
        let mark = Redacted::new(0xfeed);
        let text = format!("postgres://{mark}@db/{mark}?x=<redacted:short>");
        let spans = Redacted::find(&text);
        assert_eq!(spans.len(), 2);
        assert!(spans.iter().all(|span| span.mark == mark && text[span.range.clone()] == mark.to_string()));
        for other in [
            "zzzzzzzzzzzzzzzz",
            "+00000000000feed",
            "000000000000FEED",
            "000000000000fee",
            "0000000000000feed",
            "äääääääää",
        ] {
            assert!(!Redacted::is_in(&format!("<redacted:{other}>")), "{other}");
        }
    }
}
