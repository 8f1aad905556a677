//! The walk through documents.

use super::redactor;
use caravan_inventory::{ObservationKind, Redacted};
use serde_json::json;

#[test]
fn every_kind_has_a_table_and_keeps_its_shape() {
    for kind in ObservationKind::ALL {
        let mut document =
            json!({"Name": "parcels", "unknownToday": {"deep": ["xjq7zkw9vbn2mth5rpl8", 7, null, true]}});
        redactor().redact(&mut document, *kind);
        let deep = &document["unknownToday"]["deep"];
        assert!(Redacted::is_in(&deep[0].to_string()), "{}", kind.as_str());
        assert_eq!((&deep[1], &deep[2], &deep[3]), (&json!(7), &json!(null), &json!(true)));
        assert_eq!(document["Name"], "parcels");
    }
}

#[test]
fn a_number_under_a_suspicious_name_goes() {
    let mut document = json!({"containerDefinitions": [{"environment": [{"name": "DB_PASSWORD", "value": 48_151_623}, {"name": "PORT", "value": 8080}]}]});
    redactor().redact(&mut document, ObservationKind::EcsTaskDefinition);
    let environment = &document["containerDefinitions"][0]["environment"];
    assert!(Redacted::is_in(&environment[0].to_string()));
    assert_eq!(environment[1]["value"], 8080);
}

#[test]
fn a_suspicious_field_covers_what_is_below_it() {
    let mut document = json!({"family": "x", "credentials": {"main": {"first": "summer"}}});
    redactor().redact(&mut document, ObservationKind::EcsTaskDefinition);
    assert!(Redacted::is_in(&document["credentials"]["main"]["first"].to_string()));
}
