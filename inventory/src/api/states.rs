//! AWS Step Functions (2016-11-23): ListStateMachines, DescribeStateMachine.

use super::model::Content::{Command, Free, Identity};
use super::model::{Model, Names, Row};
use std::sync::LazyLock;

/// A state machine.
pub(crate) static STATE_MACHINES: Model = Model::new(STATE_MACHINE, &NAMES);

static NAMES: LazyLock<Names> = LazyLock::new(|| Names::of(&[STATE_MACHINE], OTHERS));

/// The definition is its owners' own text: what it says is free, as any value.
#[rustfmt::skip]
const STATE_MACHINE: &[Row] = &[
    ("stateMachineArn", Identity), ("name", Identity), ("status", Identity), ("type", Identity), ("creationDate", Identity),
    ("roleArn", Identity), ("loggingConfiguration/**", Identity), ("tracingConfiguration/**", Identity), ("label", Identity),
    ("revisionId", Identity), ("description", Command), ("encryptionConfiguration/**", Identity), ("definition/Comment", Command),
    ("definition/**", Free),
];

/// Fields without a row of their own: they hold free values, or stand inside a subtree (`**`).
#[rustfmt::skip]
const OTHERS: &[&str] = &[
    "cloudWatchLogsLogGroup", "destinations", "enabled", "includeExecutionData", "kmsDataKeyReusePeriodSeconds", "kmsKeyId", "level",
    "logGroupArn", "variableReferences",
];
