//! `decisions.yaml`: people's answers, kept in Git by the user.

use crate::error::{Failure, FailureKind, read_text};
use crate::permit::WritePermit;
use crate::{paths, yaml};
use camino::{Utf8Path, Utf8PathBuf};
use caravan_inventory::{Acceptances, Decisions};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What people decided: the whole file.
#[derive(Default, Deserialize, JsonSchema, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Decided {
    schema: Schema,
    /// The answers, by question.
    #[serde(default)]
    pub(crate) answers: Decisions,
    /// What stays open, knowingly, until a day.
    #[serde(default, skip_serializing_if = "is_empty")]
    pub(crate) accepted: Acceptances,
}

/// The versions of the format.
#[derive(Default, Deserialize, JsonSchema, Serialize)]
enum Schema {
    #[default]
    #[serde(rename = "caravan.decisions/v1")]
    V1,
}

fn is_empty(accepted: &Acceptances) -> bool {
    accepted.0.is_empty()
}

/// Where the file lies.
pub(crate) fn path(dir: &Utf8Path) -> Utf8PathBuf {
    paths::within(dir, paths::DECISIONS)
}

/// Reads the answers; where there is no file, there are none.
///
/// # Errors
/// A configuration failure that names file and line.
pub(crate) fn load(dir: &Utf8Path) -> Result<Decisions, Failure> {
    load_all(dir).map(|decided| decided.answers)
}

/// Reads the whole file; where there is none, nothing was decided.
///
/// # Errors
/// A configuration failure that names file and line.
pub(crate) fn load_all(dir: &Utf8Path) -> Result<Decided, Failure> {
    let path = path(dir);
    if let Ok(false) = path.try_exists() {
        return Ok(Decided::default());
    }
    yaml::parse(&path, &read_text(&path, FailureKind::Configuration)?)
}

/// Writes what was decided, sorted by question. The file is replaced whole or not at all.
///
/// # Errors
/// When the disk does not take it; the old file is then untouched.
pub(crate) fn save(dir: &Utf8Path, decided: &Decided, _permit: &WritePermit) -> Result<(), Failure> {
    let path = path(dir);
    let text = serde_yaml::to_string(decided)
        .map_err(|error| Failure::caused(FailureKind::Work, error).context(format!("can't write {path}")))?;
    crate::files::replace(&path, text.as_bytes())
}
