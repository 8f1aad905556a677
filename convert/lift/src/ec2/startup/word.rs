//! Words of commands, as far as their text is known before the machine starts.

use caravan_inventory::STARTUP_PLACE;
use std::collections::BTreeMap;

/// How a place begins that a template fills in.
const PLACE: &str = "${__template_";

/// A piece of a word.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) enum Piece {
    /// A known text; secrets in it are marks.
    Text(String),
    /// What a store keeps and the machine asks it for: the reference, as in a plconfig's `secrets`.
    Secret(String),
    /// What only the machine knows: as it is written.
    Open(String),
}

/// A word with its quotes taken away and its known variables put in.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub(crate) struct Word {
    pub(crate) pieces: Vec<Piece>,
    /// Where it begins, from 1 on.
    pub(crate) line: u32,
}

/// The variables whose values are known at a place of a script.
pub(crate) type Variables = BTreeMap<String, Vec<Piece>>;

impl Word {
    /// A word that says what it says.
    pub(crate) fn plain(text: impl Into<String>, line: u32) -> Self {
        let mut word = Self { pieces: Vec::new(), line };
        word.push(Piece::Text(text.into()));
        word
    }

    /// Its text, where all of it is known.
    pub(crate) fn text(&self) -> Option<String> {
        let piece = |piece: &Piece| match piece {
            Piece::Text(text) => Some(text.clone()),
            Piece::Secret(_) | Piece::Open(_) => None,
        };
        self.pieces.iter().map(piece).collect()
    }

    /// Its text for people and for words to look for: what is not known stands as it is written.
    pub(crate) fn shown(&self) -> String {
        let piece = |piece: &Piece| match piece {
            Piece::Text(text) | Piece::Open(text) => text.clone(),
            Piece::Secret(reference) => format!("$({reference})"),
        };
        self.pieces.iter().map(piece).collect()
    }

    /// The reference, where it is the value of one secret and nothing else.
    pub(crate) fn secret(&self) -> Option<&str> {
        match self.pieces.as_slice() {
            [Piece::Secret(reference)] => Some(reference),
            _ => None,
        }
    }

    /// Both sides of the first `separator` in it.
    pub(crate) fn split_once(&self, separator: char) -> Option<(Self, Self)> {
        let (at, place) = self.pieces.iter().enumerate().find_map(|(at, piece)| match piece {
            Piece::Text(text) => Some((at, text.find(separator)?)),
            Piece::Secret(_) | Piece::Open(_) => None,
        })?;
        let Piece::Text(text) = &self.pieces[at] else { return None };
        let side = |pieces: &[Piece], before: &str, after: &str| {
            let mut out = Self { pieces: Vec::new(), line: self.line };
            out.push(Piece::Text(before.to_owned()));
            pieces.iter().cloned().for_each(|piece| out.push(piece));
            out.push(Piece::Text(after.to_owned()));
            out
        };
        let (left, right) = (&text[..place], &text[place + separator.len_utf8()..]);
        Some((side(&self.pieces[..at], "", left), side(&self.pieces[at + 1..], right, "")))
    }

    /// Adds a piece; texts that meet are one. What a template fills in is open wherever it stands, in quotes too, and is called as the
    /// template calls it.
    pub(crate) fn push(&mut self, piece: Piece) {
        match (self.pieces.last_mut(), piece) {
            (_, Piece::Text(text)) if text.is_empty() => {}
            (_, Piece::Text(text)) if text.contains(PLACE) => {
                let (before, from) = text.split_once(PLACE).unwrap_or_default();
                let (name, after) = from.split_once('}').unwrap_or((from, ""));
                for piece in
                    [Piece::Text(before.to_owned()), Piece::Open(format!("${{{name}}}")), Piece::Text(after.to_owned())]
                {
                    self.push(piece);
                }
            }
            (_, Piece::Open(text)) if text.contains(STARTUP_PLACE) => {
                self.pieces.push(Piece::Open(text.replace(STARTUP_PLACE, "")));
            }
            (Some(Piece::Text(last)), Piece::Text(text)) => last.push_str(&text),
            (_, piece) => self.pieces.push(piece),
        }
    }
}

