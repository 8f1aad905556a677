//! What the XML of each service looks like, as far as the text alone does not tell: the names are those of the services'
//! API references.

/// The shape of one service's answers.
#[derive(Debug)]
pub(crate) struct XmlShape {
    /// How the items of its lists are called.
    pub(super) items: Items,
    /// Its lists, for when they are empty.
    pub(super) lists: &'static [&'static str],
    /// Its integers.
    pub(super) numbers: &'static [&'static str],
    /// Its truth values.
    pub(super) flags: &'static [&'static str],
}

/// How the items of a list are called.
#[derive(Clone, Copy, Debug)]
pub(super) enum Items {
    /// `member` in a list and `entry` in a map: the Query protocol.
    Member,
    /// Like the list without its plural `s`, `ResourceRecords/ResourceRecord`: Route 53's REST-XML.
    Singular,
    /// `item`, `instancesSet/item`: EC2's own Query protocol.
    Item,
    /// By no rule, `DBInstances/DBInstance`, `MemberClusters/ClusterId`: whatever stands in one of the lists that are known.
    OfKnownLists,
}

impl Items {
    /// Whether a child of this name is an item of a list of that name.
    pub(super) fn are_called(self, child: &str, list: &str) -> bool {
        match self {
            Self::Member => child == "member" || child == "entry",
            Self::Singular => list.strip_suffix('s').is_some_and(|singular| singular == child),
            Self::Item => child == "item",
            Self::OfKnownLists => false,
        }
    }
}

impl XmlShape {
    /// Whether a child of this name is an item of a list of that name.
    pub(super) fn is_item(&self, child: &str, list: &str) -> bool {
        self.items.are_called(child, list) || matches!(self.items, Items::OfKnownLists) && self.lists.contains(&list)
    }
}

/// ELBv2: <https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_Types.html>
pub(crate) const ELASTIC_LOAD_BALANCING: XmlShape = XmlShape {
    items: Items::Member,
    lists: &[
        "Actions",
        "AlpnPolicy",
        "Attributes",
        "AvailabilityZones",
        "Certificates",
        "Ciphers",
        "Conditions",
        "DefaultActions",
        "Listeners",
        "LoadBalancerAddresses",
        "LoadBalancerArns",
        "LoadBalancers",
        "RegexValues",
        "Rewrites",
        "Rules",
        "SecurityGroups",
        "SslPolicies",
        "SslProtocols",
        "SupportedLoadBalancerTypes",
        "TagDescriptions",
        "Tags",
        "TargetGroups",
        "Transforms",
        "TrustStores",
        "Values",
    ],
    numbers: &[
        "DurationSeconds",
        "HealthCheckIntervalSeconds",
        "HealthCheckTimeoutSeconds",
        "HealthyThresholdCount",
        "NumberOfCaCertificates",
        "Order",
        "Port",
        "SessionTimeout",
        "TargetControlPort",
        "TotalRevokedEntries",
        "UnhealthyThresholdCount",
        "Weight",
    ],
    flags: &["Enabled", "HealthCheckEnabled", "IgnoreClientCertificateExpiry", "IsDefault", "UseExistingClientSecret"],
};

/// Classic Elastic Load Balancing:
/// <https://docs.aws.amazon.com/elasticloadbalancing/2012-06-01/APIReference/API_Types.html>
pub(crate) const CLASSIC_LOAD_BALANCING: XmlShape = XmlShape {
    items: Items::Member,
    #[rustfmt::skip]
    lists: &[
        "AppCookieStickinessPolicies", "AvailabilityZones", "BackendServerDescriptions", "Instances", "LBCookieStickinessPolicies",
        "ListenerDescriptions", "LoadBalancerDescriptions", "OtherPolicies", "PolicyAttributeDescriptions", "PolicyDescriptions",
        "PolicyNames", "SecurityGroups", "Subnets", "TagDescriptions", "Tags",
    ],
    #[rustfmt::skip]
    numbers: &[
        "CookieExpirationPeriod", "HealthyThreshold", "InstancePort", "Interval", "LoadBalancerPort", "Timeout", "UnhealthyThreshold",
    ],
    flags: &[],
};

