//! Texts on a terminal: nothing of them is obeyed, and none is wider than its place.

use caravan_plans::domains::list::misleads;
use std::borrow::Cow;
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// The text without what a terminal would obey or what turns its direction: names come from files and clouds.
pub(crate) fn clean(text: &str) -> Cow<'_, str> {
    if !text.chars().any(misleads) {
        return text.into();
    }
    text.chars().map(|c| if misleads(c) { char::REPLACEMENT_CHARACTER } else { c }).collect::<String>().into()
}

/// How many columns a text takes.
pub(crate) fn width(text: &str) -> usize {
    text.width()
}

/// The text in at most so many columns; what does not fit ends in `…`. A wide character is never cut in two, and what combines
/// with one stays with it.
pub(crate) fn cut(text: &str, columns: usize) -> String {
    let text = clean(text);
    if text.width() <= columns {
        return text.into_owned();
    }
    let (mut taken, mut result) = (0, String::new());
    for c in text.chars() {
        let wide = c.width().unwrap_or(0);
        if taken + wide + 1 > columns {
            break;
        }
        taken += wide;
        result.push(c);
    }
    if columns > 0 {
        result.push('…');
    }
    result
}

/// The text in at most so many columns; what does not fit begins with `…`: of an id the end tells more.
pub(crate) fn tail(text: &str, columns: usize) -> String {
    let text = clean(text);
    if text.width() <= columns {
        return text.into_owned();
    }
    let (mut taken, mut begin) = (1, text.len());
    for (at, c) in text.char_indices().rev() {
        taken += c.width().unwrap_or(0);
        if taken > columns {
            break;
        }
        begin = at;
    }
    // What combines with a character that did not fit goes with it.
    let rest = text[begin..].trim_start_matches(|c: char| c.width() == Some(0));
    if columns == 0 { String::new() } else { format!("…{rest}") }
}

/// The text in exactly so many columns.
pub(crate) fn fit(text: &str, columns: usize) -> String {
    let mut text = cut(text, columns);
    let missing = columns.saturating_sub(text.width());
    text.extend(std::iter::repeat_n(' ', missing));
    text
}

/// The text in lines of at most so many columns, broken at spaces where it can be, and within words that are longer than a line.
pub(crate) fn wrap(text: &str, columns: usize) -> Vec<String> {
    let columns = columns.max(1);
    let mut lines = Vec::new();
    let mut line = String::new();
    for word in clean(text).split(' ') {
        let mut word = word;
        loop {
            let space = usize::from(!line.is_empty());
            if line.width() + space + word.width() <= columns {
                line.extend(std::iter::repeat_n(' ', space));
                line.push_str(word);
                break;
            }
            if !line.is_empty() {
                lines.push(std::mem::take(&mut line));
                continue;
            }
            let (head, tail) = split(word, columns);
            lines.push(head.to_owned());
            word = tail;
        }
    }
    if !line.is_empty() || lines.is_empty() {
        lines.push(line);
    }
    lines
}

/// The beginning of a word that fits, at least one character of it, and the rest.
fn split(word: &str, columns: usize) -> (&str, &str) {
    let mut taken = 0;
    for (at, c) in word.char_indices() {
        taken += c.width().unwrap_or(0);
        if taken > columns && at > 0 {
            return word.split_at(at);
        }
    }
    (word, "")
}

/// Milliseconds for people: `1 d 2 h`, `4 m 30 s`, `12 s`.
pub(crate) fn span(ms: u64) -> String {
    let seconds = ms / 1000;
    let (days, hours, minutes) = (seconds / 86_400, seconds / 3600 % 24, seconds / 60 % 60);
    match (days, hours, minutes) {
        (0, 0, 0) => format!("{seconds} s"),
        (0, 0, minutes) => format!("{minutes} m {} s", seconds % 60),
        (0, hours, minutes) => format!("{hours} h {minutes} m"),
        (days, hours, _) => format!("{days} d {hours} h"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_wider_than_its_place() {
        for text in ["", "abc", "日本語のサービス", "e\u{301}te\u{301} au lait", "a\u{200b}b", "👩‍👩‍👧 family", "naïve"]
        {
            for columns in 0..20 {
                assert!(width(&cut(text, columns)) <= columns, "{text:?} in {columns}");
                assert!(width(&tail(text, columns)) <= columns, "{text:?} in {columns}");
                assert_eq!(width(&fit(text, columns)), columns, "{text:?} in {columns}");
                let lines = wrap(text, columns);
                assert!(lines.iter().all(|line| width(line) <= columns.max(2)), "{text:?} in {columns}: {lines:?}");
            }
        }
        assert_eq!(cut("日本語", 4), "日…");
        assert_eq!(tail("日本語", 4), "…語");
        assert_eq!(tail("ecs/shop/web", 6), "…p/web");
        assert_eq!(wrap("one two three", 7), ["one two", "three"]);
    }

    #[test]
    fn nothing_of_a_name_is_obeyed() {
        assert_eq!(clean("a\u{1b}[2Jb\r\n\u{202e}c"), "a\u{fffd}[2Jb\u{fffd}\u{fffd}\u{fffd}c");
    }

    #[test]
    fn spans_are_told_by_their_two_largest_units() {
        let told = [0, 59_999, 61_000, 3_660_000, 90_000_000].map(span);
        assert_eq!(told, ["0 s", "59 s", "1 m 1 s", "1 h 1 m", "1 d 1 h"]);
    }
}
