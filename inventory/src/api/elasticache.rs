//! AWS ElastiCache (2015-02-02): DescribeReplicationGroups, DescribeCacheClusters, DescribeServerlessCaches, ListTagsForResource.

use super::model::Content::{Command, Identity};
use super::model::{Model, Names, Row};
use std::sync::LazyLock;

/// Each of its documents.
pub(crate) static ALL: Model = Model::new(CACHE, &NAMES);

static NAMES: LazyLock<Names> = LazyLock::new(|| Names::of(&[CACHE], OTHERS));

#[rustfmt::skip]
const CACHE: &[Row] = &[
    ("ARN", Identity), ("Status", Identity), ("Description", Command), ("Engine", Identity), ("EngineVersion", Identity),
    ("FullEngineVersion", Identity), ("MajorEngineVersion", Identity), ("ReplicationGroupId", Identity), ("MemberClusters/**", Identity),
    ("MemberClustersOutpostArns/**", Identity), ("NodeGroups/**", Identity), ("ConfigurationEndpoint/**", Identity),
    ("SnapshottingClusterId", Identity), ("CacheNodeType", Identity), ("AutomaticFailover", Identity), ("MultiAZ", Identity),
    ("GlobalReplicationGroupInfo/**", Identity), ("KmsKeyId", Identity), ("UserGroupIds/**", Identity), ("UserGroupId", Identity),
    ("LogDeliveryConfigurations/**", Identity), ("ReplicationGroupCreateTime", Identity), ("NetworkType", Identity), ("IpDiscovery", Identity),
    ("TransitEncryptionMode", Identity), ("ClusterMode", Identity), ("DataTiering", Identity), ("SnapshotWindow", Identity),
    ("CacheClusterId", Identity), ("CacheClusterStatus", Identity), ("CacheClusterCreateTime", Identity), ("CacheNodes/**", Identity),
    ("CacheParameterGroup/**", Identity), ("CacheSubnetGroupName", Identity), ("CacheSecurityGroups/**", Identity), ("SecurityGroups/**", Identity),
    ("ClientDownloadLandingPage", Identity), ("PreferredAvailabilityZone", Identity), ("PreferredOutpostArn", Identity),
    ("PreferredMaintenanceWindow", Identity), ("NotificationConfiguration/**", Identity), ("AuthTokenLastModifiedDate", Identity),
    ("ServerlessCacheName", Identity), ("CreateTime", Identity), ("Endpoint/**", Identity), ("ReaderEndpoint/**", Identity),
    ("SecurityGroupIds/**", Identity), ("SubnetIds/**", Identity), ("CacheUsageLimits/**", Identity), ("DailySnapshotTime", Identity),
    ("TagList/*/Key", Identity),
];

/// Fields without a row of their own: they hold free values, or stand inside a subtree (`**`).
#[rustfmt::skip]
const OTHERS: &[&str] = &[
    "AtRestEncryptionEnabled", "AuthTokenEnabled", "AutoMinorVersionUpgrade", "ClusterEnabled", "NumCacheNodes", "PendingModifiedValues",
    "ReplicationGroupLogDeliveryEnabled", "SnapshotRetentionLimit", "TransitEncryptionEnabled", "Value",
];
