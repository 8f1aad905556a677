//! Words of a line of a unit: with quotes, and with what only the machine knows inside of them.

use super::super::startup::{Piece, Word};

/// The words of a value (systemd.service(5), "Command lines"): quotes hold words together, a backslash keeps what follows.
pub(super) fn split(value: &Word) -> Vec<Word> {
    let mut out: Vec<Word> = Vec::new();
    let mut word: Option<Word> = None;
    let mut quote: Option<char> = None;
    let empty = || Word { pieces: Vec::new(), line: value.line };
    for piece in &value.pieces {
        let Piece::Text(text) = piece else {
            word.get_or_insert_with(empty).push(piece.clone());
            continue;
        };
        let mut characters = text.chars();
        while let Some(c) = characters.next() {
            match (c, quote) {
                ('\\', _) => {
                    let next = match characters.next() {
                        Some('n') => '\n',
                        Some('t') => '\t',
                        Some(next) => next,
                        None => '\\',
                    };
                    word.get_or_insert_with(empty).push(Piece::Text(next.to_string()));
                }
                (c, Some(open)) if c == open => quote = None,
                ('"' | '\'', None) => {
                    quote = Some(c);
                    word.get_or_insert_with(empty);
                }
                (c, None) if c.is_whitespace() => out.extend(word.take()),
                (c, _) => word.get_or_insert_with(empty).push(Piece::Text(c.to_string())),
            }
        }
    }
    out.extend(word);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_hold_words_together() {
        let words = |text: &str| split(&Word::plain(text, 4)).iter().map(Word::shown).collect::<Vec<_>>();
        assert_eq!(words("/bin/a  -x \"b c\" 'd \"e' f\\ g ''"), ["/bin/a", "-x", "b c", "d \"e", "f g", ""]);
        assert_eq!(words("A='b'c"), ["A=bc"]);
        assert!(words("  ").is_empty());
    }
}
