//! EventBridge Scheduler (2021-06-30): CreateSchedule, GetSchedule.

use super::model::Content::{Command, Free, Identity};
use super::model::{Model, Names, Row};
use std::sync::LazyLock;

/// A schedule.
pub(crate) static SCHEDULES: Model = Model::new(SCHEDULE, &NAMES);

static NAMES: LazyLock<Names> = LazyLock::new(|| Names::of(&[SCHEDULE], OTHERS));

#[rustfmt::skip]
const SCHEDULE: &[Row] = &[
    ("Name", Identity), ("Arn", Identity), ("GroupName", Identity), ("State", Identity), ("ScheduleExpression", Identity),
    ("ScheduleExpressionTimezone", Identity), ("ActionAfterCompletion", Identity), ("KmsKeyArn", Identity),
    ("CreationDate", Identity), ("LastModificationDate", Identity), ("StartDate", Identity), ("EndDate", Identity),
    ("Description", Command), ("FlexibleTimeWindow/**", Identity), ("Target/Arn", Identity), ("Target/RoleArn", Identity),
    ("Target/EcsParameters/Tags/*/Value", Free),
    ("Target/EcsParameters/**", Identity), ("Target/DeadLetterConfig/**", Identity), ("Target/RetryPolicy/**", Identity),
    ("Target/SqsParameters/**", Identity), ("Target/KinesisParameters/**", Identity), ("Target/EventBridgeParameters/**", Identity),
];

/// Fields without a row of their own: they hold free values, or stand inside a subtree (`**`).
#[rustfmt::skip]
const OTHERS: &[&str] = &[
    "AssignPublicIp", "CapacityProviderStrategy", "ClientToken", "DetailType", "EnableECSManagedTags",
    "EnableExecuteCommand", "Group", "Input", "LaunchType", "MaximumEventAgeInSeconds", "MaximumRetryAttempts",
    "MaximumWindowInMinutes", "MessageGroupId", "Mode", "NetworkConfiguration", "PartitionKey",
    "PipelineParameterList", "PlacementConstraints", "PlacementStrategy", "PlatformVersion", "PropagateTags",
    "ReferenceId", "SageMakerPipelineParameters", "ScheduleArn", "SecurityGroups", "Source", "Subnets", "TaskCount",
    "TaskDefinitionArn", "awsvpcConfiguration", "base", "capacityProvider", "expression", "field", "type", "weight",
];
