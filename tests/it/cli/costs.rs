//! `caravan plan cost`, `plan report` and `plan runbook` over the demonstration estate.

use super::Room;
use serde_json::Value;
use std::collections::BTreeMap;

/// A demo's folder.
pub(super) fn estate() -> Room {
    let room = Room::new();
    room.run(&["demo", "--out", "."]).ends(0, &[]);
    room
}

/// Cents, so that sums are exact.
fn cents(value: &Value) -> i64 {
    (value.as_f64().unwrap() * 100.0).round() as i64
}

/// The sum of one end of an amount over workloads, in cents, with how many of them have one.
fn sum<'a>(workloads: impl Iterator<Item = &'a Value>, side: &str, end: &str) -> (i64, i64) {
    let known: Vec<i64> =
        workloads.map(|one| &one[side]["total"]["month"][end]).filter(|value| !value.is_null()).map(cents).collect();
    (known.iter().sum(), known.len() as i64)
}

#[test]
fn totals_are_the_sums_of_the_workloads_and_unknown_is_never_zero() {
    let room = estate();
    let (code, document) = room.json(&["plan", "cost"]);
    assert_eq!((code, &document["schema"]), (Some(0), &"caravan.cost/v1".into()));
    let workloads = document["workloads"].as_array().unwrap();
    let (_, readiness) = room.json(&["assess"]);
    let verdicts: BTreeMap<&str, &str> = readiness["workloads"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| (row["id"].as_str().unwrap(), row["verdict"].as_str().unwrap()))
        .collect();
    assert_eq!(workloads.len(), verdicts.len());
    for one in workloads {
        assert_eq!(one["verdict"], verdicts[one["id"].as_str().unwrap()]);
        for side in ["now", "then"] {
            let total = &one[side]["total"];
            assert!(!total["month"].is_null() || !total["unknown"].as_array().unwrap().is_empty(), "{one}");
            for item in one[side]["items"].as_array().unwrap() {
                let (month, unknown) = (&item["cost"]["month"], item["cost"]["unknown"].as_array().unwrap());
                assert!(!month.is_null() || !unknown.is_empty(), "{item}");
                let priced = month["high"].as_f64().is_some_and(|high| high > 0.0);
                assert!(!priced || !item["sources"].as_array().unwrap().is_empty(), "a price without a source: {item}");
            }
        }
    }
    let moving = || workloads.iter().filter(|one| one["verdict"] == "move");
    for side in ["now", "then"] {
        for (end, sign) in [("low", 1), ("high", -1)] {
            let (parts, count) = sum(moving(), side, end);
            let total = cents(&document["total"]["moves"][side]["month"][end]);
            // Each is rounded outwards by less than a cent.
            assert!((0..=count).contains(&((total - parts) * sign)), "{side} {end}: {total} for {parts}");
        }
    }
    for wave in document["waves"].as_array().unwrap() {
        let of_wave = || workloads.iter().filter(|one| one["wave"] == wave["name"]);
        assert_eq!(wave["workloads"], of_wave().count());
        let (parts, count) = sum(of_wave(), "now", "low");
        if count > 0 {
            assert!((0..=count).contains(&(cents(&wave["now"]["month"]["low"]) - parts)), "{wave}");
        }
    }
    let known: Vec<&str> =
        document["prices"]["sources"].as_array().unwrap().iter().map(|one| one["id"].as_str().unwrap()).collect();
    let named =
        workloads.iter().flat_map(|one| ["now", "then"].map(|side| one[side]["items"].as_array().unwrap())).flatten();
    for source in named.flat_map(|item| item["sources"].as_array().unwrap()) {
        assert!(known.contains(&source.as_str().unwrap()), "{source}");
    }
    // Pods pay what nodes cost.
    let nodes: i64 = document["nodes"].as_array().unwrap().iter().map(|one| cents(&one["cost"]["month"]["high"])).sum();
    assert!(nodes > 0);
}

