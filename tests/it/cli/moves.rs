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