/// Route 53: <https://docs.aws.amazon.com/Route53/latest/APIReference/API_Types_Amazon_Route_53.html>
pub(crate) const ROUTE53: XmlShape = XmlShape {
    items: Items::Singular,
    lists: &["HostedZones", "ResourceRecordSets", "ResourceRecords"],
    numbers: &["Bias", "ResourceRecordSetCount", "TTL", "Weight"],
    flags: &["EvaluateTargetHealth", "IsTruncated", "MultiValueAnswer", "PrivateZone"],
};

/// EC2: <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_Types.html>
pub(crate) const EC2: XmlShape = XmlShape {
    items: Items::Item,
    #[rustfmt::skip]
    lists: &[
        "acceleratorManufacturerSet", "acceleratorNameSet", "acceleratorTypeSet", "addressesSet",
        "allowedInstanceTypeSet", "attachmentSet", "blockDeviceMapping", "blockDeviceMappingSet",
        "cpuManufacturerSet", "elasticGpuAssociationSet", "elasticGpuSpecificationSet",
        "elasticInferenceAcceleratorAssociationSet", "elasticInferenceAcceleratorSet", "excludedInstanceTypeSet",
        "groupSet", "groups", "imageWatermarkSet", "imagesSet", "instanceGenerationSet", "instancesSet",
        "ipPermissions", "ipPermissionsEgress", "ipRanges", "ipv4PrefixSet", "ipv6AddressesSet", "ipv6PrefixSet",
        "ipv6Ranges", "launchTemplateVersionSet", "licenseSet", "localStorageTypeSet", "networkInterfaceSet",
        "prefixListIds", "privateIpAddressSet", "privateIpAddressesSet", "productCodes", "referenceSet",
        "reservationSet", "secondaryInterfaceSet", "securityGroupIdSet", "securityGroupInfo", "securityGroupSet",
        "supportedInstanceTypeSet", "tagSet", "tagSpecificationSet", "unsupportedInstanceTypeSet", "volumeSet",
    ],
    #[rustfmt::skip]
    numbers: &[
        "EbsCardIndex", "VolumeInitializationRate", "amiLaunchIndex", "blockDurationMinutes", "code", "coreCount",
        "count", "deviceIndex", "ebsCardIndex", "enaQueueCount", "fromPort", "httpPutResponseHopLimit", "iops",
        "ipv4PrefixCount", "ipv6AddressCount", "ipv6PrefixCount", "maxSpotPriceAsPercentageOfOptimalOnDemandPrice",
        "networkCardIndex", "onDemandMaxPricePercentageOverLowestPrice", "partitionNumber", "privateIpAddressCount",
        "secondaryPrivateIpAddressCount", "size", "spotMaxPricePercentageOverLowestPrice", "tcpEstablishedTimeout",
        "threadsPerCore", "throughput", "toPort", "udpStreamTimeout", "udpTimeout", "versionNumber",
        "volumeInitializationRate", "volumeSize",
    ],
    #[rustfmt::skip]
    flags: &[
        "associateCarrierIpAddress", "associatePublicIpAddress", "configured", "defaultVersion",
        "deleteOnTermination", "disableApiStop", "disableApiTermination", "ebsOptimized", "enaSrdEnabled",
        "enaSrdUdpEnabled", "enaSupport", "enableResourceNameDnsAAAARecord", "enableResourceNameDnsARecord",
        "enabled", "encrypted", "fastRestored", "freeTierEligible", "hiddenByDefault", "imageAllowed",
        "isPrimaryIpv6", "isPublic", "managed", "multiAttachEnabled", "primary", "primaryIpv6",
        "requireEncryptionInTransit", "requireHibernateSupport", "sourceDestCheck",
    ],
};

