//! AWS Secrets Manager (2017-10-17): ListSecrets.

use super::model::Content::{Command, Identity};
use super::model::{Model, Names, Row};
use std::sync::LazyLock;

/// A secret's name and settings.
pub(crate) static SECRETS: Model = Model::new(SECRET, &NAMES);

static NAMES: LazyLock<Names> = LazyLock::new(|| Names::of(&[SECRET], OTHERS));

#[rustfmt::skip]
const SECRET: &[Row] = &[
    ("ARN", Identity), ("Name", Identity), ("Description", Command), ("KmsKeyId", Identity), ("RotationLambdaARN", Identity),
    ("OwningService", Identity), ("PrimaryRegion", Identity), ("CreatedDate", Identity), ("DeletedDate", Identity),
    ("LastAccessedDate", Identity), ("LastChangedDate", Identity), ("LastRotatedDate", Identity), ("NextRotationDate", Identity),
    ("RotationRules/**", Identity), ("SecretVersionsToStages/**", Identity), ("Tags/*/Key", Identity),
];

/// Fields without a row of their own: they hold free values, or stand inside a subtree (`**`).
#[rustfmt::skip]
const OTHERS: &[&str] = &[
    "AutomaticallyAfterDays", "Duration", "ExternalSecretRotationMetadata", "ExternalSecretRotationRoleArn", "RotationEnabled",
    "ScheduleExpression", "Type", "Value",
];
