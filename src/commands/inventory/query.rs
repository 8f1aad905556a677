//! The query language as the command line takes it and explains it.

use crate::error::{Failure, FailureKind};
use crate::suggest::did_you_mean;
use caravan_inventory::{Query, QueryField, QueryProblem};
use std::fmt::Write as _;

/// Reads a query.
///
/// # Errors
/// A failure of usage that shows the place, and what was probably meant.
pub(super) fn read(text: &str) -> Result<Query, Failure> {
    Query::parse(text).map_err(|error| {
        let meant = match &error.problem {
            QueryProblem::NoField(name) => did_you_mean(name, QueryField::ALL.iter().map(|field| field.as_str())),
            QueryProblem::NoSuchValue { field, value } => did_you_mean(value, field.words().unwrap_or_default()),
            _ => None,
        };
        let failure = Failure::caused(FailureKind::Usage, error);
        match meant {
            Some(meant) => failure.hint(format!("did you mean `{meant}`?")),
            None => failure.hint("`caravan inventory list --help` explains queries"),
        }
    })
}

/// The language on one screen.
pub(super) fn language() -> String {
    let width = QueryField::ALL.iter().map(|field| field.as_str().len()).max().unwrap_or_default();
    let mut text = String::from(
        "Queries:\n  Comparisons, joined by `and`, `or`, `not` and parentheses. `=` and `!=` compare the whole value,\n  \
        `~` and `!~` look for a part of it, whether letters are large or small. A value with spaces or\n  \
        parentheses stands in quotes.\n\n",
    );
    for field in QueryField::ALL {
        // A String takes whatever is written to it.
        let _written = writeln!(text, "  {:width$}  {}", field.as_str(), field.about());
    }
    text.push_str("\n  caravan inventory list --where 'kind=ecs and coverage!=complete and text~\"mongo\"'");
    text
}
