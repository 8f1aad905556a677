//! Free values: variables, labels, options, tags, texts. Everything that is not of a harmless shape goes.

use super::address::Masking;
use super::names::{Suspicion, is_login, suspicion};
use super::{Redactor, shapes, tokens, words};
use caravan_inventory::{Redacted, STARTUP_PLACE};
use serde_json::Value;

/// JSON in a text in JSON in a text: rules have inputs, inputs have overrides. Nobody goes deeper but to confuse.
const DEEPEST: u8 = 4;

/// A word with more `=` than this that is neither a URL nor a list is no text.
const MOST_SIGNS: usize = 32;

impl Redactor {
    /// The value without its secrets; none when it is harmless. `name` is what it is the value of, or empty.
    pub(super) fn value(&self, text: &str, name: &str) -> Option<String> {
        let name_says = suspicion(name);
        if without_places(text).is_some_and(|rest| rest.is_empty()) {
            return None;
        }
        if text.trim().is_empty()
            || self.is_mark(text)
            || shapes::is_placeholder(text) && !may_hold_default(text, name_says)
        {
            return None;
        }
        match self.mask_structure(text, name_says) {
            Masking::Masked(masked) => return Some(masked),
            Masking::Harmless => return None,
            Masking::Other => {}
        }
        if text.matches('=').count() > MOST_SIGNS && !text.contains(char::is_whitespace) {
            return Some(self.mark(text).to_string());
        }
        match name_says {
            Suspicion::Strong if shapes::is_harmless_under_secret_name(text) => None,
            Suspicion::Strong => Some(self.mark(text).to_string()),
            Suspicion::Some if words::is_very_plain(text) || shapes::is_harmless(text, name) => None,
            Suspicion::Some => Some(self.mark(text).to_string()),
            Suspicion::None if is_login(name) => {
                let one_word = !text.contains(char::is_whitespace) && !text.contains("://");
                let masked = if one_word && !is_address(text) { self.login(text, ':') } else { None };
                masked.or_else(|| self.free_text(text, name))
            }
            Suspicion::None => self.free_text(text, name),
        }
    }

    /// JSON, URLs, logins and lists of `name=value`: each keeps what is harmless in it, whatever the name says.
    fn mask_structure(&self, text: &str, name_says: Suspicion) -> Masking {
        let spaced = text.trim().contains(char::is_whitespace);
        [
            self.mask_json(text),
            self.mask_pairs(text),
            if spaced { Masking::Other } else { self.mask_url(text, name_says) },
            if spaced { Masking::Other } else { self.mask_login(text) },
        ]
        .into_iter()
        .find(|masking| !matches!(masking, Masking::Other))
        .unwrap_or(Masking::Other)
    }

    /// A document inside the value. It is written anew only when something in it had to go.
    fn mask_json(&self, text: &str) -> Masking {
        let trimmed = text.trim();
        if !trimmed.starts_with(['{', '[']) {
            return Masking::Other;
        }
        let Ok(mut document) = serde_json::from_str::<Value>(trimmed) else {
            return Masking::Other;
        };
        if self.depth == DEEPEST {
            return Masking::Masked(self.mark(text).to_string());
        }
        let before = document.clone();
        let inside = Self { depth: self.depth + 1, ..self.clone() };
        inside.free_document(&mut document);
        if document == before { Masking::Harmless } else { Masking::Masked(document.to_string()) }
    }

