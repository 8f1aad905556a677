//! `caravan inventory graph` and `show`, over the demonstration estate.

use super::Room;
use serde_json::Value;

const CONSOLE: &str = "ecs/417263850914/eu-central-1/tracking-prod/merchant-console";
const INGEST: &str = "ecs/417263850914/eu-central-1/tracking-prod/event-ingest";
const WEB: &str = "ecs/417263850914/eu-central-1/tracking-prod/tracking-web";

fn estate() -> Room {
    let room = Room::new();
    let example = |name: &str| std::fs::read(format!("{}/examples/estate/{name}", env!("CARGO_MANIFEST_DIR"))).unwrap();
    for name in ["caravan.yaml", "decisions.yaml", "inventory.jsonl"] {
        room.write(name, example(name));
    }
    room.run(&["inventory", "import", "inventory.jsonl"]).ends(0, &[]);
    room
}

fn steps(chain: &Value) -> Vec<&str> {
    chain["steps"].as_array().unwrap().iter().map(|step| step["step"].as_str().unwrap()).collect()
}

#[test]
fn the_graph_of_a_hostname_leads_from_dns_to_workload_and_certificate() {
    let room = estate();
    let (code, document) = room.json(&["inventory", "graph", "console.tracklark.example"]);
    assert_eq!((code, document["schema"].as_str()), (Some(0), Some("caravan.graph/v1")));
    let chains = document["front_doors"].as_array().unwrap();
    let ends_there = |chain: &&Value| chain["steps"].as_array().unwrap().iter().any(|step| step["id"] == CONSOLE);
    let ways: Vec<&Value> = chains.iter().filter(ends_there).collect();
    let behind = ["load-balancer", "listener", "rule", "target-group", "workload", "certificate"];
    assert_eq!(ways.len(), 2, "by Route 53, and by Cloudflare");
    assert_eq!(steps(ways[0]), [&["dns"][..], &behind].concat());
    assert_eq!(steps(ways[1]), [&["dns", "cloudflare"][..], &behind].concat());
    for step in ways.iter().flat_map(|way| way["steps"].as_array().unwrap()).filter(|step| step["step"] != "dns") {
        let evidence = &step["evidence"];
        assert!(evidence["observation"].is_string() && evidence["path"].as_str().unwrap().starts_with('/'), "{step}");
    }
    let said = room.run(&["inventory", "graph", "CONSOLE.Tracklark.example."]);
    assert!(said.out.starts_with("console.tracklark.example\n  DNS "), "{}", said.out);
    assert!(said.out.contains(&format!("  workload       {CONSOLE}\n")), "{}", said.out);
    assert!(said.err.contains("lists behind this are incomplete"), "{}", said.err);
}

/// The three that the estate's page tells.
#[test]
fn three_hostnames_of_the_estate_are_told_as_its_page_tells_them() {
    let room = estate();
    let page = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/examples/estate/README.md")).unwrap();
    let told: Vec<&str> = page.split("```text\n").skip(1).map(|block| block.split("```").next().unwrap()).collect();
    assert_eq!(told.len(), 3);
    for block in told {
        let (command, expected) = block.split_once('\n').unwrap();
        let args: Vec<&str> = command.strip_prefix("$ caravan ").unwrap().split(' ').collect();
        assert_eq!(room.run(&args).out, expected, "{command}");
    }
}

#[test]
fn what_breaks_is_told_with_kind_confidence_and_the_exact_field() {
    let room = estate();
    let (_, document) = room.json(&["inventory", "graph", WEB]);
    let users = document["needed_by"].as_array().unwrap();
    assert!(!users.is_empty());
    for user in users {
        assert_ne!(user["kind"], "routes", "{user}");
        assert!(user["evidence"]["path"].is_string() && user["confidence"].is_string(), "{user}");
    }
    let database = document["needs"].as_array().unwrap().iter().find(|need| need["kind"] == "data").unwrap();
    let (_, other) = room.json(&["inventory", "graph", database["to"].as_str().unwrap()]);
    let users: Vec<&str> =
        other["needed_by"].as_array().unwrap().iter().map(|edge| edge["from"].as_str().unwrap()).collect();
    assert!(users.contains(&WEB), "{users:?}");
    for shared in database["also_needed_by"].as_array().unwrap() {
        assert!(users.contains(&shared.as_str().unwrap()) && shared != WEB, "{shared}");
    }
    let breaks = other["breaks"].as_array().unwrap();
    assert!(breaks.iter().any(|one| one["id"] == WEB && one["through"].as_array().unwrap().is_empty()));
    // The queue's service is called by tracking-web, which names the queue nowhere.
    let (_, queue) =
        room.json(&["inventory", "graph", "sqs:arn:aws:sqs:eu-central-1:417263850914:tracking-events-dlq"]);
    let web = queue["breaks"].as_array().unwrap().iter().find(|one| one["id"] == WEB).unwrap();
    assert_eq!(web["through"], serde_json::json!([INGEST]), "{queue}");
    assert!(queue["needed_by"].as_array().unwrap().iter().all(|edge| edge["from"] != WEB));
    let said = room.run(&["inventory", "graph", "sqs:arn:aws:sqs:eu-central-1:417263850914:tracking-events-dlq"]);
    assert!(said.out.contains(&format!("{WEB} (through {INGEST})")), "{}", said.out);
    room.run(&["inventory", "graph", "nowhere.example.org"]).ends(2, &["nothing in the inventory is called"]);
}

