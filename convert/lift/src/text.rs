//! Texts of a source, on their way into a plconfig: a placeholder of a template, a value that is no legal one, and the
//! mark of a secret never get through. Each becomes a question, and a legal stand-in takes its place.

use crate::account::{Account, Answer};
use caravan_inventory::Redacted;
use serde_json::Value;
use std::borrow::Cow;
use std::ops::Range;

/// What a text must be to be legal, and how placeholders in it are told from what belongs there.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Kind {
    /// Any text.
    Free,
    /// A command or argument: `${HOME}`, `%d` and `<file` belong to shells.
    Command,
    /// An image reference.
    Image,
    /// The name of an environment variable.
    Variable,
    /// CPU units or vCPUs.
    Cpu,
    /// MiB or GB.
    Memory,
    /// `fs-…`.
    FileSystem,
    /// The name or ARN of a role.
    Role,
    /// The name or ARN of a secret or parameter.
    Secret,
    /// A path in a container.
    Path,
    /// An IPv4 or IPv6 address.
    Address,
    /// A host name.
    Host,
    /// `uid` or `uid:gid` or names.
    User,
}

impl<'a> Account<'a> {
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
        match self.ask_for(id, &question, &[], assumed.as_deref(), usable) {
            Answer::Given(answer) => Some(answer.into()),
            Answer::Open(id) => {
                self.hold(if secret { "a secret has to be moved first" } else { "a placeholder has no value yet" });
                crate::field::Field(value).asked(self, &id);
                assumed.map(Cow::Owned)
            }
        }
    }
}

/// Whether nothing in it may not reach a plconfig: no secret's mark, and none of plconfig's own syntax.
pub(crate) fn is_clean(text: &str) -> bool {
    !text.contains("${secret:") && !Redacted::is_in(text)
}

/// The text with every secret's mark replaced, for people to read.
pub(crate) fn without_marks(text: &str) -> String {
    if !text.contains("<redacted:") {
        return text.to_owned();
    }
    let mut out = String::with_capacity(text.len());
    let mut from = 0;
    for span in Redacted::find(text) {
        out.push_str(&text[from..span.range.start]);
        out.push_str("redacted");
        from = span.range.end;
    }
    out.push_str(&text[from..]);
    out
}

fn show(text: &str) -> String {
    let clean = without_marks(text);
    if clean.chars().count() > 80 { format!("{}…", clean.chars().take(79).collect::<String>()) } else { clean }
}

fn what_is_wanted(kind: Kind) -> &'static str {
    match kind {
        Kind::Free | Kind::Command => "a template's placeholder, it seems",
        Kind::Image => "no image reference",
        Kind::Variable => "no name of a variable",
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
        Kind::Free | Kind::Command => Some(without_marks(text).replace("${secret:", "${")),
        Kind::Image => Some(image_stand_in(text)),
        Kind::Variable => Some(format!("PLACEHOLDER_{count}")),
        Kind::FileSystem => Some("fs-00000000000000000".to_owned()),
        Kind::Role => Some("arn:aws:iam::000000000000:role/placeholder".to_owned()),
        Kind::Path => Some(format!("/placeholder-{count}")),
        Kind::Cpu | Kind::Memory | Kind::Secret | Kind::Address | Kind::Host | Kind::User => None,
    }
}

fn image_stand_in(text: &str) -> String {
    let mut filled = String::new();
    let mut from = 0;
    for span in spans(text, Kind::Image) {
        filled.push_str(&text[from..span.start]);
        filled.push_str("placeholder");
        from = span.end;
    }
    filled.push_str(&text[from..]);
    let whole = spans(text, Kind::Image).iter().any(|span| span.len() == text.len());
    if !whole && is_image(&filled) { filled } else { "placeholder.invalid/image:placeholder".to_owned() }
}

