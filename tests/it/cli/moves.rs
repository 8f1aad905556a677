//! `caravan plan move`: steps go from wave to wave with their comments, and what others wrote stays as it is.

use super::Room;

const DEMO: &str = "plans/wave-demo.yaml";
const LATER: &str = "plans/wave-later.yaml";

/// A demo's folder, with a comment of a person above the second step of its wave.
fn room() -> (Room, Vec<String>) {
    let room = Room::new();
    room.run(&["demo", "--out", "."]).ends(0, &[]);
    let text = room.read(DEMO);
    let second = text.match_indices("- workload:").nth(1).unwrap().0;
    let begin = text[..second].rfind('\n').unwrap() + 1;
    room.write(DEMO, format!("{}# olivia: ask the shop first\n{}", &text[..begin], &text[begin..]));
    let workloads = text.lines().filter_map(|line| line.trim_start().strip_prefix("- workload:"));
    (room, workloads.map(|id| id.trim().trim_matches(['"', '\'']).to_owned()).collect())
}

#[test]
fn a_step_goes_to_a_new_wave_with_its_comment_is_sealed_there_and_comes_back() {
    let (room, workloads) = room();
    assert_eq!(workloads.len(), 3);
    let before = room.read(DEMO);
    let (code, document) = room.json(&["plan", "move", "demo", "later", "--workload", &workloads[1]]);
    assert_eq!((code, &document["schema"]), (Some(0), &"caravan.plan-move/v1".into()));
    assert_eq!(document["written"].as_array().unwrap().len(), 2);
    let (demo, later) = (room.read(DEMO), room.read(LATER));
    assert!(!demo.contains(&workloads[1]) && !demo.contains("olivia") && demo.contains(&workloads[2]), "{demo}");
    assert!(later.contains(&workloads[1]) && later.contains("# olivia: ask the shop first\n"), "{later}");
    for wave in ["demo", "later"] {
        room.run(&["plan", "seal", wave, "--who", "olivia"]).ends(0, &[]);
    }
    // Merged, the file of the one is gone, and the other has every step, that one at its end.
    room.run(&["plan", "move", "later", "demo", "--all"]).ends(0, &["its file is gone", "caravan plan seal demo"]);
    assert!(!room.path().join(LATER).exists());
    let after = room.read(DEMO);
    let sorted = |text: &str| {
        let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
        lines.sort();
        lines
    };
    assert_eq!(sorted(&after), sorted(&before));
    assert!(after.find(&workloads[2]).unwrap() < after.find(&workloads[1]).unwrap());
}

#[test]
fn what_can_not_be_moved_leaves_every_file_as_it_was() {
    let (room, workloads) = room();
    let before = room.read(DEMO);
    let mut all = vec!["plan", "move", "demo", "later"];
    all.extend(workloads.iter().flat_map(|id| ["--workload", id]));
    room.run(&all).ends(2, &["nothing would be left of wave `demo`", "plan move demo later --all"]);
    let wrong = format!("{}x", workloads[0]);
    room.run(&["plan", "move", "demo", "later", "--workload", &wrong]).ends(2, &["has no step of", &workloads[0]]);
    room.run(&["plan", "move", "demo", "demo", "--all"]).ends(2, &["to itself"]);
    room.run(&["plan", "move", "demo", "../x", "--all"]).ends(2, &[]);
    room.run(&["plan", "move", "demo", "later"]).ends(2, &["--workload"]);
    room.run(&["--read-only", "plan", "move", "demo", "later", "--workload", &workloads[0]]).ends(2, &[]);
    assert_eq!(room.read(DEMO), before);
    // A list that is written on one line has no lines that could go along.
    room.write(LATER, "schema: caravan.wave-spec/v1\nwave: later\nshifts: []\n");
    room.run(&["plan", "move", "demo", "later", "--workload", &workloads[0]]).ends(3, &["move it by hand"]);
    assert_eq!(room.read(DEMO), before);
    assert!(room.read(LATER).ends_with("shifts: []\n"));
}

#[test]
fn what_holds_otherwise_in_the_other_wave_is_said_and_so_is_what_goes_with_a_file() {
    let (room, workloads) = room();
    let (code, document) = room.json(&["plan", "move", "demo", "later", "--workload", &workloads[1]]);
    assert_eq!(code, Some(0));
    let of_settings = |document: &serde_json::Value| {
        let warnings = document["warnings"].as_array().unwrap().iter().map(|one| one.as_str().unwrap().to_owned());
        warnings.filter(|one| one.starts_with('`') || one.contains("of comments")).collect::<Vec<_>>()
    };
    assert_eq!(
        of_settings(&document),
        Vec::<String>::new(),
        "a new wave has the settings of the one that it comes from"
    );
    let text: String = room
        .read(LATER)
        .lines()
        .filter(|line| !line.starts_with("soak:") && !line.starts_with("on_failure:"))
        .map(|line| format!("{line}\n"))
        .collect();
    room.write(LATER, format!("# Ruth: nobody moves this before May.\nsoak: 604800\non_failure: shift\n{text}"));
    let (code, document) = room.json(&["plan", "move", "later", "demo", "--all"]);
    let said = of_settings(&document);
    assert_eq!(code, Some(0));
    assert!(said.iter().any(|one| one.starts_with("`soak` is 604800 s in wave later and ")), "{said:?}");
    assert!(said.contains(&"`on_failure` is shift in wave later and wave in wave demo".to_owned()), "{said:?}");
    let gone = "1 line of comments are gone with plans/wave-later.yaml, which no step took along; the first is: # Ruth: nobody \
                moves this before May.";
    assert!(said.contains(&gone.to_owned()), "{said:?}");
}

#[test]
fn what_would_move_before_what_it_needs_is_told() {
    let room = Room::new();
    room.run(&["demo", "--out", "."]).ends(0, &[]);
    let (_, proposal) = room.json(&["plan", "draft", "--dry-run"]);
    // It has steps of the same workloads, and its place among the proposed waves nobody knows.
    std::fs::remove_file(room.path().join(DEMO)).unwrap();
    room.run(&["plan", "draft"]).ends(0, &[]);
    let id = |name: &str| format!("ecs/417263850914/eu-central-1/tracking-prod/{name}");
    let wave_of = |id: &str| {
        let waves = proposal["waves"].as_array().unwrap();
        let has = |wave: &&serde_json::Value| wave["workloads"].as_array().unwrap().iter().any(|row| row["id"] == id);
        waves.iter().find(has).unwrap()["name"].as_str().unwrap().to_owned()
    };
    let (web, eta) = (id("tracking-web"), id("eta-predictor"));
    let (from, needed) = (wave_of(&web), wave_of(&eta));
    assert!(needed.as_str() > "production-01" && needed < from, "{needed} {from}");
    let (code, document) = room.json(&["plan", "move", &from, "production-01", "--workload", &web]);
    assert_eq!(code, Some(0));
    let said = format!("{web} needs {eta}, which moves in {needed}, after production-01");
    assert!(document["warnings"].as_array().unwrap().iter().any(|one| *one == said), "{said}: {document}");
    // Back where it was, nothing is broken.
    let (_, document) = room.json(&["plan", "move", "production-01", &from, "--workload", &web]);
    let warnings = document["warnings"].as_array().unwrap();
    assert!(!warnings.iter().any(|one| one.as_str().unwrap().contains(&eta)), "{document}");
}
