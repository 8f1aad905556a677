//! The calls of AWS, by service.

mod apigateway;
mod apigatewayv2;
mod auto_scaling_groups;
mod autoscaling;
mod classic_elb;
mod ec2;
mod ecs;
mod elasticloadbalancing;
mod events;
mod iam;
mod lambda;
mod route53;
mod scheduler;
mod states;

use super::call::CallRow;

/// The table, one part for each service.
pub(super) const SERVICES: &[&[CallRow]] = &[
    ecs::CALLS,
    events::CALLS,
    scheduler::CALLS,
    states::CALLS,
    autoscaling::CALLS,
    elasticloadbalancing::CALLS,
    classic_elb::CALLS,
    route53::CALLS,
    ec2::CALLS,
    auto_scaling_groups::CALLS,
    iam::CALLS,
    lambda::CALLS,
    apigateway::CALLS,
    apigatewayv2::CALLS,
];
