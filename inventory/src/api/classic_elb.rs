//! Classic Elastic Load Balancing (2012-06-01): DescribeLoadBalancers, DescribeTags, DescribeLoadBalancerPolicies.

use super::model::Content::Identity;
use super::model::{Model, Names, Row};
use std::sync::LazyLock;

/// A load balancer.
pub(crate) static LOAD_BALANCERS: Model = Model::new(LOAD_BALANCER, &NAMES);
/// The policies of one.
pub(crate) static POLICIES: Model = Model::new(POLICY, &NAMES);

static NAMES: LazyLock<Names> = LazyLock::new(|| Names::of(&[LOAD_BALANCER, POLICY], OTHERS));

#[rustfmt::skip]
const LOAD_BALANCER: &[Row] = &[
    ("LoadBalancerName", Identity), ("DNSName", Identity), ("CanonicalHostedZoneName", Identity), ("CanonicalHostedZoneNameID", Identity),
    ("ListenerDescriptions/**", Identity), ("Policies/**", Identity), ("BackendServerDescriptions/**", Identity),
    ("AvailabilityZones/**", Identity), ("Subnets/**", Identity), ("VPCId", Identity), ("Instances/**", Identity),
    ("SourceSecurityGroup/**", Identity), ("SecurityGroups/**", Identity), ("CreatedTime", Identity), ("Scheme", Identity),
    ("Tags/*/Key", Identity),
];

/// A policy may hold a whole public key, but nothing that is a secret: its values are free all the same.
#[rustfmt::skip]
const POLICY: &[Row] = &[
    ("LoadBalancerName", Identity), ("PolicyDescriptions/*/PolicyName", Identity), ("PolicyDescriptions/*/PolicyTypeName", Identity),
    ("PolicyDescriptions/*/PolicyAttributeDescriptions/*/AttributeName", Identity),
];

/// Fields without a row of their own: they hold free values, or stand inside a subtree (`**`).
#[rustfmt::skip]
const OTHERS: &[&str] = &[
    "AppCookieStickinessPolicies", "AttributeValue", "CookieExpirationPeriod", "CookieName", "GroupName", "HealthCheck",
    "HealthyThreshold", "InstanceId", "InstancePort", "InstanceProtocol", "Interval", "LBCookieStickinessPolicies", "Listener",
    "LoadBalancerPort", "OtherPolicies", "OwnerAlias", "PolicyNames", "Protocol", "SSLCertificateId", "Target", "Timeout",
    "UnhealthyThreshold", "Value",
];
