//! AWS CloudFront (2020-05-31): ListDistributions, ListTagsForResource.

use super::model::Content::{Command, Identity};
use super::model::{Model, Names, Row};
use std::sync::LazyLock;

/// A distribution.
pub(crate) static DISTRIBUTIONS: Model = Model::new(DISTRIBUTION, &NAMES);

static NAMES: LazyLock<Names> = LazyLock::new(|| Names::of(&[DISTRIBUTION], OTHERS));

/// The headers that an origin is sent are free: they are how an origin knows its distribution.
#[rustfmt::skip]
const DISTRIBUTION: &[Row] = &[
    ("Id", Identity), ("ARN", Identity), ("ETag", Identity), ("Status", Identity), ("LastModifiedTime", Identity), ("DomainName", Identity),
    ("Aliases/**", Identity), ("Comment", Command), ("PriceClass", Identity), ("HttpVersion", Identity), ("WebACLId", Identity),
    ("Origins/Items/*/Id", Identity), ("Origins/Items/*/DomainName", Identity), ("Origins/Items/*/S3OriginConfig/**", Identity),
    ("Origins/Items/*/CustomOriginConfig/**", Identity), ("Origins/Items/*/VpcOriginConfig/**", Identity),
    ("Origins/Items/*/OriginAccessControlId", Identity), ("Origins/Items/*/OriginShield/**", Identity),
    ("Origins/Items/*/CustomHeaders/Items/*/HeaderName", Identity), ("OriginGroups/**", Identity), ("DefaultCacheBehavior/**", Identity),
    ("CacheBehaviors/**", Identity), ("CustomErrorResponses/**", Identity), ("ViewerCertificate/**", Identity), ("Restrictions/**", Identity),
    ("Tags/*/Key", Identity),
];

/// Fields without a row of their own: they hold free values, or stand inside a subtree (`**`).
#[rustfmt::skip]
const OTHERS: &[&str] = &[
    "AliasICPRecordals", "ConnectionAttempts", "ConnectionMode", "ConnectionTimeout", "Enabled", "HeaderValue", "IsIPV6Enabled", "OriginPath",
    "Quantity", "Staging", "Value",
];
