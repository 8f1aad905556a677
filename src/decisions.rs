//! `decisions.yaml`: people's answers, kept in Git by the user.

use crate::error::{Failure, FailureKind, read_text};
use crate::permit::WritePermit;
use crate::{answer_secrets, paths, yaml};
use camino::{Utf8Path, Utf8PathBuf};
use caravan_inventory::{Acceptances, Decisions, QuestionId, Redacted};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

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
    /// The answers in which a secret seems to stand, as the file has them: nobody reads them but [`save`], which leaves what people
    /// wrote by hand to them.
    #[serde(skip)]
    held: BTreeMap<QuestionId, String>,
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

/// Reads the whole file; where there is none, nothing was decided. Of an answer in which a secret seems to stand only the rest is
/// given, with a mark in its place: so it is taken by nobody, and its question stays open.
///
/// # Errors
/// A configuration failure that names file and line.
pub(crate) fn load_all(dir: &Utf8Path) -> Result<Decided, Failure> {
    let path = path(dir);
    if let Ok(false) = path.try_exists() {
        return Ok(Decided::default());
    }
    let mut decided: Decided = yaml::parse(&path, &read_text(&path, FailureKind::Configuration)?)?;
    for (id, decision) in &mut decided.answers.0 {
        if let Some(marked) = answer_secrets::marked_of(id, &decision.answer) {
            decided.held.insert(id.clone(), std::mem::replace(&mut decision.answer, marked));
        }
    }
    Ok(decided)
}

/// Writes what was decided, sorted by question. The file is replaced whole or not at all.
///
/// # Errors
/// When the disk does not take it; the old file is then untouched.
pub(crate) fn save(dir: &Utf8Path, decided: &Decided, _permit: &WritePermit) -> Result<(), Failure> {
    let path = path(dir);
    let mut written =
        Decided { answers: decided.answers.clone(), accepted: decided.accepted.clone(), ..Decided::default() };
    for (id, decision) in written.answers.0.iter_mut().filter(|(_, decision)| Redacted::is_in(&decision.answer)) {
        if let Some(held) = decided.held.get(id) {
            decision.answer.clone_from(held);
        }
    }
    let text = serde_yaml::to_string(&written)
        .map_err(|error| Failure::caused(FailureKind::Work, error).context(format!("can't write {path}")))?;
    crate::files::replace(&path, text.as_bytes())
}
