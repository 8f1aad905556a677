//! The direction of a run, and what an operator wants of it next.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The direction of a run.
#[derive(Clone, Copy, Debug, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Direction {
    /// To the new side.
    Forward,
    /// To the originals.
    Back,
    /// To its end, leaving what stands.
    Release,
    /// To its end on the new side, with nothing strange left: there is no way back from the first write on.
    Finalise,
}

/// What a person wants as soon as the write in flight is settled. The later and the safer command wins.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Deferred {
    /// No command.
    None,
    /// To stop before the next step.
    Pause,
    /// To roll back.
    Rollback,
}
