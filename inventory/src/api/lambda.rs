//! AWS Lambda (2015-03-31): GetFunction, ListFunctions.

use super::model::Content::{Command, Identity};
use super::model::{Model, Names, Row};
use std::sync::LazyLock;

/// A function.
pub(crate) static FUNCTIONS: Model = Model::new(FUNCTION, &NAMES);

static NAMES: LazyLock<Names> = LazyLock::new(|| Names::of(&[FUNCTION], &[]));

#[rustfmt::skip]
const FUNCTION: &[Row] = &[
    ("FunctionName", Identity), ("FunctionArn", Identity), ("Runtime", Identity), ("Role", Identity), ("Handler", Identity),
    ("LastModified", Identity), ("CodeSha256", Identity), ("Version", Identity), ("VpcConfig/**", Identity), ("DeadLetterConfig/**", Identity),
    ("KMSKeyArn", Identity), ("TracingConfig/**", Identity), ("MasterArn", Identity), ("RevisionId", Identity), ("Layers/**", Identity),
    ("State", Identity), ("StateReasonCode", Identity), ("LastUpdateStatus", Identity), ("LastUpdateStatusReasonCode", Identity),
    ("StateReason", Command), ("LastUpdateStatusReason", Command), ("Description", Command),
    ("FileSystemConfigs/**", Identity), ("PackageType", Identity), ("Architectures/**", Identity), ("EphemeralStorage/**", Identity),
    ("SnapStart/**", Identity), ("RuntimeVersionConfig/**", Identity), ("LoggingConfig/**", Identity),
    ("SigningProfileVersionArn", Identity), ("SigningJobArn", Identity),
    ("ImageConfigResponse/ImageConfig/Command/**", Command), ("ImageConfigResponse/ImageConfig/EntryPoint/**", Command),
    ("ImageConfigResponse/ImageConfig/WorkingDirectory", Identity),
    ("Code/RepositoryType", Identity), ("Code/ImageUri", Identity), ("Code/ResolvedImageUri", Identity),
];
