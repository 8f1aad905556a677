//! The Terraform of apps that ask who comes: every argument is one that its provider knows, and none is missing that must be
//! there.

use super::terraform;
use caravan_tests_testbed::arguments;
use serde_json::Value;

#[test]
fn the_terraform_of_logins_has_the_arguments_that_entra_id_and_keycloak_know() {
    let (text, room) = terraform();
    if let Some(terraform) = caravan_tests_testbed::Terraform::found() {
        assert_eq!(terraform.fmt(&room.path().join("infrastructure")), Ok(()));
    }
    let Some(known) = arguments() else { return };
    let read: Value = hcl::from_str(&text).unwrap();
    let (mut compared, mut wrong) = (0, Vec::new());
    for (kind, resources) in read["resource"].as_object().unwrap() {
        if kind.starts_with("aws_") {
            continue;
        }
        let Some(taken) = known.get(kind) else { panic!("no package has {kind}") };
        for (label, written) in resources.as_object().unwrap() {
            let written = written.as_object().unwrap();
            // Terraform's own.
            let own = ["provider", "depends_on"];
            let strange = written.keys().filter(|name| !own.contains(&name.as_str()) && !taken.contains_key(*name));
            wrong.extend(strange.map(|name| format!("{kind}.{label}: no such argument {name}")));
            let missing = taken.iter().filter(|(name, must)| **must && !written.contains_key(*name));
            wrong.extend(missing.map(|(name, _)| format!("{kind}.{label}: {name} is missing")));
            compared += written.len();
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    assert!(compared > 40, "{compared}");
}
