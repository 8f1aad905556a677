//! AWS RDS (2014-10-31), which answers for DocumentDB and Neptune, too: DescribeDBInstances, DescribeDBClusters.

use super::model::Content::Identity;
use super::model::{Model, Names, Row};
use std::sync::LazyLock;

/// An instance.
pub(crate) static INSTANCES: Model = Model::new(INSTANCE, &NAMES);
/// A cluster.
pub(crate) static CLUSTERS: Model = Model::new(CLUSTER, &NAMES);

static NAMES: LazyLock<Names> = LazyLock::new(|| Names::of(&[INSTANCE, CLUSTER], OTHERS));

#[rustfmt::skip]
const INSTANCE: &[Row] = &[
    ("DBInstanceIdentifier", Identity), ("DBInstanceArn", Identity), ("DBInstanceClass", Identity), ("DBInstanceStatus", Identity),
    ("DBClusterIdentifier", Identity), ("DbiResourceId", Identity), ("DBName", Identity), ("Engine", Identity), ("EngineVersion", Identity),
    ("Endpoint/**", Identity), ("ListenerEndpoint/**", Identity), ("InstanceCreateTime", Identity), ("AvailabilityZone", Identity),
    ("SecondaryAvailabilityZone", Identity), ("DBSubnetGroup/DBSubnetGroupDescription", Identity), ("DBSubnetGroup/**", Identity),
    ("VpcSecurityGroups/**", Identity), ("DBSecurityGroups/**", Identity), ("DBParameterGroups/**", Identity),
    ("OptionGroupMemberships/**", Identity), ("ReadReplicaSourceDBInstanceIdentifier", Identity), ("ReadReplicaSourceDBClusterIdentifier", Identity),
    ("ReadReplicaDBInstanceIdentifiers/**", Identity), ("ReadReplicaDBClusterIdentifiers/**", Identity), ("AssociatedRoles/**", Identity),
    ("MasterUserSecret/**", Identity), ("KmsKeyId", Identity), ("CACertificateIdentifier", Identity), ("CertificateDetails/**", Identity),
    ("MonitoringRoleArn", Identity), ("EnhancedMonitoringResourceArn", Identity), ("PerformanceInsightsKMSKeyId", Identity),
    ("EnabledCloudwatchLogsExports/**", Identity), ("PreferredBackupWindow", Identity), ("PreferredMaintenanceWindow", Identity),
    ("LatestRestorableTime", Identity), ("StorageType", Identity), ("LicenseModel", Identity), ("NetworkType", Identity),
    ("TagList/*/Key", Identity),
];

#[rustfmt::skip]
const CLUSTER: &[Row] = &[
    ("DBClusterIdentifier", Identity), ("DBClusterArn", Identity), ("DbClusterResourceId", Identity), ("DatabaseName", Identity),
    ("Status", Identity), ("Engine", Identity), ("EngineVersion", Identity), ("EngineMode", Identity), ("Endpoint", Identity),
    ("ReaderEndpoint", Identity), ("CustomEndpoints/**", Identity), ("HostedZoneId", Identity), ("ClusterCreateTime", Identity),
    ("DBClusterMembers/**", Identity), ("DBSubnetGroup", Identity), ("DBClusterParameterGroup", Identity), ("VpcSecurityGroups/**", Identity),
    ("AvailabilityZones/**", Identity), ("AssociatedRoles/**", Identity), ("MasterUserSecret/**", Identity), ("KmsKeyId", Identity),
    ("ReplicationSourceIdentifier", Identity), ("ReadReplicaIdentifiers/**", Identity), ("GlobalClusterIdentifier", Identity),
    ("EnabledCloudwatchLogsExports/**", Identity), ("PreferredBackupWindow", Identity), ("PreferredMaintenanceWindow", Identity),
    ("EarliestRestorableTime", Identity), ("LatestRestorableTime", Identity), ("StorageType", Identity), ("NetworkType", Identity),
    ("TagList/*/Key", Identity),
];

/// Fields without a row of their own: they hold free values, or stand inside a subtree (`**`).
#[rustfmt::skip]
const OTHERS: &[&str] = &[
    "AllocatedStorage", "AutoMinorVersionUpgrade", "BackupRetentionPeriod", "CopyTagsToSnapshot", "DbInstancePort", "DeletionProtection",
    "DomainMemberships", "IAMDatabaseAuthenticationEnabled", "Iops", "MasterUsername", "MaxAllocatedStorage", "MonitoringInterval", "MultiAZ",
    "PendingModifiedValues", "PerformanceInsightsEnabled", "Port", "PubliclyAccessible", "ServerlessV2ScalingConfiguration", "StorageEncrypted",
    "StorageThroughput", "Value",
];
