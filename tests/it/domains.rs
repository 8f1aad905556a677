//! `caravan domains`, against the demonstration's inventory and against lists; nobody outside is asked.

use crate::cli::Room;
use serde_json::Value;

const FROM: &str = "2026-10-06T08:00:00Z";
const DEMO: [&str; 2] = ["--dir", "caravan-demo"];

/// A room with the demonstration in it.
fn demo() -> Room {
    let room = Room::new();
    room.run(&["demo"]).ends(0, &[]);
    room
}

fn of_demo(room: &Room, args: &[&str]) -> Value {
    let (code, document) = room.json(&[&DEMO, args].concat());
    assert_eq!(code, Some(0), "{args:?}");
    document
}

fn named<'a>(document: &'a Value, name: &str) -> &'a Value {
    let all = document["domains"].as_array().unwrap();
    all.iter().find(|one| one["name"] == name).unwrap_or_else(|| panic!("no {name}"))
}

#[test]
fn the_demonstration_has_a_domain_of_every_class_and_one_of_each_trouble() {
    let room = demo();
    let list = of_demo(&room, &["domains", "list"]);
    assert_eq!(list["schema"], "caravan.domain-list/v1");
    assert_eq!(list["domains"].as_array().unwrap().len(), 40);
    for (name, class) in [
        ("track.teefein.example", "A"),
        ("track.vinyl-depot.example", "B"),
        ("parcel.oslo-knitwear.example", "C"),
        ("tracking.weingut-hollerer.example", "C"),
        ("retouren.moebelhaus-kern.example", "D"),
        ("tracking.blue-ridge-boots.example", "E"),
        ("tracking.petit-bateau-bleu.example", "E"),
        ("pakke.fjordlys.example", "F"),
        ("tracking.olivenhain.example", "F"),
    ] {
        let row = named(&list, name);
        assert_eq!((row["class"].as_str(), row["state"].as_str()), (Some(class), Some("classified")), "{row}");
        assert!(!row["evidence"].as_array().unwrap().is_empty(), "{row}");
    }
    for (name, reason) in [
        ("tracking.bergundtal.example", "SERVFAIL"),
        ("track.desert-bloom-soap.example", "shops.parcel-portal.example, which is nothing of ours"),
    ] {
        let row = named(&list, name);
        assert_eq!((row["class"].as_str(), row["state"].as_str()), (None, Some("unclear")), "{row}");
        assert!(row["reason"].as_str().unwrap().contains(reason), "{row}");
    }
    let flags = |name: &str| {
        named(&list, name)["flags"].as_array().unwrap().iter().map(|flag| flag["kind"].to_string()).collect::<Vec<_>>()
    };
    assert!(flags("tracking.fahrradkeller.example").contains(&"\"servers-differ\"".to_owned()));
    assert!(flags("track.gardenia-blumen.example").contains(&"\"caa\"".to_owned()));
    let said = room.run(&[&DEMO[..], &["domains", "list", "--class", "E"]].concat());
    assert_eq!(said.out.lines().count(), 3, "{}", said.out);
    let said = room.run(&[&DEMO[..], &["domains", "list", "-v", "--customer", "teefein"]].concat());
    assert!(said.out.contains("the zone track.teefein.example is ours"), "{}", said.out);
}

