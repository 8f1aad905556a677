//! Names in zones of customers between real edges: one that leads to a stable name of ours (class B), one that leads to a load balancer's
//! own name (C), one of fixed addresses (D), and one whose customer leads it to a third place and then back. What customers do
//! is done to their zone at a real name server, as the message says that they get; users connect all the time.

use super::scene::{ACCOUNT, NEW, REGION, Scene, Setup};
use super::{shows, stage};
use caravan_cutover_domains::{Act, Event};
use caravan_tests_testbed::{Moto, in_namespace};
use serde_json::{Value, json};
use std::io::Write as _;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

const OURS: &str = "b.customer.test";
const BALANCED: &str = "c.customer.test";
const FIXED: &str = "d.customer.test";
const THIRD: &str = "e.customer.test";
const NAMES: [&str; 4] = [OURS, BALANCED, FIXED, THIRD];
const EDGE: &str = "edge.vanity.test";

/// The customers' zone: each name's own records, and where its challenge leads.
fn entered(balanced: &str, fixed: &[&str], third: &str) -> Vec<String> {
    let challenge = |name: &str| format!("_acme-challenge.{name}. 5 IN CNAME {name}.acme.vanity.test.");
    let mut records =
        vec![format!("{OURS}. 5 IN CNAME c1.vanity.test."), format!("{BALANCED}. 5 IN CNAME {balanced}.")];
    records.extend(fixed.iter().map(|one| format!("{FIXED}. 5 IN {one}")));
    records.push(format!("{THIRD}. 5 IN A {third}"));
    records.extend(NAMES.map(challenge));
    records
}

/// What customers do, and are told.
struct Customers<'a>(&'a Scene);

