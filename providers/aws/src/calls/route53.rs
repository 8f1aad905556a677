//! Route 53, by its SDK. <https://docs.aws.amazon.com/Route53/latest/APIReference/API_Operations_Amazon_Route_53.html>

use super::{send, text, unknown};
use crate::capture::Capture;
use crate::fault::Fault;
use crate::paging::RecordPlace;
use crate::session::Session;
use aws_sdk_route53::types::RrType;
use caravan_providers::Read;

/// The most zones that a list gives at once.
const ZONES: i32 = 100;

/// The most record sets that a list gives at once.
const RECORDS: i32 = 300;

pub(super) async fn send(session: &Session, read: &Read, capture: &Capture) -> Result<(), Fault> {
    let route53 = &session.route53;
    match read.api.as_str() {
        "route53:ListHostedZones" => {
            send!(capture, route53.list_hosted_zones().max_items(ZONES).set_marker(read.token.clone()))
        }
        "route53:ListResourceRecordSets" => {
            let place = RecordPlace::parse(read.token.as_deref());
            send!(
                capture,
                route53
                    .list_resource_record_sets()
                    .set_hosted_zone_id(text(read, "HostedZoneId"))
                    .max_items(RECORDS)
                    .set_start_record_name(place.name)
                    .set_start_record_type(place.kind.as_deref().map(RrType::from))
                    .set_start_record_identifier(place.identifier)
            )
        }
        _ => Err(unknown(read)),
    }
}
