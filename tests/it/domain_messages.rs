//! `caravan domains message`: what is due, written in the customer's language, and recorded by whom it may be.

use crate::cli::Room;
use serde_json::Value;
use std::io::Write as _;
use std::process::{Child, Stdio};

const DEMO: [&str; 2] = ["--dir", "caravan-demo"];
const FILE: &str = "caravan-demo/domain-messages.jsonl";

fn demo() -> Room {
    let room = Room::new();
    room.run(&["demo"]).ends(0, &[]);
    room
}

fn due(room: &Room) -> Vec<Value> {
    let (code, document) = room.json(&[&DEMO[..], &["domains", "message"]].concat());
    assert_eq!((code, document["schema"].as_str()), (Some(0), Some("caravan.due-messages/v1")));
    document["due"].as_array().unwrap().clone()
}

fn message(room: &Room, name: &str, more: &[&str]) -> (Option<i32>, Value) {
    room.json(&[&DEMO[..], &["domains", "message", name], more].concat())
}

#[test]
fn what_is_due_is_listed_until_somebody_says_that_it_was_sent() {
    let room = demo();
    let listed = due(&room);
    assert!(listed.len() >= 5, "{}", listed.len());
    let name = listed[0]["name"].as_str().unwrap();
    let customer = listed[0]["customer"].as_str().unwrap();
    room.write("list.csv", format!("customer,hostname,contact\n{customer},{name},dns@customer.example\n"));
    room.run(&[&DEMO[..], &["domains", "import", "list.csv"]].concat()).ends(0, &[]);
    let (code, written) = message(&room, name, &[]);
    assert_eq!((code, written["schema"].as_str()), (Some(0), Some("caravan.domain-message/v1")));
    assert_eq!((written["message"].as_str(), written["sent"].as_array().unwrap().len()), (Some("prepare"), 0));
    let said = room.run(&[&DEMO[..], &["domains", "message", name]].concat());
    let (to, subject) = (written["to"].as_str().unwrap(), written["subject"].as_str().unwrap());
    assert!(said.out.starts_with(&format!("To: {to}\nSubject: {subject}\n\n")), "{}", said.out);
    assert!(said.err.contains(&format!("caravan --dir caravan-demo domains message {name} --sent")), "{}", said.err);

    room.run(&[&DEMO[..], &["domains", "message", name, "--sent", "--who", "eva"]].concat()).ends(0, &["recorded"]);
    assert!(due(&room).iter().all(|one| one["name"] != name));
    assert_eq!(due(&room).len(), listed.len() - 1);
    let (_, after) = message(&room, name, &[]);
    assert_eq!((after["message"].as_str(), after["text"].as_str()), (None, None));
    assert_eq!((after["sent"][0]["who"].as_str(), after["sent"][0]["to"].as_str()), (Some("eva"), Some(to)));
    // Once more is said only by naming it.
    room.run(&[&DEMO[..], &["domains", "message", name, "--sent", "--who", "eva"]].concat()).ends(2, &["--kind KIND"]);
    let (_, again) = message(&room, name, &["--kind", "prepare"]);
    assert_eq!((again["message"].as_str(), again["due_since"].as_str()), (Some("prepare"), None));
    let lines: Vec<Value> = room.read(FILE).lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!((lines.len(), lines[0]["schema"].as_str()), (2, Some("caravan.domain-messages/v1")));
    assert_eq!((lines[1]["name"].as_str(), lines[1]["message"].as_str()), (Some(name), Some("prepare")));
}