fn is_legal(kind: Kind, text: &str) -> bool {
    match kind {
        Kind::Free | Kind::Command => true,
        Kind::Image => is_image(text),
        Kind::Variable => !text.is_empty() && text.bytes().all(|b| (b' '..=b'~').contains(&b) && b != b'='),
        Kind::Cpu => crate::ecs::cpu_units(text).is_some(),
        Kind::Memory => crate::ecs::mebibytes(text).is_some(),
        Kind::FileSystem => {
            text.strip_prefix("fs-").is_some_and(|rest| !rest.is_empty() && rest.bytes().all(|b| b.is_ascii_hexdigit()))
        }
        Kind::Role => !text.is_empty() && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"+=,.@_/:-".contains(&b)),
        Kind::Secret => !text.is_empty() && text.bytes().all(|b| b.is_ascii_graphic() && !b"?#$<>{}%\"'`".contains(&b)),
        Kind::Path => text.starts_with('/') && !text.contains(['\0', '\n', ':']) && !text.split('/').any(|s| s == ".."),
        Kind::Address => text.parse::<std::net::IpAddr>().is_ok(),
        Kind::Host => {
            !text.is_empty()
                && text.len() <= 253
                && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"-._".contains(&b))
        }
        Kind::User => !text.is_empty() && !text.contains(char::is_whitespace),
    }
}

/// The grammar of image references (distribution/reference): `[host[:port]/]path[:tag][@algorithm:digest]`.
pub(crate) fn is_image(text: &str) -> bool {
    let (name, digest) = match text.split_once('@') {
        Some((name, digest)) => (name, Some(digest)),
        None => (text, None),
    };
    let tag_at = name.rfind(':').filter(|&at| !name[at..].contains('/'));
    let (name, tag) = tag_at.map_or((name, None), |at| (&name[..at], Some(&name[at + 1..])));
    let (host, path) = match name.split_once('/') {
        Some((first, rest)) if first.contains(['.', ':']) || first == "localhost" => (Some(first), rest),
        _ => (None, name),
    };
    let component = |part: &str| {
        let edge = |b: Option<&u8>| b.is_some_and(|b| b.is_ascii_lowercase() || b.is_ascii_digit());
        let bytes = part.as_bytes();
        edge(bytes.first())
            && edge(bytes.last())
            && bytes.iter().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b"._-".contains(b))
    };
    let host_is_legal = |host: &str| host.bytes().all(|b| b.is_ascii_alphanumeric() || b".-:[]".contains(&b));
    let tag_is_legal = |tag: &str| {
        (1..=128).contains(&tag.len()) && tag.bytes().all(|b| b.is_ascii_alphanumeric() || b"._-".contains(&b))
    };
    let digest_is_legal = |digest: &str| {
        digest.split_once(':').is_some_and(|(algorithm, hex)| {
            !algorithm.is_empty() && hex.len() >= 32 && hex.bytes().all(|b| b.is_ascii_hexdigit())
        })
    };
    host.is_none_or(host_is_legal)
        && path.split('/').all(component)
        && tag.is_none_or(tag_is_legal)
        && digest.is_none_or(digest_is_legal)
}

/// Where placeholders of templates stand: `<NAME>`, `${VAR}`, `{{ … }}`, `$$$X$$$`, `%X%`, and words such as
/// `REPLACED_BY_CI`, `YOUR_ACCOUNT` or `XXXXXXXXXXXX`.
fn spans(text: &str, kind: Kind) -> Vec<Range<usize>> {
    let mut found: Vec<Range<usize>> = Vec::new();
    let bytes = text.as_bytes();
    let mut at = 0;
    while at < bytes.len() {
        let length = match bytes[at] {
            b'<' => angle(&text[at..], kind, text),
            b'{' if bytes[at..].starts_with(b"{{") => closed(&text[at..], "}}"),
            b'$' => dollar(&text[at..], kind),
            b'%' if kind != Kind::Command => percent(&text[at..]),
            b if b.is_ascii_alphabetic() && (at == 0 || !is_word(bytes[at - 1])) => {
                let length = bytes[at..].iter().take_while(|b| is_word(**b)).count();
                if is_word_placeholder(&text[at..at + length]) {
                    Some(length)
                } else {
                    at += length;
                    continue;
                }
            }
            _ => None,
        };
        match length {
            Some(length) => {
                found.push(at..at + length);
                at += length;
            }
            None => at += 1,
        }
    }
    found
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

fn angle(rest: &str, kind: Kind, whole: &str) -> Option<usize> {
    let end = rest.find('>')?;
    let name = &rest[1..end];
    let plain = !name.is_empty() && name.bytes().all(|b| is_word(b) || b"- .".contains(&b)) && !name.starts_with(' ');
    let all_of_it = rest.len() == whole.len() && end + 1 == whole.len();
    let loud =
        name.len() > 1 && name.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b"_-".contains(&b));
    // In a command, `<file>` may be a redirection and `<title>` a page.
    (plain && (kind != Kind::Command || all_of_it || loud)).then_some(end + 1)
}

