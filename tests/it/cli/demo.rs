//! `caravan demo`.

use super::{Room, find};

#[test]
fn the_demo_walks_the_road_and_keeps_what_was_changed() {
    let room = Room::new();
    let said = room.run(&["demo"]);
    said.ends(0, &[]);
    for text in [
        "Inventory",
        "Conversion",
        "Questions",
        "Where everything lies",
        "Try next",
        "caravan --dir caravan-demo",
    ] {
        assert!(said.out.contains(text), "{text}: {}", said.out);
    }
    let plconfig = find(&room.path().join("caravan-demo/deployment"), "plconfig.yaml");
    let mine = std::fs::read_to_string(&plconfig).unwrap() + "# mine\n";
    std::fs::write(&plconfig, &mine).unwrap();
    room.run(&["demo"]).ends(0, &[]);
    assert_eq!(std::fs::read_to_string(&plconfig).unwrap(), mine);
    // What the demo did is what the commands do.
    room.run(&["--dir", "caravan-demo", "convert", "--check"]).ends(11, &[]);
    let (code, document) = room.json(&["demo"]);
    assert_eq!((code, document["schema"].as_str()), (Some(0), Some("caravan.demo/v1")));
    assert!(document["convert"]["written"] == 0, "{}", document["convert"]);
    let workloads: u64 = document["workloads"]
        .as_object()
        .unwrap()
        .values()
        .map(|count| count.as_u64().unwrap())
        .sum();
    assert_eq!(workloads, document["convert"]["workloads"].as_u64().unwrap());
}

#[test]
fn the_demo_takes_no_folder_that_is_somebody_elses() {
    let room = Room::new();
    room.write("caravan-demo/letter.txt", "dear all");
    room.run(&["demo"]).ends(2, &["caravan-demo", "--out"]);
    room.write("file", "");
    room.run(&["demo", "--out", "file"]).ends(2, &["file"]);
    room.run(&["demo", "--out", "elsewhere"]).ends(0, &[]);
    assert!(room.path().join("elsewhere/deployment").is_dir());
}