#[test]
fn the_plan_has_what_scripts_rely_on_and_says_when_and_what_binds() {
    let room = demo();
    let plan = of_demo(&room, &["domains", "plan", "--from", FROM]);
    assert_eq!(plan["schema"], "caravan.domains/v1");
    for one in plan["domains"].as_array().unwrap() {
        for key in ["name", "class", "method", "ready_at", "flags"] {
            assert!(one.get(key).is_some(), "{key}: {one}");
        }
    }
    for one in plan["budgets"].as_array().unwrap() {
        assert!(
            one["name"].is_string() && one["limit"].is_u64() && one["used"].is_u64() && one["binds"].is_boolean(),
            "{one}"
        );
    }
    // No limit is met: an hour after the start everything that waits for nobody was tried twice.
    assert_eq!(plan["done_at"], "2026-10-06T09:00:00Z");
    let of_ours = named(&plan, "track.teefein.example");
    assert_eq!(
        (of_ours["method"].as_str(), of_ours["ready_at"].as_str()),
        (Some("http-01-redirect"), plan["done_at"].as_str())
    );
    let held = named(&plan, "tracking.outdoor-basislager.example");
    assert_eq!((held["ready_at"].as_str(), held["waits_for_customer"].as_bool()), (None, Some(true)), "{held}");
    let away = named(&plan, "tracking.blue-ridge-boots.example");
    assert_eq!((away["method"].as_str(), away["ready_at"].as_str()), (Some("dns-01"), None), "{away}");
    assert_eq!(named(&plan, "tracking.bergundtal.example")["method"], Value::Null);
    let said = room.run(&[&DEMO[..], &["domains", "plan", "--from", FROM]].concat());
    said.ends(0, &[]);
    assert!(said.out.lines().all(|line| line.chars().count() <= 80 || line.starts_with("    ")), "{}", said.out);
    assert!(said.out.contains(" are ready by 2026-10-06 09:00 UTC"), "{}", said.out);
}

#[test]
fn every_domain_that_can_has_a_document_and_the_others_say_what_is_missing() {
    let room = demo();
    let plan = of_demo(&room, &["domains", "plan", "--from", FROM]);
    let (mut written, mut refused) = (0, 0);
    for one in plan["domains"].as_array().unwrap() {
        let name = one["name"].as_str().unwrap();
        let said = room.run(&[&DEMO[..], &["domains", "runbook", name]].concat());
        let can = !one["method"].is_null() && !one["customer"].is_null();
        if can {
            said.ends(0, &[]);
            assert!(said.out.contains(name) && said.out.contains("43 1 5550 199"), "{name}: {}", said.out);
            written += 1;
        } else {
            assert_eq!(said.code, Some(11), "{name}: {}", said.err);
            assert!(said.err.contains("hint: "), "{name}: {}", said.err);
            refused += 1;
        }
    }
    assert!(written >= 30 && refused >= 2, "{written} written, {refused} refused");
    let said = room
        .run(&[&DEMO[..], &["domains", "runbook", "retouren.moebelhaus-kern.example", "--out", "documents"]].concat());
    said.ends(0, &[]);
    let page = room.read("documents/retouren.moebelhaus-kern.example.html");
    assert!(page.starts_with("<!doctype html>") && page.contains("vanity.apps.tracklark.example"), "{page}");
    room.run(&[&DEMO[..], &["domains", "runbook", "retouren.moebelhaus.example"]].concat())
        .ends(2, &["did you mean `retouren.moebelhaus-kern.example`?"]);
    room.run(&[&DEMO[..], &["--read-only", "domains", "runbook", "pakke.fjordlys.example", "--out", "x"]].concat())
        .ends(2, &[]);
}

