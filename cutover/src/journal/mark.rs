//! What tells that a file was written to since it was copied, or that one of a database's files was replaced or taken away.

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
struct FileId {
    device: u64,
    inode: u64,
}

impl FileId {
    /// Of the file that is there now; none where none is.
    fn of(file: &Utf8Path) -> Option<Self> {
        let about = file.metadata().ok()?;
        Some(Self { device: about.dev(), inode: about.ino() })
    }
}

/// Which files a database that is open has: its own, its write-ahead log and the log's index. The last two are there as long as anybody has
/// it open.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct DatabaseFiles {
    database: FileId,
    log: [Option<FileId>; 2],
}

impl DatabaseFiles {
    /// Those that are there now; none where there is no database.
    pub(super) fn of(file: &Utf8Path) -> Option<Self> {
        let beside = |end: &str| FileId::of(&Utf8PathBuf::from(format!("{file}{end}")));
        Some(Self { database: FileId::of(file)?, log: [beside("-wal"), beside("-shm")] })
    }

    /// The same where the log is of no concern.
    pub(super) const fn without_log(self) -> Self {
        Self { log: [None, None], ..self }
    }

    /// Whether these, which were opened, are not those that are there now.
    pub(super) fn are_replaced_by(&self, now: &Self) -> bool {
        let mut log = self.log.iter().zip(&now.log);
        self.database != now.database || log.any(|(opened, now)| opened.is_some() && opened != now)
    }
}
