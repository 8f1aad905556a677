//! `caravan doctor`, against the servers of the test bench.

use super::{Room, Said};
use caravan_tests_testbed::{Cluster, Moto};
use serde_json::Value;
use std::collections::BTreeMap;

/// The checks of `doctor` by name.
fn checks(document: &Value) -> BTreeMap<String, String> {
    let text = |check: &Value, key: &str| check[key].as_str().unwrap().to_owned();
    document["checks"].as_array().unwrap().iter().map(|check| (text(check, "name"), text(check, "state"))).collect()
}

#[test]
fn doctor_finds_every_kind_that_convert_writes_on_the_real_control_plane() {
    let Some(cluster) = Cluster::shared() else { return };
    let room = Room::new();
    let output = room.command(&["doctor", "--format", "json"]).env("KUBECONFIG", cluster.kubeconfig()).output();
    let said = Said::of(output.unwrap());
    let checks = checks(&said.json());
    assert_eq!(said.code, Some(0), "{}", said.out);
    assert_eq!(checks["cluster"], "ok");
    let kinds: Vec<_> = checks.iter().filter(|(name, _)| name.starts_with("kind ")).collect();
    assert!(kinds.len() >= 5 && kinds.iter().all(|(_, state)| *state == "ok"), "{kinds:?}");
}

#[test]
fn doctor_tells_whose_credentials_these_are_against_moto() {
    let Some(moto) = Moto::shared() else { return };
    let account = moto.account();
    let room = Room::new();
    let doctor = |id: &str| {
        let endpoint = moto.endpoint();
        let text = format!(
            "schema: caravan.config/v1\naccounts:\n  - id: \"{id}\"\n    regions: [eu-central-1]\n    endpoint: {endpoint}\n"
        );
        room.write("caravan.yaml", text);
        let variables = account.environment(&endpoint, "eu-central-1");
        Said::of(room.command(&["doctor", "--format", "json"]).envs(variables).output().unwrap())
    };
    let own = doctor(&account.id);
    assert_eq!(
        (own.code, checks(&own.json())[&format!("account {}", account.id)].as_str()),
        (Some(0), "ok"),
        "{}",
        own.out
    );
    let other = doctor("111122223333");
    assert_eq!((other.code, checks(&other.json())["account 111122223333"].as_str()), (Some(4), "failed"));
    assert!(other.out.contains(&account.id), "{}", other.out);
}

#[test]
fn doctor_says_that_a_cluster_does_not_answer() {
    // A port that was free a moment ago.
    let address = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let room = Room::new();
    room.write("kubeconfig", format!("apiVersion: v1\nkind: Config\ncurrent-context: c\nclusters: [{{name: c, cluster: {{server: 'http://{address}'}}}}]\ncontexts: [{{name: c, context: {{cluster: c, user: u}}}}]\nusers: [{{name: u, user: {{}}}}]\n"));
    let output = room.command(&["doctor"]).env("KUBECONFIG", room.path().join("kubeconfig")).output().unwrap();
    let said = Said::of(output);
    assert_eq!(said.code, Some(1), "{}", said.out);
    assert!(said.out.contains(&address.to_string()) && said.out.contains("check the address"), "{}", said.out);
}

#[test]
fn doctor_reads_the_roots_that_probes_trust() {
    let room = Room::new();
    let root = rcgen::generate_simple_self_signed(["root.example.com".to_owned()]).unwrap().cert.pem();
    room.write("certs/two.pem", format!("{root}{root}"));
    let doctor = |files: &str| {
        room.write("caravan.yaml", format!("schema: caravan.config/v1\nprobes:\n  ca_files: {files}\n"));
        room.run(&["doctor", "--offline"])
    };
    let well = doctor("[certs/two.pem]");
    assert_eq!(well.code, Some(0), "{}", well.out);
    assert!(well.out.contains("ok       ca file certs/two.pem: probes trust its certificates, 2"), "{}", well.out);
    room.write("certs/key.pem", "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n");
    room.write("certs/cut.pem", &root[..100]);
    room.write("certs/none.pem", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n");
    for (file, said) in [
        ("certs/missing.pem", "No such file"),
        ("certs", "Is a directory"),
        ("certs/key.pem", "no PEM certificate"),
        ("certs/cut.pem", "certificate 1 is not PEM"),
        ("certs/none.pem", "certificate 1 is no X.509 certificate"),
    ] {
        let bad = doctor(&format!("[certs/two.pem, {file}]"));
        assert_eq!(bad.code, Some(3), "{}", bad.out);
        for text in [said, file, "caravan.yaml: probes.ca_files[1]", "ok       ca file certs/two.pem"] {
            assert!(bad.out.contains(text), "`{text}` is not in {}", bad.out);
        }
    }
    let unknown = doctor("[]\n  ca_file: x");
    assert_eq!(unknown.code, Some(3), "{}", unknown.out);
    assert!(unknown.out.contains("did you mean `ca_files`?"), "{}", unknown.out);
}

#[test]
fn doctor_reports_a_wrong_configuration_with_3() {
    let room = Room::new();
    room.write("caravan.yaml", "schema: caravan.config/v1\nacounts: []\n");
    let said = room.run(&["doctor", "--offline"]);
    assert_eq!(said.code, Some(3), "{}", said.out);
    assert!(said.out.contains("did you mean `accounts`?"), "{}", said.out);
}
