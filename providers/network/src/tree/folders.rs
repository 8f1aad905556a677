//! The folders of a tree: each is looked at once, and none is a link.

use super::WriteError;
use super::error::{io, place};
use camino::{Utf8Path, Utf8PathBuf};
use std::collections::HashSet;
use std::fs;
use std::io::ErrorKind;

/// The folders that were seen or made so far.
pub(super) struct Folders<'a> {
    root: &'a Utf8Path,
    known: HashSet<String>,
    /// The folder of the last file: files come sorted, so the next is mostly in the same.
    last: Option<String>,
}

impl<'a> Folders<'a> {
    /// Makes the root and what is above it where it is missing. The root itself may be a link: it was given.
    pub(super) fn new(root: &'a Utf8Path) -> Result<Self, WriteError> {
        #[expect(clippy::disallowed_methods, reason = "this crate writes trees")]
        fs::create_dir_all(root).map_err(|error| io(root.to_owned(), "make the folder", error))?;
        Ok(Self::unmade(root))
    }

    /// Takes what is there.
    pub(super) fn unmade(root: &'a Utf8Path) -> Self {
        Self {
            root,
            known: HashSet::new(),
            last: None,
        }
    }

    /// Makes a folder and what is above it. Gives whether it was made now, so that nothing can be in it.
    pub(super) fn make(&mut self, folder: &str) -> Result<bool, WriteError> {
        if folder.is_empty() || self.last.as_deref() == Some(folder) || self.known.contains(folder) {
            return Ok(false);
        }
        self.make(folder.rsplit_once('/').map_or("", |(above, _)| above))?;
        let full = self.full(folder);
        let made = match fs::create_dir(&full) {
            Ok(()) => true,
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {
                self.check(&full)?;
                false
            }
            Err(error) => return Err(io(full, "make the folder", error)),
        };
        self.remember(folder);
        Ok(made)
    }

    /// Whether a folder is there.
    pub(super) fn is_there(&mut self, folder: &str) -> Result<bool, WriteError> {
        if folder.is_empty() || self.last.as_deref() == Some(folder) || self.known.contains(folder) {
            return Ok(true);
        }
        if !self.is_there(folder.rsplit_once('/').map_or("", |(above, _)| above))? {
            return Ok(false);
        }
        let there = self.check(&self.full(folder))?;
        if there {
            self.remember(folder);
        }
        Ok(there)
    }

    fn check(&self, full: &Utf8Path) -> Result<bool, WriteError> {
        match fs::symlink_metadata(full) {
            Ok(found) if found.is_dir() => Ok(true),
            Ok(found) => Err(WriteError::InTheWay {
                path: full.to_owned(),
                what: place(found.file_type()),
            }),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(false),
            Err(error) => Err(io(full.to_owned(), "read", error)),
        }
    }

    fn full(&self, folder: &str) -> Utf8PathBuf {
        self.root.join(folder)
    }

    fn remember(&mut self, folder: &str) {
        self.known.insert(folder.to_owned());
        self.last = Some(folder.to_owned());
    }
}
