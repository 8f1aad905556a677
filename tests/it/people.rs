//! People: one file, and what follows from it in every tree, through the real program.

use crate::cli::{Room, Said};
use crate::terraform::strange_arguments;
use caravan_tests_testbed::{Terraform, arguments};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::Command;

/// The demonstration's estate, converted: it has a scheme of names and several teams.
fn estate() -> Room {
    let room = Room::new();
    room.run(&["demo", "--out", "."]).ends(0, &[]);
    room
}

/// A file with every team of the tree; `zoe` is in team tracking where she is wanted.
fn file(room: &Room, zoe: bool) -> String {
    let mut text = String::from(
        "schema: caravan.people/v1\nnames: {role: \"tracklark-{role}\"}\nsystems:\n  entra: {tenant: 11111111-2222-3333-4444-555555555555}\n  \
         aws: {account: \"417263850914\", region: eu-central-1, groups: here}\n  datadog: {site: datadoghq.eu}\n  \
         github: {organization: tracklark}\npeople:\n  ada: {upn: ada@tracklark.example, github: ada-l}\n  \
         bob: {object_id: 0a1b2c3d-0000-1111-2222-333344445555, email: bob@tracklark.example, github: bob-t}\n",
    );
    if zoe {
        text.push_str("  zoe: {upn: zoe@tracklark.example, github: zoe-t}\n");
    }
    text.push_str("teams:\n");
    for team in teams(room) {
        match (team.as_str(), zoe) {
            ("tracking", zoe) => {
                let more = if zoe { ", zoe" } else { "" };
                let aws = "aws: [{permission_set: ReadOnly, accounts: [\"417263850914\", \"862094173355\"]}]";
                text.push_str(&format!("  tracking: {{owners: [ada], members: [bob{more}], {aws}}}\n"));
            }
            _ => text.push_str(&format!("  {team}: {{owners: [ada]}}\n")),
        }
    }
    text.push_str("applications:\n  argocd: {redirects: [\"https://argocd.tracklark.example/auth/callback\"]}\n");
    text
}

fn teams(room: &Room) -> BTreeSet<String> {
    let folder = std::fs::read_dir(room.path().join("deployment/teams")).unwrap();
    folder.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
}

/// Every file of the trees.
fn tree(room: &Room) -> BTreeMap<String, String> {
    fn walk(root: &Path, folder: &Path, found: &mut BTreeMap<String, String>) {
        for entry in std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
            if entry.is_dir() {
                walk(root, &entry, found);
            } else {
                let name = entry.strip_prefix(root).unwrap().to_string_lossy().into_owned();
                found.insert(name, std::fs::read_to_string(&entry).unwrap_or_default());
            }
        }
    }
    let mut found = BTreeMap::new();
    for folder in ["deployment", "infrastructure", "ledger"] {
        walk(room.path(), &room.path().join(folder), &mut found);
    }
    found
}

fn convert(room: &Room) -> BTreeMap<String, String> {
    let said = room.run(&["convert", "--format", "json"]);
    assert!(matches!(said.code, Some(0 | 11)), "{:?}: {}", said.code, said.err);
    tree(room)
}

/// The paths that are not the same in two trees.
fn differing<'a>(one: &'a BTreeMap<String, String>, other: &'a BTreeMap<String, String>) -> BTreeSet<&'a str> {
    let paths: BTreeSet<&String> = one.keys().chain(other.keys()).collect();
    paths.into_iter().filter(|path| one.get(*path) != other.get(*path)).map(String::as_str).collect()
}

fn change(room: &Room, from: &str) -> Value {
    let said = room.run(&["people", "diff", "--from", from, "--exit-code", "--format", "json"]);
    assert!(matches!(said.code, Some(0 | 10)), "{:?}: {}", said.code, said.err);
    said.json()
}

