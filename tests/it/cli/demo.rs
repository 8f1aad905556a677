//! `caravan demo`.

use super::{Room, find};

#[test]
fn the_demo_walks_the_road_and_keeps_what_was_changed() {
    let room = Room::new();
    let said = room.run(&["demo"]);
    said.ends(0, &[]);
    for text in
        ["Inventory", "Conversion", "Questions", "Where everything lies", "Try next", "caravan --dir caravan-demo"]
    {
        assert!(said.out.contains(text), "{text}: {}", said.out);
    }
    // What it names runs as it is printed, where the demo was started.
    for command in ["discover", "decide", "inventory", "convert", "assess"] {
        assert!(!said.out.contains(&format!("caravan {command}")), "{command}: {}", said.out);
    }
    assert!(said.out.contains("5. The whole cutover, in a simulated world"), "{}", said.out);
    every_command_runs(&room, &said.out);
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
    let workloads: u64 = document["workloads"].as_object().unwrap().values().map(|count| count.as_u64().unwrap()).sum();
    assert_eq!(workloads, document["convert"]["workloads_found"].as_u64().unwrap());
}

/// What the demo suggests is run line by line, as a person would who types it.
fn every_command_runs(room: &Room, out: &str) {
    let commands: Vec<&str> = out.split("Try next\n").nth(1).unwrap().lines().map(str::trim).collect();
    assert!(commands[0].starts_with("export PATH="), "{commands:?}");
    assert!(commands.len() >= 7, "{commands:?}");
    for command in &commands[1..] {
        let mut shell = std::process::Command::new("sh");
        shell.args(["-c", &format!("{}\n{command}", commands[0])]).current_dir(room.path());
        let said =
            super::Said::of(shell.env_clear().env("HOME", room.path()).env("PATH", "/usr/bin:/bin").output().unwrap());
        // Questions stay open, and lists are incomplete: both are answers.
        assert!(matches!(said.code, Some(0 | 5 | 11)), "{command}: {:?} {}", said.code, said.err);
        assert!(!command.contains(';') && !command.contains("&&"), "two commands on a line: {command}");
        for hint in said.err.lines().filter(|line| line.starts_with("hint:") && line.contains("caravan ")) {
            assert!(hint.contains("caravan --dir caravan-demo "), "{command}: {hint}");
        }
    }
}

#[test]
fn hints_name_the_folder_that_the_command_was_given() {
    for (dir, said) in [("a", "--dir a "), ("a b", "--dir 'a b' "), ("./c", "--dir ./c ")] {
        let room = Room::new();
        std::fs::create_dir_all(room.path().join(dir)).unwrap();
        room.run(&["--dir", dir, "plan", "show", "one"]).ends(1, &[&format!("caravan {said}plan seal")]);
    }
    Room::new().run(&["plan", "show", "one"]).ends(1, &["caravan plan seal"]);
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
