//! What a kind of target does in the simulated world.

use caravan_providers::Write;
use caravan_providers::target::Snapshot;

/// How long an owner of work takes, in milliseconds.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Delays {
    /// Until it is at work.
    pub(crate) start: u64,
    /// Until it has finished.
    pub(crate) drain: u64,
}

/// How the real provider of a kind behaves, as far as its snapshots do not say it.
pub(crate) trait Simulation {
    /// What a write makes of what stands there; none when the provider refuses it.
    fn written(&self, live: &Snapshot, write: &Write) -> Option<Snapshot> {
        (*live == write.before).then(|| write.after.clone())
    }

    /// Milliseconds that an accepted write takes to reach everywhere; none when it is there at once.
    fn propagation_ms(&self) -> Option<u64> {
        None
    }

    /// Milliseconds after which an owner is at work once it is activated, and after which it has finished what it took on
    /// once it is suspended; none for what owns no work.
    fn delays_ms(&self) -> Option<Delays> {
        None
    }

    /// What a third party makes of a snapshot: traffic goes where it went, but the snapshot is not what it was.
    fn touched(&self, snapshot: &Snapshot) -> Snapshot;
}
