//! AWS IAM (2010-05-08): ListInstanceProfiles.

use super::model::Content::{Command, Free, Identity};
use super::model::{Model, Names, Row};
use std::sync::LazyLock;

/// An instance profile with its roles.
pub(crate) static INSTANCE_PROFILES: Model = Model::new(INSTANCE_PROFILE, &NAMES);

static NAMES: LazyLock<Names> = LazyLock::new(|| Names::of(&[INSTANCE_PROFILE], OTHERS));

#[rustfmt::skip]
const INSTANCE_PROFILE: &[Row] = &[
    ("Path", Identity), ("InstanceProfileName", Identity), ("InstanceProfileId", Identity), ("Arn", Identity), ("CreateDate", Identity),
    ("Roles/*/AssumeRolePolicyDocument", Free), ("Roles/*/Description", Command), ("Roles/*/Tags/*/Value", Free), ("Roles/**", Identity),
    ("Tags/*/Key", Identity),
];

/// Fields without a row of their own: they hold free values, or stand inside a subtree (`**`).
#[rustfmt::skip]
const OTHERS: &[&str] = &[
    "LastUsedDate", "MaxSessionDuration", "MaxSigninSessionDuration", "PermissionsBoundary", "PermissionsBoundaryArn",
    "PermissionsBoundaryType", "Region", "RoleId", "RoleLastUsed", "RoleName", "SourceRoleTemplate", "TemplateArn",
    "TemplateMinorVersion",
];