#[test]
fn show_says_first_what_a_person_wants_and_nothing_of_the_neighbours() {
    let room = estate();
    let said = room.run(&["inventory", "show", WEB]);
    let at = |text: &str| said.out.find(text).unwrap_or_else(|| panic!("`{text}` is not in {}", said.out));
    let order = [
        "  runs         ",
        "  replicas     ",
        "  host         suivi.maison-dubois.example",
        "\nneeds\n",
        "\nneeded by\n",
        "\nparts\n",
    ];
    assert!(order.map(at).is_sorted(), "{}", said.out);
    let (_, document) = room.json(&["inventory", "show", WEB]);
    for list in ["needs", "needed_by"] {
        for edge in document[list].as_array().unwrap() {
            assert!(edge["kind"] != "routes" && (list == "needed_by" || edge["from"] == WEB), "{edge}");
        }
    }
    let hosts: Vec<&str> = document["hosts"].as_array().unwrap().iter().map(|host| host.as_str().unwrap()).collect();
    // Its own, and none of what else stands on the same load balancer.
    assert!(
        hosts.contains(&"suivi.maison-dubois.example") && !hosts.contains(&"console.tracklark.example"),
        "{hosts:?}"
    );
    assert!(
        document["images"].as_array().unwrap().iter().any(|image| image.as_str().unwrap().contains("tracking/web"))
    );
    assert!(document["replicas"]["desired"].is_u64(), "{}", document["replicas"]);
}

/// An API whose group the database's group lets in, an agent that nobody lets in, and members of one group.
#[test]
fn what_security_groups_allow_is_told_with_ports_and_the_rule() {
    let at = "2026-11-01T00:00:00Z";
    let seen = |kind: &str, name: &str, body: Value| {
        let id = format!("{kind}/111122223333/eu-central-1/{name}");
        serde_json::json!({"observation": {"id": id, "kind": kind, "name": name, "account": "111122223333",
            "region": "eu-central-1", "api": "x", "first_seen": at, "last_seen": at, "body": body}})
    };
    let instance = |name: &str, groups: &[&str]| {
        let groups: Vec<Value> = groups.iter().map(|group| serde_json::json!({"groupId": group})).collect();
        seen("ec2.instance", name, serde_json::json!({"instanceId": name, "groupSet": groups}))
    };
    let group = |name: &str, from: &[&str]| {
        let groups: Vec<Value> = from.iter().map(|group| serde_json::json!({"groupId": group})).collect();
        let rule = serde_json::json!({"ipProtocol": "tcp", "fromPort": 5432, "toPort": 5432, "groups": groups});
        seen("ec2.security-group", name, serde_json::json!({"groupId": name, "ipPermissions": [rule]}))
    };
    let lines = [
        serde_json::json!({"schema": "caravan.export/v1"}),
        instance("i-agent", &["sg-agent"]),
        instance("i-api", &["sg-app", "sg-agent"]),
        instance("i-db", &["sg-db"]),
        group("sg-agent", &["sg-agent"]),
        group("sg-app", &[]),
        group("sg-db", &["sg-app", "sg-nobody"]),
    ];
    let room = Room::new();
    room.write("a.jsonl", lines.map(|line| format!("{line}\n")).concat());
    room.run(&["inventory", "import", "a.jsonl"]).ends(0, &[]);
    let id = |name: &str| format!("ec2/111122223333/eu-central-1/{name}");
    for name in ["i-api", "i-db"] {
        let (_, document) = room.json(&["inventory", "graph", &id(name)]);
        let allowed = document["allowed"].as_array().unwrap();
        assert_eq!(allowed.len(), 1, "{document}");
        assert_eq!((&allowed[0]["from"], &allowed[0]["to"]), (&id("i-api").into(), &id("i-db").into()));
        assert_eq!(
            (&allowed[0]["ports"], &allowed[0]["evidence"]["path"]),
            (&"tcp 5432".into(), &"/ipPermissions/0/groups/0/groupId".into())
        );
    }
    let (_, document) = room.json(&["inventory", "graph", &id("i-agent")]);
    assert_eq!(document["allowed"], serde_json::json!([]));
    let said = room.run(&["inventory", "graph", &id("i-db")]);
    assert!(said.out.contains("security groups allow, used or not\n"), "{}", said.out);
}
