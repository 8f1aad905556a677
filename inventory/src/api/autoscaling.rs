//! Amazon EC2 Auto Scaling (2011-01-01): DescribeAutoScalingGroups, DescribeLaunchConfigurations, DescribePolicies,
//! DescribeScheduledActions, DescribeLifecycleHooks.

use super::model::Content::{Command, Free, Identity};
use super::model::{Model, Names, Row};
use std::sync::LazyLock;

/// An Auto Scaling group.
pub(crate) static GROUPS: Model = Model::new(GROUP, &NAMES);
/// A launch configuration.
pub(crate) static LAUNCH_CONFIGURATIONS: Model = Model::new(LAUNCH_CONFIGURATION, &NAMES);

/// A scaling policy of a group.
pub(crate) static POLICIES: Model = Model::new(POLICY, &NAMES);
/// A scheduled action of a group.
pub(crate) static SCHEDULES: Model = Model::new(SCHEDULE, &NAMES);
/// A lifecycle hook of a group.
pub(crate) static HOOKS: Model = Model::new(HOOK, &NAMES);

static NAMES: LazyLock<Names> =
    LazyLock::new(|| Names::of(&[GROUP, LAUNCH_CONFIGURATION, POLICY, SCHEDULE, HOOK], OTHERS));

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

#[rustfmt::skip]
const POLICY: &[Row] = &[
    ("AutoScalingGroupName", Identity), ("PolicyName", Identity), ("PolicyARN", Identity), ("PolicyType", Identity),
    ("AdjustmentType", Identity), ("MinAdjustmentStep", Identity), ("MinAdjustmentMagnitude", Identity), ("ScalingAdjustment", Identity),
    ("Cooldown", Identity), ("StepAdjustments/**", Identity), ("MetricAggregationType", Identity),
    ("EstimatedInstanceWarmup", Identity), ("Alarms/**", Identity), ("TargetTrackingConfiguration/**", Identity), ("Enabled", Identity),
    ("PredictiveScalingConfiguration/**", Identity),
];

#[rustfmt::skip]
const SCHEDULE: &[Row] = &[
    ("AutoScalingGroupName", Identity), ("ScheduledActionName", Identity), ("ScheduledActionARN", Identity), ("Time", Identity),
    ("StartTime", Identity), ("EndTime", Identity), ("Recurrence", Identity), ("MinSize", Identity), ("MaxSize", Identity),
    ("DesiredCapacity", Identity), ("TimeZone", Identity),
];

/// Whoever is told of a hook gets a text that people write.
#[rustfmt::skip]
const HOOK: &[Row] = &[
    ("NotificationMetadata", Free), ("LifecycleHookName", Identity), ("AutoScalingGroupName", Identity), ("LifecycleTransition", Identity),
    ("NotificationTargetARN", Identity), ("RoleARN", Identity), ("HeartbeatTimeout", Identity), ("GlobalTimeout", Identity),
    ("DefaultResult", Identity),
];

/// Fields without a row of their own: they hold free values, or stand inside a subtree (`**`).
#[rustfmt::skip]
const OTHERS: &[&str] = &[
    "AlarmARN", "AlarmName", "CustomizedCapacityMetricSpecification", "CustomizedLoadMetricSpecification",
    "CustomizedMetricSpecification", "CustomizedScalingMetricSpecification", "Dimensions", "DisableScaleIn", "Expression", "Id", "Label",
    "LifecycleHooks", "MaxCapacityBreachBehavior", "MaxCapacityBuffer", "MetricDataQueries", "MetricIntervalLowerBound",
    "MetricIntervalUpperBound", "MetricName", "MetricSpecifications", "MetricStat", "Metrics", "Mode", "Name", "Namespace",
    "NextToken", "Period", "PredefinedLoadMetricSpecification", "PredefinedMetricPairSpecification", "PredefinedMetricSpecification",
    "PredefinedMetricType", "PredefinedScalingMetricSpecification", "ResourceLabel", "ReturnData", "ScalingPolicies",
    "ScheduledUpdateGroupActions", "SchedulingBufferTime", "Stat", "Statistic", "TargetValue", "Unit",
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
