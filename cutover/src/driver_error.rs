//! Why a driver could not go on.

use crate::journal::{EngineRange, JournalError};
use caravan_cutover_engine::{Illegal, JournalStoreError, ReplayError};

/// Why a driver could not go on. The run is as the journal has it.
#[derive(Debug, thiserror::Error)]
pub enum DriverError {
    /// Another driver holds the run's lease, and renewed it while this one waited.
    #[error("run {run} is driven by another driver; it holds the lease for another {left_ms} ms")]
    LeaseHeld {
        /// The run.
        run: String,
        /// How long its lease still lasts.
        left_ms: u64,
    },
    /// A person has broken this driver's lease of the run: it leaves it for good.
    #[error("{who} has broken this driver's lease of run {run}: it drives it no more")]
    LeaseBroken {
        /// The run.
        run: String,
        /// Who broke it.
        who: String,
    },
    /// Another engine wrote the run, by whose entries this one would come to another state: finish it with that one.
    #[error("run {run} was driven by {}; this is another engine: finish the run with that one", engine_text(.engines))]
    OtherEngine {
        /// The run.
        run: String,
        /// The engines that wrote its entries.
        engines: EngineRange,
    },
    /// It is to be taken back, this journal has never driven it, and what stands is none of what it would put back.
    #[error(
        "run {run} was never driven by this journal, so that it has nothing to take back; {what}. Whoever has the journal that \
         drove it takes it back by that one"
    )]
    NotOfHere {
        /// The run.
        run: String,
        /// What stands otherwise, and where.
        what: String,
    },
    /// The journal can't be used.
    #[error(transparent)]
    Journal(#[from] JournalError),
    /// The store can't be used.
    #[error(transparent)]
    Store(#[from] JournalStoreError),
    /// The journal was written by another version in a way that this one does not understand.
    #[error("the journal of run {run} can't be replayed by this version")]
    Replay {
        /// The run.
        run: String,
        /// The entry that does not fit.
        #[source]
        source: ReplayError,
    },
    /// The engine refused an event of its own: a defect.
    #[error("run {run} came to a state that it can't go on from")]
    Engine {
        /// The run.
        run: String,
        /// The event that does not fit.
        #[source]
        source: Illegal,
    },
}

impl DriverError {
    /// Whether a person has to put something right before the run can be driven; else another has it, or it may pass.
    #[must_use]
    pub const fn needs_person(&self) -> bool {
        match self {
            Self::OtherEngine { .. } | Self::NotOfHere { .. } | Self::Replay { .. } | Self::Engine { .. } => true,
            Self::Journal(error) => !error.may_pass(),
            Self::Store(error) => {
                !matches!(error, JournalStoreError::LeaseLost { .. } | JournalStoreError::Unavailable { .. })
            }
            Self::LeaseHeld { .. } | Self::LeaseBroken { .. } => false,
        }
    }

    /// Whether the journal could not be used for now.
    pub(crate) const fn is_of_journal(&self) -> bool {
        matches!(self, Self::Journal(_) | Self::Store(JournalStoreError::Unavailable { .. }))
    }

    /// Whether what the journal lies on has no room for it, or fails.
    #[must_use]
    pub fn is_of_disk(&self) -> bool {
        match self {
            Self::Journal(error) => error.is_of_disk(),
            Self::Store(JournalStoreError::Unavailable { source, .. }) => {
                source.downcast_ref().is_some_and(JournalError::is_of_disk)
            }
            _ => false,
        }
    }
}

/// The program that has an engine, for a person.
pub(crate) fn engine_text(engines: &EngineRange) -> String {
    let version = engines.version.as_deref().unwrap_or("of a version that is not known");
    format!("caravan {version} (engine {})", engines.newest)
}
