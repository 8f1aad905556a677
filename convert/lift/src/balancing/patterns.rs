//! Patterns of an Application Load Balancer, as the hosts, paths and values of plconfig.
//!
//! In its patterns `*` is any run of characters and `?` any single one (Elastic Load Balancing user guide, "Condition
//! types"). A glob is not a prefix: `/api/*` does not match `/api`.

use std::collections::BTreeSet;
use std::fmt::Write;

/// Paths for the values of one path condition, in their order.
pub(super) fn paths(values: &[&str]) -> Vec<String> {
    let all: BTreeSet<&str> = values.iter().copied().collect();
    let mut paths = Vec::new();
    for &value in values {
        let path = if matches!(value, "*" | "/*") {
            "/".to_owned()
        } else if let Some(prefix) = whole_prefix(value, &all) {
            prefix.to_owned()
        } else if !is_glob(value) {
            if all.contains(format!("{value}/*").as_str()) && is_plain_prefix(value) {
                continue; // said by the prefix
            }
            format!("={value}")
        } else {
            format!("~{}", expression(value))
        };
        if !paths.contains(&path) {
            paths.push(path);
        }
    }
    paths
}

/// `/api` where both `/api` and `/api/*` are wanted: together they are a prefix by path elements.
fn whole_prefix<'v>(value: &'v str, all: &BTreeSet<&str>) -> Option<&'v str> {
    let prefix = value.strip_suffix("/*")?;
    (is_plain_prefix(prefix) && all.contains(prefix)).then_some(prefix)
}

fn is_plain_prefix(prefix: &str) -> bool {
    prefix.len() > 1 && prefix.starts_with('/') && !prefix.ends_with('/') && !is_glob(prefix)
}

/// Whether a host can be had on the platform: plain, or with a star as its whole first label.
pub(super) fn is_host(value: &str) -> bool {
    let rest = value.strip_prefix("*.").unwrap_or(value);
    !rest.is_empty()
        && rest.contains('.')
        && rest.split('.').all(|label| {
            !label.is_empty()
                && label.len() <= 63
                && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
                && !label.starts_with('-')
                && !label.ends_with('-')
        })
}

/// One value, or several by a regular expression: `json`, `~(json|xml)`, `~application/.*`.
pub(super) fn alternatives(values: &[&str]) -> String {
    match values {
        [one] if !is_glob(one) && !one.starts_with('~') => (*one).to_owned(),
        [one] => format!("~{}", expression(one)),
        _ => {
            let all: Vec<String> = values.iter().map(|value| expression(value)).collect();
            format!("~({})", all.join("|"))
        }
    }
}

pub(super) fn is_glob(value: &str) -> bool {
    value.contains(['*', '?'])
}

/// The regular expression (RE2, over the whole text) of a pattern.
fn expression(pattern: &str) -> String {
    let mut out = String::with_capacity(pattern.len() + 8);
    for character in pattern.chars() {
        match character {
            '*' => out.push_str(".*"),
            '?' => out.push('.'),
            '\\' | '.' | '+' | '(' | ')' | '|' | '[' | ']' | '{' | '}' | '^' | '$' => {
                let _ = write!(out, "\\{character}");
            }
            other => out.push(other),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_glob_is_a_prefix_only_where_it_means_exactly_that() {
        for (values, wanted) in [
            (&["/*"][..], &["/"][..]),
            (&["/api/*"], &["~/api/.*"]),
            (&["/api", "/api/*"], &["/api"]),
            (&["/api/*", "/api"], &["/api"]),
            (&["/login"], &["=/login"]),
            (&["/img/*.png", "/a?c"], &["~/img/.*\\.png", "~/a.c"]),
            (&["/v1.0/*"], &["~/v1\\.0/.*"]),
            (&["/", "/*"], &["=/", "/"]),
        ] {
            assert_eq!(paths(values), wanted, "{values:?}");
        }
    }

    #[test]
    fn hosts_and_values_keep_their_meaning() {
        assert!(is_host("shop.example.com") && is_host("*.example.com"));
        assert!(!is_host("api-*.example.com") && !is_host("*") && !is_host("") && !is_host("localhost"));
        assert_eq!(alternatives(&["json"]), "json");
        assert_eq!(alternatives(&["json", "x*"]), "~(json|x.*)");
    }
}
