//! The marks of secrets in texts.

use caravan_inventory::Redacted;

/// Whether nothing in it may not reach a plconfig: no secret's mark, and none of plconfig's own syntax.
pub(crate) fn is_clean(text: &str) -> bool {
    !text.contains("${secret:") && !Redacted::is_in(text)
}

/// The text with every secret's mark replaced, for people to read.
pub(crate) fn without_marks(text: &str) -> String {
    if !text.contains("<redacted:") {
        return text.to_owned();
    }
    let mut out = String::with_capacity(text.len());
    let mut from = 0;
    for span in Redacted::find(text) {
        out.push_str(&text[from..span.range.start]);
        out.push_str("redacted");
        from = span.range.end;
    }
    out.push_str(&text[from..]);
    out
}
