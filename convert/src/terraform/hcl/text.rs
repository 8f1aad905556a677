//! Texts: quoted so that they come back as they were, whatever is in them.

use std::fmt::Write;

/// Words that mean something where a key of an object stands without quotes.
const WORDS: &[&str] = &["null", "true", "false", "for", "if", "in"];

/// A text as a quoted literal. A `$` or `%` in front of `{` would begin a template: it is doubled.
pub(in crate::terraform) fn quoted(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        match letter {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '$' | '%' if letters.peek() == Some(&'{') => out.extend([letter, letter]),
            letter if is_unprintable(letter) => escape(&mut out, letter),
            letter => out.push(letter),
        }
    }
    out.push('"');
    out
}

/// A key of an object. Every sign of it is one column wide, since what is behind it is aligned.
pub(super) fn key(text: &str) -> String {
    if is_identifier(text) && !WORDS.contains(&text) {
        return text.to_owned();
    }
    let mut out = String::with_capacity(text.len() + 2);
    for letter in quoted(text).chars() {
        if letter.is_ascii() { out.push(letter) } else { escape(&mut out, letter) }
    }
    out
}

/// Whether a text is an identifier of plain letters.
pub(super) fn is_identifier(text: &str) -> bool {
    let begins = text.bytes().next().is_some_and(|first| first.is_ascii_alphabetic() || first == b'_');
    begins && text.bytes().all(|letter| letter.is_ascii_alphanumeric() || matches!(letter, b'_' | b'-'))
}

/// A comment's line: nothing in it ends the line.
pub(super) fn comment(line: &str) -> String {
    let plain: String = line.chars().map(|letter| if is_unprintable(letter) { ' ' } else { letter }).collect();
    plain.trim_end().to_owned()
}

/// Control characters, and the marks that turn the direction of what follows.
fn is_unprintable(letter: char) -> bool {
    letter.is_control()
        || matches!(letter, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}

fn escape(out: &mut String, letter: char) {
    let code = u32::from(letter);
    // Writing to a text can't fail.
    let _ = if code > 0xffff { write!(out, "\\U{code:08x}") } else { write!(out, "\\u{code:04x}") };
}
