//! Record sets of Route 53: how they behave in the simulated world.

use super::simulation::Simulation;
use caravan_providers::Write;
use caravan_providers::target::{RecordSet, RecordSetsTarget, Snapshot};

/// Milliseconds that a write takes to reach every name server.
const PROPAGATION_MS: u64 = 10_000;

impl Simulation for RecordSetsTarget {
    /// A change batch names only the sets that go and those that come: what somebody else sets beside them, or does to
    /// one that stays, does not make it fail. The observation after the write sees it.
    fn written(&self, live: &Snapshot, write: &Write) -> Option<Snapshot> {
        let (Snapshot::Records(live), Snapshot::Records(before), Snapshot::Records(after)) =
            (live, &write.before, &write.after)
        else {
            return None;
        };
        changed(live, before, after).map(Snapshot::Records)
    }

    fn propagation_ms(&self) -> Option<u64> {
        Some(PROPAGATION_MS)
    }

    fn touched(&self, snapshot: &Snapshot) -> Snapshot {
        let mut snapshot = snapshot.clone();
        if let Snapshot::Records(sets) = &mut snapshot {
            sets.iter_mut().for_each(|set| match (&mut set.ttl, &mut set.alias) {
                (Some(ttl), _) => *ttl += 7,
                (None, Some(alias)) => alias.evaluate_health = !alias.evaluate_health,
                (None, None) => {}
            });
        }
        snapshot
    }
}

fn changed(live: &[RecordSet], before: &[RecordSet], after: &[RecordSet]) -> Option<Vec<RecordSet>> {
    let goes = |set: &&RecordSet| before.contains(set) && !after.contains(set);
    let comes: Vec<&RecordSet> = after.iter().filter(|set| !before.contains(set)).collect();
    if before.iter().filter(goes).any(|set| !live.contains(set)) {
        return None;
    }
    let stay: Vec<&RecordSet> = live.iter().filter(|set| !goes(set)).collect();
    let place = |set: &RecordSet| (set.kind.clone(), set.set_identifier.clone());
    // A simple set can't stand beside weighted ones of its type, nor two sets in one place.
    let clash = |new: &RecordSet, set: &RecordSet| {
        let simple = new.set_identifier.is_none() || set.set_identifier.is_none();
        new.kind == set.kind && (simple || new.set_identifier == set.set_identifier)
    };
    if comes.iter().any(|new| stay.iter().any(|set| clash(new, set))) {
        return None;
    }
    let mut sets: Vec<RecordSet> = stay.into_iter().chain(comes).cloned().collect();
    sets.sort_by_key(place);
    Some(sets)
}
