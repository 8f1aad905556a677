//! Amazon EC2 (2016-11-15): DescribeInstances with DescribeInstanceAttribute, DescribeLaunchTemplateVersions, DescribeImages,
//! DescribeVolumes, DescribeAddresses, DescribeSecurityGroups. It answers in XML, whose names begin in lower case.
//!
//! `reservation` and `userDataParts` are ours: what stands around an instance, and what its user data decodes to.

use super::model::Content::{Command, Free, Identity};
use super::model::{Model, Names, Row};
use std::sync::LazyLock;

/// An instance.
pub(crate) static INSTANCES: Model = Model::new(INSTANCE, &NAMES);
/// A version of a launch template.
pub(crate) static LAUNCH_TEMPLATES: Model = Model::new(LAUNCH_TEMPLATE, &NAMES);
/// An image.
pub(crate) static IMAGES: Model = Model::new(IMAGE, &NAMES);
/// A volume.
pub(crate) static VOLUMES: Model = Model::new(VOLUME, &NAMES);
/// An Elastic IP address.
pub(crate) static ADDRESSES: Model = Model::new(ADDRESS, &NAMES);
/// A security group.
pub(crate) static SECURITY_GROUPS: Model = Model::new(SECURITY_GROUP, &NAMES);

static NAMES: LazyLock<Names> =
    LazyLock::new(|| Names::of(&[INSTANCE, LAUNCH_TEMPLATE, IMAGE, VOLUME, ADDRESS, SECURITY_GROUP], OTHERS));

#[rustfmt::skip]
const INSTANCE: &[Row] = &[
    ("reason", Command), ("stateReason/**", Command), ("networkInterfaceSet/*/description", Command),
    ("networkInterfaceSet/*/attachment/**", Identity), ("tagSet/*/key", Identity), ("reservation/**", Identity), ("userData/value", Free),
    ("userDataParts/*/contentType", Identity), ("userDataParts/*/fileName", Command), ("userDataParts/*/text", Command),
    ("userDataParts/*/problem", Identity), ("architecture", Identity), ("blockDeviceMapping/**", Identity), ("clientToken", Identity),
    ("ebsOptimized", Identity), ("enaSupport", Identity), ("hypervisor", Identity), ("iamInstanceProfile/**", Identity),
    ("instanceLifecycle", Identity), ("elasticGpuAssociationSet/**", Identity), ("elasticInferenceAcceleratorAssociationSet/**", Identity),
    ("networkInterfaceSet/**", Identity), ("outpostArn", Identity), ("rootDeviceName", Identity), ("rootDeviceType", Identity),
    ("groupSet/**", Identity), ("sourceDestCheck", Identity), ("spotInstanceRequestId", Identity), ("sriovNetSupport", Identity),
    ("virtualizationType", Identity), ("cpuOptions/**", Identity), ("capacityBlockId", Identity), ("capacityReservationId", Identity),
    ("capacityReservationSpecification/**", Identity), ("hibernationOptions/**", Identity), ("licenseSet/**", Identity),
    ("metadataOptions/**", Identity), ("enclaveOptions/**", Identity), ("bootMode", Identity), ("platformDetails", Identity),
    ("usageOperation", Identity), ("usageOperationUpdateTime", Identity), ("privateDnsNameOptions/**", Identity), ("ipv6Address", Identity),
    ("tpmSupport", Identity), ("maintenanceOptions/**", Identity), ("currentInstanceBootMode", Identity),
    ("networkPerformanceOptions/**", Identity), ("operator/**", Identity), ("secondaryInterfaceSet/**", Identity), ("instanceId", Identity),
    ("imageId", Identity), ("instanceState/**", Identity), ("privateDnsName", Identity), ("dnsName", Identity), ("keyName", Identity),
    ("amiLaunchIndex", Identity), ("productCodes/**", Identity), ("instanceType", Identity), ("launchTime", Identity),
    ("placement/**", Identity), ("kernelId", Identity), ("ramdiskId", Identity), ("platform", Identity), ("monitoring/**", Identity),
    ("subnetId", Identity), ("vpcId", Identity), ("privateIpAddress", Identity), ("ipAddress", Identity),
];