#[test]
fn people_are_told_the_same_in_80_columns() {
    let room = estate();
    let said = room.run(&["plan", "cost"]);
    assert_eq!(said.code, Some(0), "{}", said.err);
    for wanted in ["workloads move", "clusters besides", "not known", "nodes of production, on-demand"] {
        assert!(said.out.contains(wanted), "{wanted}: {}", said.out);
    }
    assert!(said.err.contains("by the book of 2026-"), "{}", said.err);
    let wave = room.run(&["plan", "cost", "--wave", "production-01"]);
    assert!(
        wave.code == Some(0) && wave.out.contains("while both run") && wave.out.contains("pods of"),
        "{}",
        wave.out
    );
    let names = |line: &str| line.starts_with("ecs/") || line.starts_with("lambda/") || line.starts_with("worker/");
    for line in said.out.lines().chain(wave.out.lines()).filter(|line| !names(line)) {
        assert!(line.chars().count() <= 80, "{line}");
    }
    room.run(&["plan", "cost", "--wave", "production-1"]).ends(2, &["there is no wave `production-1`", "did you mean"]);
    assert_eq!(
        room.run(&["plan", "cost", "--format", "json"]).out,
        room.run(&["plan", "cost", "--format", "json"]).out
    );
}

#[test]
fn a_plan_says_what_its_wave_costs() {
    let room = estate();
    let (_, plan) = room.json(&["plan", "show", "demo", "--draft"]);
    let cost = &plan["waves"][0]["cost"];
    assert!(
        cost["prices"].as_str().unwrap().starts_with("2026-") && cost["both_sides"]["unknown"].is_array(),
        "{cost}"
    );
    let (_, costs) = room.json(&["plan", "cost"]);
    let ids: Vec<&str> =
        plan["waves"][0]["workloads"].as_array().unwrap().iter().map(|id| id.as_str().unwrap()).collect();
    let all = costs["workloads"].as_array().unwrap();
    let (parts, count) = sum(all.iter().filter(|one| ids.contains(&one["id"].as_str().unwrap())), "now", "low");
    assert!(count > 0 && (0..=count).contains(&(cents(&cost["now"]["month"]["low"]) - parts)), "{cost}");
}

/// The figures of a page: the place that each names, and its text.
pub(super) fn figures(page: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    for part in page.split("data-at=\"").skip(1) {
        let (at, rest) = part.split_once('"').unwrap();
        let text = rest.split_once('>').unwrap().1.split_once('<').unwrap().0;
        found.push((at.replace("&#x2f;", "/"), text.to_owned()));
    }
    found
}

#[test]
fn the_report_shows_number_by_number_what_the_other_commands_say() {
    let room = estate();
    let page = room.run(&["plan", "report"]);
    assert_eq!(page.code, Some(0), "{}", page.err);
    let (_, data) = room.json(&["plan", "report"]);
    let figures = figures(&page.out);
    assert!(figures.len() > 150, "{}", figures.len());
    for (at, text) in &figures {
        let value = data.pointer(at).unwrap_or_else(|| panic!("the data has no {at}"));
        let said = match value {
            Value::Number(number) if number.is_f64() => format!("{:.2}", number.as_f64().unwrap()),
            other => other.to_string(),
        };
        assert_eq!(&said, text, "{at}");
    }
    // And the data is that of the other commands.
    let (_, cost) = room.json(&["plan", "cost"]);
    assert_eq!(data["cost"]["total"], cost["total"]);
    assert_eq!(data["cost"]["teams"], cost["teams"]);
    let (_, readiness) = room.json(&["assess"]);
    let rows = readiness["workloads"].as_array().unwrap();
    assert_eq!(data["readiness"].as_array().unwrap().len(), rows.len());
    for (row, said) in rows.iter().zip(data["readiness"].as_array().unwrap()) {
        let count = |severity: &str| {
            row["notes"].as_array().unwrap().iter().filter(|note| note["severity"] == severity).count()
        };
        assert_eq!((&row["id"], &row["verdict"], &row["reasons"][0]), (&said["id"], &said["verdict"], &said["reason"]));
        assert_eq!(
            (Value::from(count("blocker")), Value::from(count("warning"))),
            (said["blockers"].clone(), said["warnings"].clone())
        );
    }
    assert_eq!(data["coverage"], readiness["coverage"]);
    let (_, proposal) = room.json(&["plan", "draft", "--dry-run"]);
    for (wave, said) in proposal["waves"].as_array().unwrap().iter().zip(data["waves"].as_array().unwrap()) {
        assert_eq!(wave["name"], said["name"]);
        let ids = |wave: &Value| {
            wave["workloads"].as_array().unwrap().iter().map(|one| one["id"].clone()).collect::<Vec<_>>()
        };
        assert_eq!(ids(wave), ids(said));
    }
}