/// EC2 Auto Scaling: <https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_Types.html>
pub(crate) const AUTO_SCALING: XmlShape = XmlShape {
    items: Items::Member,
    #[rustfmt::skip]
    lists: &[
        "AcceleratorManufacturers", "AcceleratorNames", "AcceleratorTypes", "Alarms", "AllowedInstanceTypes",
        "AutoScalingGroups", "AvailabilityZoneIds", "AvailabilityZones", "BlockDeviceMappings",
        "CapacityReservationIds", "CapacityReservationResourceGroupArns", "ClassicLinkVPCSecurityGroups",
        "CpuManufacturers", "Dimensions", "EnabledMetrics", "ExcludedInstanceTypes", "InstanceGenerations", "Instances",
        "LaunchConfigurations", "LifecycleHooks", "LoadBalancerNames", "LocalStorageTypes", "MetricDataQueries",
        "MetricSpecifications", "Metrics", "Overrides", "References", "ScalingPolicies", "ScheduledUpdateGroupActions",
        "SecurityGroups", "StepAdjustments", "SuspendedProcesses", "Tags", "TargetGroupARNs", "TerminationPolicies", "TrafficSources",
    ],
    #[rustfmt::skip]
    numbers: &[
        "Cooldown", "DefaultCooldown", "DefaultInstanceWarmup", "DesiredCapacity", "EstimatedInstanceWarmup",
        "GlobalTimeout", "HealthCheckGracePeriod", "HeartbeatTimeout", "HttpPutResponseHopLimit", "Iops", "MaxGroupPreparedCapacity", "MaxHealthyPercentage", "MaxInstanceLifetime",
        "MaxSize", "MaxSpotPriceAsPercentageOfOptimalOnDemandPrice", "MinAdjustmentMagnitude", "MinAdjustmentStep",
        "MinHealthyPercentage", "MinSize",
        "OnDemandBaseCapacity", "OnDemandMaxPricePercentageOverLowestPrice", "OnDemandPercentageAboveBaseCapacity",
        "PredictedCapacity", "ScalingAdjustment", "SpotInstancePools", "SpotMaxPricePercentageOverLowestPrice", "Throughput",
        "VolumeSize",
        "WarmPoolSize",
    ],
    #[rustfmt::skip]
    flags: &[
        "AssociatePublicIpAddress", "CapacityRebalance", "DeleteOnTermination", "DisableScaleIn", "EbsOptimized", "Enabled",
        "Encrypted", "NewInstancesProtectedFromScaleIn", "NoDevice", "PropagateAtLaunch", "ProtectedFromScaleIn",
        "RequireHibernateSupport", "ReturnData", "ReuseOnScaleIn", "ZonalShiftEnabled",
    ],
};

/// IAM: <https://docs.aws.amazon.com/IAM/latest/APIReference/API_Types.html>
pub(crate) const IAM: XmlShape = XmlShape {
    items: Items::Member,
    #[rustfmt::skip]
    lists: &[
        "AttachedManagedPolicies", "GroupDetailList", "InstanceProfileList", "InstanceProfiles", "Policies", "PolicyVersionList",
        "RoleDetailList", "RolePolicyList", "Roles", "Tags", "UserDetailList",
    ],
    numbers: &[
        "AttachmentCount",
        "MaxSessionDuration",
        "MaxSigninSessionDuration",
        "PermissionsBoundaryUsageCount",
        "TemplateMinorVersion",
    ],
    flags: &["IsAttachable", "IsDefaultVersion", "IsTruncated"],
};

/// SNS: <https://docs.aws.amazon.com/sns/latest/api/API_Types.html>
pub(crate) const SNS: XmlShape = XmlShape {
    items: Items::Member,
    lists: &["Attributes", "Subscriptions", "Tags", "Topics"],
    numbers: &[],
    flags: &[],
};

/// RDS: <https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_Types.html>
pub(crate) const RDS: XmlShape = XmlShape {
    items: Items::OfKnownLists,
    #[rustfmt::skip]
    lists: &[
        "AssociatedRoles", "AvailabilityZones", "CustomEndpoints", "DBClusterMembers", "DBClusterOptionGroupMemberships", "DBClusters",
        "DBInstanceAutomatedBackupsReplications", "DBInstances", "DBParameterGroups", "DBSecurityGroups", "DnsIps", "DomainMemberships",
        "EnabledCloudwatchLogsExports", "OptionGroupMemberships", "ProcessorFeatures", "ReadReplicaDBClusterIdentifiers",
        "ReadReplicaDBInstanceIdentifiers", "ReadReplicaIdentifiers", "StatusInfos", "Subnets", "TagList", "VpcSecurityGroups",
    ],
    #[rustfmt::skip]
    numbers: &[
        "AllocatedStorage", "BackupRetentionPeriod", "DbInstancePort", "Iops", "MaxAllocatedStorage", "MonitoringInterval", "Port",
        "PromotionTier", "StorageThroughput",
    ],
    #[rustfmt::skip]
    flags: &[
        "AutoMinorVersionUpgrade", "CopyTagsToSnapshot", "CrossAccountClone", "DeletionProtection", "HttpEndpointEnabled",
        "IAMDatabaseAuthenticationEnabled", "IsClusterWriter", "MultiAZ", "PerformanceInsightsEnabled", "PubliclyAccessible", "StorageEncrypted",
    ],
};

