//! The calls of AWS, by service.

mod autoscaling;
mod ecs;
mod elasticloadbalancing;
mod events;
mod route53;
mod scheduler;

use super::call::CallRow;

/// The table, one part for each service.
pub(super) const SERVICES: &[&[CallRow]] =
    &[ecs::CALLS, events::CALLS, scheduler::CALLS, autoscaling::CALLS, elasticloadbalancing::CALLS, route53::CALLS];
