//! What a kind of target does in the simulated world.

use caravan_providers::Write;
use caravan_providers::target::Snapshot;

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

    /// What a third party makes of a snapshot: traffic goes where it went, but the snapshot is not what it was.
    fn touched(&self, snapshot: &Snapshot) -> Snapshot;
}