#[rustfmt::skip]
const LAUNCH_TEMPLATE: &[Row] = &[
    ("versionDescription", Command), ("launchTemplateData/userData", Free), ("launchTemplateData/userDataParts/*/contentType", Identity),
    ("launchTemplateData/userDataParts/*/fileName", Command), ("launchTemplateData/userDataParts/*/text", Command),
    ("launchTemplateData/userDataParts/*/problem", Identity), ("launchTemplateData/tagSpecificationSet/*/tagSet/*/value", Free),
    ("launchTemplateData/networkInterfaceSet/*/description", Command), ("launchTemplateId", Identity), ("launchTemplateName", Identity),
    ("versionNumber", Identity), ("createTime", Identity), ("createdBy", Identity), ("defaultVersion", Identity),
    ("launchTemplateData/**", Identity), ("operator/**", Identity),
];

#[rustfmt::skip]
const IMAGE: &[Row] = &[
    ("description", Command), ("stateReason/**", Command), ("tagSet/*/key", Identity), ("platformDetails", Identity),
    ("usageOperation", Identity), ("blockDeviceMapping/**", Identity), ("enaSupport", Identity), ("hypervisor", Identity),
    ("imageOwnerAlias", Identity), ("name", Identity), ("rootDeviceName", Identity), ("rootDeviceType", Identity),
    ("sriovNetSupport", Identity), ("virtualizationType", Identity), ("bootMode", Identity), ("tpmSupport", Identity),
    ("deprecationTime", Identity), ("imdsSupport", Identity), ("sourceInstanceId", Identity), ("deregistrationProtection", Identity),
    ("lastLaunchedTime", Identity), ("imageAllowed", Identity), ("sourceImageId", Identity), ("sourceImageRegion", Identity),
    ("freeTierEligible", Identity), ("publicSsmParameterName", Identity), ("imageWatermarkSet/**", Identity), ("scanResults/**", Identity),
    ("instanceTypeSpecification/**", Identity), ("imageId", Identity), ("imageLocation", Identity), ("imageState", Identity),
    ("imageOwnerId", Identity), ("creationDate", Identity), ("isPublic", Identity), ("productCodes/**", Identity),
    ("architecture", Identity), ("imageType", Identity), ("kernelId", Identity), ("ramdiskId", Identity), ("platform", Identity),
];

#[rustfmt::skip]
const VOLUME: &[Row] = &[
    ("tagSet/*/key", Identity), ("availabilityZoneId", Identity), ("outpostArn", Identity), ("sourceVolumeId", Identity),
    ("iops", Identity), ("volumeType", Identity), ("fastRestored", Identity), ("multiAttachEnabled", Identity), ("throughput", Identity),
    ("sseType", Identity), ("operator/**", Identity), ("volumeInitializationRate", Identity), ("volumeArn", Identity),
    ("ownerId", Identity), ("volumeId", Identity), ("size", Identity), ("snapshotId", Identity), ("availabilityZone", Identity),
    ("status", Identity), ("createTime", Identity), ("attachmentSet/**", Identity), ("encrypted", Identity), ("kmsKeyId", Identity),
];

#[rustfmt::skip]
const ADDRESS: &[Row] = &[
    ("tagSet/*/key", Identity), ("allocationId", Identity), ("associationId", Identity), ("domain", Identity),
    ("networkInterfaceId", Identity), ("networkInterfaceOwnerId", Identity), ("privateIpAddress", Identity), ("publicIpv4Pool", Identity),
    ("networkBorderGroup", Identity), ("customerOwnedIp", Identity), ("customerOwnedIpv4Pool", Identity), ("carrierIp", Identity),
    ("subnetId", Identity), ("serviceManaged", Identity), ("instanceId", Identity), ("publicIp", Identity),
];

#[rustfmt::skip]
const SECURITY_GROUP: &[Row] = &[
    ("groupDescription", Command), ("ipPermissions/*/ipRanges/*/description", Command),
    ("ipPermissions/*/ipv6Ranges/*/description", Command), ("ipPermissions/*/prefixListIds/*/description", Command),
    ("ipPermissions/*/groups/*/description", Command), ("ipPermissionsEgress/*/ipRanges/*/description", Command),
    ("ipPermissionsEgress/*/ipv6Ranges/*/description", Command), ("ipPermissionsEgress/*/prefixListIds/*/description", Command),
    ("ipPermissionsEgress/*/groups/*/description", Command), ("tagSet/*/key", Identity), ("groupId", Identity),
    ("ipPermissionsEgress/**", Identity), ("vpcId", Identity), ("securityGroupArn", Identity), ("ownerId", Identity),
    ("groupName", Identity), ("ipPermissions/**", Identity),
];

