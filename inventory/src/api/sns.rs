//! AWS SNS (2010-03-31): ListTopics, GetTopicAttributes, ListTagsForResource, ListSubscriptions, GetSubscriptionAttributes.

use super::model::Content::{Command, Identity};
use super::model::{Model, Names, Row};
use std::sync::LazyLock;

/// A topic.
pub(crate) static TOPICS: Model = Model::new(TOPIC, &NAMES);
/// A subscription.
pub(crate) static SUBSCRIPTIONS: Model = Model::new(SUBSCRIPTION, &NAMES);

static NAMES: LazyLock<Names> = LazyLock::new(|| Names::of(&[TOPIC, SUBSCRIPTION], OTHERS));

/// What a condition of a policy compares may be a secret; these compare who asks and from where.
#[rustfmt::skip]
const TOPIC: &[Row] = &[
    ("TopicArn", Identity), ("Attributes/TopicArn", Identity), ("Attributes/Owner", Identity), ("Attributes/KmsMasterKeyId", Identity),
    ("Attributes/DisplayName", Command), ("Attributes/EffectiveDeliveryPolicy/**", Identity), ("Attributes/DeliveryPolicy/**", Identity),
    ("Attributes/Policy/Version", Identity), ("Attributes/Policy/Id", Identity), ("Attributes/Policy/Statement/*/Sid", Identity),
    ("Attributes/Policy/Statement/*/Effect", Identity), ("Attributes/Policy/Statement/*/Principal/**", Identity),
    ("Attributes/Policy/Statement/*/NotPrincipal/**", Identity), ("Attributes/Policy/Statement/*/Action/**", Identity),
    ("Attributes/Policy/Statement/*/NotAction/**", Identity), ("Attributes/Policy/Statement/*/Resource/**", Identity),
    ("Attributes/Policy/Statement/*/Condition/*/aws:SourceArn/**", Identity),
    ("Attributes/Policy/Statement/*/Condition/*/AWS:SourceArn/**", Identity),
    ("Attributes/Policy/Statement/*/Condition/*/AWS:SourceOwner/**", Identity),
    ("Attributes/Policy/Statement/*/Condition/*/aws:SourceAccount/**", Identity),
    ("Attributes/Policy/Statement/*/Condition/*/AWS:SourceAccount/**", Identity),
    ("Attributes/Policy/Statement/*/Condition/*/aws:PrincipalOrgID/**", Identity),
    ("Tags/*/Key", Identity),
];

/// An endpoint may be a URL with a token in it: it is free.
#[rustfmt::skip]
const SUBSCRIPTION: &[Row] = &[
    ("SubscriptionArn", Identity), ("TopicArn", Identity), ("Owner", Identity), ("Protocol", Identity),
    ("Attributes/SubscriptionArn", Identity), ("Attributes/TopicArn", Identity), ("Attributes/Owner", Identity),
    ("Attributes/Protocol", Identity), ("Attributes/SubscriptionPrincipal", Identity), ("Attributes/SubscriptionRoleArn", Identity),
    ("Attributes/FilterPolicyScope", Identity), ("Attributes/RedrivePolicy/**", Identity),
    ("Attributes/EffectiveDeliveryPolicy/**", Identity), ("Attributes/DeliveryPolicy/**", Identity),
];

/// Fields without a row of their own: they hold free values, or stand inside a subtree (`**`).
#[rustfmt::skip]
const OTHERS: &[&str] = &[
    "ArchivePolicy", "BeginningArchiveTime", "ConfirmationWasAuthenticated", "ContentBasedDeduplication", "Endpoint", "FifoThroughputScope",
    "FifoTopic", "FilterPolicy", "PendingConfirmation", "RawMessageDelivery", "ReplayPolicy", "ReplayStatus", "SignatureVersion",
    "SubscriptionsConfirmed", "SubscriptionsDeleted", "SubscriptionsPending", "TracingConfig", "Value",
];
