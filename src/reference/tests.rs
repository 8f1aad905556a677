//! The page and the types say the same.

use super::keys_of::keys_of;
use super::page::page;
use super::*;
use std::collections::BTreeSet;

#[test]
fn every_key_that_the_types_take_is_documented_and_no_other() {
    let mut taken = keys_of::<Config>().unwrap();
    let documented: Vec<&str> = KEYS.iter().map(|key| key.path).collect();
    assert_eq!(documented.iter().collect::<BTreeSet<_>>().len(), documented.len(), "a key stands there twice");
    taken.sort();
    let mut sorted = documented;
    sorted.sort_unstable();
    assert_eq!(taken, sorted);
}

#[test]
fn a_default_that_is_named_is_the_one_that_holds() {
    let default = |path: &str| KEYS.iter().find(|key| key.path == path).unwrap().default();
    assert_eq!(default("lease").as_deref(), Some("15"));
    assert_eq!(default("drivers").as_deref(), Some("shared"));
    assert_eq!(default("platform.gateway.section").as_deref(), Some("wildcard"));
    assert_eq!(default("probes.ca_files").as_deref(), Some("[]"));
    assert_eq!(default("accounts[].role"), None);
}

#[test]
#[expect(clippy::disallowed_methods, reason = "a test reads the page")]
fn the_page_is_made_of_the_types() {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/configuration.md");
    let made = page();
    if std::fs::read_to_string(file).unwrap_or_default() != made {
        let beside = std::env::temp_dir().join("configuration.md");
        std::fs::write(&beside, &made).unwrap();
        panic!("docs/configuration.md is not what the types say: {} is", beside.display());
    }
}
