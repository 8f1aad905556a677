//! The query language: which workloads somebody means, as a text and as a value.
//!
//! ```text
//! query      = and-part { "or" and-part }
//! and-part   = unary { "and" unary }
//! unary      = "not" unary | "(" query ")" | comparison
//! comparison = field ( "=" | "!=" | "~" | "!~" ) value
//! value      = word | '"' text '"' | "'" text "'"
//! ```
//!
//! A query is only data here. Whoever keeps workloads compiles it to what its store understands, with each value bound and
//! never as part of a statement; `inventory/store` does for SQLite.

mod error;
mod field;
mod parse;
mod write;

#[cfg(test)]
mod tests;

pub use error::{InvalidQuery, QueryProblem};
pub use field::{QueryField, UNKNOWN_COVERAGE, UNKNOWN_GOVERNOR};

/// Which workloads are meant.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Query {
    /// Those that fit all of these; of none, every workload.
    All(Vec<Query>),
    /// Those that fit at least one of these; of none, no workload.
    Any(Vec<Query>),
    /// Those that do not fit this.
    Not(Box<Query>),
    /// Those of which this is true.
    Is(Comparison),
}

/// One field against one value.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Comparison {
    /// What is compared.
    pub field: QueryField,
    /// How.
    pub operator: Operator,
    /// With what, as it was meant: without quotes and escapes. The empty text stands for a field that has no value.
    pub value: String,
}

/// How a field and a value are compared.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Operator {
    /// `=`: the field is exactly the value. Of a field with many values, one of them is.
    Equal,
    /// `!=`: the contrary.
    NotEqual,
    /// `~`: the field contains the value, whether ASCII letters are large or small.
    Contains,
    /// `!~`: the contrary.
    ContainsNot,
}

impl Operator {
    /// Every operator; of two that begin alike, the longer one first.
    pub const ALL: &[Self] = &[Self::NotEqual, Self::ContainsNot, Self::Equal, Self::Contains];

    /// As it is written.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Equal => "=",
            Self::NotEqual => "!=",
            Self::Contains => "~",
            Self::ContainsNot => "!~",
        }
    }

    /// Whether it asks for a part of the field, not the whole of it.
    #[must_use]
    pub const fn is_part(self) -> bool {
        matches!(self, Self::Contains | Self::ContainsNot)
    }

    /// Whether it is the contrary of [`Self::Equal`] or [`Self::Contains`].
    #[must_use]
    pub const fn is_negative(self) -> bool {
        matches!(self, Self::NotEqual | Self::ContainsNot)
    }
}

impl Query {
    /// Reads a query. One that is blank means every workload.
    ///
    /// # Errors
    /// What is wrong and where, also when a value is none that the field can have: a query that finds nothing must never be a
    /// query that was mistyped.
    pub fn parse(text: &str) -> Result<Self, InvalidQuery> {
        parse::parse(text)
    }

    /// Whether any comparison is about this field.
    #[must_use]
    pub fn is_about(&self, field: QueryField) -> bool {
        match self {
            Self::All(parts) | Self::Any(parts) => parts.iter().any(|part| part.is_about(field)),
            Self::Not(inner) => inner.is_about(field),
            Self::Is(comparison) => comparison.field == field,
        }
    }
}
