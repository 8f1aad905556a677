//! Route 53 (2013-04-01): ListHostedZones, ListResourceRecordSets.

use super::model::Content::{Command, Identity};
use super::model::{Model, Names, Row};
use std::sync::LazyLock;

/// Each of its documents.
pub(crate) static ALL: Model = Model::new(ROUTE53, &NAMES);

static NAMES: LazyLock<Names> = LazyLock::new(|| Names::of(&[ROUTE53], &[]));

#[rustfmt::skip]
const ROUTE53: &[Row] = &[
    ("Id", Identity), ("Name", Identity), ("Type", Identity), ("CallerReference", Identity), ("SetIdentifier", Identity),
    ("AliasTarget/**", Identity), ("HealthCheckId", Identity), ("TrafficPolicyInstanceId", Identity), ("Region", Identity),
    ("Failover", Identity), ("GeoLocation/**", Identity), ("CidrRoutingConfig/**", Identity), ("GeoProximityLocation/**", Identity),
    ("LinkedService/ServicePrincipal", Identity), ("HostedZoneId", Identity),
    ("Config/PrivateZone", Identity), ("Config/Comment", Command),
];
