//! A condition on the path, as the gateway knows them.

use super::glob::Glob;
use crate::plconfig::is_path;
use std::collections::BTreeSet;

/// How the gateway compares it. Envoy Gateway tries exact paths first, then regular expressions, then prefixes.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub(in crate::balancing) enum Form {
    Prefix,
    Expression,
    Exact,
}

/// One path condition.
#[derive(Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub(in crate::balancing) struct Path {
    pub(in crate::balancing) form: Form,
    /// The path, prefix or expression.
    text: String,
    /// The patterns of the balancer that it means.
    pub(super) globs: Vec<Glob>,
}

impl Path {
    /// Every path.
    pub(in crate::balancing) fn any() -> Self {
        Self { form: Form::Prefix, text: "/".to_owned(), globs: vec![Glob::plain("*")] }
    }

    /// The conditions for the values of one path condition, in their order; none is every path.
    pub(in crate::balancing) fn of(values: &[&str]) -> Vec<Self> {
        let all: BTreeSet<&str> = values.iter().copied().collect();
        let mut paths: Vec<Self> = Vec::new();
        for &value in values {
            let path = if matches!(value, "*" | "/*") {
                Self::any()
            } else if let Some(prefix) = whole_prefix(value, &all) {
                Self {
                    form: Form::Prefix,
                    text: prefix.to_owned(),
                    globs: vec![Glob::plain(prefix), Glob::plain(value)],
                }
            } else if all.contains(format!("{value}/*").as_str()) && is_plain_prefix(value) {
                continue; // said by the prefix
            } else {
                let glob = Glob::plain(value);
                match glob.literal().filter(|text| is_path(text)) {
                    Some(text) => Self { form: Form::Exact, text, globs: vec![glob] },
                    None => Self { form: Form::Expression, text: glob.expression(), globs: vec![glob] },
                }
            };
            if !paths.contains(&path) {
                paths.push(path);
            }
        }
        if paths.is_empty() { vec![Self::any()] } else { paths }
    }

    /// How long the gateway counts it; the prefix `/` counts nothing.
    pub(super) fn length(&self) -> usize {
        if self.form == Form::Prefix && self.text == "/" { 0 } else { self.text.len() }
    }

    pub(super) fn is_any(&self) -> bool {
        self.form == Form::Prefix && self.text == "/"
    }

    /// The same as a regular expression of at least this length. `$` at the end changes nothing but the length, by
    /// which the gateway sorts.
    pub(super) fn as_expression(&self, length: usize) -> Self {
        let mut text = match self.form {
            Form::Expression => self.text.clone(),
            Form::Exact => Glob::plain(&self.text).expression(),
            Form::Prefix if self.text == "/" => "/.*".to_owned(),
            Form::Prefix => format!("{}(?:/.*)?", Glob::plain(&self.text).expression()),
        };
        while text.len() < length {
            text.push('$');
        }
        Self { form: Form::Expression, text, globs: self.globs.clone() }
    }

    pub(super) fn meets(&self, other: &Self) -> bool {
        self.globs.iter().any(|a| other.globs.iter().any(|b| a.meets(b)))
    }

    /// As plconfig writes it: `/api`, `=/login`, `~/v[12]/.*`.
    pub(in crate::balancing) fn written(&self) -> String {
        match self.form {
            Form::Prefix => self.text.clone(),
            Form::Exact => format!("={}", self.text),
            Form::Expression => format!("~{}", self.text),
        }
    }
}

/// `/api` where both `/api` and `/api/*` are wanted: together they are a prefix by path elements.
fn whole_prefix<'v>(value: &'v str, all: &BTreeSet<&str>) -> Option<&'v str> {
    let prefix = value.strip_suffix("/*")?;
    (is_plain_prefix(prefix) && all.contains(prefix)).then_some(prefix)
}

fn is_plain_prefix(prefix: &str) -> bool {
    prefix.len() > 1 && !prefix.ends_with('/') && !prefix.contains(['*', '?']) && is_path(prefix)
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
            (&["/a//b"], &["~/a//b"]),
            // What the definition of HTTPRoute refuses as a path and takes as an expression.
            (&["/a\"b"], &["~/a\"b"]),
            (&["/x|y"], &["~/x\\|y"]),
            (&["/100%"], &["~/100%"]),
            (&["/q\"z", "/q\"z/*"], &["~/q\"z", "~/q\"z/.*"]),
            (&["/caf%C3%A9"], &["=/caf%C3%A9"]),
        ] {
            let paths: Vec<String> = Path::of(values).iter().map(Path::written).collect();
            assert_eq!(paths, wanted, "{values:?}");
        }
    }
}
