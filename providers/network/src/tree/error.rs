//! Why a tree can't be written or read.

use camino::Utf8PathBuf;
use std::fs::FileType;
use std::io::{Error, ErrorKind};

/// Why a tree can't be written or read. Each names the file and says what to do.
#[derive(Debug, thiserror::Error)]
pub enum WriteError {
    /// A path that leads out of the folder, or is none.
    #[error("`{path}` is no path below the folder; this is a fault of caravan: please report it")]
    Outside {
        /// The path.
        path: String,
    },
    /// Something else stands where a file or a folder belongs.
    #[error("{path} is {what}; move it away: nothing is written through it")]
    InTheWay {
        /// The path on the disk.
        path: Utf8PathBuf,
        /// What stands there, with its article.
        what: &'static str,
    },
    /// The disk, or the quota, is full.
    #[error("can't write {path}: the disk is full; make room and run the command again, it goes on where it stopped")]
    Full {
        /// The file that no longer fitted; nothing of it is there.
        path: Utf8PathBuf,
        /// What the system said.
        #[source]
        source: Error,
    },
    /// Anything else.
    #[error("can't {action} {path}")]
    Io {
        /// The file or folder.
        path: Utf8PathBuf,
        /// What was tried: `read`, `write`, `make the folder`.
        action: &'static str,
        /// What the system said.
        #[source]
        source: Error,
    },
}

impl WriteError {
    /// Whether the disk or the quota is full.
    #[must_use]
    pub const fn is_full(&self) -> bool {
        matches!(self, Self::Full { .. })
    }
}

pub(super) fn io(path: Utf8PathBuf, action: &'static str, source: Error) -> WriteError {
    match source.kind() {
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded | ErrorKind::FileTooLarge => {
            WriteError::Full { path, source }
        }
        _ => WriteError::Io { path, action, source },
    }
}

/// What something is, with its article.
pub(super) fn place(kind: FileType) -> &'static str {
    if kind.is_symlink() {
        "a link"
    } else if kind.is_dir() {
        "a folder"
    } else if kind.is_file() {
        "a file"
    } else {
        "neither a file nor a folder"
    }
}