/// What a text with variables in it says, as a shell or a Compose file puts them in: `$NAME`, `${NAME}`, `${NAME:-default}`;
/// `$$` is a dollar where `doubled`.
pub(crate) fn expand(text: &str, line: u32, variables: &Variables, doubled: bool) -> Word {
    let mut word = Word { pieces: Vec::new(), line };
    let mut rest = text;
    while let Some(at) = rest.find('$') {
        word.push(Piece::Text(rest[..at].to_owned()));
        let behind = &rest[at + 1..];
        let (length, piece) = match behind.chars().next() {
            Some('$') if doubled => (1, Piece::Text("$".to_owned())),
            Some('{') => match behind.find('}') {
                Some(end) => (end + 1, braced(&behind[1..end], variables, &mut word)),
                None => (0, Piece::Text("$".to_owned())),
            },
            Some('(') => (behind.len(), Piece::Open(format!("${behind}"))),
            Some(c) if c.is_ascii_alphabetic() || c == '_' => {
                let length = behind.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(behind.len());
                (length, named(&behind[..length], variables, &mut word))
            }
            _ => (0, Piece::Text("$".to_owned())),
        };
        word.push(piece);
        rest = &behind[length..];
    }
    word.push(Piece::Text(rest.to_owned()));
    word
}

/// The value of a variable; all of its pieces but the last go into the word.
fn named(name: &str, variables: &Variables, word: &mut Word) -> Piece {
    match variables.get(name).map(Vec::as_slice) {
        Some([]) => Piece::Text(String::new()),
        Some([before @ .., last]) => {
            before.iter().cloned().for_each(|piece| word.push(piece));
            last.clone()
        }
        None => Piece::Open(format!("${name}")),
    }
}

fn braced(inside: &str, variables: &Variables, word: &mut Word) -> Piece {
    let length = inside.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(inside.len());
    let (name, operator) = inside.split_at(length);
    let open = || Piece::Open(format!("${{{inside}}}"));
    let default = operator.strip_prefix(":-").or_else(|| operator.strip_prefix('-'));
    let plain = |text: &&str| !text.contains(['$', '`', '\\', '"', '\'']);
    match (operator, default.filter(plain), variables.get(name)) {
        ("", _, _) => match named(name, variables, word) {
            Piece::Open(_) => open(),
            known => known,
        },
        (_, Some(_), Some(pieces)) if !pieces.is_empty() => named(name, variables, word),
        (_, Some(text), Some(_)) => Piece::Text(text.to_owned()),
        // Nobody set it here; whoever runs the script may have.
        _ => open(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn known() -> Variables {
        let text = |text: &str| vec![Piece::Text(text.to_owned())];
        let secret = vec![Piece::Secret("ssm:/prod/key".to_owned())];
        Variables::from([("TAG".to_owned(), text("1.2")), ("NONE".to_owned(), Vec::new()), ("KEY".to_owned(), secret)])
    }

    #[test]
    fn variables_are_put_in_where_they_are_known() {
        let shown = |text: &str| expand(text, 1, &known(), true).text();
        assert_eq!(shown("acme/web:$TAG").as_deref(), Some("acme/web:1.2"));
        assert_eq!(shown("acme/web:${TAG}-a").as_deref(), Some("acme/web:1.2-a"));
        assert_eq!(shown("${NONE:-x}$NONE").as_deref(), Some("x"));
        assert_eq!(shown("a$$b 5$").as_deref(), Some("a$b 5$"));
        for open in ["$OTHER", "${OTHER:-x}", "$(hostname)", "${TAG%.*}"] {
            assert_eq!(shown(open), None, "{open}");
        }
    }

    #[test]
    fn what_a_template_fills_in_is_open_in_any_text() {
        assert_eq!(PLACE, format!("${{{STARTUP_PLACE}"));
        for word in [Word::plain("a ${__template_Stage} b", 1), expand("a ${__template_Stage} b", 1, &known(), false)] {
            assert_eq!((word.text(), word.shown().as_str()), (None, "a ${Stage} b"));
        }
    }

    #[test]
    fn a_word_is_split_and_its_secret_known() {
        let (name, value) = expand("API_KEY=$KEY", 3, &known(), false).split_once('=').unwrap();
        assert_eq!((name.text().as_deref(), value.secret(), value.line), (Some("API_KEY"), Some("ssm:/prod/key"), 3));
        assert!(expand("a$KEY", 1, &known(), false).split_once('=').is_none());
    }
}
