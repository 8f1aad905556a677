//! A query as text: what parsing reads as the same query again.

use super::{Comparison, Query};
use std::fmt::{self, Display as _, Write as _};

impl fmt::Display for Query {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::All(parts) => joined(f, parts, " and "),
            Self::Any(parts) => joined(f, parts, " or "),
            Self::Not(inner) => {
                f.write_str("not ")?;
                within(f, inner)
            }
            Self::Is(comparison) => comparison.fmt(f),
        }
    }
}

fn joined(f: &mut fmt::Formatter<'_>, parts: &[Query], word: &str) -> fmt::Result {
    for (at, part) in parts.iter().enumerate() {
        if at > 0 {
            f.write_str(word)?;
        }
        within(f, part)?;
    }
    Ok(())
}

/// What stands within something else: in parentheses, unless nothing can be mistaken.
fn within(f: &mut fmt::Formatter<'_>, query: &Query) -> fmt::Result {
    match query {
        Query::All(_) | Query::Any(_) => write!(f, "({query})"),
        Query::Not(_) | Query::Is(_) => query.fmt(f),
    }
}

impl fmt::Display for Comparison {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.field.as_str())?;
        f.write_str(self.operator.as_str())?;
        if !self.value.is_empty() && self.value.chars().all(super::parse::is_bare) {
            return f.write_str(&self.value);
        }
        f.write_char('"')?;
        for letter in self.value.chars() {
            if matches!(letter, '"' | '\\') {
                f.write_char('\\')?;
            }
            f.write_char(letter)?;
        }
        f.write_char('"')
    }
}
