//! Words as a shell takes them in.

use std::borrow::Cow;

/// A word as a POSIX shell reads it back: in quotes where it has characters that mean something there.
pub(crate) fn quoted(word: &str) -> Cow<'_, str> {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./:=@%+,".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        return word.into();
    }
    format!("'{}'", word.replace('\'', "'\\''")).into()
}
