//! `convert --commit`: against the real `git`, in repositories that somebody works in.

use super::{Room, furnished};
use std::process::Command;

const APP: &str = "deployment/teams/unassigned/apps/parcels-api";

/// Runs Git in a folder of the room, as somebody who works there.
fn git(room: &Room, folder: &str, args: &[&str]) -> String {
    let mut command = Command::new("git");
    command.args(args).current_dir(room.path().join(folder)).env_clear().env("HOME", room.path());
    command.env("PATH", "/usr/bin:/bin");
    let output = command.output().unwrap();
    assert!(output.status.success(), "git {args:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap().trim_end().to_owned()
}

/// A repository with one file of somebody's on `main`.
fn repository(room: &Room, folder: &str) {
    room.write(&format!("{folder}/README.md"), "ours\n");
    git(room, folder, &["init", "--quiet", "--initial-branch=main"]);
    git(room, folder, &["config", "user.name", "Olivia"]);
    git(room, folder, &["config", "user.email", "olivia@example.com"]);
    commit(room, folder);
}

fn commit(room: &Room, folder: &str) -> String {
    git(room, folder, &["add", "."]);
    git(room, folder, &["commit", "--quiet", "-m", "by hand"]);
    git(room, folder, &["rev-parse", "HEAD"])
}

const CONVERT: &[&str] = &["convert", "--commit", "deploy", "--branch", "caravan"];

#[test]
fn both_sides_go_to_their_repositories_and_nobody_s_checkout_is_touched() {
    let room = Room::new();
    room.run(&["demo", "--out", "estate", "-q"]).ends(0, &[]);
    for folder in ["deploy", "terraform"] {
        repository(&room, folder);
    }
    let convert =
        ["--dir", "estate", "convert", "--commit", "deploy", "--infrastructure", "terraform", "--branch", "caravan"];
    let (code, made) = room.json(&convert);
    // What is refused in the demonstration's estate is refused here, too.
    assert_eq!(code, Some(11), "{made}");
    let commits = made["commits"].as_array().unwrap();
    assert_eq!(commits.len(), 2, "{made}");
    for (folder, row) in ["deploy", "terraform"].into_iter().zip(commits) {
        assert_eq!((row["repository"].as_str(), row["pushed_to"].as_str()), (Some(folder), None));
        assert_eq!(git(&room, folder, &["rev-parse", "caravan"]), row["hash"].as_str().unwrap());
        assert_eq!(git(&room, folder, &["rev-parse", "main"]), row["parent"].as_str().unwrap());
        assert_eq!(git(&room, folder, &["status", "--porcelain"]), "");
        assert_eq!(git(&room, folder, &["show", "caravan:README.md"]), "ours");
    }
    let tops = |folder: &str| git(&room, folder, &["ls-tree", "--name-only", "caravan"]);
    assert_eq!(tops("deploy"), ".github\nREADME.md\ndeployment\nimages\nledger");
    assert_eq!(tops("terraform"), "README.md\ninfrastructure\nledger");
    // Together they are what is written into a folder, file by file.
    room.run(&["--dir", "estate", "convert", "--out", "tree", "-q"]).ends(11, &[]);
    let files = |folder: &str| git(&room, folder, &["ls-tree", "-r", "--name-only", "caravan"]);
    let both: usize = ["deploy", "terraform"].map(|folder| files(folder).lines().count() - 1).iter().sum();
    assert_eq!(both, made["written"].as_u64().unwrap() as usize);
    for folder in ["deploy", "terraform"] {
        for file in files(folder).lines().filter(|file| *file != "README.md").step_by(7) {
            let said = git(&room, folder, &["show", &format!("caravan:{file}")]);
            assert_eq!(said, room.read(&format!("tree/{file}")).trim_end(), "{file}");
        }
    }
    // Once more nothing is different, and no branch moves.
    let (_, again) = room.json(&convert);
    assert!(again.get("commits").is_none(), "{}", again["commits"]);
}

#[test]
fn what_people_commit_in_between_is_kept_and_what_changed_is_said_with_its_reason() {
    let room = furnished();
    repository(&room, "deploy");
    room.run(CONVERT).ends(0, &[]);
    // Somebody changes the app by hand, on the branch.
    git(&room, "deploy", &["checkout", "--quiet", "caravan"]);
    let plconfig = format!("deploy/{APP}/plconfig.yaml");
    room.write(&plconfig, room.read(&plconfig).replace("scale: 1", "scale: 3"));
    let theirs = commit(&room, "deploy");
    // And the source has changed as well.
    let image = |tag: &str| crate::bad_input::GOOD.replace("1.4.2", tag);
    room.write("tasks/good.json", image("1.5.0"));
    room.run(&["discover", "--files", "tasks", "-q"]).ends(0, &[]);
    let said = room.run(CONVERT);
    said.ends(0, &[]);
    assert!(said.out.contains("on caravan of deploy: "), "{}", said.out);
    assert_eq!(git(&room, "deploy", &["rev-parse", "caravan~1"]), theirs);
    // It is checked out there: its files have followed.
    let now = room.read(&plconfig);
    assert!(now.contains("scale: 3") && now.contains("parcels/api:1.5.0"), "{now}");
    assert_eq!(git(&room, "deploy", &["status", "--porcelain"]), "");
    let message = git(&room, "deploy", &["log", "-1", "--format=%B"]);
    for part in [
        "Convert workloads: 0 files new, ",
        &format!("changed {APP}/plconfig.yaml\n"),
        "`image: registry.example.com/parcels/api:1.4.2` is `image: registry.example.com/parcels/api:1.5.0`",
        "(from /containerDefinitions/0/image of ",
        "1 of 1 workloads converted; open: 5 questions",
    ] {
        assert!(message.contains(part), "`{part}` is not in: {message}");
    }
    // What they have not committed keeps the branch where it is, and is not lost.
    room.write(&plconfig, now.replace("scale: 3", "scale: 4"));
    room.write("tasks/good.json", image("1.6.0"));
    room.run(&["discover", "--files", "tasks", "-q"]).ends(0, &[]);
    let before = git(&room, "deploy", &["rev-parse", "caravan"]);
    room.run(CONVERT).ends(1, &["somebody else moved the branch caravan", "nothing was committed", "convert again"]);
    assert_eq!(git(&room, "deploy", &["rev-parse", "caravan"]), before);
    assert!(room.read(&plconfig).contains("scale: 4"));
    // What both have changed is a conflict, of which nothing is committed.
    room.write(&plconfig, now.replace("1.5.0", "theirs"));
    commit(&room, "deploy");
    let before = git(&room, "deploy", &["rev-parse", "caravan"]);
    room.run(CONVERT).ends(1, &["nothing was committed", "in conflict"]);
    assert_eq!(git(&room, "deploy", &["rev-parse", "caravan"]), before);
}

#[test]
fn a_commit_is_pushed_when_told_and_wrong_places_are_named() {
    let room = furnished();
    repository(&room, "deploy");
    git(&room, "deploy", &["init", "--quiet", "--bare", "../remote"]);
    git(&room, "deploy", &["remote", "add", "origin", "../remote"]);
    room.run(&[CONVERT, &["--push", "nowhere"]].concat()).ends(1, &["has the commit and was not pushed"]);
    room.write("tasks/good.json", crate::bad_input::GOOD.replace("1.4.2", "1.5.0"));
    room.run(&["discover", "--files", "tasks", "-q"]).ends(0, &[]);
    let said = room.run(&[CONVERT, &["--push", "origin"]].concat());
    said.ends(0, &[]);
    assert!(said.out.contains("pushed to origin"), "{}", said.out);
    assert_eq!(git(&room, "remote", &["rev-parse", "caravan"]), git(&room, "deploy", &["rev-parse", "caravan"]));
    for (args, code, says) in [
        (&["--commit", "tasks", "--branch", "caravan"][..], 2, "tasks is no Git repository"),
        (&["--commit", "deploy", "--branch", "a..b"], 2, "can't be the name of a branch"),
        (&["--commit", "deploy"], 2, "--branch"),
        (&["--commit", "deploy", "--branch", "b", "--check"], 2, "cannot be used with"),
        (&["--read-only", "--commit", "deploy", "--branch", "b"], 2, "--read-only forbids"),
    ] {
        room.run(&[&["convert"], args].concat()).ends(code, &[says]);
    }
    let mut without = room.command(CONVERT);
    let without = super::Said::of(without.env("PATH", "/nowhere").output().unwrap());
    without.ends(1, &["`git` can't be started", "install Git"]);
}
