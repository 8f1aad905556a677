//! Writes the few files that the command line itself writes.

use crate::error::{Failure, FailureKind};
use camino::{Utf8Path, Utf8PathBuf};
use std::fs::{self, File};
use std::io::{self, Write};

/// Replaces a file whole: writes beside it, flushes to the disk, renames.
///
/// # Errors
/// When the disk does not take it; what was there before is untouched.
pub(crate) fn replace(path: &Utf8Path, bytes: &[u8]) -> Result<(), Failure> {
    replace_by(path, |file| file.write_all(bytes).map_err(|error| failure(path, error)))
}

/// As [`replace`], with the bytes written by a function.
///
/// # Errors
/// Those of `write`, and when the disk does not take it; what was there before is untouched.
#[expect(clippy::disallowed_methods, reason = "the command line writes the files that it was asked for")]
pub(crate) fn replace_by(path: &Utf8Path, write: impl FnOnce(&mut File) -> Result<(), Failure>) -> Result<(), Failure> {
    // Through a link to what it points at; a device is written to, never replaced.
    let path = &path.canonicalize_utf8().unwrap_or_else(|_| path.to_owned());
    if path.exists() && !path.is_file() {
        let mut device = File::options().write(true).open(path).map_err(|error| failure(path, error))?;
        return write(&mut device);
    }
    let beside = Utf8PathBuf::from(format!("{path}.{}.part", std::process::id()));
    let mut file = File::create(&beside).map_err(|error| failure(path, error))?;
    let written = write(&mut file).and_then(|()| {
        let placed = file.sync_all().and_then(|()| fs::rename(&beside, path));
        placed.map_err(|error| failure(path, error))
    });
    if written.is_err() {
        let _gone_or_not = fs::remove_file(&beside);
    }
    written
}

/// What it means that a file can't be written.
pub(crate) fn failure(path: &Utf8Path, error: io::Error) -> Failure {
    let full =
        matches!(error.kind(), io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded | io::ErrorKind::FileTooLarge);
    let failure = Failure::caused(FailureKind::Work, error).context(format!("can't write {path}"));
    if full { failure.hint("make room on that disk, then run the command again") } else { failure }
}

/// The text of a file that holds a secret; none when it can't be read.
#[expect(clippy::disallowed_methods, reason = "the configuration names the file")]
pub(crate) fn read_secret(path: &Utf8Path) -> Option<String> {
    fs::read_to_string(path).ok()
}
