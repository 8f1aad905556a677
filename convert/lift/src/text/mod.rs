//! Texts of a source, on their way into a plconfig: a placeholder of a template, a value that is no legal one, and the
//! mark of a secret never get through. Each becomes a question, and a legal stand-in takes its place.

mod kind;
mod legal;
mod placeholder;
mod words;

pub(crate) use kind::Kind;
pub(crate) use words::words;

use crate::marks::{is_clean, without_marks};
use crate::tracker::{Asked, FieldTracker};
use caravan_inventory::Redacted;
use legal::is_legal;
use placeholder::spans;
use serde_json::Value;
use std::borrow::Cow;

impl<'a> FieldTracker<'a> {
    /// The text to use for a scalar: its own, a person's answer, or a stand-in; none when there is no stand-in.
    /// Whatever is not a scalar gives none and stays without verdict.
    pub(crate) fn text(&mut self, value: &'a Value, kind: Kind) -> Option<Cow<'a, str>> {
        let text: Cow<'a, str> = match value {
            Value::String(text) => text.as_str().into(),
            Value::Number(number) => number.to_string().into(),
            Value::Bool(flag) => if *flag { "true" } else { "false" }.into(),
            _ => return None,
        };
        let template = self.from_file && !spans(&text, kind).is_empty();
        let clean = !template && is_clean(&text) && is_legal(kind, &text);
        if clean { Some(text) } else { self.stand_in(value, &text, kind) }
    }

    fn stand_in(&mut self, value: &'a Value, text: &str, kind: Kind) -> Option<Cow<'a, str>> {
        let pointer = self.pointer(value);
        let place = pointer.trim_start_matches('/');
        let secret = Redacted::is_in(text);
        let (id, question) = if secret {
            let question = format!("A secret stands in `{pointer}`. What should stand there instead?");
            (self.question_id("secret", place), question)
        } else {
            let question = format!("`{pointer}` is `{}`: {}. What is its value?", show(text), what_is_wanted(kind));
            (self.question_id("placeholder", place), question)
        };
        self.placeholders += 1;
        let assumed = stand_in(kind, text, self.placeholders);
        let usable = |answer: &str| is_clean(answer) && is_legal(kind, answer);
        // The words show the beginning of a long text.
        let ground = if show(text).ends_with('…') { without_marks(text) } else { String::new() };
        match self.resting_on(ground, |tracker| tracker.ask_for(id, &question, &[], assumed.as_deref(), usable)) {
            Asked::Given(answer) => Some(answer.into()),
            Asked::Open(id) => {
                self.hold(if secret { "a secret has to be moved first" } else { "a placeholder has no value yet" });
                crate::field::Field(value).asked(self, &id);
                assumed.map(Cow::Owned)
            }
        }
    }
}

/// Whether a text can be the name of an environment variable.
pub(crate) fn is_variable(text: &str) -> bool {
    is_legal(Kind::Variable, text)
}

/// Whether a text is an absolute path as a pod mounts it, with nothing in it that may not reach a plconfig.
pub(crate) fn is_path(text: &str) -> bool {
    is_clean(text) && is_legal(Kind::Path, text)
}

/// Whether a text is an image reference, with nothing in it that may not reach a plconfig.
pub(crate) fn is_image(text: &str) -> bool {
    is_clean(text) && is_legal(Kind::Image, text)
}

/// Whether a placeholder of a template stands in a text.
pub(crate) fn is_placeholder(text: &str) -> bool {
    !spans(text, Kind::Free).is_empty()
}

fn show(text: &str) -> String {
    let clean = without_marks(text);
    if clean.chars().count() > 80 { format!("{}…", clean.chars().take(79).collect::<String>()) } else { clean }
}

fn what_is_wanted(kind: Kind) -> &'static str {
    match kind {
        Kind::Free | Kind::Command | Kind::Folder => "a template's placeholder, it seems",
        Kind::Image => "no image reference",
        Kind::Variable => "no name of a variable",
        Kind::Zone => "no time zone such as Europe/Berlin",
        Kind::Cpu => "no CPU size such as 256 or 0.25 vCPU",
        Kind::Memory => "no memory size such as 512 or 0.5 GB",
        Kind::FileSystem => "no file system such as fs-0123456789abcdef0",
        Kind::Role => "no role",
        Kind::Secret => "no secret or parameter",
        Kind::Path => "no absolute path",
        Kind::Address => "no IP address",
        Kind::Host => "no host name",
        Kind::User => "no user",
    }
}

fn stand_in(kind: Kind, text: &str, count: u32) -> Option<String> {
    match kind {
        Kind::Free | Kind::Command => Some(filled(&without_marks(text), kind).replace("${secret:", "${")),
        Kind::Image => Some(image_stand_in(text)),
        Kind::Variable => Some(format!("PLACEHOLDER_{count}")),
        Kind::FileSystem => Some("fs-00000000000000000".to_owned()),
        Kind::Role => Some("arn:aws:iam::000000000000:role/placeholder".to_owned()),
        Kind::Path | Kind::Folder => Some(format!("/placeholder-{count}")),
        Kind::Zone => Some("Etc/UTC".to_owned()),
        Kind::Cpu | Kind::Memory | Kind::Secret | Kind::Address | Kind::Host | Kind::User => None,
    }
}

/// The text with a word in the place of each of its placeholders: what a template has there never reaches a plconfig.
fn filled(text: &str, kind: Kind) -> String {
    let mut filled = String::new();
    let mut from = 0;
    for span in spans(text, kind) {
        filled.push_str(&text[from..span.start]);
        filled.push_str("placeholder");
        from = span.end;
    }
    filled.push_str(&text[from..]);
    filled
}

fn image_stand_in(text: &str) -> String {
    let filled = filled(text, Kind::Image);
    let whole = spans(text, Kind::Image).iter().any(|span| span.len() == text.len());
    if !whole && legal::is_image(&filled) { filled } else { "placeholder.invalid/image:placeholder".to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_image_keeps_what_is_known_of_it() {
        assert_eq!(
            image_stand_in("katsubushi/katsubushi:{{ env `TAG` `latest` }}"),
            "katsubushi/katsubushi:placeholder"
        );
        assert_eq!(image_stand_in("$$$$IMAGE$$$$"), "placeholder.invalid/image:placeholder");
    }
}
