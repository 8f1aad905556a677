//! Application, network and gateway load balancers, by the SDK of ELBv2.
//! <https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_Operations.html>

use super::{send, text, texts, unknown};
use crate::capture::Capture;
use crate::failed_call::FailedCall;
use crate::session::RegionClients;
use caravan_providers::Read;

/// The most that a list gives at once.
const PAGE: i32 = 400;

/// A call of this service, by what it describes.
#[derive(Clone, Copy)]
enum Operation {
    LoadBalancers,
    LoadBalancerAttributes,
    Listeners,
    ListenerAttributes,
    ListenerCertificates,
    Rules,
    TargetGroups,
    TargetGroupAttributes,
    Tags,
    SslPolicies,
    TrustStores,
}

/// The calls, by their names in the contract.
const OPERATIONS: &[(&str, Operation)] = &[
    ("elasticloadbalancing:DescribeLoadBalancers", Operation::LoadBalancers),
    ("elasticloadbalancing:DescribeLoadBalancerAttributes", Operation::LoadBalancerAttributes),
    ("elasticloadbalancing:DescribeListeners", Operation::Listeners),
    ("elasticloadbalancing:DescribeListenerAttributes", Operation::ListenerAttributes),
    ("elasticloadbalancing:DescribeListenerCertificates", Operation::ListenerCertificates),
    ("elasticloadbalancing:DescribeRules", Operation::Rules),
    ("elasticloadbalancing:DescribeTargetGroups", Operation::TargetGroups),
    ("elasticloadbalancing:DescribeTargetGroupAttributes", Operation::TargetGroupAttributes),
    ("elasticloadbalancing:DescribeTags", Operation::Tags),
    ("elasticloadbalancing:DescribeSSLPolicies", Operation::SslPolicies),
    ("elasticloadbalancing:DescribeTrustStores", Operation::TrustStores),
];

fn operation(api: &str) -> Option<Operation> {
    OPERATIONS.iter().find(|(name, _)| *name == api).map(|(_, operation)| *operation)
}

/// Whether there is such a call.
pub(super) fn knows(api: &str) -> bool {
    operation(api).is_some()
}

pub(super) async fn send(session: &RegionClients, read: &Read, capture: &Capture) -> Result<(), FailedCall> {
    let balancing = &session.balancing;
    let marker = read.token.clone();
    match operation(&read.api).ok_or_else(|| unknown(read))? {
        Operation::LoadBalancers => {
            send!(capture, balancing.describe_load_balancers().page_size(PAGE).set_marker(marker))
        }
        Operation::Listeners => send!(
            capture,
            balancing
                .describe_listeners()
                .set_load_balancer_arn(text(read, "LoadBalancerArn"))
                .page_size(PAGE)
                .set_marker(marker)
        ),
        Operation::LoadBalancerAttributes => send!(
            capture,
            balancing.describe_load_balancer_attributes().set_load_balancer_arn(text(read, "LoadBalancerArn"))
        ),
        Operation::ListenerAttributes => {
            send!(capture, balancing.describe_listener_attributes().set_listener_arn(text(read, "ListenerArn")))
        }
        Operation::ListenerCertificates => send!(
            capture,
            balancing
                .describe_listener_certificates()
                .set_listener_arn(text(read, "ListenerArn"))
                .page_size(PAGE)
                .set_marker(marker)
        ),
        Operation::Rules => send!(
            capture,
            balancing.describe_rules().set_listener_arn(text(read, "ListenerArn")).page_size(PAGE).set_marker(marker)
        ),
        Operation::TargetGroups => {
            send!(capture, balancing.describe_target_groups().page_size(PAGE).set_marker(marker))
        }
        Operation::TargetGroupAttributes => send!(
            capture,
            balancing.describe_target_group_attributes().set_target_group_arn(text(read, "TargetGroupArn"))
        ),
        Operation::SslPolicies => send!(
            capture,
            balancing.describe_ssl_policies().set_names(texts(read, "Names")).page_size(PAGE).set_marker(marker)
        ),
        Operation::TrustStores => {
            send!(capture, balancing.describe_trust_stores().set_trust_store_arns(texts(read, "TrustStoreArns")))
        }
        Operation::Tags => {
            send!(capture, balancing.describe_tags().set_resource_arns(texts(read, "ResourceArns")))
        }
    }
}
