//! The samples of a page of metrics in Prometheus' text format.

use std::collections::BTreeMap;

/// One sample: a name, labels, a value.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Sample<'a> {
    pub(super) name: &'a str,
    pub(super) labels: BTreeMap<&'a str, String>,
    pub(super) value: f64,
}

/// The samples of a page. A line that is none is left out: a page that is no page of metrics has no samples.
///
/// Source: Prometheus, "Exposition formats".
pub(super) fn samples(page: &str) -> impl Iterator<Item = Sample<'_>> {
    page.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#')).filter_map(sample)
}

fn sample(line: &str) -> Option<Sample<'_>> {
    let end = line.find(|c: char| c == '{' || c.is_whitespace())?;
    let (name, rest) = line.split_at(end);
    let (labels, rest) = match rest.trim_start().strip_prefix('{') {
        Some(inside) => labels(inside)?,
        None => (BTreeMap::new(), rest),
    };
    let value = rest.split_whitespace().next()?.parse().ok()?;
    Some(Sample { name, labels, value })
}

/// The labels up to the closing brace, and what follows it.
fn labels(mut rest: &str) -> Option<(BTreeMap<&str, String>, &str)> {
    let mut labels = BTreeMap::new();
    loop {
        rest = rest.trim_start_matches([' ', ',']);
        if let Some(after) = rest.strip_prefix('}') {
            return Some((labels, after));
        }
        let (name, after) = rest.split_once("=\"")?;
        let (value, after) = quoted(after)?;
        labels.insert(name.trim(), value);
        rest = after;
    }
}

/// A label's value up to its closing quote, and what follows it.
fn quoted(text: &str) -> Option<(String, &str)> {
    let (mut value, mut chars) = (String::new(), text.char_indices());
    loop {
        match chars.next()? {
            (at, '"') => return Some((value, &text[at + 1..])),
            (_, '\\') => match chars.next()?.1 {
                'n' => value.push('\n'),
                other => value.push(other),
            },
            (_, other) => value.push(other),
        }
    }
}

/// A counter's value: Prometheus writes every number as a float.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a counter is a whole number, 0 or more; a float holds it exactly up to 2^53"
)]
pub(super) fn whole(value: f64) -> u64 {
    value as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_read_with_labels_in_any_order_and_with_quotes_in_them() {
        let page =
            "# HELP a_total told\na_total{x=\"1\",y=\"q\\\"}, z=\\\\\"} 7\n\nb 2.5 1700000000\nc{ } 3\nnonsense\n";
        let all: Vec<_> = samples(page).collect();
        assert_eq!(all.len(), 3, "{all:?}");
        assert_eq!((all[0].name, all[0].value), ("a_total", 7.0));
        assert_eq!(all[0].labels, BTreeMap::from([("x", "1".to_owned()), ("y", "q\"}, z=\\".to_owned())]));
        assert_eq!((all[1].name, all[1].value, all[2].name, all[2].value), ("b", 2.5, "c", 3.0));
        assert_eq!(samples("<html><body>not here</body></html>").count(), 0);
    }
}
