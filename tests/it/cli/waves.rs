//! `caravan plan draft` over the whole demonstration estate: no wave breaks an edge, each is a file that is sealed.

use super::Room;
use serde_json::{Value, json};
use std::collections::BTreeMap;

const ESTATE: &str = include_str!("../../../examples/estate/inventory.jsonl");
const NEW: [&str; 4] =
    ["--new-alias", "Z215JYRZR1TBD5/gateway.elb.eu-central-1.amazonaws.com.", "--new-address", "gateway.example:443"];

/// A demo's folder.
fn estate() -> Room {
    let room = Room::new();
    room.run(&["demo", "--out", "."]).ends(0, &[]);
    room
}

/// The number of each workload's wave.
fn placed(document: &Value) -> BTreeMap<String, usize> {
    let mut placed = BTreeMap::new();
    for (number, wave) in document["waves"].as_array().unwrap().iter().enumerate() {
        for row in wave["workloads"].as_array().unwrap() {
            let id = row["id"].as_str().unwrap().to_owned();
            assert!(placed.insert(id, number).is_none(), "{row} is placed twice");
        }
    }
    placed
}

fn edges() -> Vec<(String, String)> {
    let lines = ESTATE.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    lines.filter_map(|line| Some((text(&line.get("edge")?["from"]), text(&line["edge"]["to"])))).collect()
}

#[test]
fn every_workload_is_placed_or_left_out_and_none_goes_before_what_it_needs() {
    let room = estate();
    let (code, document) = room.json(&["plan", "draft", "--dry-run"]);
    assert_eq!((code, &document["schema"]), (Some(0), &"caravan.proposal/v1".into()));
    let waves = placed(&document);
    let (_, readiness) = room.json(&["assess"]);
    let left: BTreeMap<&str, &str> = document["left_out"]
        .as_array()
        .unwrap()
        .iter()
        .map(|left| (left["id"].as_str().unwrap(), left["reason"].as_str().unwrap()))
        .collect();
    let mut verdicts = BTreeMap::new();
    for workload in readiness["workloads"].as_array().unwrap() {
        let id = workload["id"].as_str().unwrap();
        verdicts.insert(id, workload["verdict"].as_str().unwrap());
        assert_ne!(waves.contains_key(id), left.contains_key(id), "{id}");
        assert!(!waves.contains_key(id) || workload["verdict"] == "move", "{workload}");
    }
    let mut held = 0;
    for (from, to) in edges() {
        let Some(wave) = waves.get(&from) else { continue };
        let Some(verdict) = verdicts.get(to.as_str()) else { continue };
        match waves.get(&to) {
            Some(other) => {
                assert!(other < wave, "{from} needs {to}");
                held += 1;
            }
            None => assert_eq!(*verdict, "keep", "{from} is placed, and {to} is not"),
        }
    }
    assert!(held >= 5, "{held} edges are between workloads that move");
    for wave in document["waves"].as_array().unwrap() {
        for row in wave["workloads"].as_array().unwrap() {
            assert!(!row["why"].as_array().unwrap().is_empty(), "{row}");
        }
    }
    assert!(!room.path().join("plans/wave-production-01.yaml").exists(), "a dry run writes nothing");
}

#[test]
fn each_wave_is_a_file_that_is_sealed_and_is_never_overwritten() {
    let room = estate();
    let (code, document) = room.json(&[&["plan", "draft"][..], &NEW].concat());
    assert_eq!(code, Some(0), "{document}");
    let (_, again) = room.json(&[&["plan", "draft", "--dry-run"][..], &NEW].concat());
    assert_eq!(document, again, "the same inventory, the same waves");
    let mut sealed = 0;
    for wave in document["waves"].as_array().unwrap() {
        let (name, file) =
            (wave["name"].as_str().unwrap(), format!("plans/wave-{}.yaml", wave["name"].as_str().unwrap()));
        if wave["file"].is_null() {
            assert!(!room.path().join(file).exists());
            continue;
        }
        let text = room.read(&file);
        for row in wave["workloads"].as_array().unwrap() {
            assert!(text.contains(&format!("# {}:", row["id"].as_str().unwrap())), "{file} says nothing of {row}");
        }
        let seal = room.run(&["plan", "seal", name, "--who", "tests"]);
        match wave["blanks"].as_u64().unwrap() {
            0 => {
                seal.ends(0, &["is sealed"]);
                sealed += 1;
            }
            _ => drop(seal.ends(3, &["is not filled in"])),
        }
    }
    assert!(sealed > 0, "{document}");
    room.run(&["plan", "draft"]).ends(2, &["is there already, so no wave was written", "--dry-run"]);
}

