//! A customer's hostname moves from the old edge to the new one, certificate before DNS, by the commands that a person gives: Route 53
//! is moto's, whose records a real knot answers; the certificate is the real pebble's; the new edge is the real Envoy Gateway with
//! Envoy. Drivers are killed with `kill -9` on the way, and the next one goes on without a second order. Meanwhile a client resolves and
//! connects with SNI all the time, and no handshake of it fails and no answer is wrong.

mod client;
mod customers;
mod dns;
mod old_edge;
mod resolver;
mod scene;

use crate::cli::Said;
use caravan_cutover_domains::{Act, Answer, Event, Lead};
use caravan_tests_testbed::in_namespace;
use scene::{OLD, Scene, Setup};
use serde_json::{Value, json};
use std::io::Write as _;
use std::time::Duration;

const SHOP: &str = "shop.vanity.test";
const BACK: &str = "back.vanity.test";
const WRONG: &str = "wrong.vanity.test";
const LIMITED: &str = "limited.vanity.test";

/// Whether the record is about to lead to the new edge.
fn is_flip(lead: &Lead, event: &Event) -> bool {
    let Lead::Ours(own) = lead else { return false };
    matches!(event, Event::Intended { act: Act::Write(write), .. } if write.after == own.moved && write.before != own.moved)
}

/// Asserts that standard output holds each text.
#[track_caller]
fn shows(said: &Said, texts: &[&str]) {
    for text in texts {
        assert!(said.out.contains(text), "`{text}` is not in: {}", said.out);
    }
}

fn stage(document: &Value, name: &str) -> (String, String) {
    let moves = document["moves"].as_array().unwrap();
    let one = moves.iter().find(|one| one["name"] == name).unwrap_or_else(|| panic!("{name} is not in {document}"));
    let text = |key: &str| one[key].as_str().unwrap_or_default().to_owned();
    (text("stage"), text("waits_for"))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hostname_moves_without_a_failed_handshake_and_another_one_is_held_and_another_one_goes_back() {
    if !in_namespace() {
        return;
    }
    let names = [SHOP, BACK, WRONG, LIMITED];
    let setup = Setup {
        zones: &[],
        old: OLD,
        records: names.map(|name| format!("{name}={OLD}")).to_vec(),
        names: &names,
        probed: &[SHOP, BACK],
        domains: json!({"addresses": [scene::NEW]}),
    };
    let Some(scene) = Scene::new(setup).await else { return };
    scene.caravan(&["discover", "--only", "route53"]).ends(0, &[]);
    scene.caravan(&["domains", "import", "list.csv"]).ends(0, &[]);
    scene.caravan(&["domains", "inspect", "--all"]).ends(0, &[]);
    let list = scene.caravan(&["domains", "list", "--format", "json"]).json();
    assert!(list["domains"].as_array().unwrap().iter().all(|domain| domain["class"] == "A"), "{list}");
    let dry = scene.caravan(&["domains", "move", SHOP]);
    dry.ends(0, &["nothing was changed"]);
    shows(&dry, &["    - shop.vanity.test.", "    + shop.vanity.test."]);
    assert_eq!(scene.pebble.log().matches("orders in the db").count(), 0);

    scene.exhaust(LIMITED).await;

    // The first driver dies right after the authority has the order.
    scene
        .killed_once(SHOP, |_, event| matches!(event, Event::Answered { answer: Ok(Answer::Ordered { .. }), .. }))
        .await;
    let (code, document) = scene.moves(&names);
    assert_eq!(code, Some(21), "{document}");
    for name in [SHOP, BACK] {
        assert_eq!(stage(&document, name), ("flip".to_owned(), "approval".to_owned()), "{document}");
    }
    let (held, why) = stage(&document, WRONG);
    assert_eq!(held, "routable");
    assert!(why.starts_with("no certificate can be ordered: CAA records at wrong.vanity.test"), "{why}");
    let (limited, why) = stage(&document, LIMITED);
    assert_eq!(limited, "certificate", "{document}");
    assert!(why.starts_with("a limit of the certificate authority, until 20"), "{why}");
    let seen = scene.client.seen();
    assert!(seen.answers.keys().all(|answer| answer.ends_with("old")), "nobody was led elsewhere yet: {seen:?}");

    for name in [SHOP, BACK] {
        scene.caravan(&["domains", "approve", name, "--confirm", WRONG]).ends(2, &["is not the hostname"]);
        scene.caravan(&["domains", "approve", name, "--confirm", name]).ends(0, &[]);
    }
    // Another one dies while it changes the record.
    scene.killed_once(SHOP, is_flip).await;
    let (_, document) = scene.moves(&[SHOP, BACK]);
    for name in [SHOP, BACK] {
        assert_eq!(stage(&document, name).0, "release", "{document}");
    }
    let records = scene.records().await;
    assert!(records.iter().any(|record| record.starts_with("_caravan.shop.vanity.test. ")), "{records:?}");

    scene.caravan(&["domains", "back", BACK]).ends(0, &[]);
    for who in ["ann", "bob"] {
        scene.caravan(&["domains", "release", SHOP, "--confirm", SHOP, "--who", who]);
    }
    let (_, document) = scene.moves(&[SHOP, BACK]);
    assert_eq!(stage(&document, SHOP).0, "done", "{document}");
    assert_eq!(stage(&document, BACK).0, "back", "{document}");
    shows(scene.caravan(&["domains", "list"]).ends(0, &[]), &["done", "back", "routable"]);
    shows(scene.caravan(&["domains", "watch", WRONG]).ends(21, &[]), &["CAA records"]);

    // Resolvers have forgotten by now: users are where the records lead.
    tokio::time::sleep(Duration::from_secs(6)).await;
    let seen = scene.client.seen();
    if let Some((at, _)) = seen.failures.first() {
        let mut near = Vec::new();
        for name in [SHOP, BACK] {
            let (_, events) = scene.events(name).await;
            near.extend(events.into_iter().filter(|event| event.at().0.abs_diff(at.0) < 15_000));
        }
        near.sort_by_key(|event| event.at());
        panic!("{:?}, in the midst of {near:#?}", seen.failures);
    }
    let _ = writeln!(
        std::io::stdout(),
        "vanity: {} handshakes, {} failed, by edge: {:?}",
        seen.asked,
        seen.failures.len(),
        seen.answers
    );
    assert!(seen.asked > 500, "{seen:?}");
    for (answer, least) in [("shop.vanity.test old", 50), ("shop.vanity.test new", 50), ("back.vanity.test new", 50)] {
        assert!(seen.answers.get(answer).is_some_and(|count| *count >= least), "{answer}: {seen:?}");
    }
    assert_eq!(scene.client.last(SHOP), "new");
    assert_eq!(scene.client.last(BACK), "old");

    let records = scene.records().await;
    let of = |name: &str| records.iter().filter(|record| record.contains(name)).collect::<Vec<_>>();
    assert_eq!(of("shop.vanity.test"), ["shop.vanity.test. 15 IN A 127.0.0.1"], "{records:?}");
    assert_eq!(of("back.vanity.test"), ["back.vanity.test. 15 IN A 127.0.1.1"], "{records:?}");
    for name in [SHOP, BACK] {
        let (_, events) = scene.events(name).await;
        let orders = events.iter().filter(|event| matches!(event, Event::Intended { act: Act::Order, .. }));
        assert_eq!(orders.count(), 1, "{name}");
    }
    let log = scene.pebble.log();
    assert_eq!(log.matches("orders in the db").count(), 2, "one order for each certificate: {log}");
    drop(scene.copying);
}
