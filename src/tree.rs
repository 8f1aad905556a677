//! The trees on the disk: what stands there, and what was written or differs.

use crate::error::Failure;
use crate::permit::WritePermit;
use camino::Utf8Path;
use caravan_convert::{Existing, Tree};
use caravan_providers_network::{Difference, compare_tree, read_file, write_tree};

/// How many files are gathered before they are written or compared. An app has about five, of some KiB each.
const BATCH: usize = 1_000;

/// Takes the files of a conversion, app by app.
pub(crate) struct Sink<'a> {
    out: &'a Utf8Path,
    /// Without it, files are compared.
    permit: Option<&'a WritePermit>,
    waiting: Tree,
    /// What became of the files so far.
    pub(crate) outcome: FileOutcome,
}

/// What became of the files.
#[derive(Clone, Debug, Default)]
pub(crate) struct FileOutcome {
    /// How many there are.
    pub(crate) files: u64,
    /// How many were written.
    pub(crate) written: u64,
    /// The paths of those that are missing or differ, when they were compared.
    pub(crate) differences: Vec<String>,
}

/// What stands in a directory, as a conversion asks for it.
pub(crate) fn existing(out: &Utf8Path) -> impl Existing {
    move |path: &str| match read_file(out, path) {
        Ok(bytes) => bytes.map(String::from_utf8).transpose().map_err(|_| "is not UTF-8; it was left alone".to_owned()),
        Err(error) => Err(error.to_string()),
    }
}

impl<'a> Sink<'a> {
    /// Writes to `out`; without a permit, compares with it.
    pub(crate) fn new(out: &'a Utf8Path, permit: Option<&'a WritePermit>) -> Self {
        Self { out, permit, waiting: Tree::default(), outcome: FileOutcome::default() }
    }

    /// Whether any of these is missing on the disk or differs.
    ///
    /// # Errors
    /// When a file can't be read.
    pub(crate) fn differs(&self, files: &Tree) -> Result<bool, Failure> {
        Ok(!compare_tree(self.out, files.iter())?.is_empty())
    }

    /// Takes files.
    ///
    /// # Errors
    /// When a file can't be written or read.
    pub(crate) fn take(&mut self, files: Tree) -> Result<(), Failure> {
        self.outcome.files += files.len() as u64;
        self.waiting.extend(files);
        if self.waiting.len() >= BATCH { self.flush() } else { Ok(()) }
    }

    /// Says what became of all files.
    ///
    /// # Errors
    /// When a file can't be written or read.
    pub(crate) fn finish(mut self) -> Result<FileOutcome, Failure> {
        self.flush()?;
        self.outcome.differences.sort();
        Ok(self.outcome)
    }

    fn flush(&mut self) -> Result<(), Failure> {
        let files = std::mem::take(&mut self.waiting);
        match self.permit {
            Some(_) => self.outcome.written += write_tree(self.out, files)?.written,
            None => {
                let found = compare_tree(self.out, files.iter())?;
                self.outcome.differences.extend(found.iter().map(Difference::path).map(str::to_owned));
            }
        }
        Ok(())
    }
}
