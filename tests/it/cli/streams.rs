//! What reaches the standard streams, and what is kept from being written.

use super::{Room, Said, furnished};
use std::io::{BufRead, BufReader, Read};
use std::process::Stdio;

#[test]
fn read_only_writes_nothing() {
    let room = furnished();
    for args in [
        &["discover", "--files", "tasks"][..],
        &["convert", "--out", "trees"],
        &["demo"],
        &["inventory", "import", "x"],
        &["inventory", "export", "x"],
        &["decide", "owner/ecs/files/good=parcels"],
    ] {
        room.run(&[args, &["--read-only"]].concat()).ends(2, &["--read-only"]);
    }
    let names: Vec<_> = std::fs::read_dir(room.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert!(
        names.iter().all(|name| !["trees", "x", "decisions.yaml", "caravan-demo"].iter().any(|made| name == made)),
        "{names:?}"
    );
    room.run(&["inventory", "list", "--read-only"]).ends(0, &[]);
    room.run(&["inventory", "export", "-", "--read-only"]).ends(0, &[]);
    room.run(&["convert", "--check", "--read-only"]).ends(11, &[]);
}

#[test]
fn no_colour_reaches_a_pipe() {
    let room = furnished();
    for args in [
        &["inventory", "list"][..],
        &["convert"],
        &["decide"],
        &["--help"],
        &["doctor", "--offline"],
        &["inventory", "show", "x"],
    ] {
        let said = room.run(args);
        assert!(!said.out.contains('\u{1b}') && !said.err.contains('\u{1b}'), "{args:?}");
    }
}

#[test]
fn colour_is_had_when_asked_for() {
    let room = furnished();
    let wrong = ["inventory", "show", "x"];
    assert!(room.run(&[&wrong[..], &["--color", "always"]].concat()).err.contains("\u{1b}["));
    let forced = room.command(&wrong).env("CLICOLOR_FORCE", "1").output().unwrap();
    assert!(Said::of(forced).err.contains("\u{1b}["));
    let both = room.command(&wrong).env("CLICOLOR_FORCE", "1").env("NO_COLOR", "1").output().unwrap();
    assert!(!Said::of(both).err.contains('\u{1b}'));
    assert!(room.run(&["--color", "always", "--help"]).out.contains("\u{1b}["));
    assert!(!room.run(&["--color", "never", "--help"]).out.contains("\u{1b}["));
}

#[test]
fn quiet_says_only_the_answer() {
    let room = furnished();
    let said = room.run(&["discover", "--files", "tasks", "-q"]);
    assert!(said.err.is_empty(), "{}", said.err);
    let said = room.run(&["inventory", "list", "-q"]);
    assert!(said.err.is_empty() && said.out.contains("ecs/files/good"), "{}", said.out);
}

#[test]
fn a_reader_that_goes_away_is_no_failure() {
    let room = Room::new();
    for at in 0..3000 {
        let name = format!("a-family-with-a-name-that-is-rather-long-so-that-the-pipe-fills-{at}");
        room.write(&format!("tasks/{name}.json"), crate::bad_input::GOOD.replace("parcels-api", &name));
    }
    room.run(&["discover", "--files", "tasks"]).ends(0, &[]);
    for args in [&["inventory", "list"][..], &["inventory", "list", "--format", "json"], &["inventory", "export", "-"]]
    {
        let mut child = room.command(args).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let mut first = String::new();
        BufReader::with_capacity(64, child.stdout.take().unwrap()).read_line(&mut first).unwrap();
        let mut err = String::new();
        child.stderr.take().unwrap().read_to_string(&mut err).unwrap();
        assert_eq!((child.wait().unwrap().code(), err.as_str()), (Some(0), ""), "{args:?}");
    }
}
