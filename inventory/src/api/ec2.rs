//! Amazon EC2 (2016-11-15): DescribeInstances. It answers in XML, whose names begin in lower case.

use super::model::Content::{Command, Identity};
use super::model::{Model, Names, Row};
use std::sync::LazyLock;

/// An instance.
pub(crate) static INSTANCES: Model = Model::new(INSTANCE, &NAMES);

static NAMES: LazyLock<Names> = LazyLock::new(|| Names::of(&[INSTANCE], &[]));

#[rustfmt::skip]
const INSTANCE: &[Row] = &[
    ("instanceId", Identity), ("imageId", Identity), ("instanceState/**", Identity), ("privateDnsName", Identity), ("dnsName", Identity),
    ("reason", Command), ("stateReason/**", Command), ("keyName", Identity), ("amiLaunchIndex", Identity), ("productCodes/**", Identity),
    ("instanceType", Identity), ("launchTime", Identity), ("placement/**", Identity), ("kernelId", Identity), ("ramdiskId", Identity),
    ("platform", Identity), ("platformDetails", Identity), ("monitoring/**", Identity), ("subnetId", Identity), ("vpcId", Identity),
    ("privateIpAddress", Identity), ("ipAddress", Identity), ("ipv6Address", Identity), ("sourceDestCheck", Identity),
    ("groupSet/**", Identity), ("architecture", Identity), ("rootDeviceType", Identity), ("rootDeviceName", Identity),
    ("blockDeviceMapping/**", Identity), ("virtualizationType", Identity), ("clientToken", Identity), ("hypervisor", Identity),
    ("networkInterfaceSet/**", Identity), ("iamInstanceProfile/**", Identity), ("ebsOptimized", Identity), ("enaSupport", Identity),
    ("sriovNetSupport", Identity), ("elasticGpuAssociationSet/**", Identity), ("cpuOptions/**", Identity), ("metadataOptions/**", Identity),
    ("hibernationOptions/**", Identity), ("enclaveOptions/**", Identity), ("maintenanceOptions/**", Identity),
    ("privateDnsNameOptions/**", Identity), ("capacityReservationId", Identity), ("capacityReservationSpecification/**", Identity),
    ("usageOperation", Identity), ("usageOperationUpdateTime", Identity), ("spotInstanceRequestId", Identity), ("instanceLifecycle", Identity),
    ("outpostArn", Identity), ("bootMode", Identity), ("currentInstanceBootMode", Identity), ("tpmSupport", Identity), ("licenseSet/**", Identity),
    ("tagSet/*/key", Identity),
];
