//! AWS S3 (2006-03-01): ListBuckets, GetBucketTagging, GetBucketNotificationConfiguration, GetBucketPolicy.

use super::model::Content::Identity;
use super::model::{Model, Names, Row};
use std::sync::LazyLock;

/// A bucket.
pub(crate) static BUCKETS: Model = Model::new(BUCKET, &NAMES);
/// Whom a bucket tells of what happens in it.
pub(crate) static NOTIFICATIONS: Model = Model::new(NOTIFICATION, &NAMES);
/// A bucket's policy.
pub(crate) static POLICIES: Model = Model::new(POLICY, &NAMES);

static NAMES: LazyLock<Names> = LazyLock::new(|| Names::of(&[BUCKET, NOTIFICATION, POLICY], OTHERS));

#[rustfmt::skip]
const BUCKET: &[Row] = &[
    ("Name", Identity), ("BucketRegion", Identity), ("BucketArn", Identity), ("CreationDate", Identity), ("TagSet/*/Key", Identity),
];

#[rustfmt::skip]
const NOTIFICATION: &[Row] = &[
    ("Bucket", Identity), ("TopicConfiguration/*/Topic", Identity), ("TopicConfiguration/*/Id", Identity), ("TopicConfiguration/*/Event/**", Identity),
    ("QueueConfiguration/*/Queue", Identity), ("QueueConfiguration/*/Id", Identity), ("QueueConfiguration/*/Event/**", Identity),
    ("CloudFunctionConfiguration/*/CloudFunction", Identity), ("CloudFunctionConfiguration/*/Id", Identity),
    ("CloudFunctionConfiguration/*/Event/**", Identity), ("EventBridgeConfiguration/**", Identity),
];

/// What a condition compares may be a secret, as the referer that stands for a distribution is; these compare who asks.
#[rustfmt::skip]
const POLICY: &[Row] = &[
    ("Bucket", Identity), ("Policy/Version", Identity), ("Policy/Id", Identity), ("Policy/Statement/*/Sid", Identity),
    ("Policy/Statement/*/Effect", Identity), ("Policy/Statement/*/Principal/**", Identity), ("Policy/Statement/*/NotPrincipal/**", Identity),
    ("Policy/Statement/*/Action/**", Identity), ("Policy/Statement/*/NotAction/**", Identity), ("Policy/Statement/*/Resource/**", Identity),
    ("Policy/Statement/*/NotResource/**", Identity), ("Policy/Statement/*/Condition/*/aws:SourceArn/**", Identity),
    ("Policy/Statement/*/Condition/*/AWS:SourceArn/**", Identity), ("Policy/Statement/*/Condition/*/aws:SourceAccount/**", Identity),
    ("Policy/Statement/*/Condition/*/aws:SourceVpc/**", Identity), ("Policy/Statement/*/Condition/*/aws:SourceVpce/**", Identity),
    ("Policy/Statement/*/Condition/*/aws:PrincipalOrgID/**", Identity), ("Policy/Statement/*/Condition/*/aws:PrincipalArn/**", Identity),
];

/// Fields without a row of their own: they hold free values, or stand inside a subtree (`**`).
#[rustfmt::skip]
const OTHERS: &[&str] = &["Filter", "FilterRule", "S3Key", "Value"];
