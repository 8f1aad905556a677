//! Application, network and gateway load balancers, by the SDK of ELBv2.
//! <https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_Operations.html>

use super::{send, text, texts, unknown};
use crate::capture::Capture;
use crate::fault::Fault;
use crate::session::Session;
use caravan_providers::Read;

/// The most that a list gives at once.
const PAGE: i32 = 400;

pub(super) async fn send(session: &Session, read: &Read, capture: &Capture) -> Result<(), Fault> {
    let balancing = &session.balancing;
    let marker = read.token.clone();
    match read.api.as_str() {
        "elasticloadbalancing:DescribeLoadBalancers" => {
            send!(capture, balancing.describe_load_balancers().page_size(PAGE).set_marker(marker))
        }
        "elasticloadbalancing:DescribeListeners" => send!(
            capture,
            balancing
                .describe_listeners()
                .set_load_balancer_arn(text(read, "LoadBalancerArn"))
                .page_size(PAGE)
                .set_marker(marker)
        ),
        "elasticloadbalancing:DescribeRules" => send!(
            capture,
            balancing.describe_rules().set_listener_arn(text(read, "ListenerArn")).page_size(PAGE).set_marker(marker)
        ),
        "elasticloadbalancing:DescribeTargetGroups" => {
            send!(capture, balancing.describe_target_groups().page_size(PAGE).set_marker(marker))
        }
        "elasticloadbalancing:DescribeTargetGroupAttributes" => send!(
            capture,
            balancing.describe_target_group_attributes().set_target_group_arn(text(read, "TargetGroupArn"))
        ),
        "elasticloadbalancing:DescribeTags" => {
            send!(capture, balancing.describe_tags().set_resource_arns(texts(read, "ResourceArns")))
        }
        _ => Err(unknown(read)),
    }
}
