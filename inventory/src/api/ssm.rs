//! AWS Systems Manager (2014-11-06): DescribeParameters, DescribeInstanceInformation.

use super::model::Content::{Command, Identity};
use super::model::{Model, Names, Row};
use std::sync::LazyLock;

/// A parameter's name and settings.
pub(crate) static PARAMETERS: Model = Model::new(PARAMETER, &NAMES);

/// A machine that reports to it.
pub(crate) static MACHINES: Model = Model::new(MACHINE, &NAMES);

static NAMES: LazyLock<Names> = LazyLock::new(|| Names::of(&[PARAMETER, MACHINE], OTHERS));

#[rustfmt::skip]
const PARAMETER: &[Row] = &[
    ("ARN", Identity), ("Name", Identity), ("Type", Identity), ("KeyId", Identity), ("LastModifiedDate", Identity),
    ("LastModifiedUser", Identity), ("Description", Command), ("Tier", Identity), ("DataType", Identity),
    ("Policies/*/PolicyType", Identity), ("Policies/*/PolicyStatus", Identity),
];

#[rustfmt::skip]
const MACHINE: &[Row] = &[
    ("InstanceId", Identity), ("PingStatus", Identity), ("LastPingDateTime", Identity), ("AgentVersion", Identity), ("PlatformType", Identity),
    ("PlatformName", Command), ("PlatformVersion", Identity), ("ActivationId", Identity), ("IamRole", Identity), ("RegistrationDate", Identity),
    ("ResourceType", Identity), ("IPAddress", Identity), ("ComputerName", Identity), ("AssociationStatus", Identity),
    ("LastAssociationExecutionDate", Identity), ("LastSuccessfulAssociationExecutionDate", Identity), ("AssociationOverview/**", Identity),
    ("SourceId", Identity), ("SourceType", Identity),
];

/// Fields without a row of their own: they hold free values, or stand inside a subtree (`**`).
#[rustfmt::skip]
const OTHERS: &[&str] = &["AllowedPattern", "IsLatestVersion", "PolicyText", "Version"];
