//! What a draft leaves for a person.

/// What stands in a draft where only a person knows what should stand there.
pub const FILL_IN: &str = "<fill in>";

/// Whether a person has left something of the draft as it was.
pub(crate) fn is_blank(text: &str) -> bool {
    text.contains(FILL_IN)
}
