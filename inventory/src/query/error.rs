//! What is wrong with a query, and where.

use super::QueryField;
use std::fmt;

/// A text that is no query.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct InvalidQuery {
    /// The text that was given.
    pub text: String,
    /// Where it is wrong: how many characters stand before that place.
    pub at: usize,
    /// What is wrong there.
    pub problem: QueryProblem,
}

/// What is wrong at some place of a query.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum QueryProblem {
    /// A comparison should begin here.
    #[error("a comparison such as `kind=ecs` should begin here")]
    NoComparison,
    /// There is no such field.
    #[error("there is no field `{0}`; fields are {fields}", fields = fields())]
    NoField(String),
    /// An operator should follow the field.
    #[error("`=`, `!=`, `~` or `!~` should follow the field `{}`", .0.as_str())]
    NoOperator(QueryField),
    /// A value should follow the operator.
    #[error("a value should stand here; one that is empty or holds spaces stands in quotes")]
    NoValue,
    /// The field never has this value.
    #[error("`{value}` is no {}; it is one of {}", field.as_str(), field.words().unwrap_or_default().join(", "))]
    NoSuchValue {
        /// The field.
        field: QueryField,
        /// The value.
        value: String,
    },
    /// The field has few values, which are not searched.
    #[error("`{}` is asked with = or !=", .0.as_str())]
    NotSearched(QueryField),
    /// The field can only be searched.
    #[error("`{}` is asked with ~ or !~", .0.as_str())]
    OnlySearched(QueryField),
    /// Searching for nothing would find everything.
    #[error("everything contains the empty text; say what to look for")]
    EmptySearch,
    /// A quote that is not closed.
    #[error("this quote is not closed")]
    OpenQuote,
    /// A backslash before something else than a quote or a backslash.
    #[error("in quotes a backslash stands before a quote or another backslash only")]
    BadEscape,
    /// A parenthesis that is not closed.
    #[error("this parenthesis is not closed")]
    OpenParenthesis,
    /// Something stands where `and`, `or` or the end should.
    #[error("`and`, `or` or the end should stand here")]
    NoConjunction,
    /// Too many parentheses and `not` within each other.
    #[error("more than {0} parentheses and `not` stand within each other")]
    TooDeep(usize),
    /// Too many comparisons.
    #[error("a query has at most {0} comparisons")]
    TooMany(usize),
    /// The text is too long.
    #[error("a query has at most {0} characters")]
    TooLong(usize),
}

fn fields() -> String {
    QueryField::ALL.iter().map(|field| field.as_str()).collect::<Vec<_>>().join(", ")
}

impl fmt::Display for InvalidQuery {
    /// What is wrong; then, when the query fits a line, the query with a mark below the place.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the query can't be read, at character {}: {}", self.at + 1, self.problem)?;
        let is_line = self.text.chars().count() <= 200 && !self.text.chars().any(char::is_control);
        if is_line {
            write!(f, "\n  {}\n  {:at$}^", self.text, "", at = self.at)?;
        }
        Ok(())
    }
}

impl std::error::Error for InvalidQuery {}
