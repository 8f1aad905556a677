//! AWS Systems Manager (2014-11-06): DescribeParameters.

use super::model::Content::{Command, Identity};
use super::model::{Model, Names, Row};
use std::sync::LazyLock;

/// A parameter's name and settings.
pub(crate) static PARAMETERS: Model = Model::new(PARAMETER, &NAMES);

static NAMES: LazyLock<Names> = LazyLock::new(|| Names::of(&[PARAMETER], OTHERS));

#[rustfmt::skip]
const PARAMETER: &[Row] = &[
    ("ARN", Identity), ("Name", Identity), ("Type", Identity), ("KeyId", Identity), ("LastModifiedDate", Identity),
    ("LastModifiedUser", Identity), ("Description", Command), ("Tier", Identity), ("DataType", Identity),
    ("Policies/*/PolicyType", Identity), ("Policies/*/PolicyStatus", Identity),
];

/// Fields without a row of their own: they hold free values, or stand inside a subtree (`**`).
#[rustfmt::skip]
const OTHERS: &[&str] = &["AllowedPattern", "PolicyText", "Version"];
