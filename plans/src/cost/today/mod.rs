//! What a workload costs now, by what was observed of it.

mod balancers;
mod ecs;
mod function;
mod instance;
mod volumes;

pub(super) use balancers::{Balancer, balancers, shared};
pub(super) use ecs::Hosted;
pub(super) use instance::{SPOT, hour as host};

use super::item::{Item, ItemKind};
use crate::readiness::Subject;
use caravan_inventory::{Observation, WorkloadKind};

/// What it costs but for what it shares with others, and how many of it are at work, where that is known.
pub(super) struct Today {
    /// The items.
    pub(super) items: Vec<Item>,
    /// From so many to so many.
    pub(super) running: Option<(u64, u64)>,
    /// Where its tasks run on machines of a cluster.
    pub(super) hosted: Option<Hosted>,
}

pub(super) fn today(subject: &Subject<'_>) -> Today {
    let mut today = match subject.workload.kind {
        WorkloadKind::Ecs => ecs::today(subject),
        WorkloadKind::Ec2 => instance::today(subject),
        WorkloadKind::Lambda => function::today(subject),
        WorkloadKind::Worker => {
            let reason = "Cloudflare's analytics are not read, nor what its plan costs";
            let items = vec![Item::unknown(ItemKind::Compute, "a Worker", reason)];
            Today { items, running: None, hosted: None }
        }
    };
    today.items.extend(volumes::items(subject));
    today
}

/// The region of a thing, else of the workload.
fn region<'a>(subject: &Subject<'a>, of: &'a Observation) -> &'a str {
    of.region.as_ref().or(subject.workload.region.as_ref()).map_or("an unknown region", |region| region.as_str())
}
