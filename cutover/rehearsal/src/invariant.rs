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
}

/// A rule that did not hold.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Violation {
    /// The invariant that did not hold.
    pub rule: Invariant,
    /// What happened, for a person.
    pub text: String,
}
