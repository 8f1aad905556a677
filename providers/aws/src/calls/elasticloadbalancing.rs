//! Application, network and gateway load balancers, by the SDK of ELBv2.
//! <https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_Operations.html>

use super::{send, text, texts, unknown};
use crate::capture::Capture;
use crate::failed_call::FailedCall;
use crate::session::RegionClients;
use caravan_providers::Read;

/// The most that a list gives at once.
const PAGE: i32 = 400;

/// A call of this service.
#[derive(Clone, Copy)]
enum Operation {
    DescribeLoadBalancers,
    DescribeListeners,
    DescribeRules,
    DescribeTargetGroups,
    DescribeTargetGroupAttributes,
    DescribeTags,
}

/// The calls, by their names in the contract.
const OPERATIONS: &[(&str, Operation)] = &[
    ("elasticloadbalancing:DescribeLoadBalancers", Operation::DescribeLoadBalancers),
    ("elasticloadbalancing:DescribeListeners", Operation::DescribeListeners),
    ("elasticloadbalancing:DescribeRules", Operation::DescribeRules),
    ("elasticloadbalancing:DescribeTargetGroups", Operation::DescribeTargetGroups),
    ("elasticloadbalancing:DescribeTargetGroupAttributes", Operation::DescribeTargetGroupAttributes),
    ("elasticloadbalancing:DescribeTags", Operation::DescribeTags),
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
        Operation::DescribeLoadBalancers => {
            send!(capture, balancing.describe_load_balancers().page_size(PAGE).set_marker(marker))
        }
        Operation::DescribeListeners => send!(
            capture,
            balancing
                .describe_listeners()
                .set_load_balancer_arn(text(read, "LoadBalancerArn"))
                .page_size(PAGE)
                .set_marker(marker)
        ),
        Operation::DescribeRules => send!(
            capture,
            balancing.describe_rules().set_listener_arn(text(read, "ListenerArn")).page_size(PAGE).set_marker(marker)
        ),
        Operation::DescribeTargetGroups => {
            send!(capture, balancing.describe_target_groups().page_size(PAGE).set_marker(marker))
        }
        Operation::DescribeTargetGroupAttributes => send!(
            capture,
            balancing.describe_target_group_attributes().set_target_group_arn(text(read, "TargetGroupArn"))
        ),
        Operation::DescribeTags => {
            send!(capture, balancing.describe_tags().set_resource_arns(texts(read, "ResourceArns")))
        }
    }
}
