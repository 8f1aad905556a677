//! The order of the script in a gateway, which sorts rules by itself: exact paths before regular expressions before prefixes,
//! of one form the longer first, then by the number of headers and of exact ones (Gateway API, HTTPRouteRule; Envoy Gateway).
//!
//! Where a later rule would be tried before an earlier one that takes the same request, both become regular expressions, and
//! the earlier one is made longer by `$` at its end, which changes nothing that it matches.

use super::Rule;
use super::atom::Test;
use super::state::{Fits, unfit};

/// The longest path of an HTTPRoute (Gateway API, HTTPPathMatch).
const LONGEST: usize = 1024;

/// A path as the gateway compares it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) enum Path {
    Any,
    Exact(String),
    Expression(String),
}

impl Path {
    pub(super) fn of(test: Option<&Test>) -> Self {
        match test {
            None => Self::Any,
            Some(Test::Is(path)) if crate::plconfig::is_path(path) => Self::Exact(path.clone()),
            Some(test) => Self::Expression(expression(test)),
        }
    }

    /// As plconfig writes it.
    pub(super) fn written(&self) -> String {
        match self {
            Self::Any => "/".to_owned(),
            Self::Exact(path) => format!("={path}"),
            Self::Expression(text) => format!("~{text}"),
        }
    }

    fn length(&self) -> usize {
        match self {
            Self::Any => 0,
            Self::Exact(text) | Self::Expression(text) => text.len(),
        }
    }
}

/// The regular expression (RE2, over the whole text) of a test.
pub(super) fn expression(test: &Test) -> String {
    match test {
        Test::Is(text) => escaped(text),
        Test::Begins(text) => format!("{}.*", escaped(text)),
        Test::Ends(text) => format!(".*{}", escaped(text)),
        Test::Contains(text) => format!(".*{}.*", escaped(text)),
        Test::Present => ".+".to_owned(),
    }
}

fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 8);
    for character in text.chars() {
        if "\\.+()|[]{}^$*?".contains(character) {
            out.push('\\');
        }
        out.push(character);
    }
    out
}

/// How early the gateway tries a rule: the greater, the earlier.
fn rank(rule: &Rule, path: &Path) -> (u8, usize, usize, usize) {
    let form = match path {
        Path::Exact(_) => 2,
        Path::Expression(_) => 1,
        Path::Any => 0,
    };
    let method = usize::from(rule.method.is_some());
    let exact = rule.headers.values().filter(|test| matches!(test, Test::Is(_))).count();
    (form, path.length(), rule.headers.len() + method, exact + method)
}

/// Whether a request may fulfil both. When in doubt it may.
fn meet(one: &Rule, other: &Rule) -> bool {
    let paths = match (&one.path, &other.path) {
        (Some(one), Some(other)) => one.meets(other),
        _ => true,
    };
    let methods = match (&one.method, &other.method) {
        (Some(one), Some(other)) => one == other,
        _ => true,
    };
    let headers = one.headers.iter().all(|(name, test)| other.headers.get(name).is_none_or(|other| test.meets(other)));
    paths && methods && headers && one.hosts.intersection(&other.hosts).next().is_some()
}

/// The path of each rule, such that the gateway tries them in their order wherever it matters.
pub(super) fn settle(rules: &[Rule]) -> Fits<Vec<Path>> {
    let natural: Vec<Path> = rules.iter().map(|rule| Path::of(rule.path.as_ref())).collect();
    let rivals = rivals(rules);
    let mut paths = natural.clone();
    let mut forced = vec![false; rules.len()];
    loop {
        let mut changed = false;
        for (first, rivals) in rivals.iter().enumerate() {
            for &then in rivals {
                let turned = rank(&rules[first], &paths[first]) <= rank(&rules[then], &paths[then]);
                if turned && !(forced[first] && forced[then]) {
                    (forced[first], forced[then], changed) = (true, true, true);
                }
            }
        }
        let mut needed = vec![0; rules.len()];
        for at in (0..rules.len()).rev().filter(|at| forced[*at]) {
            let behind =
                rivals[at].iter().filter(|then| forced[**then]).map(|then| needed[*then] + 1).max().unwrap_or(0);
            let mut text = match &natural[at] {
                Path::Any => "/.*".to_owned(),
                Path::Exact(path) => escaped(path),
                Path::Expression(text) => text.clone(),
            };
            while text.len() < behind {
                text.push('$');
            }
            needed[at] = text.len();
            paths[at] = Path::Expression(text);
        }
        if paths.iter().any(|path| path.length() > LONGEST) {
            return unfit("its order can't be kept by a gateway: a path would be longer than 1024 characters");
        }
        if !changed {
            return Ok(paths);
        }
    }
}

/// For each rule the later ones that a request may fulfil, too, and that answer otherwise.
fn rivals(rules: &[Rule]) -> Vec<Vec<usize>> {
    let later = |at: usize| {
        let one = &rules[at];
        (at + 1..rules.len()).filter(|then| one.answer != rules[*then].answer && meet(one, &rules[*then])).collect()
    };
    (0..rules.len()).map(later).collect()
}

/// Whether a host is a wildcard above another one.
pub(super) fn is_above(wildcard: &str, host: &str) -> bool {
    wildcard.strip_prefix('*').is_some_and(|suffix| host.ends_with(suffix) && host.len() > suffix.len())
}
