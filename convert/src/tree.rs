//! A tree of files in memory: paths and contents, before anything is written.

use crate::Provenance;
use std::collections::BTreeMap;
use std::fmt;

/// A file that an emitter made.
#[derive(Clone, Default, PartialEq)]
pub struct File {
    /// What stands in it.
    pub bytes: Vec<u8>,
    /// Where its lines come from; empty where nobody asked.
    pub provenance: Provenance,
}

impl AsRef<[u8]> for File {
    fn as_ref(&self) -> &[u8] {
        &self.bytes
    }
}

impl fmt::Debug for File {
    /// How many bytes stand there.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} bytes", self.bytes.len())
    }
}

/// Paths, relative and with `/`, and the files that are to stand there: plconfigs, manifests, ledgers, and whatever else
/// an emitter makes. Knows no disk; yields in the order of paths.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Tree(BTreeMap<String, File>);

impl Tree {
    /// Puts a file in; one that stood there is replaced.
    pub fn insert(&mut self, path: impl Into<String>, file: File) {
        self.0.insert(path.into(), file);
    }

    /// Takes out every file below a folder, `deployment/teams/shop`.
    pub(crate) fn take_out(&mut self, folder: &str) {
        self.0.retain(|path, _| !path.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/')));
    }

    /// The file at a path, if it is there.
    #[must_use]
    pub fn file(&self, path: &str) -> Option<&File> {
        self.0.get(path)
    }

    /// The bytes of a file, if it is there.
    #[must_use]
    pub fn get(&self, path: &str) -> Option<&[u8]> {
        self.0.get(path).map(AsRef::as_ref)
    }

    /// Every file, in the order of paths.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &File)> {
        self.0.iter().map(|(path, file)| (path.as_str(), file))
    }

    /// How many files there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl IntoIterator for Tree {
    type Item = (String, File);
    type IntoIter = std::collections::btree_map::IntoIter<String, File>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

impl Extend<(String, File)> for Tree {
    fn extend<I: IntoIterator<Item = (String, File)>>(&mut self, files: I) {
        self.0.extend(files);
    }
}
