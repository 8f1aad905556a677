//! AWS DynamoDB (2012-08-10): ListTables, DescribeTable, ListTagsOfResource.

use super::model::Content::Identity;
use super::model::{Model, Names, Row};
use std::sync::LazyLock;

/// A table.
pub(crate) static TABLES: Model = Model::new(TABLE, &NAMES);

static NAMES: LazyLock<Names> = LazyLock::new(|| Names::of(&[TABLE], OTHERS));

#[rustfmt::skip]
const TABLE: &[Row] = &[
    ("TableName", Identity), ("TableArn", Identity), ("TableId", Identity), ("TableStatus", Identity), ("CreationDateTime", Identity),
    ("AttributeDefinitions/**", Identity), ("KeySchema/**", Identity), ("GlobalSecondaryIndexes/**", Identity),
    ("LocalSecondaryIndexes/**", Identity), ("StreamSpecification/**", Identity), ("LatestStreamArn", Identity),
    ("LatestStreamLabel", Identity), ("BillingModeSummary/**", Identity), ("ProvisionedThroughput/**", Identity),
    ("OnDemandThroughput/**", Identity), ("WarmThroughput/**", Identity), ("SSEDescription/**", Identity), ("Replicas/**", Identity),
    ("GlobalTableVersion", Identity), ("GlobalTableWitnesses/**", Identity), ("MultiRegionConsistency", Identity),
    ("RestoreSummary/**", Identity), ("ArchivalSummary/**", Identity), ("TableClassSummary/**", Identity), ("Tags/*/Key", Identity),
];

/// Fields without a row of their own: they hold free values, or stand inside a subtree (`**`).
const OTHERS: &[&str] = &["DeletionProtectionEnabled", "ItemCount", "TableSizeBytes", "Value"];
