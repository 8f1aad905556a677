//! Files that are to be, as values.

use std::collections::BTreeMap;
use std::fmt;

/// Paths, relative and with `/`, and the bytes that are to stand there. Knows no disk; yields in the order of paths.
#[derive(Clone, Default, Eq, PartialEq)]
pub struct Tree(BTreeMap<String, Vec<u8>>);

impl Tree {
    /// Puts a file in; one that stood there is replaced.
    pub fn insert(&mut self, path: impl Into<String>, bytes: impl Into<Vec<u8>>) {
        self.0.insert(path.into(), bytes.into());
    }

    /// The bytes of a file, if it is there.
    #[must_use]
    pub fn get(&self, path: &str) -> Option<&[u8]> {
        self.0.get(path).map(Vec::as_slice)
    }

    /// Every file, in the order of paths.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &[u8])> {
        self.0.iter().map(|(path, bytes)| (path.as_str(), bytes.as_slice()))
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

impl fmt::Debug for Tree {
    /// The paths and how many bytes stand there.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map()
            .entries(self.0.iter().map(|(path, bytes)| (path, bytes.len())))
            .finish()
    }
}

impl IntoIterator for Tree {
    type Item = (String, Vec<u8>);
    type IntoIter = std::collections::btree_map::IntoIter<String, Vec<u8>>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

impl Extend<(String, Vec<u8>)> for Tree {
    fn extend<I: IntoIterator<Item = (String, Vec<u8>)>>(&mut self, files: I) {
        self.0.extend(files);
    }
}
