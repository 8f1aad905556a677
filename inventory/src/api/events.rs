//! EventBridge (2015-10-07): ListEventBuses, PutRule, ListRules, DescribeRule, PutTargets, ListTargetsByRule.

use super::model::Content::{Command, Free, Identity};
use super::model::{Model, Names, Row};
use std::sync::LazyLock;

/// A rule with its targets.
pub(crate) static RULES: Model = Model::new(RULE, &NAMES);

/// A bus.
pub(crate) static BUSES: Model = Model::new(BUS, &NAMES);

static NAMES: LazyLock<Names> = LazyLock::new(|| Names::of(&[RULE, BUS], OTHERS));

#[rustfmt::skip]
const BUS: &[Row] = &[
    ("Name", Identity), ("Arn", Identity), ("Description", Command), ("CreationTime", Identity), ("LastModifiedTime", Identity),
    ("Policy/Version", Identity), ("Policy/Statement/*/Sid", Identity), ("Policy/Statement/*/Effect", Identity),
    ("Policy/Statement/*/Principal/**", Identity), ("Policy/Statement/*/Action/**", Identity), ("Policy/Statement/*/Resource/**", Identity),
];

#[rustfmt::skip]
const RULE: &[Row] = &[
    ("Name", Identity), ("Arn", Identity), ("State", Identity), ("ScheduleExpression", Identity), ("RoleArn", Identity),
    ("EventBusName", Identity), ("ManagedBy", Identity), ("Description", Command), ("CreatedBy", Identity),
    ("Targets/*/Id", Identity), ("Targets/*/Arn", Identity), ("Targets/*/RoleArn", Identity),
    ("Targets/*/EcsParameters/Tags/*/Value", Free),
    ("Targets/*/EcsParameters/**", Identity), ("Targets/*/DeadLetterConfig/**", Identity), ("Targets/*/RetryPolicy/**", Identity),
    ("Targets/*/SqsParameters/**", Identity), ("Targets/*/KinesisParameters/**", Identity), ("Targets/*/BatchParameters/**", Identity),
    ("Targets/*/RedshiftDataParameters/Sql", Free), ("Targets/*/RedshiftDataParameters/**", Identity),
    ("Targets/*/InputPath", Identity), ("Targets/*/InputTransformer/InputPathsMap/**", Identity),
    ("Tags/*/Key", Identity),
];

/// Fields without a row of their own: they hold free values, or stand inside a subtree (`**`).
#[rustfmt::skip]
const OTHERS: &[&str] = &[
    "AppSyncParameters", "Condition", "ArrayProperties", "AssignPublicIp", "Attempts", "CapacityProviderStrategy", "Database",
    "DbUser", "EnableECSManagedTags", "EnableExecuteCommand", "ErrorCode", "ErrorMessage", "EventPattern",
    "FailedEntries", "FailedEntryCount", "GraphQLOperation", "Group", "HeaderParameters", "HttpParameters", "Input",
    "InputTemplate", "JobDefinition", "JobName", "LaunchType", "Limit", "MaximumEventAgeInSeconds",
    "MaximumRetryAttempts", "MessageGroupId", "NamePrefix", "NetworkConfiguration", "NextToken", "PartitionKeyPath",
    "PathParameterValues", "PipelineParameterList", "PlacementConstraints", "PlacementStrategy", "PlatformVersion",
    "PropagateTags", "QueryStringParameters", "ReferenceId", "RetryStrategy", "Rule", "RuleArn", "Rules",
    "RunCommandParameters", "RunCommandTargets", "SageMakerPipelineParameters", "SecretManagerArn", "SecurityGroups",
    "Size", "Sqls", "StatementName", "Subnets", "TargetId", "TaskCount", "TaskDefinitionArn", "Values", "WithEvent",
    "awsvpcConfiguration", "base", "capacityProvider", "expression", "field", "type", "weight",
];
