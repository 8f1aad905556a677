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
}

impl Items {
    /// Whether a child of this name is an item of a list of that name.
    pub(super) fn are_called(self, child: &str, list: &str) -> bool {
        match self {
            Self::Member => child == "member" || child == "entry",
            Self::Singular => list.strip_suffix('s').is_some_and(|singular| singular == child),
            Self::Item => child == "item",
        }
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
        "AcceleratorManufacturers", "AcceleratorNames", "AcceleratorTypes", "AllowedInstanceTypes",
        "AutoScalingGroups", "AvailabilityZoneIds", "AvailabilityZones", "BlockDeviceMappings",
        "CapacityReservationIds", "CapacityReservationResourceGroupArns", "ClassicLinkVPCSecurityGroups",
        "CpuManufacturers", "EnabledMetrics", "ExcludedInstanceTypes", "InstanceGenerations", "Instances",
        "LaunchConfigurations", "LoadBalancerNames", "LocalStorageTypes", "Overrides", "References", "SecurityGroups",
        "SuspendedProcesses", "Tags", "TargetGroupARNs", "TerminationPolicies", "TrafficSources",
    ],
    #[rustfmt::skip]
    numbers: &[
        "DefaultCooldown", "DefaultInstanceWarmup", "DesiredCapacity", "HealthCheckGracePeriod",
        "HttpPutResponseHopLimit", "Iops", "MaxGroupPreparedCapacity", "MaxHealthyPercentage", "MaxInstanceLifetime",
        "MaxSize", "MaxSpotPriceAsPercentageOfOptimalOnDemandPrice", "MinHealthyPercentage", "MinSize",
        "OnDemandBaseCapacity", "OnDemandMaxPricePercentageOverLowestPrice", "OnDemandPercentageAboveBaseCapacity",
        "PredictedCapacity", "SpotInstancePools", "SpotMaxPricePercentageOverLowestPrice", "Throughput", "VolumeSize",
        "WarmPoolSize",
    ],
    #[rustfmt::skip]
    flags: &[
        "AssociatePublicIpAddress", "CapacityRebalance", "DeleteOnTermination", "EbsOptimized", "Enabled",
        "Encrypted", "NewInstancesProtectedFromScaleIn", "NoDevice", "PropagateAtLaunch", "ProtectedFromScaleIn",
        "RequireHibernateSupport", "ReuseOnScaleIn", "ZonalShiftEnabled",
    ],
};

/// IAM: <https://docs.aws.amazon.com/IAM/latest/APIReference/API_Types.html>
pub(crate) const IAM: XmlShape = XmlShape {
    items: Items::Member,
    lists: &["InstanceProfiles", "Roles", "Tags"],
    numbers: &["MaxSessionDuration", "MaxSigninSessionDuration", "TemplateMinorVersion"],
    flags: &["IsTruncated"],
};
