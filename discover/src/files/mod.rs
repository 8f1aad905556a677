//! The `files` source: ECS documents that teams keep in Git.

use caravan_inventory::{Observation, Unit};

/// Takes what the files gave, one file at a time.
pub trait FileSink {
    /// Why a file's result could not be kept.
    type Error;

    /// Keeps one file's unit and its observations, all or nothing.
    ///
    /// # Errors
    /// When the result cannot be kept; the run ends with it, since nothing after it could be kept either.
    fn file(&mut self, unit: Unit, observations: Vec<Observation>) -> Result<(), Self::Error>;
}
