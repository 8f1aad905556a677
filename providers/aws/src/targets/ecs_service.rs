//! ECS services that work without being asked: their desired number is read, written, read again.
//!
//! ECS has no conditional write: a foreign write in the gap between our read and our write is seen only afterwards (K2,
//! `checked`). Source: ECS API Reference, `DescribeServices`, `UpdateService`, `ListTasks`, `DescribeTasks`; Application Auto Scaling
//! API Reference, `DescribeScalableTargets`.

use super::answer::{as_believed, unreadable};
use super::controllers;
use super::error::{of_fault, of_sdk};
use crate::calls::command;
use crate::service::Service as Services;
use crate::session::RegionClients;
use aws_sdk_ecs::types::{DesiredStatus, SchedulingStrategy, Service, ServiceField};
use caravan_providers::target::{Controller, EcsServiceTarget};
use caravan_providers::{Activity, CallError, Reply, Write};
use serde_json::json;

/// The most tasks that `DescribeTasks` takes.
const TASKS: usize = 100;

pub(super) async fn observe(session: &RegionClients, target: &EcsServiceTarget) -> Result<Reply, CallError> {
    let service = described(session, target).await?;
    if service.scheduling_strategy() == Some(&SchedulingStrategy::Daemon) {
        return Err(CallError::Rejected(format!("{target} runs one task on each instance (DAEMON): it has no number")));
    }
    let input = json!({
        "ServiceNamespace": "ecs", "ResourceIds": [target.resource()], "ScalableDimension": "ecs:service:DesiredCount",
    });
    let action = "AnyScaleFrontendService.DescribeScalableTargets";
    let scaling = command(session, Services::ApplicationAutoScaling, action, &input).await;
    let scaling = scaling.map_err(|fault| of_fault(&fault))?;
    let mut scalable = scaling["ScalableTargets"].as_array().into_iter().flatten();
    if let Some(why) = scalable.find_map(|one| target.scales_by_itself(one)) {
        return Err(CallError::Rejected(why));
    }
    let snapshot = EcsServiceTarget::snapshot(Some(service.desired_count().into())).map_err(unreadable)?;
    Ok(Reply::Observed { snapshot, token: None })
}

pub(super) async fn write(
    session: &RegionClients,
    target: &EcsServiceTarget,
    write: &Write,
) -> Result<Reply, CallError> {
    let wanted = EcsServiceTarget::desired(&write.after).and_then(|count| i32::try_from(count).ok());
    let Some(wanted) = wanted else {
        return Err(CallError::NotSent("not a change of an ECS service".to_owned()));
    };
    as_believed(write, observe(session, target).await)?;
    let request = session.ecs.update_service().cluster(&target.cluster).service(&target.service).desired_count(wanted);
    request.send().await.map_err(|error| of_sdk(&error))?;
    Ok(Reply::Accepted { ticket: None })
}

/// A service without a number works until each of its tasks has stopped, not only been told to; one with a number as soon as so
/// many run.
pub(super) async fn activity(session: &RegionClients, target: &EcsServiceTarget) -> Result<Reply, CallError> {
    let service = described(session, target).await?;
    let works = match service.desired_count() {
        0 => service.running_count() + service.pending_count() > 0 || has_unfinished_task(session, target).await?,
        wanted => service.running_count() >= wanted,
    };
    Ok(Reply::Activity(if works { Activity::Working } else { Activity::Idle }))
}

/// Whether a task of the service is there that has not stopped.
async fn has_unfinished_task(session: &RegionClients, target: &EcsServiceTarget) -> Result<bool, CallError> {
    for status in [DesiredStatus::Running, DesiredStatus::Stopped] {
        let mut token = None;
        loop {
            let request = session.ecs.list_tasks().cluster(&target.cluster).service_name(&target.service);
            let page = request.desired_status(status.clone()).set_next_token(token).send().await;
            let page = page.map_err(|error| of_sdk(&error))?;
            for tasks in page.task_arns().chunks(TASKS) {
                let request = session.ecs.describe_tasks().cluster(&target.cluster).set_tasks(Some(tasks.to_vec()));
                let described = request.send().await.map_err(|error| of_sdk(&error))?;
                if described.tasks().iter().any(|task| task.last_status() != Some("STOPPED")) {
                    return Ok(true);
                }
            }
            token = page.next_token().map(str::to_owned);
            if token.is_none() {
                break;
            }
        }
    }
    Ok(false)
}

/// CloudFormation puts the number back at the next update of its stack; a service of another deployment controller has task sets, whose
/// number is that controller's.
pub(super) async fn controllers(session: &RegionClients, target: &EcsServiceTarget) -> Result<Reply, CallError> {
    let service = described(session, target).await?;
    let tags = service.tags().iter();
    let mut found: Vec<Controller> = tags.filter_map(|tag| controllers::of_tag(tag.key()?, tag.value())).collect();
    let controller = service.deployment_controller().map(|controller| controller.r#type().as_str());
    match controller {
        Some("CODE_DEPLOY") => found.push(Controller::new("codedeploy", "its deployment controller")),
        Some("EXTERNAL") => found.push(Controller::new("external", "its deployment controller")),
        _ => {}
    }
    found.sort();
    Ok(Reply::Controllers(found))
}

async fn described(session: &RegionClients, target: &EcsServiceTarget) -> Result<Service, CallError> {
    let request = session.ecs.describe_services().cluster(&target.cluster).services(&target.service);
    let answer = request.include(ServiceField::Tags).send().await.map_err(|error| of_sdk(&error))?;
    let found = answer.services.unwrap_or_default().into_iter().find(|service| service.status() == Some("ACTIVE"));
    found.ok_or_else(|| CallError::Missing(target.to_string()))
}
