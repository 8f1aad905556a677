//! The calls of AWS, by service.

mod acm;
mod apigateway;
mod apigatewayv2;
mod auto_scaling_groups;
mod autoscaling;
mod classic_elb;
mod cloudformation;
mod cloudfront;
mod cloudwatch;
mod dynamodb;
mod ec2;
mod ecs;
mod elasticache;
mod elasticloadbalancing;
mod events;
mod iam;
mod lambda;
mod metrics;
mod rds;
mod route53;
mod s3;
mod scheduler;
mod secrets;
mod ses;
mod sns;
mod sqs;
mod states;
mod systems_manager;

use super::call::CallRow;

pub(crate) use metrics::{METRIC_DATA, reads as metric_reads};

/// The table, one part for each service.
pub(super) const SERVICES: &[&[CallRow]] = &[
    ecs::CALLS,
    events::CALLS,
    scheduler::CALLS,
    states::CALLS,
    systems_manager::CALLS,
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
    sqs::CALLS,
    sns::CALLS,
    secrets::CALLS,
    s3::CALLS,
    dynamodb::CALLS,
    rds::CALLS,
    elasticache::CALLS,
    metrics::CALLS,
    acm::CALLS,
    ses::CALLS,
    cloudfront::CALLS,
    cloudformation::CALLS,
    cloudwatch::CALLS,
];