fn closed(rest: &str, close: &str) -> Option<usize> {
    rest.find(close).map(|at| at + close.len())
}

fn dollar(rest: &str, kind: Kind) -> Option<usize> {
    if rest.starts_with("$$$") {
        let open = rest.bytes().take_while(|b| *b == b'$').count();
        let name = rest[open..].bytes().take_while(|b| is_word(*b)).count();
        let close = rest[open + name..].bytes().take_while(|b| *b == b'$').count();
        return (name > 0 && close >= 3).then_some(open + name + close);
    }
    if kind != Kind::Command && rest.starts_with("${") && !rest.starts_with("${secret:") {
        closed(rest, "}")
    } else {
        None
    }
}

fn percent(rest: &str) -> Option<usize> {
    let name = rest[1..].bytes().take_while(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || *b == b'_').count();
    (name > 1 && !rest[1..].starts_with(|c: char| c.is_ascii_digit()) && rest[1 + name..].starts_with('%'))
        .then_some(name + 2)
}

fn is_word_placeholder(word: &str) -> bool {
    const STARTS: [&str; 8] =
        ["PLACEHOLDER", "REPLACE_", "REPLACED_", "REPLACEME", "YOUR_", "CHANGE_ME", "CHANGEME", "INSERT_"];
    let loud = !word.bytes().any(|b| b.is_ascii_lowercase());
    let crossed = word.len() >= 6 && (word.bytes().all(|b| b == b'X') || word.bytes().all(|b| b == b'x'));
    crossed || (loud && STARTS.iter().any(|start| word.starts_with(start)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn placeholders_are_told_from_what_belongs_there() {
        let count = |text: &str, kind| spans(text, kind).len();
        for text in [
            "<NAME>",
            "<aws_account_id>",
            "${VAR}",
            "a-${terraform.workspace}-b",
            "{{ env `TAG` `latest` }}",
            "$$$X$$$",
            "$$$$EXECUTION_ROLE$$$$",
            "%IMAGE%",
            "REPLACED_BY_CI",
            "arn:aws:iam::YOUR_ACCOUNT:role/x",
            "arn:aws:iam::XXXXXXXXXXXX:role/x",
            "PLACEHOLDER_IMAGE_URI",
            "<YOUR KEY>",
        ] {
            assert_eq!(count(text, Kind::Free), 1, "{text}");
        }
        for text in ["https://example.com/%20x", "100%", "a < b > c", "$HOME", "price: 5$", "XXX", "replace", "{x}"] {
            assert_eq!(count(text, Kind::Free), 0, "{text}");
        }
        for text in ["echo ${HOME} > /x; date +%Y%m%d", "cat <in >out", "<title>x</title>", "kill $$"] {
            assert_eq!(count(text, Kind::Command), 0, "{text}");
        }
        for text in ["$$$CHECK_TAGS$$$", "run <PORT>", "{{ .Command }}"] {
            assert_eq!(count(text, Kind::Command), 1, "{text}");
        }
    }

    #[test]
    fn images_are_legal_or_not() {
        for image in [
            "nginx",
            "nginx:1.25",
            "docker.elastic.co/kibana/kibana:6.0.0",
            "127.0.0.1:51670/busybox:latest",
            "1.dkr.ecr.eu-west-1.amazonaws.com/a/b_c@sha256:0123456789abcdef0123456789abcdef",
            "a/b__c-d:X.y",
        ] {
            assert!(is_image(image), "{image}");
        }
        for image in ["", "Nginx", "a//b", "a:", "a/b:t:t", "REPLACED_BY_CI", "a b", "-a", "a@sha256:xyz"] {
            assert!(!is_image(image), "{image}");
        }
        assert_eq!(
            image_stand_in("katsubushi/katsubushi:{{ env `TAG` `latest` }}"),
            "katsubushi/katsubushi:placeholder"
        );
        assert_eq!(image_stand_in("$$$$IMAGE$$$$"), "placeholder.invalid/image:placeholder");
    }
}