#[test]
fn a_runbook_is_of_the_sealed_plan_and_of_a_draft_only_where_it_is_asked_for() {
    let room = estate();
    room.run(&["plan", "runbook", "production-01"]).ends(2, &["was never sealed", "caravan plan seal"]);
    let draft = room.run(&["plan", "runbook", "demo", "--draft"]);
    assert!(draft.code == Some(0) && draft.out.contains("**A draft**"), "{}{}", draft.out, draft.err);
    // The demo has sealed its wave.
    let (_, plan) = room.json(&["plan", "show", "demo"]);
    let hash = plan["hash"].as_str().unwrap();
    let said = room.run(&["plan", "runbook", "demo"]);
    assert!(said.out.contains(hash) && !said.out.contains("**A draft**"), "{}", said.out);
    let (_, runbook) = room.json(&["plan", "runbook", "demo"]);
    let stages: Vec<&Value> =
        runbook["steps"].as_array().unwrap().iter().flat_map(|step| step["stages"].as_array().unwrap()).collect();
    let planned = plan["waves"][0]["steps"].as_array().unwrap();
    assert_eq!(stages.len(), planned.len());
    for (stage, planned) in stages.iter().zip(planned) {
        assert_eq!(stage["name"], planned["name"]);
        assert_eq!(!stage["approval"].is_null(), planned["approval"] == true, "{stage}");
        assert!(said.out.contains(stage["verify"][0]["command"].as_str().unwrap()), "{stage}");
    }
    let page = room.run(&["plan", "runbook", "demo", "--html"]).out;
    assert!(page.starts_with("<!doctype html>") && page.contains(hash));
}

#[test]
fn two_seals_of_a_wave_are_compared_field_by_field() {
    let room = estate();
    let sealed = |room: &Room| -> Vec<String> {
        let names = std::fs::read_dir(room.path().join("plans/sealed")).unwrap();
        names.map(|entry| format!("plans/sealed/{}", entry.unwrap().file_name().to_str().unwrap())).collect()
    };
    let first = sealed(&room).pop().unwrap();
    let same = room.run(&["plan", "diff", &first, &first, "--exit-code"]);
    assert_eq!((same.code, same.out.as_str()), (Some(0), "nothing is different\n"), "{}", same.err);
    let spec = room.read("plans/wave-demo.yaml");
    room.write("plans/wave-demo.yaml", format!("{spec}soak: 172800\n"));
    let now = room.run(&["plan", "diff", &first, "--exit-code"]);
    assert!(
        now.code == Some(10) && now.out.contains("/soak_ms") && now.out.contains("+ 172800000"),
        "{}{}",
        now.out,
        now.err
    );
    let (code, document) = room.json(&["plan", "diff", &first]);
    assert_eq!((code, &document["schema"]), (Some(0), &"caravan.plan-diff/v1".into()));
    room.write("text.json", "{\"schema\": \"caravan.wave/v9\"}");
    room.run(&["plan", "diff", "text.json", &first]).ends(2, &["text.json holds no plan", "plans/sealed/"]);
}
