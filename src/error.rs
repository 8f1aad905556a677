//! The boundary: every error of every crate becomes a [`Failure`] here, with its kind, exit code and hints; those of the
//! operator's library do in `operator.rs`.

use crate::exit::Exit;
use crate::global::quoted;
use crate::journal_db;
use crate::rollback_scripts::scripts_beside;
use camino::Utf8Path;
use caravan_cutover::operator::BLANK;
use caravan_cutover::{DriverError, JournalError};
use caravan_cutover_engine::JournalStoreError;
use caravan_discover::ScanError;
use caravan_inventory_store::{ImportError, StoreError};
use caravan_plans::{BuildError, SealError, SurroundingsError};
use caravan_providers::CallError;
use caravan_providers_network::WriteError;
use std::fmt;

/// Why a command ended without doing what it was asked for.
#[derive(Debug)]
pub(crate) struct Failure {
    /// What kind of failure it is; decides the exit code.
    pub(crate) kind: FailureKind,
    /// What happened, with its causes.
    pub(crate) error: anyhow::Error,
    /// What to do about it, one sentence each.
    pub(crate) hints: Vec<String>,
}

/// The kinds of failures.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum FailureKind {
    /// The command line is wrong.
    Usage,
    /// A configuration file is wrong.
    Configuration,
    /// Wrong credentials, missing rights, or an account that is not the configured one.
    Access,
    /// What was asked for can't be done before something else is.
    NotReady,
    /// Anything else.
    Work,
    /// Another driver holds a run's lease.
    LeaseHeld,
    /// Users may be on a new side, and whoever drives their runs can't tell, or may not take them back: what the journal lies on fails, or
    /// another journal has driven them.
    PersonNeeded,
    /// Whoever read the standard output stopped reading: no failure.
    BrokenPipe,
    /// SIGINT.
    Interrupted,
    /// SIGTERM.
    Terminated,
    /// The terminal is gone.
    HungUp,
}

impl Failure {
    /// A failure with a message.
    pub(crate) fn new(kind: FailureKind, message: impl fmt::Display + fmt::Debug + Send + Sync + 'static) -> Self {
        Self { kind, error: anyhow::Error::msg(message), hints: Vec::new() }
    }

    /// A failure caused by an error, kept as its cause.
    pub(crate) fn caused(kind: FailureKind, error: impl std::error::Error + Send + Sync + 'static) -> Self {
        Self { kind, error: error.into(), hints: Vec::new() }
    }

    /// Says what was being done.
    pub(crate) fn context(mut self, text: impl fmt::Display + Send + Sync + 'static) -> Self {
        self.error = self.error.context(text);
        self
    }

    /// Adds what to do about it.
    pub(crate) fn hint(mut self, text: impl Into<String>) -> Self {
        self.hints.push(text.into());
        self
    }

    /// The exit code.
    pub(crate) const fn exit(&self) -> Exit {
        match self.kind {
            FailureKind::Usage => Exit::Usage,
            FailureKind::Configuration => Exit::Configuration,
            FailureKind::Access => Exit::Access,
            FailureKind::NotReady => Exit::NotReady,
            FailureKind::Work => Exit::Failed,
            FailureKind::LeaseHeld => Exit::LeaseHeld,
            FailureKind::PersonNeeded => Exit::Stuck,
            FailureKind::BrokenPipe => Exit::Done,
            FailureKind::Interrupted => Exit::Interrupted,
            FailureKind::Terminated => Exit::Terminated,
            FailureKind::HungUp => Exit::HungUp,
        }
    }
}

/// The inventory: the message says what to do, and whatever it is, it is not the command line's fault.
impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        Self::caused(FailureKind::Work, error)
    }
}

/// The journal.
impl From<JournalError> for Failure {
    fn from(error: JournalError) -> Self {
        let kind = match error {
            JournalError::NoSuchRun { .. } | JournalError::NoSuchPlan { .. } | JournalError::NotLeased { .. } => {
                FailureKind::Usage
            }
            JournalError::MoveUnderWay { .. } => FailureKind::Usage,
            JournalError::LeaseLost { .. } => FailureKind::LeaseHeld,
            _ => FailureKind::Work,
        };
        let (scripts, more) = match &error {
            JournalError::Missing { file }
            | JournalError::DiskFull { file }
            | JournalError::DiskFails { file, .. }
            | JournalError::Sqlite { file, .. }
            | JournalError::NotAJournal { file } => scripts_beside(file),
            _ => (Vec::new(), None),
        };
        let hint = match error {
            JournalError::Missing { .. } if scripts.is_empty() => {
                Some("the first seal of a wave makes it: caravan plan seal WAVE")
            }
            JournalError::DiskFull { .. } => Some(
                "free some space on that disk, then the same command again; what drives the runs: caravan cutover run --all",
            ),
            JournalError::DiskFails { .. } => Some(
                "look after that disk, or the network that it is behind (`dmesg`, `mount`), then the same command again; whether the \
                 journal is whole: caravan doctor; what drives the runs: caravan cutover run --all",
            ),
            JournalError::NoSuchRun { .. } => Some("these are the runs: caravan cutover status"),
            JournalError::NoSuchPlan { .. } => Some("these are the plans: caravan plan show"),
            _ => None,
        };
        let failure = hint.into_iter().fold(Self::caused(kind, error), Self::hint);
        failure.with_scripts(scripts, more)
    }
}

