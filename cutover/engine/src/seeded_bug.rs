//! Seeded bugs, for the tests that must catch them.

/// A bug that the transition function commits on purpose, when it is entered by [`crate::seeded`].
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum SeededBug {
    /// No bug.
    #[default]
    None,
    /// Writes without a journalled intent (K1).
    SkipIntent,
    /// Takes an accepted write for a verified one.
    SkipVerify,
    /// Overwrites what a third party put there, on the way forward (K2).
    OverwriteOnConflict,
    /// Takes an inconclusive probe for a passed one, on the way forward (K6).
    PromoteOnUnknown,
    /// Takes a change that has not reached users for one that has, on the way forward: asks nobody again (K6).
    PromoteUnsettled,
    /// Sends traffic back to a side that is unhealthy (K5).
    RollBackOntoUnhealthy,
    /// Writes without a lease (K8).
    IgnoreLease,
    /// Watches no side in the background.
    WatchNobody,
    /// Waits for a person with users on a new side that nobody can judge.
    HoldOnUnknown,
    /// Takes one call that brought nothing on the way back for a verdict, and waits for a person.
    GiveUpOnTheWayBack,
    /// Waits on the way back until one write is everywhere before it makes the next.
    SettleOneByOne,
    /// Finalises with the first approval, and before the soak is over (K7).
    FinaliseEarly,
    /// Counts the soak by the time of day, also while nobody watches (K7).
    SoakByTimeOfDay,
    /// Takes a batch for done that was accepted, and reads nothing back.
    SkipReadBack,
    /// Sends a batch that failed again as it is, for minutes, though one foreign change alone makes it fail.
    KeepFailedBatch,
    /// Starts an owner before the other is proved to have stopped (C6).
    StartBeforeStopped,
    /// Goes on by an approval that was given before the run stopped for a person.
    GoOnByOldWord,
    /// Waits for a person while nobody is at work, instead of starting the old owner again.
    HoldInGap,
}
