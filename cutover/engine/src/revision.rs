//! The revision of the engine: which transition function drives a run, and whose journals this one goes on with.

/// The revision of the transition function: raised with every change of it. The journal keeps which ones have driven a run.
/// `tests/revision.rs` holds it against the sources.
pub const REVISION: u32 = 2;

/// The oldest revision whose unfinished runs this one goes on with: it replays their entries to the very state in which they
/// were left, as the journals under `tests/formats/` hold. Raised when that is no longer so. 0 is every version that kept no
/// revision.
pub const OLDEST_REVISION: u32 = 0;