impl Customers<'_> {
    /// Changes the zone.
    fn enter(&self, balanced: &str, fixed: &[&str], third: &str) {
        let records = entered(balanced, fixed, third);
        tokio::task::block_in_place(|| self.0.knot.set("customer.test", &records));
    }

    /// What a customer is told now, as the command writes it.
    fn message(&self, name: &str) -> Value {
        self.0.caravan(&["domains", "message", name, "--format", "json"]).json()
    }

    fn drive(&self, names: &[&str]) -> Value {
        self.0.moves(names).1
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn customers_lead_their_names_over_as_they_are_told_and_nothing_is_left_dangling() {
    if !in_namespace() {
        return;
    }
    let Some(moto) = Moto::shared() else { return };
    let account = moto.account_with_id(ACCOUNT);
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/testbed/estate/vanity_customers.py");
    let made = moto.boto3(&account, REGION, &script, &[]);
    let (old, balancer) = (made["address"].as_str().unwrap().to_owned(), made["balancer"].as_str().unwrap().to_owned());
    // The old edge has the very address that the account has: in this namespace alone.
    let added = Command::new("ip").args(["address", "add", &format!("{old}/32"), "dev", "lo"]).status().unwrap();
    assert!(added.success());
    let setup = Setup {
        zones: &[
            ("customer.test", entered(&balancer, &[&format!("A {old}")], &old)),
            ("amazonaws.com", vec![format!("{balancer}. 5 IN A {old}")]),
        ],
        old: &old,
        records: vec![format!("c1.vanity.test={old}"), format!("{EDGE}={NEW}")],
        names: &NAMES,
        probed: &[OURS, BALANCED, FIXED],
        domains: json!({
            "edge": EDGE, "addresses": [NEW], "challenge_zone": "acme.vanity.test", "keep_days": 30,
            "redirect_challenges": false, "old_keys": false,
            "support": {"company": "Us", "phone": "+43 1 0", "mail": "dns@vanity.test"},
        }),
    };
    let Some(scene) = Scene::new(setup).await else { return };
    let customers = Customers(&scene);

    scene.caravan(&["discover", "--only", "route53", "--only", "ec2", "--only", "elbv2"]);
    scene.caravan(&["domains", "import", "list.csv"]).ends(0, &[]);
    scene.caravan(&["domains", "inspect", "--all"]).ends(0, &[]);
    let list = scene.caravan(&["domains", "list", "--format", "json"]).json();
    let classes: Vec<&str> =
        list["domains"].as_array().unwrap().iter().map(|one| one["class"].as_str().unwrap_or("?")).collect();
    assert_eq!(classes, ["B", "C", "D", "D"], "{list}");

    let document = customers.drive(&NAMES);
    for name in NAMES {
        assert_eq!(stage(&document, name), ("flip".to_owned(), "approval".to_owned()), "{document}");
        scene.caravan(&["domains", "approve", name, "--confirm", name]).ends(0, &[]);
    }
    let document = customers.drive(&NAMES);
    // We lead the name of ours; of the others the customers are told.
    assert_eq!(stage(&document, OURS).0, "release", "{document}");
    for name in [BALANCED, FIXED, THIRD] {
        assert_eq!(
            stage(&document, name),
            ("flip".to_owned(), "the customer changes the record".to_owned()),
            "{document}"
        );
        let told = customers.message(name);
        assert_eq!((told["message"].as_str(), told["to"].as_str()), (Some("instruct"), Some(&*format!("dns@{name}"))));
        let text = told["text"].as_str().unwrap();
        assert!(text.contains("   Type: CNAME\n") && text.contains(&format!("   Value: {EDGE}\n")), "{text}");
        scene.caravan(&["domains", "message", name, "--sent", "--who", "eva"]).ends(0, &[]);
    }
    let due = scene.caravan(&["domains", "message", "--format", "json"]).json();
    assert!(due["due"].as_array().unwrap().is_empty(), "{due}");

    // One goes elsewhere, one does as it was told, and one leaves an address of IPv6 behind.
    customers.enter(EDGE, &[&format!("A {NEW}"), "AAAA 2001:db8::99"], "192.0.2.99");
    let document = customers.drive(&[BALANCED, FIXED, THIRD]);
    assert_eq!(stage(&document, BALANCED).0, "release", "{document}");
    let (held, why) = stage(&document, FIXED);
    assert_eq!(held, "renewal", "{document}");
    assert!(why.starts_with("something would be left dangling: d.customer.test leads to 2001:db8::99"), "{why}");
    assert_eq!(stage(&document, THIRD), ("flip".to_owned(), "the name leads to a third place: 192.0.2.99".to_owned()));
    let told = customers.message(THIRD);
    assert_eq!(told["message"], "third-value");
    assert!(told["text"].as_str().unwrap().contains("but to: 192.0.2.99."), "{told}");

    // The old side of a name that dangles can't be released.
    scene.caravan(&["domains", "release", FIXED, "--confirm", FIXED, "--who", "ann"]).ends(2, &[]);
    scene.caravan(&["domains", "back", THIRD]).ends(0, &[]);
    customers.drive(&[THIRD]);
    let told = customers.message(THIRD);
    assert_eq!(told["message"], "put-back");
    assert!(told["text"].as_str().unwrap().contains(&format!("   Value: {old}\n")), "{told}");

    customers.enter(EDGE, &[&format!("A {NEW}")], &old);
    let document = customers.drive(&[FIXED, THIRD]);
    assert_eq!(stage(&document, FIXED).0, "release", "{document}");
    assert_eq!(stage(&document, THIRD).0, "back", "{document}");

    for name in [OURS, BALANCED, FIXED] {
        for who in ["ann", "bob"] {
            scene.caravan(&["domains", "release", name, "--confirm", name, "--who", who]).ends(0, &[]);
        }
    }
    let document = customers.drive(&[OURS, BALANCED, FIXED]);
    for name in [OURS, BALANCED, FIXED] {
        assert_eq!(stage(&document, name).0, "done", "{document}");
        let told = customers.message(name);
        assert_eq!(told["message"], "moved", "{told}");
        let stays = format!("leave the record of _acme-challenge.{name} as it is");
        assert!(told["text"].as_str().unwrap().contains(&stays), "{told}");
    }
    shows(scene.caravan(&["domains", "list"]).ends(0, &[]), &["done", "back"]);

    // Resolvers have forgotten by now.
    tokio::time::sleep(Duration::from_secs(6)).await;
    let seen = scene.client.seen();
    let _ = writeln!(
        std::io::stdout(),
        "customers: {} handshakes, {} failed, by edge: {:?}",
        seen.asked,
        seen.failures.len(),
        seen.answers
    );
    assert!(seen.failures.is_empty(), "{:?}", seen.failures);
    assert!(seen.asked > 500, "{seen:?}");
    for name in [OURS, BALANCED, FIXED] {
        assert_eq!(scene.client.last(name), "new", "{name}");
    }
    for name in NAMES {
        let (_, events) = scene.events(name).await;
        let orders = events.iter().filter(|event| matches!(event, Event::Intended { act: Act::Order, .. }));
        assert_eq!(orders.count(), 1, "{name}");
    }
    assert_eq!(scene.pebble.log().matches("orders in the db").count(), 4, "one order for each certificate");
}
