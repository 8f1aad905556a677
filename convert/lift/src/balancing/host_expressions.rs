//! Regular expressions of hosts (`RegexValues`): the gateway compares none, but which hosts one can't match is known.

use regex_syntax::hir::{Class, Hir, HirKind, Look, Repetition};

/// The most alternatives that are looked at one by one.
const ALTERNATIVES: usize = 32;
/// The most repetitions that are written out.
const WRITTEN_OUT: u32 = 8;

/// Stands where the text has to begin, and where it has to end.
const BEGIN: char = '\u{2}';
const END: char = '\u{3}';

/// Patterns of hosts, with `*` and `?`, that together take at least every host that the expression matches, without regard to
/// case; none where nothing is known of it. Unless it is anchored, it may match anywhere in the host.
pub(super) fn patterns(expression: &str) -> Option<Vec<String>> {
    let parsed = regex_syntax::parse(expression).ok()?;
    let whole = |text: String| {
        let (open, shut) = (!text.starts_with(BEGIN), !text.ends_with(END));
        let inside: String = text.chars().filter(|character| ![BEGIN, END].contains(character)).collect();
        let pattern = format!("{}{inside}{}", if open { "*" } else { "" }, if shut { "*" } else { "" });
        // `*.example.com` alone would be a wildcard of the gateway's.
        if pattern.starts_with("*.") { format!("*{pattern}") } else { pattern }
    };
    let mut patterns: Vec<String> = read(&parsed)?.into_iter().map(whole).collect();
    patterns.sort();
    patterns.dedup();
    Some(patterns)
}

/// The alternatives of an expression; none where there are too many.
fn read(part: &Hir) -> Option<Vec<String>> {
    let one = |text: &str| Some(vec![text.to_owned()]);
    match part.kind() {
        HirKind::Literal(literal) => one(&String::from_utf8_lossy(&literal.0).to_lowercase().replace('*', "?")),
        HirKind::Class(class) => one(&letter(class).map_or("?".to_owned(), String::from)),
        HirKind::Look(Look::Start) => one(&BEGIN.to_string()),
        HirKind::Look(Look::End) => one(&END.to_string()),
        HirKind::Empty | HirKind::Look(_) => one(""),
        HirKind::Capture(capture) => read(&capture.sub),
        HirKind::Repetition(repetition) => repeated(repetition),
        HirKind::Concat(parts) => {
            parts.iter().try_fold(vec![String::new()], |before, part| joined(&before, &read(part)?))
        }
        HirKind::Alternation(parts) => {
            let all: Vec<String> = parts.iter().map(read).collect::<Option<Vec<_>>>()?.concat();
            (all.len() <= ALTERNATIVES).then_some(all)
        }
    }
}

fn repeated(repetition: &Repetition) -> Option<Vec<String>> {
    let any = || vec!["*".to_owned()];
    let once = read(&repetition.sub)?;
    if repetition.min == 0 && repetition.max == Some(1) {
        return Some(once.into_iter().chain([String::new()]).collect());
    }
    let written = repetition.min.min(WRITTEN_OUT);
    let begun = (0..written).try_fold(vec![String::new()], |before, _| joined(&before, &once))?;
    if repetition.max == Some(written) { Some(begun) } else { joined(&begun, &any()) }
}

/// Each of these with each of those behind it.
fn joined(before: &[String], behind: &[String]) -> Option<Vec<String>> {
    let fits = before.len() * behind.len() <= ALTERNATIVES;
    fits.then(|| before.iter().flat_map(|a| behind.iter().map(move |b| format!("{a}{b}"))).collect())
}

/// The letter that a class is in lower case, where it is one in both cases.
fn letter(class: &Class) -> Option<char> {
    let Class::Unicode(class) = class else { return None };
    let mut letters = class.iter().flat_map(|range| (range.start()..=range.end()).take(2)).take(4).collect::<Vec<_>>();
    letters.iter_mut().for_each(|letter| letter.make_ascii_lowercase());
    letters.dedup();
    match letters.as_slice() {
        &[letter] if letter.is_ascii_alphanumeric() => Some(letter),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::super::model::covers;
    use super::patterns;

    #[test]
    fn a_host_that_an_expression_matches_is_never_ruled_out_and_one_that_ends_otherwise_is() {
        for (expression, matched, others) in [
            (
                r"^pier-[a-z]+\.ferry\.example$",
                &["pier-a.ferry.example", "pier-bcd.ferry.example"][..],
                &["quay.ferry.example", "pier-a.other.example", "pier-.ferry.example"][..],
            ),
            (r"^(www|shop)\.ferry\.example$", &["www.ferry.example", "shop.ferry.example"], &["desk.ferry.example"]),
            (r"^a{2,3}\.ferry\.example$", &["aa.ferry.example", "aaa.ferry.example"], &["a.ferry.example"]),
            (r"(?i)^QUAY\.ferry\.example$", &["quay.ferry.example"], &["pier.ferry.example"]),
            (
                r"^(eu-)?quay\.ferry\.example$",
                &["quay.ferry.example", "eu-quay.ferry.example"],
                &["us-pier.ferry.example"],
            ),
            // Anywhere in the host.
            (r"quay", &["quay.ferry.example", "x.quay.example", "my-quay.example"], &["pier.ferry.example"]),
            (r"\.ferry\.example$", &["a.ferry.example", "a.b.ferry.example"], &["a.ferry.example.org"]),
            (r"^quay", &["quay.ferry.example"], &["my-quay.ferry.example"]),
            (r"^.*\.ferry\.example$|^desk\.example$", &["a.ferry.example", "desk.example"], &["a.desk.example"]),
            (r"(^a|b)+c$", &["ac", "xbc", "abbc"], &["ad"]),
        ] {
            let patterns = patterns(expression).unwrap();
            let takes = |host: &&str| patterns.iter().any(|pattern| covers(pattern, host));
            assert!(matched.iter().all(&takes), "{expression}: {patterns:?}");
            assert!(!others.iter().any(takes), "{expression}: {patterns:?}");
            assert!(patterns.iter().all(|pattern| !pattern.starts_with("*.")), "{expression}: {patterns:?}");
        }
    }

    #[test]
    fn of_what_is_no_expression_or_has_too_many_alternatives_nothing_is_known() {
        for expression in [r"(?=a)b", "(", r"(aa|bb|cc)(dd|ee|ff)(gg|hh|ii)(jj|kk|ll)"] {
            assert_eq!(patterns(expression), None, "{expression}");
        }
        // Two cases of every letter are one.
        assert_eq!(patterns("(?i)^Pier$"), Some(vec!["pier".to_owned()]));
    }
}