/// ElastiCache: <https://docs.aws.amazon.com/AmazonElastiCache/latest/APIReference/API_Types.html>
pub(crate) const ELASTICACHE: XmlShape = XmlShape {
    items: Items::OfKnownLists,
    #[rustfmt::skip]
    lists: &[
        "CacheClusters", "CacheNodeIdsToReboot", "CacheNodes", "CacheSecurityGroups", "LogDeliveryConfigurations", "MemberClusters",
        "MemberClustersOutpostArns", "NodeGroupMembers", "NodeGroups", "ReplicationGroups", "SecurityGroupIds", "SecurityGroups",
        "ServerlessCaches", "SubnetIds", "TagList", "UserGroupIds",
    ],
    numbers: &["ECPUPerSecond", "Maximum", "Minimum", "NumCacheNodes", "Port", "SnapshotRetentionLimit"],
    #[rustfmt::skip]
    flags: &[
        "AtRestEncryptionEnabled", "AuthTokenEnabled", "AutoMinorVersionUpgrade", "ClusterEnabled", "ReplicationGroupLogDeliveryEnabled",
        "TransitEncryptionEnabled",
    ],
};

/// S3: <https://docs.aws.amazon.com/AmazonS3/latest/API/API_Types_Amazon_Simple_Storage_Service.html>
pub(crate) const S3: XmlShape =
    XmlShape { items: Items::OfKnownLists, lists: &["Buckets", "TagSet"], numbers: &[], flags: &[] };

/// CloudFormation: <https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_Types.html>
pub(crate) const CLOUDFORMATION: XmlShape = XmlShape {
    items: Items::Member,
    #[rustfmt::skip]
    lists: &[
        "Capabilities", "LastOperations", "NotificationARNs", "Outputs", "Parameters", "RollbackTriggers", "StackResourceSummaries", "Stacks",
        "Tags",
    ],
    numbers: &["MonitoringTimeInMinutes", "TimeoutInMinutes"],
    flags: &["DisableRollback", "EnableTerminationProtection", "RetainExceptOnCreate"],
};

/// CloudFront: <https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_Types.html>
pub(crate) const CLOUDFRONT: XmlShape = XmlShape {
    items: Items::OfKnownLists,
    lists: &["Items"],
    #[rustfmt::skip]
    numbers: &[
        "ConnectionAttempts", "ConnectionTimeout", "DefaultTTL", "ErrorCachingMinTTL", "ErrorCode", "HTTPPort", "HTTPSPort", "MaxItems", "MaxTTL",
        "MinTTL", "OriginKeepaliveTimeout", "OriginReadTimeout", "Quantity",
    ],
    #[rustfmt::skip]
    flags: &[
        "CloudFrontDefaultCertificate", "Compress", "Enabled", "IncludeBody", "IsIPV6Enabled", "IsTruncated", "QueryString", "SmoothStreaming",
        "Staging",
    ],
};

/// CloudWatch: <https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_Types.html>
pub(crate) const CLOUDWATCH: XmlShape = XmlShape {
    items: Items::Member,
    lists: &[
        "AlarmActions",
        "CompositeAlarms",
        "Dimensions",
        "InsufficientDataActions",
        "Messages",
        "MetricAlarms",
        "MetricDataResults",
        "Metrics",
        "OKActions",
        "Timestamps",
        "Values",
    ],
    numbers: &["DatapointsToAlarm", "EvaluationPeriods", "Period"],
    flags: &["ActionsEnabled", "ReturnData"],
};

/// SES: <https://docs.aws.amazon.com/ses/latest/APIReference/API_Types.html>
pub(crate) const SES: XmlShape = XmlShape { items: Items::Member, lists: &["Identities"], numbers: &[], flags: &[] };