/// The issue's own "done when": one person, exactly those groups, nowhere else.
#[test]
fn one_person_who_comes_and_goes_is_exactly_those_group_changes_and_nothing_else_anywhere() {
    let room = estate();
    let nobody = tree(&room);
    room.write("people.yaml", file(&room, false));
    let before = convert(&room);
    // Names that were bound before are bound as before: whatever the clusters are told stays, byte for byte.
    let (of_people, other): (BTreeSet<&str>, BTreeSet<&str>) =
        differing(&nobody, &before).into_iter().partition(|path| path.contains("/people/"));
    assert_eq!((other, of_people.is_empty()), (BTreeSet::from(["ledger/terraform.json"]), false));
    std::fs::copy(room.path().join("people.yaml"), room.path().join("before.yaml")).unwrap();
    room.write("people.yaml", file(&room, true));
    let told = change(&room, "before.yaml");
    let after = convert(&room);
    let mut wanted = BTreeSet::new();
    for system in ["aws", "datadog", "entra", "github"] {
        wanted.insert(format!("infrastructure/people/{system}/new/groups.tf"));
        wanted.insert(format!("ledger/terraform/people/{system}/new.json"));
        if system != "github" {
            wanted.insert(format!("infrastructure/people/{system}/new/people.tf"));
        }
    }
    assert_eq!(differing(&before, &after), wanted.iter().map(String::as_str).collect());
    // What is told is what is written: one membership for each system.
    let changes: Vec<Value> = told["changes"].as_array().unwrap().clone();
    let said: Vec<String> = changes
        .iter()
        .map(|one| {
            let text = |key: &str| one[key].as_str().unwrap_or("-").to_owned();
            format!("{} {} {} {} {}", text("system"), text("change"), text("kind"), text("person"), text("group"))
        })
        .collect();
    let member = |change: &str| {
        ["entra", "aws", "datadog", "github"].map(|system| format!("{system} {change} member zoe tracklark-tracking"))
    };
    assert_eq!(said, member("added"));
    for (system, kind) in [
        ("entra", "azuread_group_member"),
        ("aws", "aws_identitystore_group_membership"),
        ("datadog", "datadog_team_membership"),
        ("github", "github_team_membership"),
    ] {
        let path = format!("infrastructure/people/{system}/new/groups.tf");
        let count = |tree: &BTreeMap<String, String>, word: &str| tree[&path].matches(word).count();
        assert_eq!(count(&after, kind), count(&before, kind) + 1, "{system}");
        assert_eq!(count(&after, "resource \""), count(&before, "resource \"") + 1, "{system}");
    }
    let why: Vec<(&str, &str)> = told["unchanged"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| (one["system"].as_str().unwrap(), one["why"].as_str().unwrap()))
        .collect();
    assert!(why.iter().any(|(system, why)| *system == "Kubernetes" && why.contains("binds groups")), "{why:?}");
    assert!(why.iter().any(|(system, why)| *system == "Argo CD" && why.contains("binds groups")), "{why:?}");
    // And away again: the very trees, and nothing that keeps her access.
    std::fs::copy(room.path().join("people.yaml"), room.path().join("with.yaml")).unwrap();
    room.write("people.yaml", file(&room, false));
    let told = change(&room, "with.yaml");
    let people: BTreeSet<&str> =
        told["changes"].as_array().unwrap().iter().map(|one| one["change"].as_str().unwrap()).collect();
    assert_eq!((people, told["changes"].as_array().unwrap().len()), (BTreeSet::from(["removed"]), 4));
    assert_eq!(told["leaving"], json!([{"person": "zoe", "owned": [], "gone": true, "apps": [], "contact_of": []}]));
    assert_eq!(differing(&before, &convert(&room)), BTreeSet::new());
}

#[test]
fn the_terraform_of_people_has_the_arguments_that_its_providers_know() {
    let room = estate();
    let ids = "existing: {entra: 22222222-2222-3333-4444-555555555555, datadog: 33333333-2222-3333-4444-555555555555}";
    let text = file(&room, true)
        .replace("  argocd:", "  aws: {client_id: 44444444-2222-3333-4444-555555555555, app_role: User}\n  argocd:")
        .replace("tracking: {", &format!("tracking: {{{ids}, "));
    room.write("people.yaml", text);
    convert(&room);
    if let Some(terraform) = Terraform::found() {
        assert_eq!(terraform.fmt(&room.path().join("infrastructure")), Ok(()));
    }
    let Some(known) = arguments(&["aws", "azuread", "datadog", "github"]) else { return };
    let mut compared = BTreeMap::new();
    for (path, text) in tree(&room).iter().filter(|(path, _)| path.starts_with("infrastructure/people/")) {
        let (count, wrong) = strange_arguments(text, &known, &[]);
        assert!(wrong.is_empty(), "{path}: {wrong:#?}");
        *compared.entry(path.split('/').nth(2).unwrap().to_owned()).or_insert(0) += count;
    }
    assert!(compared.len() == 4 && compared.values().all(|count| *count > 10), "{compared:?}");
}

fn git(room: &Room, args: &[&str]) {
    let own = ["-c", "user.name=Ada", "-c", "user.email=ada@tracklark.example", "-c", "commit.gpgsign=false"];
    let done = Command::new("git").args(own).args(args).current_dir(room.path()).output().unwrap();
    assert!(done.status.success(), "{args:?}: {}", String::from_utf8_lossy(&done.stderr));
}