    /// `Server=db;Database=app;User Id=app;Password=…`, `host:6379,password=…,ssl=True`: two pairs or more with `;` or `,`
    /// between, or one after a host.
    fn mask_pairs(&self, text: &str) -> Masking {
        let separator = if text.contains(';') { ';' } else { ',' };
        let pieces: Vec<&str> = text.split(separator).collect();
        let is_key = |key: &str| {
            let key = key.trim();
            !key.is_empty()
                && key.len() <= 60
                && key.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b' ' | b'_' | b'-' | b'.' | b':'))
                && words::is_plain(key)
        };
        let pairs = pieces.iter().filter(|piece| piece.split_once('=').is_some_and(|(key, _)| is_key(key))).count();
        let empty = pieces.iter().filter(|piece| piece.trim().is_empty()).count();
        let hosts = pieces.iter().filter(|piece| shapes::is_host_and_port(piece.trim())).count();
        if pairs == 0 || pairs + hosts + empty < pieces.len() || pieces.len() < 2 || text.contains("://") && pairs < 2 {
            return Masking::Other;
        }
        let masked: Vec<String> = pieces
            .iter()
            .map(|piece| match piece.split_once('=') {
                Some((key, value)) => match self.value(value, key.trim()) {
                    Some(masked) => format!("{key}={masked}"),
                    None => (*piece).to_owned(),
                },
                None => (*piece).to_owned(),
            })
            .collect();
        let masked = masked.join(&separator.to_string());
        if masked == text { Masking::Harmless } else { Masking::Masked(masked) }
    }

    /// A value without structure: one word, options as for a command, or a sentence.
    fn free_text(&self, text: &str, name: &str) -> Option<String> {
        if shapes::is_schedule(text) {
            return None;
        }
        let mut pieces = text.split_whitespace();
        match (pieces.next(), pieces.next()) {
            (Some(word), None) if word.len() == text.len() => {
                // Quotes and braces may hold names and values that are no JSON.
                let holds = word.contains(['"', '\'', '{']);
                let inside = holds.then(|| self.command(word)).flatten();
                let rest = inside.as_deref().unwrap_or(word);
                self.word(rest, name).or(inside)
            }
            _ if reads_like_a_command(text) => self.command(text),
            _ => self.sentence(text),
        }
    }

    /// Prose: one word that could be a secret takes the whole with it, since a password may hold spaces.
    fn sentence(&self, text: &str) -> Option<String> {
        let bare = |word: &'_ str| self.word(word.trim_matches(['(', ')', '"', '\'', '<', '>']), "").is_none();
        let harmless = self.command(text).is_none()
            && text.split_whitespace().all(|word| self.is_mark(word) || shapes::is_placeholder(word) || bare(word));
        // What something else fills in weighs nothing, whatever signs stand around its name.
        let own = text.split_whitespace().filter(|word| !shapes::is_placeholder(word));
        let weight: f32 = own.map(|word| words::weight(word).min(4.0)).sum();
        let dense = weight > (0.25 * text.len() as f32).max(4.0);
        (!harmless || dense).then(|| self.mark(text).to_string())
    }

    /// One word: no whitespace in it.
    pub(super) fn word(&self, word: &str, name: &str) -> Option<String> {
        if word.is_empty() || self.is_mark(word) || shapes::is_placeholder(word) {
            return None;
        }
        if let Some(rest) = without_places(word) {
            // The names in them are the template's.
            return self.word(&rest, name).map(|_| self.mark(word).to_string());
        }
        if let Some(masked) = self.known_tokens(word) {
            // What stands beside a token may be as secret as it.
            return Some(self.word(&masked, name).unwrap_or(masked));
        }
        if shapes::is_harmless(word, name) {
            return None;
        }
        match self.mask_structure(word, Suspicion::None) {
            Masking::Masked(masked) => return Some(masked),
            Masking::Harmless => return None,
            Masking::Other => {}
        }
        if let Some((key, value)) = word.split_once('=')
            && is_option_name(key)
        {
            return self.value(value, key).map(|masked| format!("{key}={masked}"));
        }
        // A URL without its scheme.
        let query = word.find('?').filter(|at| word[*at..].contains('=') && words::is_plain(&word[..*at]));
        let masked = query.map(|at| format!("{}{}", &word[..at], self.after_host(&word[at..], false)));
        let rest = masked.as_deref().unwrap_or(word);
        if words::is_light(weight_of_list(rest), rest) {
            masked.filter(|masked| masked != word)
        } else {
            Some(self.mark(word).to_string())
        }
    }

    /// Marks the tokens that are known by their look; none when there are none.
    pub(super) fn known_tokens(&self, text: &str) -> Option<String> {
        let found = tokens::find(text);
        if found.is_empty() {
            return None;
        }
        let mut out = String::with_capacity(text.len());
        let mut from = 0;
        for range in found {
            out += &text[from..range.start];
            out += &self.mark(&text[range.clone()]).to_string();
            from = range.end;
        }
        Some(out + &text[from..])
    }

    /// Whether the text is one mark and nothing else.
    pub(super) fn is_mark(&self, text: &str) -> bool {
        matches!(Redacted::find(text).as_slice(), [span] if span.range == (0..text.len()))
    }
}

/// `db.internal:5432`, `arn:aws:…`, `urn:…`: what has a `:` and is no user with a password.
fn is_address(text: &str) -> bool {
    shapes::is_host_and_port(text) || text.starts_with("arn:") || text.starts_with("urn:")
}

/// A template's second argument is a default, and under such a name a default is a secret.
fn may_hold_default(text: &str, name_says: Suspicion) -> bool {
    name_says == Suspicion::Strong && text.matches(['"', '\'', '`']).count() > 2
}

/// `name`, `--name`, `-Dname.of.property`.
pub(super) fn is_option_name(key: &str) -> bool {
    let bare = key.trim_start_matches('-');
    !bare.is_empty()
        && bare
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'.' | b'-' | b':' | b'/' | b'[' | b']'))
        && words::is_plain(bare)
}

/// Options, assignments or several lines.
fn reads_like_a_command(text: &str) -> bool {
    text.contains('\n')
        || text.split_whitespace().any(|word| {
            word.starts_with('-') && word.len() > 1
                || word.split_once('=').is_some_and(|(key, _)| is_option_name(key))
                || word.contains("://")
                || matches!(word, "|" | "||" | "&&" | ";")
        })
}

/// A text without what stands in user data for what its template fills in; none where there is nothing of it.
fn without_places(text: &str) -> Option<String> {
    let (mut out, mut rest, mut any) = (String::new(), text, false);
    while let Some(at) = rest.find(STARTUP_PLACE).filter(|at| rest[..*at].ends_with("${")) {
        let (before, from) = rest.split_at(at);
        let name = from.bytes().take_while(|b| b.is_ascii_alphanumeric() || *b == b'_').count();
        // The bracket may have been taken for one of the line.
        let after = &from[name..];
        let Some(after) = after.strip_prefix('}').or_else(|| after.is_empty().then_some("")) else { break };
        out += &before[..before.len() - 2];
        (rest, any) = (after, true);
    }
    any.then(|| out + rest)
}

/// The weight of a list's pieces; those of a harmless shape weigh nothing.
fn weight_of_list(word: &str) -> f32 {
    word.split([',', ';', '|']).filter(|piece| !shapes::is_harmless(piece, "")).map(words::weight).sum()
}
