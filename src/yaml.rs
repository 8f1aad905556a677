//! Reads Caravan's own YAML files strictly: an error names file, line and column, and says what was probably meant.

use crate::error::{Failure, FailureKind};
use crate::suggest::did_you_mean;
use camino::Utf8Path;
use caravan_convert_lift::plconfig::yaml_problem;
use serde::de::DeserializeOwned;
use serde_yaml::Error;

/// Reads a document of a strict type.
///
/// # Errors
/// When the text is not that document; a configuration failure.
pub(crate) fn parse<T: DeserializeOwned>(path: &Utf8Path, text: &str) -> Result<T, Failure> {
    serde_yaml::from_str(text).map_err(|error| failure(path, &error))
}

fn failure(path: &Utf8Path, error: &Error) -> Failure {
    let error = error.without_snippet();
    let place = match error.location() {
        Some(location) => format!("{path}:{}:{}", location.line(), location.column()),
        None => path.to_string(),
    };
    match error {
        Error::SerdeUnknownField { field, expected, .. } => {
            let failure = Failure::new(FailureKind::Configuration, format!("{place}: unknown key `{field}`"));
            with_suggestion(failure, field, expected)
        }
        Error::SerdeUnknownVariant { variant, expected, .. } => {
            let failure =
                Failure::new(FailureKind::Configuration, format!("{place}: `{variant}` is none of the known values"));
            with_suggestion(failure, variant, expected)
        }
        Error::SerdeMissingField { field, .. } => {
            Failure::new(FailureKind::Configuration, format!("{place}: the key `{field}` is missing"))
        }
        other => Failure::new(FailureKind::Configuration, format!("{place}: {}", yaml_problem(other))),
    }
}

fn with_suggestion(failure: Failure, given: &str, known: &[&str]) -> Failure {
    let failure = match did_you_mean(given, known.iter().copied()) {
        Some(meant) => failure.hint(format!("did you mean `{meant}`?")),
        None => failure,
    };
    match known {
        [] => failure.hint("nothing may stand here"),
        [only] => failure.hint(format!("known here: `{only}`")),
        _ => failure.hint(format!("known here: `{}`", known.join("`, `"))),
    }
}
