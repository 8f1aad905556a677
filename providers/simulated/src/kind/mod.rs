//! Kinds of targets, one file for each.

mod cluster_work;
mod ecs_service;
mod event_rule;
mod http_route;
mod listener_rule;
mod record_sets;
mod simulated_owner;
mod simulation;

use caravan_providers::target::{Snapshot, Target};
pub(crate) use simulation::{Delays, Simulation};

/// How a target behaves.
pub(crate) fn simulation(target: &Target) -> &dyn Simulation {
    match target {
        Target::Records(target) => target,
        Target::ListenerRule(target) => target,
        Target::Route(target) => target,
        Target::EventRule(target) => target,
        Target::EcsService(target) => target,
        Target::ClusterWork(target) => target,
        Target::SimulatedOwner(target) => target,
    }
}

/// What a third party makes of a target's snapshot: traffic goes where it went, but the snapshot is not what it was.
#[must_use]
pub fn touched(target: &Target, snapshot: &Snapshot) -> Snapshot {
    simulation(target).touched(snapshot)
}
