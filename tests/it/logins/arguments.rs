//! The Terraform of apps that ask who comes: every argument is one that its provider knows, and none is missing that must be
//! there.

use super::terraform;
use crate::terraform::strange_arguments;
use caravan_tests_testbed::arguments;

#[test]
fn the_terraform_of_logins_has_the_arguments_that_entra_id_and_keycloak_know() {
    let (text, room) = terraform();
    if let Some(terraform) = caravan_tests_testbed::Terraform::found() {
        assert_eq!(terraform.fmt(&room.path().join("infrastructure")), Ok(()));
    }
    let Some(known) = arguments(&["azuread", "keycloak"]) else { return };
    let (compared, wrong) = strange_arguments(&text, &known, &["aws_"]);
    assert!(wrong.is_empty(), "{wrong:#?}");
    assert!(compared > 40, "{compared}");
}
