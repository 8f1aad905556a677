//! Placeholders of templates, told from what belongs there.

use super::kind::Kind;
use std::ops::Range;

/// Where placeholders of templates stand: `<NAME>`, `${VAR}`, `{{ … }}`, `$$$X$$$`, `%X%`, and words such as
/// `REPLACED_BY_CI`, `YOUR_ACCOUNT` or `XXXXXXXXXXXX`; and what plans and outputs of Terraform say in place of a value.
pub(super) fn spans(text: &str, kind: Kind) -> Vec<Range<usize>> {
    let mut found: Vec<Range<usize>> = Vec::new();
    let bytes = text.as_bytes();
    let mut at = 0;
    while at < bytes.len() {
        let length = match bytes[at] {
            b'<' => angle(&text[at..], kind, text),
            b'{' if bytes[at..].starts_with(b"{{") => closed(&text[at..], "}}"),
            b'$' => dollar(&text[at..], kind),
            b'(' => unsaid(&text[at..], text),
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

/// What Terraform shows of a value that it does not know, or does not show.
fn unsaid(rest: &str, whole: &str) -> Option<usize> {
    const WORDS: [&str; 2] = ["(known after apply)", "(sensitive value)"];
    let said = WORDS.iter().find(|words| rest.starts_with(**words)).map(|words| words.len());
    said.or_else(|| (whole == "(sensitive)").then_some(whole.len()))
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
            "(known after apply)",
            "https://(known after apply)/x",
            "(sensitive value)",
            "(sensitive)",
        ] {
            assert_eq!(count(text, Kind::Free), 1, "{text}");
        }
        for text in [
            "https://example.com/%20x",
            "100%",
            "a < b > c",
            "$HOME",
            "price: 5$",
            "XXX",
            "replace",
            "{x}",
            "f(x)",
            "a (sensitive) b",
        ] {
            assert_eq!(count(text, Kind::Free), 0, "{text}");
        }
        for text in ["echo ${HOME} > /x; date +%Y%m%d", "cat <in >out", "<title>x</title>", "kill $$"] {
            assert_eq!(count(text, Kind::Command), 0, "{text}");
        }
        for text in ["$$$CHECK_TAGS$$$", "run <PORT>", "{{ .Command }}", "--to=(known after apply)"] {
            assert_eq!(count(text, Kind::Command), 1, "{text}");
        }
    }
}
