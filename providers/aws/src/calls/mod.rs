//! The calls themselves: five services by their SDK, the others by one table of signed calls. Only reads, and the commands of cutovers.

mod ec2;
mod ecs;
mod elasticloadbalancing;
mod lambda;
mod route53;
mod signed;
mod table;

use crate::capture::Capture;
use crate::failed_call::FailedCall;
use crate::service::Service;
use crate::session::RegionClients;
use caravan_providers::Read;
use serde_json::Value;
pub(crate) use signed::command;

/// The body of a call's answer, or what went wrong after every retry.
pub(crate) async fn answer(session: &RegionClients, read: &Read, capture: &Capture) -> Result<Vec<u8>, FailedCall> {
    match Service::of(&read.api).ok_or_else(|| unknown(read))? {
        Service::Ec2 => ec2::send(session, read, capture).await?,
        Service::Ecs => ecs::send(session, read, capture).await?,
        Service::ElasticLoadBalancing => elasticloadbalancing::send(session, read, capture).await?,
        Service::Lambda => lambda::send(session, read, capture).await?,
        Service::Route53 => route53::send(session, read, capture).await?,
        service @ (Service::Acm
        | Service::ApiGateway
        | Service::ApiGatewayV2
        | Service::ApplicationAutoScaling
        | Service::AutoScaling
        | Service::ClassicLoadBalancing
        | Service::CloudFormation
        | Service::CloudFront
        | Service::CloudWatch
        | Service::DynamoDb
        | Service::ElastiCache
        | Service::Events
        | Service::Iam
        | Service::Rds
        | Service::S3
        | Service::Scheduler
        | Service::SecretsManager
        | Service::Ses
        | Service::Sns
        | Service::Sqs
        | Service::Ssm
        | Service::States
        | Service::Waf) => {
            return signed::send(session, service, read, capture).await;
        }
    }
    Ok(capture.take())
}

/// Whether there is such a call.
pub(crate) fn knows(api: &str) -> bool {
    Service::of(api).is_some_and(|service| match service {
        Service::Ec2 => ec2::knows(api),
        Service::Ecs => ecs::knows(api),
        Service::ElasticLoadBalancing => elasticloadbalancing::knows(api),
        Service::Lambda => lambda::knows(api),
        Service::Route53 => route53::knows(api),
        Service::Acm
        | Service::ApiGateway
        | Service::ApiGatewayV2
        | Service::ApplicationAutoScaling
        | Service::AutoScaling
        | Service::ClassicLoadBalancing
        | Service::CloudFormation
        | Service::CloudFront
        | Service::CloudWatch
        | Service::DynamoDb
        | Service::ElastiCache
        | Service::Events
        | Service::Iam
        | Service::Rds
        | Service::S3
        | Service::Scheduler
        | Service::SecretsManager
        | Service::Ses
        | Service::Sns
        | Service::Sqs
        | Service::Ssm
        | Service::States
        | Service::Waf => table::signed_call(api).is_some(),
    })
}

/// Sends an operation of an SDK with the capture in it, and throws the typed output away.
macro_rules! send {
    ($capture:expr, $operation:expr) => {
        $operation
            .customize()
            .interceptor($capture.clone())
            .send()
            .await
            .map(drop)
            .map_err(|error| $crate::failed_call::FailedCall::of_sdk(&error))
    };
}
use send;

/// A text of the request.
fn text(read: &Read, key: &str) -> Option<String> {
    read.input.get(key).and_then(Value::as_str).map(str::to_owned)
}

/// A list of texts of the request.
fn texts(read: &Read, key: &str) -> Option<Vec<String>> {
    let values = read.input.get(key)?.as_array()?;
    Some(values.iter().filter_map(Value::as_str).map(str::to_owned).collect())
}

/// A call that is in no table: a defect of whoever asked.
fn unknown(read: &Read) -> FailedCall {
    FailedCall::refused(format!("no reader knows {}", read.api))
}
