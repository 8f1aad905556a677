//! AWS IAM (2010-05-08): ListInstanceProfiles, GetAccountAuthorizationDetails.

use super::model::Content::{Command, Free, Identity};
use super::model::{Model, Names, Row};
use std::sync::LazyLock;

/// An instance profile with its roles.
pub(crate) static INSTANCE_PROFILES: Model = Model::new(INSTANCE_PROFILE, &NAMES);

/// A role with its policies.
pub(crate) static ROLES: Model = Model::new(ROLE, &NAMES);
/// A managed policy.
pub(crate) static MANAGED_POLICIES: Model = Model::new(MANAGED_POLICY, &NAMES);

static NAMES: LazyLock<Names> = LazyLock::new(|| Names::of(&[INSTANCE_PROFILE, ROLE, MANAGED_POLICY], OTHERS));

#[rustfmt::skip]
const INSTANCE_PROFILE: &[Row] = &[
    ("Path", Identity), ("InstanceProfileName", Identity), ("InstanceProfileId", Identity), ("Arn", Identity), ("CreateDate", Identity),
    ("Roles/*/AssumeRolePolicyDocument", Free), ("Roles/*/Description", Command), ("Roles/*/Tags/*/Value", Free), ("Roles/**", Identity),
    ("Tags/*/Key", Identity),
];

/// What a condition compares is free: an external id may be meant to be secret.
#[rustfmt::skip]
const ROLE: &[Row] = &[
    ("Path", Identity), ("RoleName", Identity), ("RoleId", Identity), ("Arn", Identity), ("CreateDate", Identity), ("RoleLastUsed/**", Identity),
    ("PermissionsBoundary/**", Identity), ("AttachedManagedPolicies/**", Identity), ("InstanceProfileList/*/InstanceProfileName", Identity),
    ("InstanceProfileList/*/Arn", Identity), ("InstanceProfileList/*/Path", Identity), ("InstanceProfileList/*/InstanceProfileId", Identity),
    ("AssumeRolePolicyDocument/Version", Identity), ("AssumeRolePolicyDocument/Statement/*/Sid", Identity),
    ("AssumeRolePolicyDocument/Statement/*/Effect", Identity), ("AssumeRolePolicyDocument/Statement/*/Principal/**", Identity),
    ("AssumeRolePolicyDocument/Statement/*/Action/**", Identity),
    ("RolePolicyList/*/PolicyName", Identity), ("RolePolicyList/*/PolicyDocument/Version", Identity),
    ("RolePolicyList/*/PolicyDocument/Statement/*/Sid", Identity), ("RolePolicyList/*/PolicyDocument/Statement/*/Effect", Identity),
    ("RolePolicyList/*/PolicyDocument/Statement/*/Action/**", Identity), ("RolePolicyList/*/PolicyDocument/Statement/*/NotAction/**", Identity),
    ("RolePolicyList/*/PolicyDocument/Statement/*/Resource/**", Identity), ("RolePolicyList/*/PolicyDocument/Statement/*/NotResource/**", Identity),
    ("Tags/*/Key", Identity),
];

#[rustfmt::skip]
const MANAGED_POLICY: &[Row] = &[
    ("Arn", Identity), ("PolicyName", Identity), ("PolicyId", Identity), ("Path", Identity), ("DefaultVersionId", Identity), ("CreateDate", Identity),
    ("UpdateDate", Identity), ("Description", Command), ("PolicyVersionList/*/VersionId", Identity), ("PolicyVersionList/*/CreateDate", Identity),
    ("PolicyVersionList/*/Document/Version", Identity), ("PolicyVersionList/*/Document/Statement/*/Sid", Identity),
    ("PolicyVersionList/*/Document/Statement/*/Effect", Identity), ("PolicyVersionList/*/Document/Statement/*/Action/**", Identity),
    ("PolicyVersionList/*/Document/Statement/*/NotAction/**", Identity), ("PolicyVersionList/*/Document/Statement/*/Resource/**", Identity),
    ("PolicyVersionList/*/Document/Statement/*/NotResource/**", Identity),
];

/// Fields without a row of their own: they hold free values, or stand inside a subtree (`**`).
#[rustfmt::skip]
const OTHERS: &[&str] = &[
    "AttachmentCount", "Condition", "IsAttachable", "IsDefaultVersion", "LastUsedDate", "MaxSessionDuration", "MaxSigninSessionDuration", "PermissionsBoundary", "PermissionsBoundaryArn",
    "PermissionsBoundaryType", "Region", "RoleId", "RoleLastUsed", "RoleName", "SourceRoleTemplate", "TemplateArn",
    "TemplateMinorVersion",
];
