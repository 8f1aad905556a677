//! The terminal interface: the real program in a real terminal, played by keys. What it does is seen on its screen, and held
//! against what another process reads of the same files.

use crate::cli::Room;
use caravan_tests_testbed::{Flags, Modes, SANE, Terminal, Told};
use serde_json::Value;
use std::time::{Duration, Instant};

/// For whatever happens at once, on a machine that does much besides.
pub(crate) const SOON: Duration = Duration::from_secs(20);
/// For a stage of the demonstration: ten seconds of baking, and what is asked around it.
const STAGE: Duration = Duration::from_secs(120);
/// The screen of waves, by its key.
const WAVES: &str = "5";
/// The screen of a run, by its key.
const CUTOVER: &str = "6";
/// Every screen, by its key.
pub(crate) const SCREENS: &str = "123456789";
/// Their titles.
pub(crate) const TITLES: [&str; 9] =
    ["Overview", "Inventory", "Graph", "Readiness", "Waves", "Cutover", "Audit", "Domains", "Preview"];
/// Keys that come sooner after a question are taken for typed ahead.
const TYPED_AHEAD: Duration = Duration::from_millis(600);

pub(crate) fn open(room: &Room, args: &[&str], columns: u16, rows: u16) -> Option<Terminal> {
    Terminal::open(&room.command(args), columns, rows)
}

/// Leaves it, and finds the terminal as it was.
pub(crate) fn leave(terminal: &Terminal) -> Told {
    terminal.press("q");
    let told = terminal.until("its end", SOON, |told| told.code.is_some());
    assert_eq!((told.code, told.modes), (Some(0), SANE), "{}", told.text());
    told
}

fn status(room: &Room) -> Value {
    let (code, document) = room.json(&["--dir", "caravan-demo", "cutover", "status"]);
    assert_eq!(code, Some(0));
    document["runs"][0].clone()
}

/// The run once it is back, and its driver ends: one shift is sooner, the run once each of its targets was seen to stand as it was.
fn back(room: &Room) -> Value {
    let late = Instant::now() + STAGE;
    let mut status = status(room);
    while status["state"] != "rolled-back" && Instant::now() < late {
        std::thread::sleep(Duration::from_millis(200));
        status = self::status(room);
    }
    assert_eq!((&status["state"], &status["direction"]), (&"rolled-back".into(), &"back".into()));
    status
}

/// Presses Esc. What came right behind it would be one key with it, to any program in a terminal.
pub(crate) fn escape(terminal: &Terminal) {
    terminal.press("\x1b");
    std::thread::sleep(Duration::from_millis(100));
}

/// Types the name that a question wants.
fn name(terminal: &Terminal, name: &str) {
    terminal.sees("type the name of the wave", SOON);
    std::thread::sleep(TYPED_AHEAD);
    terminal.press(name);
    terminal.press("\r");
}

#[test]
fn a_night_by_keys_alone() {
    let room = Room::new();
    let Some(terminal) = open(&room, &["demo", "--tui", "--who", "olivia"], 100, 30) else { return };
    let told = terminal.sees("What needs you now", Duration::from_secs(60));
    assert!(told.modes.alternate && !told.modes.cursor && !told.modes.mouse, "{:?}", told.modes);
    assert!(told.text().contains("DEMO ×30") && told.text().contains("OPERATOR"), "{}", told.text());
    // What was found, filtered, and one of it opened.
    terminal.press("2");
    terminal.sees("1 of 68", SOON);
    terminal.press("/kind=lambda and team!=unassigned\r");
    terminal.sees("where kind=lambda and team!=unassigned", SOON);
    terminal.press("j\r");
    terminal.sees("kind         lambda", SOON);
    // A plan that is read, and approved by its wave's name.
    terminal.press(WAVES);
    terminal.sees("sealed, not approved", SOON);
    terminal.press("V");
    terminal.sees("approved by nobody", SOON);
    terminal.press("V");
    name(&terminal, "demo");
    terminal.sees("approved by olivia", SOON);
    escape(&terminal);
    // A run is started, and waits for an approval once it has installed the split.
    terminal.press("S");
    name(&terminal, "demo");
    terminal.sees("awaiting-approval", STAGE);
    assert_eq!(status(&room)["state"], "awaiting-approval");
    // Enter alone approves nothing.
    terminal.press("A");
    terminal.sees("the stage before has baked", SOON);
    std::thread::sleep(TYPED_AHEAD);
    terminal.press("\r\r\r\x1b");
    terminal.sees("approve: nothing was done", SOON);
    assert_eq!(status(&room)["state"], "awaiting-approval");
    terminal.press("A");
    name(&terminal, "demo");
    terminal.sees("at risk    10 % of", STAGE);
    // Killed, it changes nothing: the driver goes on, and another terminal shows it.
    terminal.signal("KILL");
    terminal.until("its end", SOON, |told| told.code == Some(-9));
    assert_eq!(status(&room)["driver"]["drives"], true);
    let Some(terminal) = open(&room, &["--dir", "caravan-demo", "tui", "--who", "olivia"], 80, 24) else { return };
    terminal.sees("What needs you now", SOON);
    terminal.press(CUTOVER);
    terminal.sees("at risk    10 % of", SOON);
    // A pause is one key; and back by two.
    terminal.press("p");
    terminal.sees("paused", STAGE);
    terminal.press("Ry");
    terminal.sees("↩ rolled-back", STAGE);
    let status = back(&room);
    assert!(status["steps"].as_array().unwrap().iter().all(|step| step["actual"] == 0), "{status}");
    terminal.press("@");
    terminal.sees("$ caravan --dir caravan-demo cutover rollback", SOON);
    escape(&terminal);
    leave(&terminal);
}

