//! Route 53, by its SDK. <https://docs.aws.amazon.com/Route53/latest/APIReference/API_Operations_Amazon_Route_53.html>

use super::{send, text, unknown};
use crate::capture::Capture;
use crate::failed_call::FailedCall;
use crate::paging::RecordCursor;
use crate::session::RegionClients;
use aws_sdk_route53::types::RrType;
use caravan_providers::Read;

/// The most zones that a list gives at once.
const ZONES: i32 = 100;

/// The most record sets that a list gives at once.
const RECORDS: i32 = 300;

/// A call of this service.
#[derive(Clone, Copy)]
enum Operation {
    ListHostedZones,
    ListResourceRecordSets,
}

/// The calls, by their names in the contract.
const OPERATIONS: &[(&str, Operation)] = &[
    ("route53:ListHostedZones", Operation::ListHostedZones),
    ("route53:ListResourceRecordSets", Operation::ListResourceRecordSets),
];

fn operation(api: &str) -> Option<Operation> {
    OPERATIONS.iter().find(|(name, _)| *name == api).map(|(_, operation)| *operation)
}

/// Whether there is such a call.
pub(super) fn knows(api: &str) -> bool {
    operation(api).is_some()
}

pub(super) async fn send(session: &RegionClients, read: &Read, capture: &Capture) -> Result<(), FailedCall> {
    let route53 = &session.route53;
    match operation(&read.api).ok_or_else(|| unknown(read))? {
        Operation::ListHostedZones => {
            send!(capture, route53.list_hosted_zones().max_items(ZONES).set_marker(read.token.clone()))
        }
        Operation::ListResourceRecordSets => {
            let cursor = RecordCursor::parse(read.token.as_deref());
            send!(
                capture,
                route53
                    .list_resource_record_sets()
                    .set_hosted_zone_id(text(read, "HostedZoneId"))
                    .max_items(RECORDS)
                    .set_start_record_name(cursor.name)
                    .set_start_record_type(cursor.kind.as_deref().map(RrType::from))
                    .set_start_record_identifier(cursor.identifier)
            )
        }
    }
}
