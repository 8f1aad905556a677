//! What `convert` and `render` say of an app that asks who callers are while nobody says it.

use super::{PLACE, asking, asking_nothing, settings};
use crate::cli::Room;
use serde_json::json;

#[test]
fn convert_names_what_lets_nobody_in_and_ends_with_11() {
    let room = Room::new();
    room.run(&["demo", "--out", "."]).ends(0, &[]);
    room.write("caravan.yaml", settings(&json!({})));
    room.write(PLACE, asking_nothing());
    let (before, said) = room.json(&["convert"]);
    assert_eq!((said["open"]["closed"].as_u64(), said.get("closed")), (Some(0), None));
    room.write(PLACE, asking());
    let (code, said) = room.json(&["convert"]);
    assert_eq!((code, said["open"]["closed"].as_u64()), (Some(11), Some(1)), "{before:?} before");
    let closed = &said["closed"][0];
    let named = json!({"path": PLACE, "environment": "prod", "components": ["api", "orders", "web"]});
    for key in ["path", "environment", "components"] {
        assert_eq!(closed[key], named[key]);
    }
    assert!(closed["reason"].as_str().unwrap().contains("`platform: {auth: {issuer: https://"), "{closed}");
    let text = room.run(&["convert"]);
    assert!(text.out.contains("\nclosed until it is told\n"), "{}", text.out);
    let sarif = room.run(&["convert", "--check", "--format", "sarif"]).json();
    let results = sarif["runs"][0]["results"].as_array().unwrap();
    let here = |one: &&serde_json::Value| one["ruleId"] == "closed";
    assert_eq!(results.iter().filter(here).count(), 1, "{sarif:#}");
    // The plug-in of Argo CD needs manifests, and closed ones.
    room.run(&["render", PLACE, "--env", "prod"]).ends(0, &["in prod nobody comes in to api, orders, web"]);
}
