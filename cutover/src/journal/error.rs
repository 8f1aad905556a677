//! Errors of the journal.

use camino::{Utf8Path, Utf8PathBuf};
use caravan_plans::{PlanHash, SealError};
use rusqlite::ErrorCode;

/// A failure of the journal. What it held before, it still holds.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum JournalError {
    /// There is no journal yet.
    #[error("there is no journal at {file}")]
    Missing {
        /// The database.
        file: Utf8PathBuf,
    },
    /// The file is something else.
    #[error("{file} is not a journal of Caravan; move it away, or choose another folder with `--dir`")]
    NotAJournal {
        /// The database.
        file: Utf8PathBuf,
    },
    /// A newer Caravan wrote it (K10). It was not changed.
    #[error(
        "{file} has format {found}, and this caravan knows up to {known}; nothing was changed: use a newer caravan"
    )]
    Newer {
        /// The database.
        file: Utf8PathBuf,
        /// The format found.
        found: i64,
        /// The newest format known.
        known: i64,
    },
    /// Another process holds it for longer than a write takes.
    #[error("{file} is locked by another process; let it finish, then try again")]
    Locked {
        /// The database.
        file: Utf8PathBuf,
    },
    /// The disk is full: nothing is written to any target until there is room again.
    #[error("the disk of {file} is full")]
    DiskFull {
        /// The database.
        file: Utf8PathBuf,
    },
    /// What it lies on fails: a disk, or the network that a disk is behind. Nothing is written to any target until it is well again.
    #[error("what {file} lies on fails: {said}")]
    DiskFails {
        /// The database.
        file: Utf8PathBuf,
        /// What SQLite said.
        said: String,
    },
    /// No such run.
    #[error("there is no run {run}")]
    NoSuchRun {
        /// What was asked for.
        run: String,
    },
    /// The hostname is on its way already.
    #[error("{name} is on its way already: `caravan domains watch {name}` shows where")]
    MoveUnderWay {
        /// The hostname.
        name: String,
    },
    /// No such plan.
    #[error("there is no sealed plan {hash}")]
    NoSuchPlan {
        /// What was asked for.
        hash: String,
    },
    /// A sealed plan that is kept is not the one that was sealed any more.
    #[error(
        "the plan of wave {wave} that was sealed as {hash} was changed in the journal: nothing of it can be driven; \
         take its runs back by the scripts of their manual rollback (plans/manual-rollback/)"
    )]
    ChangedSeal {
        /// The wave.
        wave: String,
        /// The hash under which it was sealed.
        hash: PlanHash,
        /// What does not fit.
        #[source]
        source: SealError,
    },
    /// A sealed plan that is kept is of a newer format. The runs of other plans can be driven.
    #[error("plan {hash} of wave {wave} was sealed by a newer caravan; use that one for this wave")]
    NewerSeal {
        /// The wave.
        wave: String,
        /// The plan's hash.
        hash: PlanHash,
        /// Its format, and the newest one known.
        #[source]
        source: SealError,
    },
    /// A sealed plan that is kept is as it was sealed, and yet no plan of the format that it names.
    #[error(
        "plan {hash} of wave {wave} is as it was sealed, and this caravan can't read it; use the version that sealed \
         it, and report this as a defect"
    )]
    UnreadableSeal {
        /// The wave.
        wave: String,
        /// The plan's hash.
        hash: PlanHash,
        /// What can't be read.
        #[source]
        source: SealError,
    },
    /// The wave was sealed by somebody else meanwhile (P2).
    #[error("wave {wave} has been sealed since this draft was made: draft it again on top of {current}")]
    StaleParent {
        /// The wave.
        wave: String,
        /// Its newest seal.
        current: String,
    },
    /// Another driver holds the run's lease.
    #[error("another driver holds run {run}")]
    LeaseLost {
        /// The run.
        run: String,
    },
    /// Nobody holds the run's lease: there is nothing to break.
    #[error("nobody holds the lease of run {run}: there is nothing to break")]
    NotLeased {
        /// The run.
        run: String,
    },
    /// It is a copy, and something was to be written to it.
    #[error(
        "{file} is a copy of a journal, as `cutover start` makes one: it knows nothing of what its runs wrote since, and is for \
         reading alone. Drive them by the journal itself; where it is lost, the script of each run's manual rollback \
         (plans/manual-rollback/RUN.sh) takes it back"
    )]
    Copy {
        /// The database.
        file: Utf8PathBuf,
    },
    /// The chain does not hold.
    #[error(
        "the journal of run {run} was changed at entry {sequence}: it is not safe to go on; take the run back by the script of its \
         manual rollback (plans/manual-rollback/{run}.sh)"
    )]
    BrokenChain {
        /// The run.
        run: String,
        /// The first entry that does not fit.
        sequence: u64,
    },
    /// SQLite says something else.
    #[error("the journal {file} can't be used")]
    Sqlite {
        /// The database.
        file: Utf8PathBuf,
        /// What SQLite said.
        #[source]
        source: rusqlite::Error,
    },
    /// Another file stands in its place, or in that of its write-ahead log or the log's index, or one of these two was taken away: what
    /// would be written to what was opened nobody would read.
    #[error(
        "{file} or what belongs to it ({file}-wal, {file}-shm) is another file than the one that was opened, or was taken away; \
         nothing is written there any more: put back what was taken, and start what drives its runs anew: caravan cutover run --all"
    )]
    Replaced {
        /// The database.
        file: Utf8PathBuf,
    },
    /// The thread that writes it is gone.
    #[error("the journal {file} is closed")]
    Closed {
        /// The database.
        file: Utf8PathBuf,
    },
}

impl JournalError {
    /// Whether it may be over by itself: the same may go well later.
    #[must_use]
    pub const fn may_pass(&self) -> bool {
        matches!(
            self,
            Self::LeaseLost { .. }
                | Self::Locked { .. }
                | Self::DiskFull { .. }
                | Self::DiskFails { .. }
                | Self::Sqlite { .. }
                | Self::Missing { .. }
        )
    }

    /// Whether what it lies on has no room for it, or fails: what its runs' users see meanwhile nobody can record.
    #[must_use]
    pub const fn is_of_disk(&self) -> bool {
        matches!(self, Self::DiskFull { .. } | Self::DiskFails { .. })
    }

    /// Why a plan that is kept can't be opened.
    pub(crate) fn of_seal(wave: String, hash: PlanHash, source: SealError) -> Self {
        match source {
            SealError::Changed { .. } => Self::ChangedSeal { wave, hash, source },
            SealError::Newer { .. } => Self::NewerSeal { wave, hash, source },
            SealError::Unreadable(_) | SealError::Unsound { .. } => Self::UnreadableSeal { wave, hash, source },
        }
    }

    pub(crate) fn of(file: &Utf8Path, source: rusqlite::Error) -> Self {
        let file = file.to_owned();
        match source.sqlite_error_code() {
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => Self::Locked { file },
            Some(ErrorCode::DiskFull) => Self::DiskFull { file },
            Some(ErrorCode::SystemIoFailure) => Self::DiskFails { file, said: source.to_string() },
            Some(ErrorCode::NotADatabase) => Self::NotAJournal { file },
            _ => Self::Sqlite { file, source },
        }
    }
}
