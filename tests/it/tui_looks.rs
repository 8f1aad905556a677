//! The screens that only show, in a real terminal at 80×24: what they say is held against what the command line says of the same
//! files.

use crate::cli::Room;
use crate::tui::{SCREENS, SOON, TITLES, escape, leave, open};
use caravan_tests_testbed::{Terminal, Told};
use serde_json::Value;

const HOST: &str = "console.tracklark.example";
const CONSOLE: &str = "ecs/417263850914/eu-central-1/tracking-prod/merchant-console";
const EXPORTER: &str = "ecs/417263850914/eu-central-1/tracking-prod/queue-exporter";
const DEMO: [&str; 2] = ["--dir", "caravan-demo"];

/// The demonstration, with a run of its wave that was created, driven for a while, paused and resumed by people.
fn night() -> Room {
    let room = Room::new();
    room.run(&["demo"]).ends(0, &[]);
    let hash = room.json(&[&DEMO[..], &["plan", "show", "demo"]].concat()).1["hash"].as_str().unwrap().to_owned();
    room.run(&[&DEMO[..], &["plan", "approve", "demo", "--hash", &hash, "--who", "olivia"]].concat()).ends(0, &[]);
    room.run(&[&DEMO[..], &["cutover", "start", "demo", "--hash", &hash]].concat()).ends(0, &[]);
    let run = run(&room);
    // Without anybody who approves it comes to its first gate, and ends there.
    room.run(&[&DEMO[..], &["cutover", "run", &run, "--who", "olivia"]].concat()).ends(20, &[]);
    room
}

fn run(room: &Room) -> String {
    let (_, document) = room.json(&[&DEMO[..], &["cutover", "status"]].concat());
    document["runs"][0]["run"].as_str().unwrap().to_owned()
}

/// To a screen by its place among all.
fn to(terminal: &Terminal, number: usize) {
    terminal.press(&SCREENS[number - 1..number]);
}

fn fits(told: &Told) {
    assert!(told.lines.iter().all(|line| line.chars().count() <= 80), "{}", told.text());
}

#[test]
fn the_screens_that_show_say_what_the_command_line_says() {
    let room = night();
    let args = [&DEMO[..], &["--read-only", "tui"]].concat();
    let Some(terminal) = open(&room, &args, 80, 24) else { return };
    terminal.sees("What needs you now", SOON);

    // The graph: from a hostname through its steps to the workload, and to whoever breaks with it.
    to(&terminal, 3);
    terminal.sees("HOSTNAME", SOON);
    terminal.press(&format!("/{HOST}\r"));
    terminal.sees("1 of 1", SOON);
    terminal.press("\r");
    let told = terminal.sees("target group", SOON);
    fits(&told);
    let (_, document) = room.json(&[&DEMO[..], &["inventory", "graph", HOST]].concat());
    let way = &document["front_doors"][0]["steps"];
    let seen: String = told.text();
    for step in way.as_array().unwrap().iter().take(5) {
        // What is too long for its line is cut: its beginning is there.
        let says: String = step["says"].as_str().unwrap().chars().take(40).collect();
        assert!(seen.contains(&says), "{says} is not in\n{seen}");
    }
    terminal.press(&format!("/{CONSOLE}\r"));
    let told = terminal.sees("workloads break", SOON);
    let (_, document) = room.json(&[&DEMO[..], &["inventory", "graph", CONSOLE]].concat());
    let breaks = document["breaks"].as_array().unwrap().len();
    assert!(breaks > 1 && told.text().contains(&format!("! {breaks} workloads break")), "{}", told.text());

    // From there to its readiness: every note, as `assess` has them.
    terminal.press("c");
    let told = terminal.sees("for the ", SOON);
    fits(&told);
    let (_, document) = room.json(&[&DEMO[..], &["assess", CONSOLE]].concat());
    let assessed = &document["workloads"][0];
    let verdict = assessed["verdict"].as_str().unwrap();
    assert!(told.text().contains(&format!(" {verdict}")), "{}", told.text());
    let warnings = assessed["notes"].as_array().unwrap().iter().filter(|note| note["severity"] == "warning").count();
    assert!(warnings > 0);
    terminal.sees(&format!("{warnings} warning"), SOON);
    terminal.press("G");
    let last = assessed["notes"].as_array().unwrap().last().unwrap()["kind"].as_str().unwrap().to_owned();
    terminal.sees(&last, SOON);
    escape(&terminal);
    escape(&terminal);
    terminal.sees("workloads break", SOON);

    // The whole estate: as many of each verdict, and what is left of it where only blockers are wanted.
    to(&terminal, 4);
    terminal.press("/\x15\r");
    terminal.sees("1 of 68", SOON);
    let (_, document) = room.json(&[&DEMO[..], &["assess"]].concat());
    let all = document["workloads"].as_array().unwrap();
    let moving = all.iter().filter(|one| one["verdict"] == "move").count();
    terminal.sees(&format!("{moving} move"), SOON);
    terminal.press("f");
    let has_blocker = |one: &&Value| one["notes"].as_array().unwrap().iter().any(|note| note["severity"] == "blocker");
    let blocked = all.iter().filter(has_blocker).count();
    assert!(blocked > 0);
    terminal.sees(&format!("1 of {blocked}"), SOON);

    // The journal of the run: as many entries, verified; and who did what.
    to(&terminal, 7);
    let run = run(&room);
    terminal.sees(&run, SOON);
    terminal.press("\r");
    let said = room.run(&[&DEMO[..], &["cutover", "audit", &run, "--format", "json"]].concat());
    let lines: Vec<Value> = said.out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let told = terminal.sees(&format!("chain verified, all {} entries", lines[0]["entries"]), SOON);
    fits(&told);
    assert!(told.text().contains("approved by olivia"), "{}", told.text());
    terminal.press("f");
    let people = lines[1..].iter().filter(|line| line["who"].is_string()).count();
    terminal.sees(&format!("{people} of {people}"), SOON);
    terminal.press("g\r");
    let told = terminal.sees("\"event\": \"start\"", SOON);
    fits(&told);
    terminal.press("G");
    terminal.sees(lines[1]["chain"].as_str().unwrap(), SOON);

    // Every screen names itself in the header, in a terminal that is as small as this one.
    for (number, name) in (1..).zip(TITLES) {
        to(&terminal, number);
        fits(&terminal.sees(&format!("{number} {name}"), SOON));
    }
    leave(&terminal);
}

