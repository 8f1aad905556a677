//! A check of some apps.

use super::{DIR, FAR, PASSED, accepted, check, document, repository, until};
use crate::cli::furnished;

#[test]
fn a_check_is_about_the_apps_that_it_is_narrowed_to() {
    let room = repository();
    let id = accepted(&room, "refused/");
    let workload = id.strip_prefix("refused/").unwrap();
    until(&room, &id, PASSED);
    check(&room, &["--workload", workload]).ends(11, &[]);
    let list = room.run(&["--dir", DIR, "inventory", "list", "--format", "json"]).json();
    let workloads = list["workloads"].as_array().unwrap();
    let team = workloads.iter().find(|one| one["id"] == workload).unwrap()["team"].as_str().unwrap();
    check(&room, &["--team", team]).ends(11, &[]);
    let other = workloads.iter().find(|one| one["team"] != team).unwrap();
    check(&room, &["--team", other["team"].as_str().unwrap()]).ends(0, &[]);
    check(&room, &["--workload", other["id"].as_str().unwrap()]).ends(0, &[]);
    let whole = document(&room)["workloads_found"].as_u64().unwrap();
    let narrowed = check(&room, &["--team", team, "--format", "json"]).json();
    let of_team = workloads.iter().filter(|one| one["team"] == team).count() as u64;
    assert!(of_team < whole && narrowed["workloads_found"] == of_team, "{narrowed}");
    // A path as Git names it from the root of the repository, and as the tree does.
    check(&room, &["--path", &format!("caravan-demo/ledger/{workload}.json")]).ends(11, &[]);
    check(&room, &["--path", &format!("deployment/teams/{team}")]).ends(11, &[]);
    // Both must hold.
    let other = other["id"].as_str().unwrap();
    check(&room, &["--team", team, "--workload", other]).ends(2, &["no app"]);
}

#[test]
fn a_check_of_a_wave_is_about_the_workloads_that_it_moves() {
    let room = repository();
    let narrowed = check(&room, &["--wave", "demo", "--format", "json"]).json();
    let wave = room.read("caravan-demo/plans/wave-demo.yaml");
    let shifts: std::collections::BTreeSet<_> =
        wave.lines().filter_map(|line| line.trim_start_matches("- ").trim().strip_prefix("workload: ")).collect();
    assert!(!shifts.is_empty() && narrowed["workloads_found"].as_u64().unwrap() >= shifts.len() as u64, "{narrowed}");
    assert!(narrowed["workloads_found"].as_u64() < document(&room)["workloads_found"].as_u64());
    check(&room, &["--wave", "no-such"]).ends(2, &["there is no wave `no-such`"]);
}

#[test]
fn what_is_misspelt_is_not_green() {
    let room = furnished();
    room.run(&["convert", "--check", "--team", "unasigned"]).ends(2, &["did you mean `unassigned`?"]);
    room.run(&["convert", "--check", "--workload", "ecs/files/god"]).ends(2, &["did you mean `ecs/files/good`?"]);
    room.run(&["convert", "--check", "--path", "docs"]).ends(2, &["no app"]);
}

#[test]
fn what_is_written_is_what_it_is_narrowed_to() {
    let room = repository();
    room.run(&["--dir", DIR, "decide", "--accept", "*", "--until", FAR, "--reason", "a"]).ends(0, &[]);
    let list = room.run(&["--dir", DIR, "inventory", "list", "--format", "json"]).json();
    let team = list["workloads"][0]["team"].as_str().unwrap();
    room.run(&["--dir", DIR, "convert", "--out", "some", "--team", team]).ends(0, &[]);
    let teams = std::fs::read_dir(room.path().join("some/deployment/teams")).unwrap();
    let teams: Vec<_> = teams.map(|one| one.unwrap().file_name()).collect();
    assert_eq!(teams, [team]);
    // The same bytes as when everything is written.
    room.run(&["--dir", DIR, "convert", "--out", "some", "--check", "--team", team]).ends(0, &[]);
    let mut diff = std::process::Command::new("diff");
    // The team's fence is made where all apps are looked at.
    diff.args([
        "-r",
        "--exclude=jail",
        &format!("some/deployment/teams/{team}"),
        &format!("caravan-demo/deployment/teams/{team}"),
    ]);
    let said = diff.current_dir(room.path()).output().unwrap();
    assert!(said.status.success(), "{}", String::from_utf8_lossy(&said.stdout));
}