#[test]
fn a_change_is_compared_with_git_and_names_what_whoever_leaves_answered_for() {
    let room = estate();
    room.write("people.yaml", file(&room, true));
    let diff = |args: &[&str]| room.run(&[&["people", "diff"], args].concat());
    diff(&[]).ends(2, &["`HEAD` is no file, and no revision"]);
    git(&room, &["init", "-q"]);
    git(&room, &["add", "caravan.yaml"]);
    git(&room, &["commit", "-q", "-m", "before"]);
    diff(&["--exit-code"]).ends(10, &["HEAD:people.yaml is not there"]);
    git(&room, &["add", "people.yaml"]);
    git(&room, &["commit", "-q", "-m", "people"]);
    let same = diff(&["--exit-code"]);
    same.ends(0, &[]);
    assert!(same.out.starts_with("nothing changes\n"), "{}", same.out);
    diff(&["--from", "nowhere"]).ends(2, &["`nowhere` is no file, and no revision"]);
    diff(&["--from=--output=x"]).ends(2, &["is no file, and no revision"]);
    assert!(!room.path().join("x").exists());
    // Ada owns every team; the file of one app says to ask her.
    let app = "deployment/teams/tracking/apps/desk/plconfig.yaml";
    room.write(
        app,
        "plconfig: v1\napp: desk\nteam: tracking\ncontact: 'Ada, ADA@tracklark.example'\nimage: i.example.com/i:1\ncomponents: {web: {type: \
         worker}}\nenvironments: {production: {}}\n",
    );
    let gone =
        file(&room, true).replace("  ada: {upn: ada@tracklark.example, github: ada-l}\n", "").replace("[ada]", "[zoe]");
    room.write("people.yaml", gone.replace("[bob, zoe]", "[bob]"));
    let said = diff(&["--exit-code"]);
    said.ends(10, &[]);
    for line in [
        "ada leaves, and answered for teams.",
        "tracking/desk",
        "; is the contact of tracking/desk",
        "  - ada in tracklark-tracking (ada@tracklark.example)",
        "  ~ zoe in tracklark-tracking (zoe-t, member → zoe-t, maintainer)",
    ] {
        assert!(said.out.contains(line), "{line}: {}", said.out);
    }
    // Without any file: nothing is taken away, and all is told.
    std::fs::remove_file(room.path().join("people.yaml")).unwrap();
    let kinds: BTreeSet<String> = change(&room, "HEAD")["changes"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|one| !["kubernetes", "argocd"].contains(&one["system"].as_str().unwrap()))
        .map(|one| one["change"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(kinds, BTreeSet::from(["forgotten".to_owned()]));
    room.run(&["people", "check"]).ends(3, &["there is no people.yaml"]);
}

#[test]
fn every_mistake_is_said_at_once_and_what_is_open_is_warned_of() {
    let room = estate();
    let wrong = file(&room, false).replace("[bob]", "[bib, bib]");
    room.write("people.yaml", wrong);
    let lines = [
        "people.yaml: teams.tracking.members[0]: there is no person `bib`",
        "teams.tracking.members[1]: `bib` stands there twice",
    ];
    room.run(&["people", "check"]).ends(3, &lines);
    // Nothing is converted by half a file.
    room.run(&["convert"]).ends(3, &lines[..1]);
    room.write("people.yaml", file(&room, false).replace("teams:\n", "teem:\n"));
    room.run(&["people", "check"]).ends(3, &["people.yaml:", "unknown key `teem`", "did you mean `teams`?"]);
    room.write("people.yaml", file(&room, false).replace("members: [bob]", "environments:"));
    room.run(&["people", "check"]).ends(3, &["teams.tracking.environments: has no value"]);
    let open = file(&room, true)
        .replace(", github: zoe-t", "")
        .replace("  bob:", "  eve: {upn: eve@tracklark.example}\n  bob:")
        .lines()
        .filter(|line| !line.starts_with("  americas:"))
        .map(|line| format!("{line}\n"))
        .collect::<String>();
    room.write("people.yaml", open);
    let said: Said = room.run(&["people", "check"]);
    said.ends(
        0,
        &[
            "people.eve: is in no team and in no role",
            "zoe is not in tracklark-tracking at GitHub: write `github` of `people.zoe`",
            "deployment/teams/americas: the team is not in the file",
        ],
    );
    assert!(
        said.out.contains("tracklark-tracking (teams.tracking): 3 persons in Entra ID, Kubernetes, Argo CD, AWS"),
        "{}",
        said.out
    );
    let (_, document) = room.json(&["people", "check"]);
    assert_eq!(document["schema"], "caravan.people-check/v1");
    let doctor = room.run(&["doctor", "--offline"]);
    assert!(doctor.out.contains("ok       people"), "{}", doctor.out);
    // The fence of the team that is missing binds nobody, and says so.
    let converted = room.run(&["convert", "--format", "json"]).json();
    let left = converted["left_out"].to_string();
    assert!(left.contains("people.yaml does not have the team"), "{left}");
}