/// From a workload to its files, line by line, and an answer in place that `decide` then knows.
#[test]
fn the_preview_shows_what_why_says_and_an_answer_ends_in_the_decisions() {
    let room = Room::new();
    room.run(&["demo"]).ends(0, &[]);
    let asked = |room: &Room| {
        let (_, document) = room.json(&[&DEMO[..], &["decide"]].concat());
        let all = document["questions"].as_array().unwrap().clone();
        all.into_iter().filter(|question| question["workload"] == EXPORTER).collect::<Vec<Value>>()
    };
    let before = asked(&room);
    let (id, option) = (before[0]["id"].as_str().unwrap(), before[0]["options"][0].as_str().unwrap());
    let Some(terminal) = open(&room, &[&DEMO[..], &["tui", "--who", "olivia"]].concat(), 80, 24) else { return };
    terminal.sees("What needs you now", SOON);
    to(&terminal, 2);
    terminal.press(&format!("/\x15id={EXPORTER}\r"));
    terminal.sees("1 of 1", SOON);
    terminal.press("o");
    let told = terminal.sees("the app ", SOON);
    fits(&told);
    let text = told.text();
    assert!(text.contains(&format!("{} question", before.len())), "{text}");
    let app = text.split("the app ").nth(1).and_then(|rest| rest.split_whitespace().next()).unwrap();
    let plconfig = format!("deployment/teams/{}/plconfig.yaml", app.replacen('/', "/apps/", 1));

    // What is behind the last line of its first file, as `caravan why` has it.
    let (_, why) = room.json(&[&DEMO[..], &["why", &plconfig]].concat());
    let (lines, last) = (why["lines"].as_array().unwrap(), why["lines"].as_array().unwrap().last().unwrap());
    terminal.press(&format!("{}\r", "j".repeat(before.len())));
    terminal.sees("why line 1", SOON);
    terminal.press("G");
    let told = terminal.sees(&format!("why line {} ", lines.len()), SOON);
    fits(&told);
    assert!(told.text().contains(last["text"].as_str().unwrap().trim()), "{}", told.text());
    assert!(told.text().contains(&format!("rule {}", last["rule"]["name"].as_str().unwrap())), "{}", told.text());
    escape(&terminal);

    // Its first question, answered by its first option: shown once more, and then by `y`.
    terminal.press("ga\x1b[B");
    terminal.sees(&format!("answer: {option}_"), SOON);
    terminal.press("\r");
    terminal.sees("press y", SOON);
    std::thread::sleep(std::time::Duration::from_millis(600));
    terminal.press("y");
    terminal.sees("in decisions.yaml (", SOON);
    let decisions = std::fs::read_to_string(room.path().join("caravan-demo/decisions.yaml")).unwrap();
    assert!(decisions.contains(id) && decisions.contains(option), "{decisions}");
    assert!(asked(&room).iter().all(|one| one["id"] != id), "it is asked no more");
    leave(&terminal);
}
