//! ECS, by its SDK. <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_Operations.html>

use super::{send, text, texts, unknown};
use crate::capture::Capture;
use crate::failed_call::FailedCall;
use crate::session::RegionClients;
use aws_sdk_ecs::types::{ClusterField, ServiceField, TaskDefinitionField, TaskField};
use caravan_providers::Read;

/// The most that a list gives at once.
const PAGE: i32 = 100;

/// A call of this service.
#[derive(Clone, Copy)]
enum Operation {
    ListClusters,
    DescribeClusters,
    ListServices,
    DescribeServices,
    ListTasks,
    DescribeTasks,
    DescribeTaskDefinition,
}

/// The calls, by their names in the contract.
const OPERATIONS: &[(&str, Operation)] = &[
    ("ecs:ListClusters", Operation::ListClusters),
    ("ecs:DescribeClusters", Operation::DescribeClusters),
    ("ecs:ListServices", Operation::ListServices),
    ("ecs:DescribeServices", Operation::DescribeServices),
    ("ecs:ListTasks", Operation::ListTasks),
    ("ecs:DescribeTasks", Operation::DescribeTasks),
    ("ecs:DescribeTaskDefinition", Operation::DescribeTaskDefinition),
];

fn operation(api: &str) -> Option<Operation> {
    OPERATIONS.iter().find(|(name, _)| *name == api).map(|(_, operation)| *operation)
}

/// Whether there is such a call.
pub(super) fn knows(api: &str) -> bool {
    operation(api).is_some()
}

pub(super) async fn send(session: &RegionClients, read: &Read, capture: &Capture) -> Result<(), FailedCall> {
    let ecs = &session.ecs;
    let token = read.token.clone();
    match operation(&read.api).ok_or_else(|| unknown(read))? {
        Operation::ListClusters => send!(capture, ecs.list_clusters().max_results(PAGE).set_next_token(token)),
        Operation::DescribeClusters => send!(
            capture,
            ecs.describe_clusters()
                .set_clusters(texts(read, "clusters"))
                .include(ClusterField::Tags)
                .include(ClusterField::Settings)
                .include(ClusterField::Configurations)
        ),
        Operation::ListServices => send!(
            capture,
            ecs.list_services().set_cluster(text(read, "cluster")).max_results(PAGE).set_next_token(token)
        ),
        Operation::DescribeServices => send!(
            capture,
            ecs.describe_services()
                .set_cluster(text(read, "cluster"))
                .set_services(texts(read, "services"))
                .include(ServiceField::Tags)
        ),
        Operation::ListTasks => {
            send!(capture, ecs.list_tasks().set_cluster(text(read, "cluster")).max_results(PAGE).set_next_token(token))
        }
        Operation::DescribeTasks => send!(
            capture,
            ecs.describe_tasks()
                .set_cluster(text(read, "cluster"))
                .set_tasks(texts(read, "tasks"))
                .include(TaskField::Tags)
        ),
        Operation::DescribeTaskDefinition => send!(
            capture,
            ecs.describe_task_definition()
                .set_task_definition(text(read, "taskDefinition"))
                .include(TaskDefinitionField::Tags)
        ),
    }
}
