//! Texts that a regular expression of a script takes, so that requests can have them.

use regex_syntax::ParserBuilder;
use regex_syntax::hir::{Class, Hir, HirKind};

/// As many texts of one expression as are tried.
const MOST: usize = 6;
/// Longer texts are none that a request would have.
const LONGEST: usize = 200;

/// Some texts that it takes; none of an expression of which only JavaScript knows what it means.
pub(crate) fn samples(source: &str) -> Vec<String> {
    // What JavaScript writes otherwise: a slash is escaped in a literal, and groups are named without `P`.
    let source = source.replace("\\/", "/");
    let Ok(parsed) = ParserBuilder::new().build().parse(&source) else { return Vec::new() };
    let mut out = of(&parsed);
    out.retain(|text| !text.is_empty() && text.len() <= LONGEST);
    out.truncate(MOST);
    out
}

fn of(hir: &Hir) -> Vec<String> {
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => vec![String::new()],
        HirKind::Literal(literal) => vec![String::from_utf8_lossy(&literal.0).into_owned()],
        HirKind::Class(class) => vec![letter(class).into()],
        HirKind::Repetition(repetition) => {
            let inner = of(&repetition.sub);
            let mut out = Vec::new();
            // Once at least where it may be there at all: what a request has tells more than what it lacks.
            let times = repetition.min.clamp(1, 8) as usize;
            out.extend(inner.iter().take(2).map(|text| text.repeat(times)));
            if repetition.min == 0 {
                out.push(String::new());
            }
            out
        }
        HirKind::Capture(capture) => of(&capture.sub),
        HirKind::Concat(parts) => {
            let mut out = vec![String::new()];
            for part in parts {
                let next = of(part);
                out = out
                    .iter()
                    .flat_map(|begin| next.iter().take(MOST).map(move |end| format!("{begin}{end}")))
                    .take(MOST * 2)
                    .collect();
            }
            out
        }
        HirKind::Alternation(parts) => {
            parts.iter().flat_map(|part| of(part).into_iter().take(2)).take(MOST * 2).collect()
        }
    }
}

/// A letter of a class that a request may have in any place.
fn letter(class: &Class) -> char {
    let Class::Unicode(class) = class else { return 'a' };
    let has = |letter: char| class.ranges().iter().any(|range| (range.start()..=range.end()).contains(&letter));
    let usual = ['a', '4', 'A', '-', '_', '.', '/', ' '];
    let plain = || class.ranges().first().map_or('a', |range| range.start());
    usual.into_iter().find(|letter| has(*letter)).unwrap_or_else(plain)
}

#[cfg(test)]
mod tests {
    use super::samples;

    #[test]
    fn each_text_is_taken_by_its_expression() {
        for source in [
            r"^\/old\/(\d{4})\/(.*)$",
            r"(?:bot|crawler|spider)",
            r"^/u/(?<name>[a-z]+)$",
            r"\.(png|jpe?g)$",
            "^v[0-9]+$",
        ] {
            let found = samples(source);
            assert!(!found.is_empty(), "{source}");
            let expression = regex::Regex::new(&source.replace("\\/", "/")).unwrap();
            for text in found {
                assert!(expression.is_match(&text), "{source}: {text}");
            }
        }
        assert!(samples("(?=ahead)x").is_empty());
    }
}
