//! Sentences over several lines.

use crate::printer::printable;
use console::measure_text_width;
use std::io::{self, Write};

/// The lines of a text, none wider than `width` unless one word is. What stands between single quotes is one word: a command
/// that can be pasted is never broken within an argument.
pub(crate) fn wrapped(text: &str, width: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in words(text) {
        match lines.last_mut() {
            Some(line) if measure_text_width(line) + 1 + measure_text_width(word) <= width => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}

/// Writes a text at an indent, nothing of it wider than 80 columns unless one word is; what goes on stands two further.
pub(crate) fn write_wrapped(out: &mut impl Write, indent: usize, text: &str) -> io::Result<()> {
    let width = 80_usize.saturating_sub(indent + 2);
    for (at, line) in wrapped(&printable(text), width).iter().enumerate() {
        writeln!(out, "{:1$}{line}", "", if at == 0 { indent } else { indent + 2 })?;
    }
    Ok(())
}

fn words(text: &str) -> Vec<&str> {
    let (mut words, mut begin, mut quoted) = (Vec::new(), 0, false);
    let mut before = ' ';
    for (at, c) in text.char_indices() {
        match c {
            // An apostrophe stands within a word, a quote at its beginning.
            '\'' if quoted || before == ' ' => quoted = !quoted,
            ' ' if !quoted => {
                words.push(&text[begin..at]);
                begin = at + 1;
            }
            _ => {}
        }
        before = c;
    }
    words.push(&text[begin..]);
    words.retain(|word| !word.is_empty());
    words
}

#[cfg(test)]
mod tests {
    use super::wrapped;

    #[test]
    fn lines_end_between_words_and_never_in_an_argument() {
        assert_eq!(wrapped("one two three", 7), ["one two", "three"]);
        assert_eq!(wrapped("a longerthanthat b", 4), ["a", "longerthanthat", "b"]);
        assert_eq!(wrapped("say 'x=a b' now", 6), ["say", "'x=a b'", "now"]);
        assert_eq!(wrapped("it's one two", 8), ["it's one", "two"]);
        assert!(wrapped("", 8).is_empty());
    }
}