#[test]
fn a_list_is_taken_in_whole_or_not_at_all_and_keeps_what_is_known() {
    let room = demo();
    room.write(
        "wrong.csv",
        "customer;hostname;tier\nDubois;suivi.maison-dubois.example;2\n;https://a.example/;7\nDubois;SUIVI.maison-dubois.example.;1\n",
    );
    let said = room.run(&[&DEMO[..], &["domains", "import", "wrong.csv"]].concat());
    said.ends(
        1,
        &[
            "wrong.csv: 4 mistakes in it, and nothing was taken in:",
            "row 3, customer: is empty",
            "row 3, hostname: `https://a.example/` is an address of the web",
            "row 3, tier: `7` is no tier",
            "row 4, hostname: `SUIVI.maison-dubois.example.` stands in row 2 already",
        ],
    );
    let (code, document) = room.json(&[&DEMO[..], &["domains", "import", "wrong.csv"]].concat());
    assert_eq!((code, document["errors"].as_array().unwrap().len()), (Some(1), 4));
    assert_eq!(document["errors"][1]["field"], "hostname");
    room.write("right.yaml", "- {customer: Dubois & Fils, hostname: suivi.maison-dubois.example, tier: 2}\n- {customer: Neu, hostname: träck.neu.example}\n");
    room.run(&[&DEMO[..], &["domains", "import", "right.yaml", "--check"]].concat()).ends(0, &[]);
    assert_eq!(of_demo(&room, &["domains", "list"])["domains"].as_array().unwrap().len(), 40);
    let said = room.run(&[&DEMO[..], &["domains", "import", "right.yaml"]].concat());
    assert_eq!(said.out, "imported 2 domains, 1 of them new\n");
    let list = of_demo(&room, &["domains", "list"]);
    let known = named(&list, "suivi.maison-dubois.example");
    assert_eq!(
        (known["customer"].as_str(), known["tier"].as_u64(), known["class"].as_str()),
        (Some("Dubois & Fils"), Some(2), Some("A"))
    );
    assert_eq!(named(&list, "xn--trck-moa.neu.example")["state"], "new");
}

#[test]
fn what_nobody_answers_is_recorded_with_its_reason() {
    let room = Room::new();
    // Nobody listens there.
    room.write(
        "caravan.yaml",
        "schema: caravan.config/v1\nlookups: {roots: [127.0.0.1], dns_port: 1, https_port: 1, http_port: 1}\n",
    );
    room.write("list.csv", "customer,hostname\nA,track.a.example\n");
    room.run(&["domains", "import", "list.csv"]).ends(0, &[]);
    let (code, document) = room.json(&["domains", "inspect", "--all"]);
    assert_eq!((code, document["schema"].as_str()), (Some(5), Some("caravan.domain-inspection/v1")));
    let one = &document["domains"][0];
    let why = one["inspection"]["records"]["unknown"].as_str().unwrap();
    assert!(one["recorded"] == true && why.starts_with("name server the root gives no answer: "), "{one}");
    let (_, list) = room.json(&["domains", "list"]);
    assert_eq!(list["domains"][0]["state"], "unclear");
    let said = room.run(&["domains", "inspect", "shop.b.example"]);
    said.ends(5, &["shop.b.example is not in the inventory, so this is not recorded"]);
    room.run(&["domains", "inspect"]).ends(2, &["<NAME>..."]);
    room.run(&["domains", "inspect", "localhost"]).ends(2, &["has no dot"]);
    let demo = demo();
    demo.run(&[&DEMO[..], &["domains", "inspect", "--all"]].concat()).ends(2, &["do not exist"]);
}

/// `docs/domains.md` is right where it shows a list and settings.
#[test]
fn the_page_is_right_line_by_line() {
    let page = include_str!("../../docs/domains.md");
    let block = |after: &str| page.split_once(after).unwrap().1.split_once("```").unwrap().0.to_owned();
    let room = Room::new();
    room.write("domains.csv", block("```text\n"));
    room.write("caravan.yaml", format!("schema: caravan.config/v1\n{}", block("```yaml\n")));
    let commands = block("```sh\n");
    for command in commands.lines().map(|line| line.split('#').next().unwrap().trim()) {
        let args: Vec<&str> = command.split_whitespace().skip(1).collect();
        room.run(&args).ends(0, &[]);
    }
    let said = room.run(&["domains", "list"]);
    assert!(said.out.contains("suivi.maison-dubois.example") && said.err.contains("not looked up yet"), "{}", said.err);
    let plan = of_demo(&demo(), &["domains", "plan"]);
    for budget in plan["budgets"].as_array().unwrap() {
        let (name, limit) = (budget["name"].as_str().unwrap(), budget["limit"].as_u64().unwrap());
        let limit = if limit == 1_200 { "1,200".to_owned() } else { limit.to_string() };
        let row = page.lines().find(|line| line.starts_with(&format!("| `{name}`"))).unwrap();
        assert!(row.contains(&format!("| {limit} |")), "{row}");
    }
}
