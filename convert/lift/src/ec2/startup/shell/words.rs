//! Words of a command: quotes taken away, variables put in.

use super::super::word::{Piece, Word, expand};
use super::{Reader, children, secret};
use tree_sitter::Node;

impl Reader<'_> {
    /// An argument: as a shell does, a variable without quotes becomes as many words as its value has.
    pub(super) fn argument(&mut self, node: Node<'_>, words: &mut Vec<Word>) {
        let word = self.word(node);
        let splits = matches!(node.kind(), "simple_expansion" | "expansion");
        match word.text().filter(|_| splits) {
            Some(text) => words.extend(text.split_whitespace().map(|part| Word::plain(part, word.line))),
            None => words.push(word),
        }
    }

    /// One word, whatever it is made of.
    pub(super) fn word(&mut self, node: Node<'_>) -> Word {
        let mut word = Word { pieces: Vec::new(), line: self.line(node) };
        self.pieces(node, false, &mut word);
        word
    }

    fn pieces(&mut self, node: Node<'_>, quoted: bool, word: &mut Word) {
        let source = self.source(node);
        match node.kind() {
            "word" | "number" | "variable_name" | "extglob_pattern" | "regex" => {
                word.push(Piece::Text(unescaped(&source)));
            }
            "string_content" => word.push(Piece::Text(unescaped_in_quotes(&source))),
            "raw_string" => {
                let inside = source.strip_prefix('\'').and_then(|text| text.strip_suffix('\''));
                word.push(Piece::Text(inside.unwrap_or(&source).to_owned()));
            }
            "string" => self.string(node, word),
            "concatenation" => children(node).for_each(|part| self.pieces(part, quoted, word)),
            "simple_expansion" | "expansion" => {
                let value = expand(&source, word.line, self.variables, false);
                let spaced = value.text().is_some_and(|text| text.contains(char::is_whitespace));
                // Without quotes, inside of a longer word, its spaces would end the word.
                if spaced && !quoted && node.parent().is_some_and(|parent| parent.kind() == "concatenation") {
                    word.push(Piece::Open(source));
                } else {
                    value.pieces.into_iter().for_each(|piece| word.push(piece));
                }
            }
            "command_substitution" => match secret::reference(self, node) {
                Some(reference) => word.push(Piece::Secret(reference)),
                None => word.push(Piece::Open(source)),
            },
            _ => word.push(Piece::Open(source)),
        }
    }

    /// `"…"`: what stands between the parts that the grammar names is text as well.
    fn string(&mut self, node: Node<'_>, word: &mut Word) {
        let mut at = node.start_byte() + 1;
        let end = node.end_byte().saturating_sub(1).max(at);
        for child in children(node) {
            let between = self.text.get(at..child.start_byte()).unwrap_or_default();
            word.push(Piece::Text(unescaped_in_quotes(&super::unmasked(between))));
            self.pieces(child, true, word);
            at = child.end_byte();
        }
        let rest = self.text.get(at..end).unwrap_or_default();
        word.push(Piece::Text(unescaped_in_quotes(&super::unmasked(rest))));
    }
}

/// Outside of quotes a backslash takes the meaning of what follows, and joins lines.
fn unescaped(text: &str) -> String {
    without_backslashes(text, |_| true)
}

/// Inside of double quotes only that of `$`, a backtick, `"` and itself.
fn unescaped_in_quotes(text: &str) -> String {
    without_backslashes(text, |c| matches!(c, '$' | '`' | '"' | '\\'))
}

fn without_backslashes(text: &str, escapes: impl Fn(char) -> bool) -> String {
    let mut out = String::with_capacity(text.len());
    let mut characters = text.chars().peekable();
    while let Some(c) = characters.next() {
        match (c, characters.peek().copied()) {
            ('\\', Some('\n')) => drop(characters.next()),
            ('\\', Some(next)) if escapes(next) => {
                out.push(next);
                characters.next();
            }
            _ => out.push(c),
        }
    }
    out
}
