//! `decisions.yaml`: people's answers, kept in Git by the user.

use crate::error::{Failure, FailureKind, read_text};
use crate::permit::WritePermit;
use crate::{paths, yaml};
use camino::{Utf8Path, Utf8PathBuf};
use caravan_inventory::Decisions;
use serde::{Deserialize, Serialize};

/// The whole file.
#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct File {
    schema: Schema,
    #[serde(default)]
    answers: Decisions,
}

/// The versions of the format.
#[derive(Deserialize, Serialize)]
enum Schema {
    #[serde(rename = "caravan.decisions/v1")]
    V1,
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
    let path = path(dir);
    if let Ok(false) = path.try_exists() {
        return Ok(Decisions::default());
    }
    let text = read_text(&path, FailureKind::Configuration)?;
    yaml::parse::<File>(&path, &text).map(|file| file.answers)
}

/// Writes the answers, sorted by question. The file is replaced whole or not at all.
///
/// # Errors
/// When the disk does not take it; the old file is then untouched.
pub(crate) fn save(dir: &Utf8Path, decisions: &Decisions, _permit: &WritePermit) -> Result<(), Failure> {
    let path = path(dir);
    let file = File { schema: Schema::V1, answers: decisions.clone() };
    let text = serde_yaml::to_string(&file)
        .map_err(|error| Failure::caused(FailureKind::Work, error).context(format!("can't write {path}")))?;
    crate::files::replace(&path, text.as_bytes())
}
