//! How the process ends: every exit code that a command of this version can give.

/// An exit code. Scripts rely on the numbers: none ever changes its meaning.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Exit {
    /// Everything asked for was done.
    Done,
    /// Something failed: a database that is missing, locked or newer, a full disk, an input that can't be read.
    Failed,
    /// The command line is wrong, or a confirmation is missing.
    Usage,
    /// `caravan.yaml` or `decisions.yaml` is wrong.
    Configuration,
    /// Wrong credentials, missing rights, or an account that is not the configured one.
    Access,
    /// A file, unit or endpoint failed; the rest went through and is recorded.
    Partial,
    /// `--check` found differences.
    Differences,
    /// Something was refused, or a field is unaccounted for.
    NotReady,
    /// A run waits for a person, as planned.
    Waiting,
    /// A run is halted: a person must look.
    Halted,
    /// A run was taken back.
    RolledBack,
    /// A run can't be taken back by itself: a person is needed.
    Stuck,
    /// Another driver holds the run's lease.
    LeaseHeld,
    /// A run ended elsewhere: some target was left to others, or it was released half-way.
    EndedElsewhere,
    /// SIGINT.
    Interrupted,
    /// SIGTERM.
    Terminated,
    /// The terminal is gone (SIGHUP).
    HungUp,
}

impl Exit {
    /// The number that the shell sees.
    pub(crate) const fn code(self) -> u8 {
        match self {
            Self::Done => 0,
            Self::Failed => 1,
            Self::Usage => 2,
            Self::Configuration => 3,
            Self::Access => 4,
            Self::Partial => 5,
            Self::Differences => 10,
            Self::NotReady => 11,
            Self::Waiting => 20,
            Self::Halted => 21,
            Self::RolledBack => 22,
            Self::Stuck => 23,
            Self::LeaseHeld => 24,
            Self::EndedElsewhere => 25,
            Self::HungUp => 129,
            Self::Interrupted => 130,
            Self::Terminated => 143,
        }
    }
}

impl From<Exit> for std::process::ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit.code())
    }
}
