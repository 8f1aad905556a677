//! A value that may be unknown, with the reason why.

use serde::{Deserialize, Serialize};

/// A value, or why there is none. Unknown is never zero and never empty (P3).
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Known<T> {
    /// The value.
    Known(T),
    /// Why nobody can tell: one sentence fragment for a person.
    Unknown(String),
}
