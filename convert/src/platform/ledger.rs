//! `ledger/platform.json`: what was generated last, so that a human's edit is known as one.

use crate::File;
use crate::merge::Existing;
use crate::provenance::{Origin, Place, Provenance, Rule, Trace};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// Where it lies. No workload has this path: their ids have more than one step.
pub(super) const PATH: &str = "ledger/platform.json";

const SCHEMA: &str = "caravan.platform/v1";

const RULE: Rule =
    Rule { name: "platform-ledger", says: "digests of the platform's files as they were generated last" };

/// The digests of the files that were generated last, by path.
#[derive(Debug, Default, Deserialize, Serialize)]
pub(super) struct Last {
    #[serde(default)]
    files: BTreeMap<String, String>,
}

#[derive(Serialize)]
struct Written<'a> {
    schema: &'static str,
    #[serde(flatten)]
    last: &'a Last,
}

impl Last {
    /// What stands there; nothing where it can't be read, so that what exists is left alone.
    pub(super) fn read(existing: &dyn Existing) -> Self {
        let text = existing.read(PATH).ok().flatten();
        text.and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default()
    }

    /// The digest of a file.
    pub(super) fn digest(&self, path: &str) -> Option<&str> {
        self.files.get(path).map(String::as_str)
    }

    /// What was generated and is not among these paths.
    pub(super) fn without<'a>(&'a self, made: &'a BTreeSet<String>) -> impl Iterator<Item = (&'a String, &'a String)> {
        self.files.iter().filter(|(path, _)| !made.contains(*path))
    }

    /// Keeps a digest, if there is one.
    pub(super) fn note(&mut self, path: String, digest: Option<String>) {
        self.files.extend(digest.map(|digest| (path, digest)));
    }

    /// The file, one line for each digest.
    ///
    /// # Errors
    /// Never in practice: only when memory can't be written to.
    pub(super) fn file(&self, trace: Trace) -> Result<File, serde_json::Error> {
        let mut text = serde_json::to_string_pretty(&Written { schema: SCHEMA, last: self })?;
        text.push('\n');
        let lines = u32::try_from(text.lines().count()).unwrap_or(u32::MAX);
        let mut provenance = Provenance::default();
        if trace == Trace::Lines {
            provenance.push(lines, Place::default(), RULE, vec![Origin::Default]);
        }
        Ok(File { bytes: text.into_bytes(), provenance })
    }
}
