//! EC2, by its SDK. <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_Operations.html>

use super::{send, text, texts, unknown};
use crate::capture::Capture;
use crate::failed_call::FailedCall;
use crate::session::RegionClients;
use aws_sdk_ec2::types::InstanceAttributeName;
use caravan_providers::Read;

/// The most that a list gives at once.
const PAGE: i32 = 1000;

/// A call of this service, by what it describes.
#[derive(Clone, Copy)]
enum Operation {
    Instances,
    InstanceAttribute,
    LaunchTemplateVersions,
    Images,
    Volumes,
    Addresses,
    SecurityGroups,
}

/// The calls, by their names in the contract.
const OPERATIONS: &[(&str, Operation)] = &[
    ("ec2:DescribeInstances", Operation::Instances),
    ("ec2:DescribeInstanceAttribute", Operation::InstanceAttribute),
    ("ec2:DescribeLaunchTemplateVersions", Operation::LaunchTemplateVersions),
    ("ec2:DescribeImages", Operation::Images),
    ("ec2:DescribeVolumes", Operation::Volumes),
    ("ec2:DescribeAddresses", Operation::Addresses),
    ("ec2:DescribeSecurityGroups", Operation::SecurityGroups),
];

fn operation(api: &str) -> Option<Operation> {
    OPERATIONS.iter().find(|(name, _)| *name == api).map(|(_, operation)| *operation)
}

/// Whether there is such a call.
pub(super) fn knows(api: &str) -> bool {
    operation(api).is_some()
}

pub(super) async fn send(session: &RegionClients, read: &Read, capture: &Capture) -> Result<(), FailedCall> {
    let ec2 = &session.ec2;
    let token = read.token.clone();
    match operation(&read.api).ok_or_else(|| unknown(read))? {
        Operation::Instances => send!(capture, ec2.describe_instances().max_results(PAGE).set_next_token(token)),
        Operation::InstanceAttribute => send!(
            capture,
            ec2.describe_instance_attribute()
                .set_instance_id(text(read, "InstanceId"))
                .set_attribute(text(read, "Attribute").as_deref().map(InstanceAttributeName::from))
        ),
        Operation::LaunchTemplateVersions => send!(
            capture,
            ec2.describe_launch_template_versions()
                .set_launch_template_id(text(read, "LaunchTemplateId"))
                .set_launch_template_name(text(read, "LaunchTemplateName"))
                .set_versions(texts(read, "Versions"))
                .set_next_token(token)
        ),
        Operation::Images => send!(
            capture,
            // By their ids, so that those come too that nobody should begin with any more.
            ec2.describe_images()
                .set_image_ids(texts(read, "ImageIds"))
                .include_deprecated(true)
                .include_disabled(true)
                .set_next_token(token)
        ),
        Operation::Volumes => send!(capture, ec2.describe_volumes().max_results(PAGE).set_next_token(token)),
        Operation::Addresses => send!(capture, ec2.describe_addresses()),
        Operation::SecurityGroups => {
            send!(capture, ec2.describe_security_groups().max_results(PAGE).set_next_token(token))
        }
    }
}