impl Failure {
    /// As whoever drives runs ends by it: where what the journal lies on fails, nobody knows whether users are on a new side, and how
    /// they are.
    pub(crate) fn of_driving(self) -> Self {
        match self.error.downcast_ref::<JournalError>() {
            Some(error) if error.is_of_disk() => Self { kind: FailureKind::PersonNeeded, ..self },
            _ => self,
        }
    }

    /// With how the runs of a folder are taken back by hand while nothing can drive them.
    pub(crate) fn by_hand(self, dir: &Utf8Path) -> Self {
        let (scripts, more) = scripts_beside(&journal_db::path(dir));
        self.with_scripts(scripts, more)
    }

    fn with_scripts(self, scripts: Vec<String>, more: Option<String>) -> Self {
        let by_hand =
            |script: String| format!("a run was begun here; by hand it is taken back by: sh {}", quoted(&script));
        scripts.into_iter().map(by_hand).chain(more).fold(self, Self::hint)
    }
}

impl From<DriverError> for Failure {
    fn from(error: DriverError) -> Self {
        match error {
            DriverError::Journal(error) => error.into(),
            DriverError::LeaseHeld { ref run, .. } => {
                let watch = format!("another driver has it: `caravan cutover watch {run}` shows how it goes on");
                let gone = format!(
                    "where that driver is gone for good: caravan cutover break-lease {run} --run-name {run} --reason '{BLANK}'"
                );
                Self::caused(FailureKind::LeaseHeld, error).hint(watch).hint(gone)
            }
            // The journal's own words say more, and what to do.
            DriverError::Store(JournalStoreError::Unavailable { text, source }) => {
                match source.downcast::<JournalError>() {
                    Ok(error) => (*error).into(),
                    Err(source) => {
                        let unavailable = JournalStoreError::Unavailable { text, source };
                        Self::caused(FailureKind::Work, DriverError::Store(unavailable))
                    }
                }
            }
            DriverError::NotOfHere { ref run, .. } => {
                let hint = format!(
                    "where that journal is lost: stop every driver, then sh plans/manual-rollback/{run}.sh, and after it the same command"
                );
                Self::caused(FailureKind::PersonNeeded, error).hint(hint)
            }
            broken @ DriverError::LeaseBroken { .. } => Self::caused(FailureKind::LeaseHeld, broken),
            other => Self::caused(FailureKind::Work, other),
        }
    }
}

/// A wave that can't be planned as it is written.
impl From<BuildError> for Failure {
    fn from(error: BuildError) -> Self {
        Self::caused(FailureKind::Configuration, error)
    }
}

/// A wave that the inventory speaks against.
impl From<SurroundingsError> for Failure {
    fn from(error: SurroundingsError) -> Self {
        Self::caused(FailureKind::Configuration, error)
    }
}

/// A call to a provider: what it refused for want of rights, a person must put right.
impl From<CallError> for Failure {
    fn from(error: CallError) -> Self {
        match error {
            denied @ CallError::Denied(_) => Self::caused(FailureKind::Access, denied)
                .hint("log in (`aws sso login`), or put `profile` or `role` of the account in caravan.yaml right")
                .hint("this checks the credentials of every account: caravan doctor"),
            other => Self::caused(FailureKind::Work, other),
        }
    }
}

impl From<SealError> for Failure {
    fn from(error: SealError) -> Self {
        Self::caused(FailureKind::Work, error)
    }
}

impl From<ImportError> for Failure {
    fn from(error: ImportError) -> Self {
        Self::caused(FailureKind::Work, error)
    }
}

impl From<WriteError> for Failure {
    fn from(error: WriteError) -> Self {
        Self::caused(FailureKind::Work, error)
    }
}

impl From<ScanError> for Failure {
    fn from(error: ScanError) -> Self {
        match error {
            ScanError::Store(error) => Self::from(error).hint("`caravan discover --resume` goes on from there"),
            other @ (ScanError::ForeignWork { .. } | ScanError::Defect(_)) => Self::caused(FailureKind::Work, other),
        }
    }
}

/// Reads a file as UTF-8 text, naming it in every error.
///
/// # Errors
/// When it can't be read; of kind `kind`.
#[expect(clippy::disallowed_methods, reason = "the command line reads the files that the user names")]
pub(crate) fn read_text(path: &camino::Utf8Path, kind: FailureKind) -> Result<String, Failure> {
    std::fs::read_to_string(path).map_err(|error| Failure::caused(kind, error).context(format!("can't read {path}")))
}
