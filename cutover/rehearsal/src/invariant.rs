//! The invariants of a run, checked from outside the engine.

/// What must always hold in a run: the rules that ARCHITECTURE.md names.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub enum Invariant {
    /// K1: an intent is durable before its effect.
    IntentFirst,
    /// K2: what a third party changed is not overwritten.
    NothingOverwritten,
    /// K3: what was written is observed before anything is built on it.
    Verified,
    /// K4: some side answers at every moment.
    NeverDark,
    /// K5: traffic goes back only onto a side that is healthy.
    HealthyRollback,
    /// K6: unknown never promotes.
    UnknownHolds,
    /// K6: a share is raised only when the one before has reached users.
    ReachesUsers,
    /// K7: a stage that wants a person's word has one that was given since a person last let the run go on.
    WordOfThisWait,
    /// K7: nothing old is taken away before the soak is over and two persons have approved it.
    OldStays,
    /// K8: nothing is written without the lease.
    OneDriver,
    /// K11: nothing is written to a target that somebody else writes to by themselves.
    OneOwner,
    /// K5: the rollback ends in the exact original, the way forward in the plan's last stage, no fencing token left.
    ExactEnd,
    /// C6: never are two owners of one work active at once.
    OneAtWork,
    /// C6: never is nobody at work for longer than the plan says.
    SomebodyAtWork,
    /// Every run ends or waits for a person.
    Ends,
    /// K13: users leave a side that is known to be bad, within the time of the plan's gate and a minute.
    BadSideLeft,
    /// K13: a run is not held while users stand on such a side.
    NoHoldOnBadSide,
    /// K13: a new side that fails costs no more requests than the plan announces.
    LossAnnounced,
    /// K13: the way back ends within a minute once nothing is in its way, apart from propagation and probes.
    SwiftReturn,
}

/// A rule that did not hold.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Violation {
    /// The invariant that did not hold.
    pub rule: Invariant,
    /// What happened, for a person.
    pub text: String,
}
