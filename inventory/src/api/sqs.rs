//! AWS SQS (2012-11-05): ListQueues, GetQueueAttributes, ListQueueTags.

use super::model::Content::Identity;
use super::model::{Model, Names, Row};
use std::sync::LazyLock;

/// A queue.
pub(crate) static QUEUES: Model = Model::new(QUEUE, &NAMES);

static NAMES: LazyLock<Names> = LazyLock::new(|| Names::of(&[QUEUE], OTHERS));

/// What a condition of a policy compares may be a secret, as a referer is; these compare who asks and from where.
#[rustfmt::skip]
const QUEUE: &[Row] = &[
    ("QueueUrl", Identity), ("Attributes/QueueArn", Identity), ("Attributes/RedrivePolicy/**", Identity),
    ("Attributes/RedriveAllowPolicy/**", Identity), ("Attributes/KmsMasterKeyId", Identity), ("Attributes/DeduplicationScope", Identity),
    ("Attributes/FifoThroughputLimit", Identity),
    ("Attributes/Policy/Version", Identity), ("Attributes/Policy/Id", Identity), ("Attributes/Policy/Statement/*/Sid", Identity),
    ("Attributes/Policy/Statement/*/Effect", Identity), ("Attributes/Policy/Statement/*/Principal/**", Identity),
    ("Attributes/Policy/Statement/*/NotPrincipal/**", Identity), ("Attributes/Policy/Statement/*/Action/**", Identity),
    ("Attributes/Policy/Statement/*/NotAction/**", Identity), ("Attributes/Policy/Statement/*/Resource/**", Identity),
    ("Attributes/Policy/Statement/*/Condition/*/aws:SourceArn/**", Identity),
    ("Attributes/Policy/Statement/*/Condition/*/AWS:SourceArn/**", Identity),
    ("Attributes/Policy/Statement/*/Condition/*/aws:SourceAccount/**", Identity),
    ("Attributes/Policy/Statement/*/Condition/*/AWS:SourceAccount/**", Identity),
    ("Attributes/Policy/Statement/*/Condition/*/aws:PrincipalArn/**", Identity),
    ("Attributes/Policy/Statement/*/Condition/*/aws:PrincipalOrgID/**", Identity),
];

/// Fields without a row of their own: they hold free values, or stand inside a subtree (`**`).
#[rustfmt::skip]
const OTHERS: &[&str] = &[
    "ApproximateNumberOfMessages", "ApproximateNumberOfMessagesDelayed", "ApproximateNumberOfMessagesNotVisible",
    "ContentBasedDeduplication", "CreatedTimestamp", "DelaySeconds", "FifoQueue", "KmsDataKeyReusePeriodSeconds",
    "LastModifiedTimestamp", "MaximumMessageSize", "MessageRetentionPeriod", "ReceiveMessageWaitTimeSeconds",
    "SqsManagedSseEnabled", "Tags", "VisibilityTimeout", "deadLetterTargetArn", "maxReceiveCount", "redrivePermission",
    "sourceQueueArns",
];
