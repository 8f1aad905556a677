//! What the command line says of itself.

use super::{Room, furnished};

const COMMANDS: &[&[&str]] = &[
    &[],
    &["init"],
    &["demo"],
    &["discover"],
    &["inventory"],
    &["inventory", "list"],
    &["inventory", "show"],
    &["inventory", "graph"],
    &["inventory", "coverage"],
    &["inventory", "diff"],
    &["inventory", "export"],
    &["inventory", "import"],
    &["assess"],
    &["decide"],
    &["convert"],
    &["render"],
    &["why"],
    &["plan"],
    &["plan", "draft"],
    &["plan", "show"],
    &["plan", "diff"],
    &["plan", "cost"],
    &["plan", "report"],
    &["plan", "runbook"],
    &["plan", "move"],
    &["plan", "seal"],
    &["plan", "approve"],
    &["rehearse"],
    &["cutover"],
    &["cutover", "start"],
    &["cutover", "run"],
    &["cutover", "watch"],
    &["cutover", "status"],
    &["cutover", "approve"],
    &["cutover", "pause"],
    &["cutover", "resume"],
    &["cutover", "rollback"],
    &["cutover", "adopt"],
    &["cutover", "retry"],
    &["cutover", "release"],
    &["cutover", "finalise"],
    &["cutover", "break-lease"],
    &["cutover", "audit"],
    &["domains"],
    &["domains", "list"],
    &["domains", "import"],
    &["domains", "inspect"],
    &["domains", "plan"],
    &["domains", "runbook"],
    &["domains", "message"],
    &["domains", "serve"],
    &["domains", "move"],
    &["domains", "watch"],
    &["domains", "approve"],
    &["domains", "pause"],
    &["domains", "resume"],
    &["domains", "back"],
    &["domains", "retry"],
    &["domains", "adopt"],
    &["domains", "release"],
    &["new"],
    &["new", "app"],
    &["people"],
    &["people", "check"],
    &["people", "diff"],
    &["tui"],
    &["doctor"],
    &["schema"],
    &["completions"],
    &["man"],
];

#[test]
fn the_help_of_every_command() {
    let room = Room::new();
    for command in COMMANDS {
        let said = room.run(&[command, &["--help"][..]].concat());
        assert_eq!(said.code, Some(0), "{}", said.err);
        insta::assert_snapshot!(["help", &command.join("-")].join("-").trim_end_matches('-').to_owned(), said.out);
    }
}

#[test]
fn every_command_that_help_names_is_in_this_list() {
    let room = Room::new();
    for parent in [&[][..], &["inventory"], &["plan"], &["cutover"], &["domains"]] {
        let help = room.run(&[parent, &["--help"]].concat()).out;
        let commands = help.split("Commands:\n").nth(1).unwrap().split("\n\n").next().unwrap();
        let named: Vec<&str> = commands
            .lines()
            .filter_map(|line| line.strip_prefix("  ")?.split(' ').next())
            .filter(|word| !word.is_empty())
            .collect();
        assert!(!named.is_empty());
        for name in named {
            let path = [parent, &[name]].concat();
            assert!(COMMANDS.contains(&path.as_slice()), "{path:?}");
        }
    }
}

#[test]
fn what_comes_later_is_a_usage_error() {
    let room = furnished();
    for args in [
        &["inventory", "list", "--format", "github"][..],
        &["inventory", "list", "--format", "junit"],
        &["inventory", "list", "--format", "sarif"],
        &["convert", "--wave", "1"],
        &[],
        &["discover", "--files"],
        &["discover", "--files", "x", "--resume"],
        &["inventory", "list", "-q", "-v"],
    ] {
        let said = room.run(args);
        said.ends(2, &[]);
        assert!(said.out.is_empty(), "{}", said.out);
    }
}

#[test]
fn completions_are_what_the_shell_reads() {
    let room = Room::new();
    let script = room.run(&["completions", "bash"]);
    script.ends(0, &[]);
    room.write("script", &script.out);
    let asked =
        "source ./script; COMP_WORDS=(caravan inv); COMP_CWORD=1; _caravan caravan inv caravan; echo ${COMPREPLY[@]}";
    let answer = std::process::Command::new("bash").args(["--norc", "-c", asked]).current_dir(room.path()).output();
    assert_eq!(String::from_utf8(answer.unwrap().stdout).unwrap().trim(), "inventory");
}
