//! Why a move is driven no further.

use crate::JournalError;
use caravan_cutover_domains::{Illegal, ReplayError};

/// Why a driver leaves a move. Nothing was changed that the journal does not hold.
#[derive(Debug, thiserror::Error)]
pub enum MoveError {
    /// The journal can't be used.
    #[error(transparent)]
    Journal(#[from] JournalError),
    /// Another driver has it.
    #[error("another driver moves {name}")]
    LeaseHeld {
        /// The hostname.
        name: String,
    },
    /// Its entries can't be followed.
    #[error(transparent)]
    Replay(#[from] ReplayError),
    /// The machine refused what it had asked for.
    #[error("{name}: what the move itself wanted was refused; this is a defect of Caravan, please report it")]
    Defect {
        /// The hostname.
        name: String,
        /// What it said.
        #[source]
        source: Illegal,
    },
}