#[test]
fn every_message_is_written_in_the_language_that_the_list_names_or_in_another_one() {
    let room = demo();
    let (mut german, mut english) = (0, 0);
    for one in due(&room) {
        let name = one["name"].as_str().unwrap();
        let (_, written) = message(&room, name, &[]);
        let text = written["text"].as_str().unwrap();
        assert!(text.contains("43 1 5550 199") && !text.contains("{{"), "{text}");
        match written["language"].as_str() {
            Some("de") => german += usize::from(text.starts_with("Guten Tag ")),
            _ => english += usize::from(text.starts_with("Hello ")),
        }
        let (_, other) = message(&room, name, &["--language", "de"]);
        assert!(other["text"].as_str().unwrap().starts_with("Guten Tag "), "{other}");
    }
    assert!(german >= 2 && english >= 2 && german + english == due(&room).len(), "{german} and {english}");
    room.run(&[&DEMO[..], &["domains", "message", "nobody.example"]].concat()).ends(2, &["holds no domain"]);
    room.run(&[&DEMO[..], &["domains", "message", "--sent"]].concat()).ends(2, &["NAME"]);
}

#[test]
fn only_whom_the_settings_name_records_messages_and_moves_hostnames() {
    let room = demo();
    let name = due(&room)[0]["name"].as_str().unwrap().to_owned();
    let config = room.read("caravan-demo/caravan.yaml");
    let named =
        config.replacen("\ndomains:\n", "\ndomains:\n  movers: [Ann@us.example]\n  colleagues: [eva@us.example]\n", 1);
    assert_ne!(named, config);
    room.write("caravan-demo/caravan.yaml", named);
    let record = |who: &str| {
        room.run(&[&DEMO[..], &["domains", "message", &name, "--kind", "prepare", "--sent", "--who", who]].concat())
    };
    record("mallory").ends(4, &["mallory may not record what customers were told: `domains.colleagues` names others"]);
    assert!(!room.path().join(FILE).exists());
    record("EVA@us.example").ends(0, &[]);
    record("ann@us.example").ends(0, &[]);
    for word in [
        &["approve", &name, "--confirm", &name][..],
        &["release", &name, "--confirm", &name],
        &["back", &name],
        &["retry", &name],
        &["adopt", &name],
        &["pause", &name],
        &["resume", &name],
    ] {
        let said = room.run(&[&DEMO[..], &["domains"], word, &["--who", "eva@us.example"]].concat());
        said.ends(4, &["eva@us.example may not move hostnames: `domains.movers` names others"]);
    }
    room.run(
        &[
            &DEMO[..],
            &["--read-only", "domains", "message", &name, "--kind", "prepare", "--sent", "--who", "ann@us.example"],
        ]
        .concat(),
    )
    .ends(2, &["--read-only forbids"]);
    assert_eq!(room.read(FILE).lines().count(), 3);
}

#[test]
fn what_a_killed_process_left_is_none_and_many_at_once_lose_nothing() {
    let room = demo();
    let names: Vec<String> = due(&room).iter().map(|one| one["name"].as_str().unwrap().to_owned()).collect();
    let record = |name: &str| -> Child {
        let args = [&DEMO[..], &["domains", "message", name, "--sent", "--who", "eva"]].concat();
        room.command(&args).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap()
    };
    let (first, rest) = names.split_first().unwrap();
    assert!(record(first).wait().unwrap().success());
    // Half a line, as a process leaves it that was killed.
    let mut file = std::fs::File::options().append(true).open(room.path().join(FILE)).unwrap();
    write!(file, "{{\"at\":\"2026-").unwrap();
    assert_eq!(due(&room).len(), rest.len());
    assert!(rest.len() >= 4, "{}", rest.len());
    let children: Vec<Child> = rest.iter().map(|name| record(name)).collect();
    for mut child in children {
        assert!(child.wait().unwrap().success());
    }
    let text = room.read(FILE);
    assert_eq!(text.lines().count(), 1 + names.len(), "{text}");
    assert!(text.lines().all(|line| serde_json::from_str::<Value>(line).is_ok()), "{text}");
    assert!(due(&room).is_empty());
    // A line that is none is named, and nothing is taken for sent or unsent.
    room.write(FILE, text.replacen("prepare", "perpare", 1));
    room.run(&[&DEMO[..], &["domains", "message"]].concat()).ends(1, &["domain-messages.jsonl:2: is no message"]);
    room.write(FILE, text.replacen("messages/v1", "messages/v9", 1));
    room.run(&[&DEMO[..], &["domains", "message"]].concat()).ends(1, &["domain-messages.jsonl:1"]);
}
