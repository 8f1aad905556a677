//! ECS, by its SDK. <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_Operations.html>

use super::{send, text, texts, unknown};
use crate::capture::Capture;
use crate::fault::Fault;
use crate::session::Session;
use aws_sdk_ecs::types::{ClusterField, ServiceField, TaskDefinitionField, TaskField};
use caravan_providers::Read;

/// The most that a list gives at once.
const PAGE: i32 = 100;

pub(super) async fn send(session: &Session, read: &Read, capture: &Capture) -> Result<(), Fault> {
    let ecs = &session.ecs;
    let token = read.token.clone();
    match read.api.as_str() {
        "ecs:ListClusters" => send!(capture, ecs.list_clusters().max_results(PAGE).set_next_token(token)),
        "ecs:DescribeClusters" => send!(
            capture,
            ecs.describe_clusters()
                .set_clusters(texts(read, "clusters"))
                .include(ClusterField::Tags)
                .include(ClusterField::Settings)
                .include(ClusterField::Configurations)
        ),
        "ecs:ListServices" => send!(
            capture,
            ecs.list_services().set_cluster(text(read, "cluster")).max_results(PAGE).set_next_token(token)
        ),
        "ecs:DescribeServices" => send!(
            capture,
            ecs.describe_services()
                .set_cluster(text(read, "cluster"))
                .set_services(texts(read, "services"))
                .include(ServiceField::Tags)
        ),
        "ecs:ListTasks" => {
            send!(capture, ecs.list_tasks().set_cluster(text(read, "cluster")).max_results(PAGE).set_next_token(token))
        }
        "ecs:DescribeTasks" => send!(
            capture,
            ecs.describe_tasks()
                .set_cluster(text(read, "cluster"))
                .set_tasks(texts(read, "tasks"))
                .include(TaskField::Tags)
        ),
        "ecs:DescribeTaskDefinition" => send!(
            capture,
            ecs.describe_task_definition()
                .set_task_definition(text(read, "taskDefinition"))
                .include(TaskDefinitionField::Tags)
        ),
        _ => Err(unknown(read)),
    }
}
