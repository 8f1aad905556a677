//! Work in clusters: how it behaves in the simulated world.

use super::simulation::{Delays, Simulation};
use caravan_providers::target::{ClusterWork, ClusterWorkTarget, Snapshot};

impl Simulation for ClusterWorkTarget {
    /// A pod is ready after some seconds and has 30 s to end (`terminationGracePeriodSeconds`); a CronJob follows at once, and a run
    /// of it lasts a while.
    fn delays_ms(&self) -> Option<Delays> {
        Some(match self.kind {
            ClusterWork::CronJob => Delays { start: 0, drain: 45_000 },
            ClusterWork::Deployment | ClusterWork::ScaledObject => Delays { start: 8_000, drain: 30_000 },
        })
    }

    /// Somebody changes what is not switched; of a ScaledObject the snapshot has nothing of the kind, and the difference is one of
    /// the rehearsal alone.
    fn touched(&self, snapshot: &Snapshot) -> Snapshot {
        let mut snapshot = snapshot.clone();
        if let Snapshot::Activation { settings, .. } = &mut snapshot {
            match self.kind {
                ClusterWork::CronJob => settings["startingDeadlineSeconds"] = 77.into(),
                ClusterWork::Deployment => settings["caravan.dev/replicas-after-hand-over"] = "77".into(),
                ClusterWork::ScaledObject => settings["touched"] = true.into(),
            }
        }
        snapshot
    }
}
