//! Route 53: zones and their record sets.

use crate::collect::call::{CallRow, Collector, Source, Start};
use crate::collect::found::{Found, list, recorded, text};
use crate::request::Request;
use caravan_inventory::ObservationKind;
use serde_json::{Value, json};

/// Its calls.
pub(super) const CALLS: &[CallRow] = &[
    row("route53:ListHostedZones", Start::Root("{}"), &[], Collector::One(zones)),
    row("route53:ListResourceRecordSets", Start::Each, &["route53:ListHostedZones"], Collector::One(records)),
];

const fn row(api: &'static str, start: Start, fed_by: &'static [&'static str], collector: Collector) -> CallRow {
    CallRow { api, source: Source::Dns, global: true, start, fed_by, collector }
}

fn zones(request: &Request, body: &Value) -> Found {
    let zones = list(body, "HostedZones");
    let mut found =
        recorded(request, ObservationKind::HostedZone, zones, |zone| Some(bare(text(zone, "Id")?).to_owned()));
    found.follow_up = zones
        .iter()
        .filter_map(|zone| text(zone, "Id"))
        .map(|id| request.then("route53:ListResourceRecordSets", json!({"HostedZoneId": bare(id)})))
        .collect();
    found
}

/// A record set's name: its zone, name and type, and the identifier that tells weighted and other sets apart.
fn records(request: &Request, body: &Value) -> Found {
    let zone = text(&request.read.input, "HostedZoneId").unwrap_or_default();
    recorded(request, ObservationKind::RecordSet, list(body, "ResourceRecordSets"), |set| {
        let name = format!("{zone}/{}/{}", text(set, "Name")?, text(set, "Type")?);
        Some(text(set, "SetIdentifier").map_or(name.clone(), |identifier| format!("{name}/{identifier}")))
    })
}

/// `/hostedzone/Z1` → `Z1`.
fn bare(id: &str) -> &str {
    id.rsplit_once('/').map_or(id, |(_, bare)| bare)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::collect::testing::{found, request};

    #[test]
    fn zones_lead_to_their_records() {
        let ask = request("route53:ListHostedZones", json!({}));
        let zones = found(&ask, json!({"HostedZones": [{"Id": "/hostedzone/Z1", "Name": "example.com."}]}));
        assert_eq!(zones.elements[0].name, "Z1");
        assert_eq!(zones.follow_up[0].read.input, json!({"HostedZoneId": "Z1"}));
        let sets = json!([
            {"Name": "a.example.com.", "Type": "A"},
            {"Name": "a.example.com.", "Type": "A", "SetIdentifier": "blue", "Weight": 0}]);
        let records = found(&zones.follow_up[0], json!({"ResourceRecordSets": sets}));
        let names: Vec<_> = records.elements.iter().map(|element| element.name.as_str()).collect();
        assert_eq!(names, ["Z1/a.example.com./A", "Z1/a.example.com./A/blue"]);
    }
}
