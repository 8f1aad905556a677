//! Trees of files below one folder.

mod error;
mod folders;
mod path;

pub use error::WriteError;

use camino::Utf8Path;
use error::{io, place};
use folders::Folders;
use std::fs::{self, File, OpenOptions};
use std::io::{ErrorKind, Read, Write};
use std::sync::atomic::{AtomicU64, Ordering};

/// What writing a tree came to.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Written {
    /// Files that were written anew.
    pub written: u64,
    /// Files that had their bytes already and were not touched.
    pub unchanged: u64,
    /// Bytes written.
    pub bytes: u64,
}

/// A file that is not what the tree says.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Difference {
    /// There is no such file.
    Missing(String),
    /// There is one with other bytes.
    Differs(String),
}

impl Difference {
    /// The file's path in the tree.
    #[must_use]
    pub fn path(&self) -> &str {
        match self {
            Self::Missing(path) | Self::Differs(path) => path,
        }
    }
}

/// Writes files below `root`, each whole or not at all: beside its place first, then put there by a rename. A file
/// that has its bytes already is not touched. Folders are made as they are needed. Nothing is deleted.
///
/// The rename is not waited for on the disk: after a power cut the next run writes again what is missing.
///
/// # Errors
/// The first file that can't be written; those before it stand.
pub fn write_tree<P: AsRef<str>, B: AsRef<[u8]>>(
    root: &Utf8Path,
    entries: impl IntoIterator<Item = (P, B)>,
) -> Result<Written, WriteError> {
    let mut folders = Folders::new(root)?;
    let mut done = Written::default();
    for (path, bytes) in entries {
        let (path, bytes) = (path.as_ref(), bytes.as_ref());
        let folder = path::folder(path)?;
        let new = folders.make(folder)?;
        if !new && state(root, path, bytes)? == State::Same {
            done.unchanged += 1;
            continue;
        }
        replace(root, folder, path, bytes)?;
        done.written += 1;
        done.bytes += bytes.len() as u64;
    }
    Ok(done)
}

/// Compares files below `root` with what they should be, in the order of the entries. Files that are there and not
/// among the entries are not looked at.
///
/// # Errors
/// The first file that can't be read.
pub fn compare_tree<P: AsRef<str>, B: AsRef<[u8]>>(
    root: &Utf8Path,
    entries: impl IntoIterator<Item = (P, B)>,
) -> Result<Vec<Difference>, WriteError> {
    let mut folders = Folders::unmade(root);
    let mut differences = Vec::new();
    for (path, bytes) in entries {
        let path = path.as_ref();
        let there = folders.is_there(path::folder(path)?)?;
        match if there {
            state(root, path, bytes.as_ref())?
        } else {
            State::Missing
        } {
            State::Same => {}
            State::Missing => differences.push(Difference::Missing(path.to_owned())),
            State::Other => differences.push(Difference::Differs(path.to_owned())),
        }
    }
    Ok(differences)
}

/// Reads a file below `root`; none when there is no such file.
///
/// # Errors
/// When the path leads out of `root`, or there is something that is no file or can't be read.
pub fn read_file(root: &Utf8Path, path: &str) -> Result<Option<Vec<u8>>, WriteError> {
    if !Folders::unmade(root).is_there(path::folder(path)?)? {
        return Ok(None);
    }
    match size(root, path)? {
        None => Ok(None),
        Some(size) => read(root, path, size).map(Some),
    }
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum State {
    Missing,
    Same,
    Other,
}

fn state(root: &Utf8Path, path: &str, bytes: &[u8]) -> Result<State, WriteError> {
    match size(root, path)? {
        None => Ok(State::Missing),
        Some(size) if size != bytes.len() as u64 => Ok(State::Other),
        Some(size) => Ok(if read(root, path, size)? == bytes {
            State::Same
        } else {
            State::Other
        }),
    }
}

/// The size of a file; a link or a folder in its place is an error, so that nothing is written through it.
fn size(root: &Utf8Path, path: &str) -> Result<Option<u64>, WriteError> {
    let full = root.join(path);
    match fs::symlink_metadata(&full) {
        Ok(found) if found.is_file() => Ok(Some(found.len())),
        Ok(found) => Err(WriteError::InTheWay {
            path: full,
            what: place(found.file_type()),
        }),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(io(full, "read", error)),
    }
}

fn read(root: &Utf8Path, path: &str, size: u64) -> Result<Vec<u8>, WriteError> {
    let full = root.join(path);
    let mut bytes = Vec::with_capacity(usize::try_from(size).unwrap_or_default().saturating_add(1));
    let outcome = OpenOptions::new()
        .read(true)
        .open(&full)
        .and_then(|mut file| file.read_to_end(&mut bytes));
    match outcome {
        Ok(_) => Ok(bytes),
        Err(error) => Err(io(full, "read", error)),
    }
}

/// Writes beside the place and renames.
fn replace(root: &Utf8Path, folder: &str, path: &str, bytes: &[u8]) -> Result<(), WriteError> {
    // One name for each file of each process: two writers never meet, and what a killed one left is never taken up.
    static NEXT: AtomicU64 = AtomicU64::new(0);
    let number = NEXT.fetch_add(1, Ordering::Relaxed);
    let beside = root
        .join(folder)
        .join(format!(".caravan-{}-{number}.part", std::process::id()));
    let full = root.join(path);
    let written = create(&beside)
        .and_then(|mut file| file.write_all(bytes))
        .and_then(|()| fs::rename(&beside, &full));
    written.map_err(|error| {
        let _gone_or_never_there = fs::remove_file(&beside);
        io(full, "write", error)
    })
}

fn create(path: &Utf8Path) -> std::io::Result<File> {
    let new = || OpenOptions::new().write(true).create_new(true).open(path);
    match new() {
        // Left by a killed process that had this one's number.
        Err(error) if error.kind() == ErrorKind::AlreadyExists => fs::remove_file(path).and_then(|()| new()),
        other => other,
    }
}

#[cfg(test)]
mod tests;
