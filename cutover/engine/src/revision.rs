//! The revision of the engine: by which transition function a run was driven.

/// The revision of this transition function: each driver's first entry names its own, and what follows is replayed by the rules
/// of then. Journals of before carry none, which is 0.
pub const REVISION: u32 = 2;

/// From this revision on, an original is put back by a write that takes the token of any earlier epoch away, and all of them are
/// waited for together. Before, tokens were claimed first, and each write was waited for.
pub(crate) const ALL_BACK_AT_ONCE: u32 = 2;
