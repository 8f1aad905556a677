//! Bodies as the runner's lines carry them, and as people read them.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

/// Of a longer text the report shows the beginning.
const SHOWN: usize = 200;

/// The bytes of a body by base64; the text itself where it is none.
pub(crate) fn bytes(body: &str) -> Vec<u8> {
    STANDARD.decode(body).unwrap_or_else(|_| body.as_bytes().to_vec())
}

/// A body by base64.
pub(crate) fn carried(bytes: &[u8]) -> String {
    STANDARD.encode(bytes)
}

/// What a person reads of two bodies: both from a little before the place where they part.
pub(crate) fn shown(original: &[u8], converted: &[u8]) -> (String, String) {
    let apart = original.iter().zip(converted).take_while(|(one, other)| one == other).count();
    let from = apart.saturating_sub(SHOWN / 4);
    let cut = |bytes: &[u8]| {
        let part = bytes.get(from..bytes.len().min(from + SHOWN)).unwrap_or_default();
        let before = if from > 0 { "…" } else { "" };
        let after = if bytes.len() > from + SHOWN { "…" } else { "" };
        format!("{before}{}{after} ({} bytes)", String::from_utf8_lossy(part), bytes.len())
    };
    (cut(original), cut(converted))
}
