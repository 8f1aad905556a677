//! Amazon EC2 Auto Scaling (2011-01-01): DescribeAutoScalingGroups, DescribeLaunchConfigurations.

use super::model::Content::{Command, Free, Identity};
use super::model::{Model, Names, Row};
use std::sync::LazyLock;

/// An Auto Scaling group.
pub(crate) static GROUPS: Model = Model::new(GROUP, &NAMES);
/// A launch configuration.
pub(crate) static LAUNCH_CONFIGURATIONS: Model = Model::new(LAUNCH_CONFIGURATION, &NAMES);

static NAMES: LazyLock<Names> = LazyLock::new(|| Names::of(&[GROUP, LAUNCH_CONFIGURATION], OTHERS));

#[rustfmt::skip]
const GROUP: &[Row] = &[
    ("SuspendedProcesses/*/SuspensionReason", Command), ("Tags/*/Key", Identity), ("Tags/*/ResourceId", Identity),
    ("Tags/*/ResourceType", Identity), ("Context", Command), ("AutoScalingGroupName", Identity), ("AutoScalingGroupARN", Identity),
    ("LaunchConfigurationName", Identity), ("LaunchTemplate/**", Identity), ("MixedInstancesPolicy/**", Identity), ("MinSize", Identity),
    ("MaxSize", Identity), ("DesiredCapacity", Identity), ("PredictedCapacity", Identity), ("DefaultCooldown", Identity),
    ("AvailabilityZones/**", Identity), ("AvailabilityZoneIds/**", Identity), ("LoadBalancerNames/**", Identity),
    ("TargetGroupARNs/**", Identity), ("HealthCheckType", Identity), ("HealthCheckGracePeriod", Identity), ("Instances/**", Identity),
    ("CreatedTime", Identity), ("SuspendedProcesses/**", Identity), ("PlacementGroup", Identity), ("VPCZoneIdentifier", Identity),
    ("EnabledMetrics/**", Identity), ("Status", Identity), ("TerminationPolicies/**", Identity),
    ("NewInstancesProtectedFromScaleIn", Identity), ("ServiceLinkedRoleARN", Identity), ("MaxInstanceLifetime", Identity),
    ("CapacityRebalance", Identity), ("WarmPoolConfiguration/**", Identity), ("WarmPoolSize", Identity), ("DesiredCapacityType", Identity),
    ("DefaultInstanceWarmup", Identity), ("TrafficSources/**", Identity), ("InstanceMaintenancePolicy/**", Identity),
    ("DeletionProtection", Identity), ("AvailabilityZoneDistribution/**", Identity), ("AvailabilityZoneImpairmentPolicy/**", Identity),
    ("CapacityReservationSpecification/**", Identity), ("InstanceLifecyclePolicy/**", Identity), ("Operator/**", Identity),
];

#[rustfmt::skip]
const LAUNCH_CONFIGURATION: &[Row] = &[
    ("UserData", Free), ("userDataParts/*/contentType", Identity), ("userDataParts/*/fileName", Command), ("userDataParts/*/text", Command),
    ("userDataParts/*/problem", Identity), ("LaunchConfigurationName", Identity), ("LaunchConfigurationARN", Identity),
    ("ImageId", Identity), ("KeyName", Identity), ("SecurityGroups/**", Identity), ("ClassicLinkVPCId", Identity),
    ("ClassicLinkVPCSecurityGroups/**", Identity), ("InstanceType", Identity), ("KernelId", Identity), ("RamdiskId", Identity),
    ("BlockDeviceMappings/**", Identity), ("InstanceMonitoring/**", Identity), ("SpotPrice", Identity), ("IamInstanceProfile", Identity),
    ("CreatedTime", Identity), ("EbsOptimized", Identity), ("AssociatePublicIpAddress", Identity), ("PlacementTenancy", Identity),
    ("MetadataOptions/**", Identity),
];

/// Fields without a row of their own: they hold free values, or stand inside a subtree (`**`).
#[rustfmt::skip]
const OTHERS: &[&str] = &[
    "AcceleratorCount", "AcceleratorManufacturers", "AcceleratorNames", "AcceleratorTotalMemoryMiB",
    "AcceleratorTypes", "AllowedInstanceTypes", "AvailabilityZone", "AvailabilityZoneId", "BareMetal",
    "BaselineEbsBandwidthMbps", "BaselinePerformanceFactors", "BurstablePerformance", "CapacityDistributionStrategy",
    "CapacityReservationIds", "CapacityReservationPreference", "CapacityReservationResourceGroupArns",
    "CapacityReservationTarget", "Cpu", "CpuManufacturers", "DeleteOnTermination", "DeviceName",
    "DistributionSegments", "Ebs", "Enabled", "Encrypted", "ExcludedInstanceTypes", "Granularity", "HealthStatus",
    "HttpEndpoint", "HttpPutResponseHopLimit", "HttpTokens", "Identifier", "ImpairedZoneHealthCheckBehavior",
    "InstanceFamily", "InstanceGenerations", "InstanceId", "InstanceRequirements", "InstanceReusePolicy",
    "InstancesDistribution", "Iops", "LaunchTemplateId", "LaunchTemplateName", "LaunchTemplateSpecification",
    "LifecycleState", "LocalStorage", "LocalStorageTypes", "Max", "MaxGroupPreparedCapacity", "MaxHealthyPercentage",
    "MaxSpotPriceAsPercentageOfOptimalOnDemandPrice", "MemoryGiBPerVCpu", "MemoryMiB", "Metric", "Min",
    "MinHealthyPercentage", "NetworkBandwidthGbps", "NetworkInterfaceCount", "NoDevice", "OnDemandAllocationStrategy",
    "OnDemandBaseCapacity", "OnDemandMaxPricePercentageOverLowestPrice", "OnDemandPercentageAboveBaseCapacity",
    "Overrides", "PoolState", "Principal", "ProcessName", "PropagateAtLaunch", "ProtectedFromScaleIn", "References",
    "RequireHibernateSupport", "RetentionTriggers", "ReuseOnScaleIn", "SnapshotId", "SpotAllocationStrategy",
    "SpotInstancePools", "SpotMaxPrice", "SpotMaxPricePercentageOverLowestPrice", "TargetCapacityTypes",
    "TerminateHookAbandon", "Throughput", "TotalLocalStorageGB", "Type", "VCpuCount", "Value", "Version",
    "VirtualName", "VolumeSize", "VolumeType", "WeightedCapacity", "ZonalShiftEnabled",
];