/// Fields without a row of their own: they hold free values, or stand inside a subtree (`**`).
#[rustfmt::skip]
const OTHERS: &[&str] = &[
    "ownerId", "requesterId", "reservationId",
    "AvailabilityZoneId", "EbsCardIndex", "VolumeInitializationRate", "acceleratorCount",
    "acceleratorManufacturerSet", "acceleratorNameSet", "acceleratorTotalMemoryMiB", "acceleratorTypeSet", "affinity",
    "allowedInstanceTypeSet", "amdSevSnp", "arn", "associateCarrierIpAddress", "associatePublicIpAddress",
    "associatedResource", "association", "attachTime", "attachmentId", "autoRecovery", "bandwidthWeighting",
    "bareMetal", "baselineEbsBandwidthMbps", "baselinePerformanceFactors", "blockDeviceMappingSet",
    "blockDurationMinutes", "burstablePerformance", "capacityReservationPreference",
    "capacityReservationResourceGroupArn", "capacityReservationTarget", "cidrIp", "cidrIpv6", "code", "configured",
    "connectionTrackingConfiguration", "connectionTrackingSpecification", "coreCount", "count", "cpu", "cpuCredits",
    "cpuManufacturerSet", "creditSpecification", "criticalFixAvailableSince", "deleteOnTermination", "device",
    "deviceIndex", "deviceName", "disableApiStop", "disableApiTermination", "ebs", "ebsCardIndex",
    "elasticGpuAssociationId", "elasticGpuAssociationState", "elasticGpuAssociationTime", "elasticGpuId",
    "elasticGpuSpecificationSet", "elasticInferenceAcceleratorArn", "elasticInferenceAcceleratorAssociationId",
    "elasticInferenceAcceleratorAssociationState", "elasticInferenceAcceleratorAssociationTime",
    "elasticInferenceAcceleratorSet", "enaQueueCount", "enaSrdEnabled", "enaSrdSpecification", "enaSrdUdpEnabled",
    "enaSrdUdpSpecification", "enableResourceNameDnsAAAARecord", "enableResourceNameDnsARecord", "enabled",
    "excludedInstanceTypeSet", "findingScanDate", "fromPort", "hiddenByDefault", "highFixAvailableSince",
    "highestFindingSeverityLabel", "hostId", "hostResourceGroupArn", "hostnameType", "httpEndpoint",
    "httpProtocolIpv6", "httpPutResponseHopLimit", "httpTokens", "id", "informationalFixAvailableSince",
    "instanceFamily", "instanceGenerationSet", "instanceInitiatedShutdownBehavior", "instanceInterruptionBehavior",
    "instanceMarketOptions", "instanceMetadataTags", "instanceOwningService", "instanceRequirements", "interfaceType",
    "ipOwnerId", "ipProtocol", "ipv4Prefix", "ipv4PrefixCount", "ipv4PrefixSet", "ipv6AddressCount",
    "ipv6AddressesSet", "ipv6Prefix", "ipv6PrefixCount", "ipv6PrefixSet", "isPrimaryIpv6", "licenseConfigurationArn",
    "localStorage", "localStorageTypeSet", "lowFixAvailableSince", "macAddress", "managed", "marketType", "max",
    "maxPrice", "maxSpotPriceAsPercentageOfOptimalOnDemandPrice", "mediumFixAvailableSince", "memoryGiBPerVCpu",
    "memoryMiB", "message", "min", "nestedVirtualization", "networkBandwidthGbps", "networkCardIndex",
    "networkInterfaceCount", "noDevice", "onDemandMaxPricePercentageOverLowestPrice", "partitionNumber",
    "peeringStatus", "prefixListId", "primary", "primaryIpv6", "principal", "privateIpAddressCount",
    "privateIpAddressSet", "privateIpAddressesSet", "productCode", "publicDnsName", "ramDiskId", "rebootMigration",
    "referenceSet", "requireEncryptionInTransit", "requireHibernateSupport", "resourceType", "secondaryInterfaceId",
    "secondaryNetworkId", "secondaryPrivateIpAddressCount", "secondarySubnetId", "securityGroupIdSet",
    "securityGroupSet", "sourceImageCreationTime", "spotInstanceType", "spotMaxPricePercentageOverLowestPrice",
    "spotOptions", "spreadDomain", "state", "supportedInstanceTypeSet", "tcpEstablishedTimeout", "tenancy",
    "threadsPerCore", "toPort", "totalLocalStorageGB", "type", "udpStreamTimeout", "udpTimeout",
    "unsupportedInstanceTypeSet", "userId", "vCpuCount", "validUntil", "virtualName", "volumeOwnerId", "volumeSize",
    "vpcPeeringConnectionId", "watermarkCreationTime", "watermarkKey",
];