#[test]
fn a_new_side_that_fails_is_taken_back_while_somebody_watches() {
    let room = Room::new();
    let Some(terminal) = open(&room, &["demo", "--tui", "--who", "olivia"], 120, 40) else { return };
    terminal.sees("What needs you now", Duration::from_secs(60));
    terminal.press(WAVES);
    terminal.sees("sealed, not approved", SOON);
    terminal.press("V");
    terminal.sees("approved by nobody", SOON);
    terminal.press("V");
    name(&terminal, "demo");
    terminal.sees("approved by olivia", SOON);
    escape(&terminal);
    terminal.press("S");
    name(&terminal, "demo");
    terminal.sees("awaiting-approval", STAGE);
    terminal.press("A");
    name(&terminal, "demo");
    terminal.sees("at risk    10 % of", STAGE);
    let world = room.read("caravan-demo/demo-world.json");
    room.write(
        "caravan-demo/demo-world.json",
        world.replace("\"new_sides\": \"healthy\"", "\"new_sides\": \"failing\""),
    );
    let told = terminal.until("the way back and its reason", STAGE, |told| told.text().contains("↩ rolled-back"));
    assert!(told.text().contains("answered 500"), "{}", told.text());
    back(&room);
    leave(&terminal);
}

#[test]
fn who_only_reads_changes_nothing_by_any_key() {
    let room = Room::new();
    room.run(&["demo"]).ends(0, &[]);
    let before = std::fs::read(room.path().join("caravan-demo/journal.db")).unwrap();
    let Some(terminal) = open(&room, &["--dir", "caravan-demo", "--read-only", "tui"], 80, 24) else { return };
    terminal.sees("READ-ONLY", SOON);
    for (screen, title) in SCREENS.chars().zip(TITLES) {
        terminal.press(&screen.to_string());
        // Every key before it was taken in.
        terminal.sees(&format!("{screen} {title}"), SOON);
        let of_screens = |key: &char| SCREENS.contains(*key) || "/:q".contains(*key);
        for key in (33_u8..127).map(char::from).filter(|key| !of_screens(key)) {
            terminal.press(&format!("{key}y\r"));
            terminal.press("\x1b");
            std::thread::sleep(Duration::from_millis(20));
        }
    }
    terminal.press(WAVES);
    terminal.press("S");
    terminal.sees("this is read-only", SOON);
    leave(&terminal);
    assert!(std::fs::read(room.path().join("caravan-demo/journal.db")).unwrap() == before, "the journal was changed");
    assert!(!room.path().join("caravan-demo/drivers").exists());
}

#[test]
fn the_terminal_is_as_it_was_after_a_signal_and_while_it_is_stopped() {
    let room = Room::new();
    room.run(&["demo"]).ends(0, &[]);
    for (signal, code) in [("TERM", 143), ("INT", 130)] {
        let Some(terminal) = open(&room, &["--dir", "caravan-demo", "--read-only", "tui"], 80, 24) else { return };
        terminal.sees("What needs you now", SOON);
        terminal.signal(signal);
        let told = terminal.until("its end", SOON, |told| told.code.is_some());
        assert_eq!((told.code, told.modes), (Some(code), SANE), "{}", told.text());
    }
    // Ctrl-Z under a shell, which takes the terminal over and gives it back.
    let mut shell = std::process::Command::new("/bin/bash");
    shell.args(["--norc", "--noprofile", "-i"]).current_dir(room.path());
    shell.env("HOME", room.path()).env("PATH", "/usr/bin:/bin").env("PS1", "shell> ");
    let Some(terminal) = Terminal::open(&shell, 80, 24) else { return };
    terminal.sees("shell>", SOON);
    terminal.press(&format!("{} --dir caravan-demo --read-only tui\r", env!("CARGO_BIN_EXE_caravan")));
    terminal.sees("What needs you now", SOON);
    terminal.resize(120, 40);
    terminal.until("another size", SOON, |told| told.lines.len() == 40 && told.lines[39].contains("help"));
    terminal.press("\x1a");
    terminal.sees("Stopped", SOON);
    terminal.press("stty -a\r");
    let told = terminal.sees("icanon", SOON);
    assert!(told.text().contains(" icanon") && told.text().contains(" echo "), "{}", told.text());
    // Pasting is the shell's own while it reads a line.
    assert_eq!(Modes { paste: false, ..told.modes }, SANE);
    terminal.press("fg\r");
    let told =
        terminal.until("it again", SOON, |told| told.modes.alternate && told.text().contains("What needs you now"));
    assert_eq!(told.flags, Some(Flags { echo: false, lines: false }));
    terminal.press("q");
    let told = terminal.until("the shell again", SOON, |told| !told.modes.alternate);
    assert_eq!(Modes { paste: false, ..told.modes }, SANE);
}

/// An interface that nobody touches costs next to nothing: it draws its clock once a second, and reads what may have changed.
#[test]
fn who_does_nothing_is_told_little() {
    let room = Room::new();
    room.run(&["demo"]).ends(0, &[]);
    let Some(terminal) = open(&room, &["--dir", "caravan-demo", "--read-only", "tui"], 80, 24) else { return };
    let begin = terminal.sees("What needs you now", SOON);
    std::thread::sleep(Duration::from_secs(5));
    let written = terminal.told().read - begin.read;
    assert!(written < 4_000, "{written} bytes in five seconds");
    leave(&terminal);
}

#[test]
fn without_a_terminal_it_says_what_says_the_same() {
    let room = Room::new();
    room.run(&["demo"]).ends(0, &[]);
    room.run(&["--dir", "caravan-demo", "tui"]).ends(2, &["needs a terminal", "cutover watch RUN --plain"]);
}
