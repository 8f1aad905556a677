//! Texts: plain where nobody can read them otherwise, as a block where they have lines, else in double quotes.

use std::fmt::Write;

/// Words that YAML 1.1 or 1.2 reads as something else than a text, in whatever case.
const WORDS: [&str; 11] = ["y", "n", "yes", "no", "on", "off", "true", "false", "null", "nan", "inf"];

/// The bytes that may stand in a plain text.
const PLAIN: [bool; 256] = {
    let mut plain = [false; 256];
    let (mut at, marks) = (0, b"-_./$()@%+=*~;<>: ");
    while at < 128 {
        plain[at] = (at as u8).is_ascii_alphanumeric();
        at += 1;
    }
    at = 0;
    while at < marks.len() {
        plain[marks[at] as usize] = true;
        at += 1;
    }
    plain
};

/// Writes a text behind a key or a dash; the lines of a block stand at `indent`.
pub(super) fn value(out: &mut String, text: &str, indent: usize) {
    if is_plain(text) {
        out.push_str(text);
    } else if is_block(text) {
        block(out, text, indent);
    } else {
        quoted(out, text);
    }
}

/// Writes a text as a key.
pub(super) fn key(out: &mut String, text: &str) {
    if is_plain(text) { out.push_str(text) } else { quoted(out, text) }
}

/// Whether every reader takes the bare text for this text.
pub(super) fn is_plain(text: &str) -> bool {
    let bytes = text.as_bytes();
    let (Some(first), Some(last)) = (bytes.first(), bytes.last()) else {
        return false;
    };
    let begins = match first {
        b'a'..=b'z' | b'A'..=b'Z' => !is_word(text),
        b'/' | b'$' | b'_' => true,
        b'0'..=b'9' => !is_like_a_number(bytes),
        _ => false,
    };
    begins
        && !matches!(last, b' ' | b':')
        // `: ` would begin a value, ` #` a comment; `#` stands in no plain text.
        && bytes.iter().enumerate().all(|(at, byte)| {
            PLAIN[usize::from(*byte)] && (*byte != b':' || bytes.get(at + 1) != Some(&b' '))
        })
}

fn is_word(text: &str) -> bool {
    text.len() <= 5 && WORDS.iter().any(|word| word.eq_ignore_ascii_case(text))
}

/// Whether it holds nothing but what numbers and dates hold: of any base, with exponents, separators and zones.
fn is_like_a_number(bytes: &[u8]) -> bool {
    bytes.iter().all(|byte| {
        matches!(byte, b'0'..=b'9' | b'a'..=b'f' | b'A'..=b'F' | b'_' | b'.' | b':' | b'+' | b'-' | b'x' | b'X' | b'o' | b'O' | b'T' | b't' | b'Z' | b'z' | b' ')
    })
}

/// Whether it has lines that a block can show as they are.
fn is_block(text: &str) -> bool {
    text.contains('\n')
        && !text.starts_with([' ', '\t', '\n'])
        && text.chars().all(|c| c == '\n' || c == '\t' || is_printable(c))
        // Lines of nothing but spaces would be taken for indentation.
        && text.lines().all(|line| line.is_empty() || !line.trim_matches([' ', '\t']).is_empty())
}

fn block(out: &mut String, text: &str, indent: usize) {
    let trimmed = text.trim_end_matches('\n');
    out.push_str(match text.len() - trimmed.len() {
        0 => "|-",
        1 => "|",
        _ => "|+",
    });
    for line in text.strip_suffix('\n').unwrap_or(text).split('\n') {
        out.push('\n');
        if !line.is_empty() {
            super::pad(out, indent);
            out.push_str(line);
        }
    }
}

fn quoted(out: &mut String, text: &str) {
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            '\r' => out.push_str("\\r"),
            c if is_printable(c) => out.push(c),
            c if u32::from(c) <= 0xFFFF => {
                let _never_fails = write!(out, "\\u{:04X}", u32::from(c));
            }
            c => {
                let _never_fails = write!(out, "\\U{:08X}", u32::from(c));
            }
        }
    }
    out.push('"');
}

/// What YAML lets stand as it is (YAML 1.2, `c-printable`), without what some readers take for the end of a line.
fn is_printable(c: char) -> bool {
    match c {
        ' '..='~' => true,
        '\u{2028}' | '\u{2029}' | '\u{FEFF}' => false,
        '\u{A0}'..='\u{D7FF}' | '\u{E000}'..='\u{FFFD}' | '\u{10000}'..='\u{10FFFF}' => true,
        _ => false,
    }
}
