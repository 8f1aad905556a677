//! `fixed-address`: a private IP address where a name should be.

use crate::readiness::note::Finding;
use crate::readiness::places::{at, each_text, some_of};
use crate::readiness::subject::Subject;
use caravan_inventory::{Evidence, ObservationKind};
use std::collections::BTreeMap;
use std::net::Ipv4Addr;

/// In the environment and commands of containers and functions. What APIs say of an instance's own addresses is not meant.
pub(super) fn check(subject: &Subject<'_>) -> Vec<Finding> {
    let mut found: BTreeMap<String, Evidence> = BTreeMap::new();
    for (observation, place, container) in subject.containers() {
        for part in ["environment", "command", "entryPoint"] {
            each_text(&container[part], &mut format!("{place}/{part}"), &mut |path, text| {
                for address in private(text) {
                    found.entry(address).or_insert_with(|| at(observation, path));
                }
            });
        }
    }
    for function in subject.of_kind(ObservationKind::LambdaFunction) {
        let variables = &function.body["Configuration"]["Environment"]["Variables"];
        each_text(variables, &mut "/Configuration/Environment/Variables".to_owned(), &mut |path, text| {
            for address in private(text) {
                found.entry(address).or_insert_with(|| at(function, path));
            }
        });
    }
    if found.is_empty() {
        return Vec::new();
    }
    let names: Vec<String> = found.keys().cloned().collect();
    let text = format!(
        "it is told {}, an address that may not be reached from the cluster, or may change",
        some_of(&names, 3)
    );
    let remedy = "see that the cluster's network has a way there, and give it a name";
    vec![Finding::new(text, found.into_values().collect(), remedy)]
}

/// The private addresses in a text (RFC 1918), other than loopback and the metadata service's.
fn private(text: &str) -> Vec<String> {
    let words = text.split(|c: char| !c.is_ascii_digit() && c != '.');
    let addresses = words.filter_map(|word| word.trim_matches('.').parse::<Ipv4Addr>().ok());
    addresses.filter(Ipv4Addr::is_private).map(|address| address.to_string()).collect()
}

#[cfg(test)]
mod tests {
    use crate::readiness::NoteKind;
    use crate::readiness::checks::fixture::service;
    use serde_json::json;

    #[test]
    fn a_private_address_in_a_variable_is_found() {
        let with =
            |value: &str| service(json!({}), json!({}), json!({"environment": [{"name": "PRINTER", "value": value}]}));
        let (text, places) = with("socket://10.20.7.31:9100").note(NoteKind::FixedAddress);
        assert!(text.starts_with("it is told 10.20.7.31, "), "{text}");
        assert_eq!(places, ["/taskDefinition/containerDefinitions/0/environment/0/value"]);
        for other in ["http://127.0.0.1:8080", "8.8.8.8", "1.2.3", "version 10.20.7", "10.0.0.0.1"] {
            assert!(with(other).notes(NoteKind::FixedAddress).is_empty(), "{other}");
        }
    }
}
