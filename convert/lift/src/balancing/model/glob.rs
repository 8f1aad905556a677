//! Patterns of a load balancer: `*` is any run of characters, `?` any single one, and in values of headers and query
//! strings `\` takes the next character as it is (Elastic Load Balancing user guide, "Condition types").

use std::fmt::Write;

/// One pattern over a whole text.
#[derive(Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub(in crate::balancing) struct Glob(Vec<Token>);

#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
enum Token {
    One(char),
    Any,
    Run,
}

impl Glob {
    /// A path's or host's pattern: no character is escaped in it.
    pub(in crate::balancing) fn plain(text: &str) -> Self {
        Self(text.chars().map(token).collect())
    }

    /// A value's pattern: `\` takes the next character as it is.
    pub(in crate::balancing) fn escaped(text: &str) -> Self {
        let mut tokens = Vec::with_capacity(text.len());
        let mut characters = text.chars();
        while let Some(character) = characters.next() {
            tokens.push(match character {
                '\\' => Token::One(characters.next().unwrap_or('\\')),
                other => token(other),
            });
        }
        Self(tokens)
    }

    /// The text that it is, where it matches one text only.
    pub(in crate::balancing) fn literal(&self) -> Option<String> {
        self.0.iter().map(|token| if let Token::One(character) = token { Some(*character) } else { None }).collect()
    }

    /// Whether letters stand in it, for which upper and lower case differ.
    pub(in crate::balancing) fn has_letters(&self) -> bool {
        self.0.iter().any(|token| matches!(token, Token::One(character) if character.is_alphabetic()))
    }

    /// The regular expression (RE2, over the whole text) that matches the same.
    pub(in crate::balancing) fn expression(&self) -> String {
        let mut out = String::with_capacity(self.0.len() + 8);
        for token in &self.0 {
            match token {
                Token::Run => out.push_str(".*"),
                Token::Any => out.push('.'),
                Token::One(
                    special @ ('\\' | '.' | '+' | '(' | ')' | '|' | '[' | ']' | '{' | '}' | '^' | '$' | '*' | '?'),
                ) => {
                    let _ = write!(out, "\\{special}");
                }
                Token::One(other) => out.push(*other),
            }
        }
        out
    }

    /// Whether some text matches both.
    pub(in crate::balancing) fn meets(&self, other: &Self) -> bool {
        let (a, b) = (&self.0, &other.0);
        // `reached[j]`: the first i tokens of `a` and the first j of `b` can have matched one text.
        let mut reached = vec![false; b.len() + 1];
        for i in 0..=a.len() {
            let mut next = vec![false; b.len() + 1];
            for j in 0..=b.len() {
                let runs = |token: Option<&Token>| token == Some(&Token::Run);
                let (before_a, before_b) = (i.checked_sub(1).map(|i| &a[i]), j.checked_sub(1).map(|j| &b[j]));
                next[j] = (i == 0 && j == 0)
                    || (i > 0 && runs(before_a) && reached[j])
                    || (j > 0 && runs(before_b) && next[j - 1])
                    || (i > 0 && j > 0 && (runs(before_a) && next[j - 1] || runs(before_b) && reached[j]))
                    || (i > 0 && j > 0 && reached[j - 1] && equal(before_a, before_b));
            }
            reached = next;
        }
        reached[b.len()]
    }
}

fn token(character: char) -> Token {
    match character {
        '*' => Token::Run,
        '?' => Token::Any,
        other => Token::One(other),
    }
}

fn equal(a: Option<&Token>, b: Option<&Token>) -> bool {
    match (a, b) {
        (Some(Token::One(a)), Some(Token::One(b))) => a == b,
        _ => true,
    }
}

#[cfg(test)]
impl Glob {
    /// Whether it matches the text; `fold` compares without regard to upper and lower case.
    pub(super) fn matches(&self, text: &str, fold: bool) -> bool {
        let text: Vec<char> = text.chars().collect();
        let same = |a: char, b: char| if fold { a.eq_ignore_ascii_case(&b) } else { a == b };
        let (mut at, mut t, mut run) = (0, 0, None);
        while t < text.len() {
            match self.0.get(at) {
                Some(Token::Run) => {
                    run = Some((at, t));
                    at += 1;
                }
                Some(Token::Any) => (at, t) = (at + 1, t + 1),
                Some(Token::One(one)) if same(*one, text[t]) => (at, t) = (at + 1, t + 1),
                _ => match run {
                    Some((from, came)) => (at, t, run) = (from + 1, came + 1, Some((from, came + 1))),
                    None => return false,
                },
            }
        }
        self.0[at..].iter().all(|token| *token == Token::Run)
    }
}
