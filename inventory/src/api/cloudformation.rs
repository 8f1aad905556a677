//! AWS CloudFormation (2010-05-15): DescribeStacks, ListStackResources.

use super::model::Content::{Command, Identity};
use super::model::{Model, Names, Row};
use std::sync::LazyLock;

/// A stack.
pub(crate) static STACKS: Model = Model::new(STACK, &NAMES);
/// A resource of one.
pub(crate) static RESOURCES: Model = Model::new(RESOURCE, &NAMES);

static NAMES: LazyLock<Names> = LazyLock::new(|| Names::of(&[STACK, RESOURCE], OTHERS));

/// The values of parameters and outputs are never recorded.
#[rustfmt::skip]
const STACK: &[Row] = &[
    ("StackId", Identity), ("StackName", Identity), ("ParentId", Identity), ("RootId", Identity), ("ChangeSetId", Identity),
    ("Description", Command), ("StackStatus", Identity), ("DetailedStatus", Identity), ("StackStatusReason", Command), ("RoleARN", Identity),
    ("Capabilities/**", Identity), ("NotificationARNs/**", Identity), ("CreationTime", Identity), ("LastUpdatedTime", Identity),
    ("DeletionTime", Identity), ("DeletionMode", Identity), ("DriftInformation/**", Identity), ("RollbackConfiguration/**", Identity),
    ("Parameters/*/ParameterKey", Identity), ("Outputs/*/OutputKey", Identity), ("Outputs/*/ExportName", Identity),
    ("LastOperations/**", Identity), ("Tags/*/Key", Identity),
];

/// The physical id of a custom resource is whatever its maker chose, and that of an access key is half of a secret: only what
/// says which observed thing it is has a place.
#[rustfmt::skip]
const RESOURCE: &[Row] = &[
    ("StackId", Identity), ("LogicalResourceId", Identity), ("PhysicalResourceId", Identity), ("ResourceType", Identity),
    ("LastUpdatedTimestamp", Identity), ("ResourceStatus", Identity), ("ResourceStatusReason", Command), ("DriftInformation/**", Identity),
    ("ModuleInfo/**", Identity),
];

/// Fields without a row of their own: they hold free values, or stand inside a subtree (`**`).
#[rustfmt::skip]
const OTHERS: &[&str] = &[
    "DisableRollback", "EnableTerminationProtection", "OtherPhysicalResourceId", "RetainExceptOnCreate", "TimeoutInMinutes", "Value",
];
