//! What tells that a file was written to since it was copied, or was replaced.

use camino::{Utf8Path, Utf8PathBuf};
use std::os::unix::fs::MetadataExt;
use std::time::SystemTime;

/// How long a database and its write-ahead log were at one moment, and when each was last written to; none for one that is empty
/// or not there.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct FileMark([Option<(u64, Option<SystemTime>)>; 2]);

impl FileMark {
    /// As the files are now.
    pub(super) fn of(file: &Utf8Path) -> Self {
        // An empty log comes and goes with whoever has the database open.
        let mark = |path: &Utf8Path| {
            let about = path.metadata().ok().filter(|about| about.len() > 0)?;
            Some((about.len(), about.modified().ok()))
        };
        Self([mark(file), mark(&Utf8PathBuf::from(format!("{file}-wal")))])
    }
}

/// Which file a path leads to: another one once it was replaced.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct FileId {
    device: u64,
    inode: u64,
}

impl FileId {
    /// Of the file that is there now; none where none is.
    pub(super) fn of(file: &Utf8Path) -> Option<Self> {
        let about = file.metadata().ok()?;
        Some(Self { device: about.dev(), inode: about.ino() })
    }
}
