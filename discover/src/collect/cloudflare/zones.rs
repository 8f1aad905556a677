//! Zones with their records and the routes of Workers: a route belongs to a zone, also one that keeps Workers away.

use crate::collect::call::{CallRow, Collector, Source, Start};
use crate::collect::found::{Found, list, recorded, text};
use crate::request::Request;
use caravan_inventory::ObservationKind;
use serde_json::{Value, json};

const ZONES: &str = "cloudflare:ListZones";

/// Its calls.
pub(super) const CALLS: &[CallRow] = &[
    row(ZONES, Start::Root("{}"), &[], zones),
    row("cloudflare:ListWorkerRoutes", Start::Each, &[ZONES], routes),
    row("cloudflare:ListDnsRecords", Start::Each, &[ZONES], records),
];

const fn row(
    api: &'static str,
    start: Start,
    fed_by: &'static [&'static str],
    collector: fn(&Request, &Value) -> Found,
) -> CallRow {
    CallRow { api, source: Source::Workers, global: true, start, fed_by, collector: Collector::One(collector) }
}

fn zones(request: &Request, body: &Value) -> Found {
    let zones = list(body, "result");
    let mut found =
        recorded(request, ObservationKind::CloudflareZone, zones, |zone| text(zone, "id").map(str::to_owned));
    for zone in zones.iter().filter_map(|zone| text(zone, "id")) {
        let ask = |api: &str| request.then(api, json!({"zone_id": zone}));
        found.follow_up.extend(["cloudflare:ListWorkerRoutes", "cloudflare:ListDnsRecords"].map(ask));
    }
    found
}

fn routes(request: &Request, body: &Value) -> Found {
    of_zone(request, body, ObservationKind::WorkerRoute)
}

fn records(request: &Request, body: &Value) -> Found {
    of_zone(request, body, ObservationKind::DnsRecord)
}

/// What is named by its id in a zone. The answer does not always say which zone was asked.
fn of_zone(request: &Request, body: &Value, kind: ObservationKind) -> Found {
    let zone = text(&request.read.input, "zone_id").unwrap_or_default();
    let mut found =
        recorded(request, kind, list(body, "result"), |thing| Some(format!("{zone}/{}", text(thing, "id")?)));
    let with_zone = found.elements.into_iter().map(|element| element.with("zone_id", Value::from(zone)));
    found.elements = with_zone.collect();
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::collect::testing::{apis, cloudflare_request, found};

    #[test]
    fn a_zone_leads_to_its_routes_and_records_and_they_say_its_id() {
        let ask = cloudflare_request(ZONES, json!({}));
        let zones = found(&ask, json!({"result": [{"id": "z1", "name": "example.com"}]}));
        assert_eq!(apis(&zones), ["cloudflare:ListWorkerRoutes", "cloudflare:ListDnsRecords"]);
        let routes = json!({"result": [{"id": "r1", "pattern": "example.com/static/*"}]});
        let found = found(&zones.follow_up[0], routes);
        assert_eq!(found.elements[0].name, "z1/r1");
        assert_eq!(found.elements[0].body, json!({"id": "r1", "pattern": "example.com/static/*", "zone_id": "z1"}));
    }
}
