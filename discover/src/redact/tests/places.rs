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

/// What a balancer compares the host with, and where it redirects to, stands in public DNS: the shortest of names has no vowel.
#[test]
fn hosts_of_rules_stay_and_what_is_none_goes() {
    let secret = "xjq7zkw9vbn2mth5rpl8";
    let hosts = json!(["wpcdn.net", "*.kpt.mx", "*.bkdf.fr", "QRTS.com", "tpz?.*", "pr-*.kwzq.example", secret]);
    let mut rule = json!({
        "Conditions": [
            {"Field": "host-header", "Values": hosts, "HostHeaderConfig": {"Values": hosts}},
            {"Field": "path-pattern", "Values": [format!("/hooks/{secret}")]},
            {"Field": "http-header", "HttpHeaderConfig": {"HttpHeaderName": "X-Verify", "Values": [secret]}},
        ],
        "Actions": [{"Type": "redirect", "RedirectConfig": {"Host": "wpcdn.#{host}", "Query": format!("t={secret}"), "StatusCode": "HTTP_301"}}],
    });
    redactor().redact(&mut rule, ObservationKind::ListenerRule);
    for place in ["/Conditions/0/Values", "/Conditions/0/HostHeaderConfig/Values"] {
        let kept = rule.pointer(place).and_then(serde_json::Value::as_array).expect("a list still");
        assert_eq!(kept[..6], hosts.as_array().expect("a list")[..6], "{place}");
        assert!(Redacted::is_in(&kept[6].to_string()), "{place}");
    }
    assert_eq!(rule["Actions"][0]["RedirectConfig"]["Host"], "wpcdn.#{host}");
    assert!(!rule.to_string().contains(secret), "{rule}");
    // A token that is known by its look goes wherever it stands.
    let token = format!("{}.example.com", "AKIA".to_owned() + "IOSFODNN7QWERTYU");
    let mut rule = json!({"Conditions": [{"Field": "host-header", "Values": [token]}]});
    redactor().redact(&mut rule, ObservationKind::ListenerRule);
    assert!(!rule.to_string().contains("IOSFODNN7QWERTYU"), "{rule}");
}
