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
        "TagDescriptions",
        "Tags",
        "TargetGroups",
        "Transforms",
        "Values",
    ],
    numbers: &[
        "DurationSeconds",
        "HealthCheckIntervalSeconds",
        "HealthCheckTimeoutSeconds",
        "HealthyThresholdCount",
        "Order",
        "Port",
        "SessionTimeout",
        "TargetControlPort",
        "UnhealthyThresholdCount",
        "Weight",
    ],
    flags: &["Enabled", "HealthCheckEnabled", "IgnoreClientCertificateExpiry", "IsDefault", "UseExistingClientSecret"],
};

/// Route 53: <https://docs.aws.amazon.com/Route53/latest/APIReference/API_Types_Amazon_Route_53.html>
pub(crate) const ROUTE53: XmlShape = XmlShape {
    items: Items::Singular,
    lists: &["HostedZones", "ResourceRecordSets", "ResourceRecords"],
    numbers: &["Bias", "ResourceRecordSetCount", "TTL", "Weight"],
    flags: &["EvaluateTargetHealth", "IsTruncated", "MultiValueAnswer", "PrivateZone"],
};

/// EC2: <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_Instance.html>
pub(crate) const EC2: XmlShape = XmlShape {
    items: Items::Item,
    lists: &[
        "blockDeviceMapping",
        "elasticGpuAssociationSet",
        "elasticInferenceAcceleratorAssociationSet",
        "groupSet",
        "instancesSet",
        "ipv4PrefixSet",
        "ipv6AddressesSet",
        "ipv6PrefixSet",
        "licenseSet",
        "networkInterfaceSet",
        "privateIpAddressesSet",
        "productCodes",
        "reservationSet",
        "tagSet",
    ],
    numbers: &[
        "amiLaunchIndex",
        "code",
        "coreCount",
        "deviceIndex",
        "httpPutResponseHopLimit",
        "networkCardIndex",
        "threadsPerCore",
    ],
    flags: &[
        "configured",
        "deleteOnTermination",
        "ebsOptimized",
        "enaSupport",
        "enableResourceNameDnsAAAARecord",
        "enableResourceNameDnsARecord",
        "enabled",
        "isPrimaryIpv6",
        "primary",
        "sourceDestCheck",
    ],
};