#[test]
fn every_placement_explains_itself() {
    let room = estate();
    let web = "ecs/862094173355/eu-central-1/tracking-staging/tracking-web";
    let (code, document) = room.json(&["plan", "show", "--why", web]);
    assert_eq!((code, &document["schema"]), (Some(0), &"caravan.placement/v1".into()));
    let why = document["why"].to_string();
    assert!(why.contains("tracking-staging/tracking-api moves: it needs that (calls)"), "{document}");
    let sms = "ecs/417263850914/eu-central-1/tracking-prod/notification-sms";
    let said = room.run(&["plan", "show", "--why", sms]);
    assert_eq!(said.code, Some(0));
    assert!(said.out.contains("in no wave\n  retire: "), "{}", said.out);
    room.run(&["plan", "show", "--why", "ecs/nowhere"]).ends(2, &["there is no workload"]);
}

#[test]
fn what_people_want_of_waves_is_checked_and_kept() {
    let room = estate();
    let config = room.read("caravan.yaml").replace("\nwaves:", "\nwas_waves:");
    let config: String = config.split("\nwas_waves:").next().unwrap().to_owned();
    let (api, web) = (
        "ecs/862094173355/eu-central-1/tracking-staging/tracking-api",
        "ecs/862094173355/eu-central-1/tracking-staging/tracking-web",
    );
    let with = |waves: &str| {
        room.write("caravan.yaml", format!("{config}\nwaves:\n{waves}"));
        room.json(&["plan", "draft", "--dry-run"])
    };
    let refused = |waves: &str, texts: &[&str]| {
        room.write("caravan.yaml", format!("{config}\nwaves:\n{waves}"));
        room.run(&["plan", "draft", "--dry-run"]).ends(3, texts);
    };
    let (_, document) = with(&format!("  hold: [{{workload: {api}, reason: frozen till Monday}}]\n"));
    let left = document["left_out"].to_string();
    assert!(left.contains("held by waves.hold: frozen till Monday"), "{left}");
    assert!(!placed(&document).contains_key(web), "who needs it waits");
    let (_, document) = with(&format!("  crossable: [{{from: {web}, to: {api}, reason: by its public name}}]\n"));
    let waves = placed(&document);
    assert!(waves[web] <= waves[api], "{waves:?}");
    let (_, document) = with("  size: 1\n");
    assert!(document["waves"].as_array().unwrap().iter().all(|wave| wave["workloads"].as_array().unwrap().len() == 1));
    refused("  size: 0\n", &["waves.size: 0 workloads"]);
    refused("  hold: [{workload: ecs/nowhere, reason: x}]\n", &["waves.hold[0]", "ecs/nowhere"]);
    refused(
        &format!("  crossable: [{{from: {api}, to: {web}, reason: x}}]\n"),
        &["waves.crossable[0]", "does not need"],
    );
    refused("  sise: 3\n", &["sise"]);
}

#[test]
fn a_proposal_is_compared_with_the_one_before() {
    let room = estate();
    let propose = || room.run(&["plan", "draft", "--dry-run", "--format", "json"]).out;
    room.write("before.json", propose());
    let said = room.run(&["plan", "diff", "before.json", "--exit-code"]);
    said.ends(0, &[]);
    assert_eq!(said.out, "nothing is different\n");
    let api = "ecs/862094173355/eu-central-1/tracking-staging/tracking-api";
    let config = room.read("caravan.yaml");
    assert!(!config.contains("\n  hold:"), "the test adds its own");
    let hold = format!("\nwaves:\n  hold: [{{workload: {api}, reason: frozen till Monday}}]");
    room.write("caravan.yaml", config.replacen("\nwaves:", &hold, 1));
    let said = room.run(&["plan", "diff", "before.json", "--exit-code"]);
    said.ends(10, &[]);
    let told: Vec<&str> = said.out.split(api).nth(1).unwrap().lines().skip(1).collect();
    assert!(told[0].starts_with("  staging-") && told[0].ends_with(" -> in no wave"), "{}", said.out);
    assert!(said.out.contains("    + held by waves.hold: frozen till Monday"), "{}", said.out);
    assert!(said.out.lines().all(|line| line.chars().count() <= 80 || !line.starts_with("    ")), "{}", said.out);
    room.write("after.json", propose());
    let (code, document) = room.json(&["plan", "diff", "before.json", "after.json"]);
    assert_eq!(code, Some(0));
    let changes = document["workloads"].as_array().unwrap();
    let of_api = changes.iter().find(|change| change["id"] == api).unwrap();
    assert_eq!((&of_api["before"]["place"], &of_api["after"]["place"]), (&json!("wave"), &json!("left-out")));
    room.write("other.json", "{\"schema\": \"caravan.plan/v1\"}").write("text.json", "no json");
    room.run(&["plan", "diff", "other.json"])
        .ends(2, &["other.json is `caravan.plan/v1`", "caravan plan draft --dry-run"]);
    room.run(&["plan", "diff", "text.json"]).ends(2, &["text.json holds no proposal", "caravan plan draft --dry-run"]);
    room.run(&["plan", "diff", "nowhere.json"]).ends(1, &["can't read nowhere.json"]);
}
