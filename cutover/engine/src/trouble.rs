//! Trouble that may pass: a call brought nothing, and is repeated.

use crate::Moment;
use serde::{Deserialize, Serialize};

/// Why a run gets no further for now, though it waits for nobody: a call brought nothing, and is made again.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Trouble {
    /// What the last call that brought nothing said, for a person.
    pub reason: String,
    /// When the first of them in a row was answered.
    pub since: Moment,
    /// How many they are.
    pub tries: u32,
}
