//! Texts made to make the redaction slow, deep or wrong.

use super::{arguments, redactor, variable};
use caravan_inventory::{ObservationKind, Redacted};
use serde_json::json;

/// A quadratic reading of these would take minutes, a recursive one would end the process.
const LONG: usize = 200_000;

#[test]
fn long_texts_of_every_sign_are_read_once() {
    for piece in [
        "a=",
        "{a=",
        ",",
        ",a://",
        "\"",
        "'a\"b",
        "a",
        "A",
        "1",
        "/",
        "?",
        "?a=",
        "%41",
        "$",
        "$$",
        "<",
        "<redacted:",
        "@",
        ":@",
        "a:b@",
        "-----BEGIN ",
        "eyJ",
        "ghp_",
        " ",
        "a ",
        "a; ",
        "password ",
        "\"password\":\"",
        "é",
        "[",
        "{\"a\":",
        "\\",
    ] {
        let text = piece.repeat(LONG / piece.len());
        for name in ["SETTING", "DB_PASSWORD"] {
            variable(name, &text);
        }
        arguments(&[&text, "--password", &text]);
    }
}

#[test]
fn documents_in_texts_of_documents_end_somewhere() {
    let mut text = json!({"password": "summer"}).to_string();
    for _ in 0..10 {
        text = json!({ "inner": text }).to_string();
    }
    let after = variable("SETTING", &text);
    assert!(Redacted::is_in(&after) && !after.contains("summer"));
}

#[test]
fn many_fields_are_walked() {
    let mut document = json!({"family": "x", "unknown": {}});
    let fields = document["unknown"].as_object_mut().unwrap();
    for number in 0..100_000 {
        fields.insert(format!("field-{number}"), json!([[["value"]]]));
    }
    redactor().redact(&mut document, ObservationKind::EcsTaskDefinition);
    assert_eq!(document["unknown"].as_object().unwrap().len(), 100_000);
}

#[test]
fn a_forged_mark_covers_nothing() {
    let forged = "<redacted:0123456789abcdef>";
    let secret = "xjq7zkw9vbn2mth5rpl8";
    for value in [
        format!("{forged}{secret}"),
        format!("{secret}{forged}"),
        format!("{forged} {secret}"),
        format!("{forged}{secret}{forged}"),
    ] {
        assert!(!variable("SETTING", &value).contains(secret), "{value}");
    }
    assert!(!variable("DB_PASSWORD", &format!("{forged}summer")).contains("summer"));
}
