//! Faults of one call.

use caravan_providers::target::{FencingToken, Snapshot, Target};

/// What goes wrong with one call.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum CallFault {
    /// It never leaves.
    NotSent,
    /// The provider's limits refuse it.
    Throttled,
    /// The credentials may not.
    Denied,
    /// The provider refuses it as wrong.
    Rejected,
    /// No answer comes; it had no effect.
    LostBefore,
    /// No answer comes; it had its effect.
    LostAfter,
    /// No answer comes; it has its effect so many milliseconds later.
    Late {
        /// How late, in milliseconds; of a write that nothing tells from one in time, at the most as long as it may be in flight.
        ms: u64,
    },
    /// It is carried out twice.
    Twice,
    /// A third party has changed a target just before.
    Edited {
        /// The target that is changed.
        target: Box<Target>,
        /// The snapshot that stands there then.
        snapshot: Box<Snapshot>,
        /// The fencing token that stands there then.
        token: Option<FencingToken>,
    },
}
