//! `caravan new app`: by options, in a pipe, and by questions in a real terminal.

use crate::cli::Room;
use crate::tui::{SOON, open};
use caravan_tests_testbed::SANE;
use std::process::Stdio;

const IMAGE: &str = "registry.example.com/shop/desk:1.0";
const PLACE: &str = "deployment/teams/shop/apps/desk/plconfig.yaml";

fn desk(more: &[&str]) -> Vec<String> {
    let base = ["new", "app", "desk", "--team", "shop", "--image", IMAGE, "--yes"];
    base.iter().chain(more).map(|text| (*text).to_owned()).collect()
}

fn run(room: &Room, args: &[String]) -> crate::cli::Said {
    room.run(&args.iter().map(String::as_str).collect::<Vec<_>>())
}

#[test]
fn a_new_app_is_written_with_its_manifests_as_render_makes_them() {
    let room = Room::new();
    room.run(&["demo", "--out", "."]).ends(0, &[]);
    let said = run(&room, &desk(&["--host", "desk.example.com", "--env", "production", "--env", "staging"]));
    said.ends(0, &["the fence of the team follows by: caravan convert"]);
    let folder = "deployment/teams/shop/apps/desk";
    assert_eq!(
        said.out,
        format!(
            "wrote {folder}/plconfig.yaml\nwrote {folder}/production/manifests.yaml\nwrote {folder}/staging/manifests.yaml\n"
        )
    );
    let text = room.read(PLACE);
    assert!(text.contains("port: 8080\n") && text.contains("desk.example.com") && !text.contains("null"), "{text}");
    room.run(&["render", PLACE, "--check"]).ends(0, &[]);
    // The next command takes it in.
    let converted = room.run(&["convert"]);
    assert!(matches!(converted.code, Some(0 | 11)), "{}", converted.err);
    assert!(room.path().join("deployment/teams/shop/jail/production/namespace.yaml").is_file());
    // What is there stays, whatever is said.
    let before = room.read(PLACE);
    run(&room, &desk(&["--port", "9090"])).ends(2, &["is there already: it stays as it is"]);
    assert_eq!(room.read(PLACE), before);
}

#[test]
fn every_kind_of_app_is_what_was_said() {
    let room = Room::new();
    room.write(
        "caravan.yaml",
        "schema: caravan.config/v1\nplatform: {auth: {issuer: 'https://id.example.com/realms/a'}}\n",
    );
    let desk = ["--auth", "login", "--group", "shop-users", "--uses", "files=iam:arn:aws:iam::123456789012:role/desk"];
    run(&room, &self::desk(&desk)).ends(0, &[]);
    let text = room.read(PLACE);
    for line in ["mode: login", "- shop-users", "type: iam", "role/desk"] {
        assert!(text.contains(line), "{line}: {text}");
    }
    let manifests = room.read("deployment/teams/shop/apps/desk/production/manifests.yaml");
    assert!(manifests.contains("kind: SecurityPolicy"), "{manifests}");
    let cron =
        ["new", "app", "invoices", "--team", "shop", "--image", IMAGE, "--kind", "cron", "--schedule", "0 5 * * *"];
    room.run(&[&cron[..], &["--timezone", "Europe/Berlin"]].concat()).ends(0, &[]);
    assert!(room.read("deployment/teams/shop/apps/invoices/production/manifests.yaml").contains("kind: CronJob"));
    let (code, document) = room.json(&["new", "app", "mailer", "--team", "shop", "--image", IMAGE, "--kind", "worker"]);
    assert_eq!(
        (code, &document["schema"], &document["warnings"]),
        (Some(0), &"caravan.new-app/v1".into(), &serde_json::json!([]))
    );
    assert_eq!(document["written"].as_array().unwrap().len(), 2);
    // Closed unless somebody says so.
    for (name, more, opened) in [("inner", &[][..], false), ("outer", &["--outside"], true)] {
        let base = ["new", "app", name, "--team", "shop", "--image", IMAGE];
        room.run(&[&base[..], more].concat()).ends(0, &[]);
        let manifests = room.read(&format!("deployment/teams/shop/apps/{name}/production/manifests.yaml"));
        assert_eq!(manifests.contains("kind: HTTPRoute"), opened, "{manifests}");
    }
}

/// In a pipe nobody is asked: it ends at once, and nothing is half written.
#[test]
fn without_a_terminal_what_is_missing_is_named_and_nothing_is_asked() {
    let room = Room::new();
    let mut command = room.command(&["new", "app", "--kind", "cron"]);
    // A pipe that stays open and says nothing.
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let pipe = child.stdin.take();
    let output = child.wait_with_output().unwrap();
    drop(pipe);
    let said = crate::cli::Said::of(output);
    said.ends(2, &["nobody can be asked here", "NAME, --team TEAM, --image IMAGE, --schedule SCHEDULE"]);
    for (more, wanted) in [
        (&["--kind", "web", "--port", "0"][..], "that is no plconfig: components.web.port"),
        (&["--kind", "cron", "--schedule", "whenever"], "that is no plconfig: components.cron.schedule"),
        (&["--kind", "worker", "--outside"], "that is no plconfig: components.worker."),
        (&["--kind", "worker", "--auth", "login"], "that is no plconfig: components.worker."),
        (&["--host", "a b"], "that is no plconfig: components.web.ingress.hosts"),
        (&["--env", "../x"], "environment: "),
        (&["--uses", "files"], "is not ALIAS=TYPE:NAME"),
        (&["--uses", "q=queue:a"], "`queue`"),
    ] {
        let said = run(&room, &desk(more));
        said.ends(2, &[wanted]);
    }
    for (name, team) in [("../desk", "shop"), ("desk", "../../shop"), ("Desk", "shop"), ("desk", "")] {
        room.run(&["new", "app", name, "--team", team, "--image", IMAGE, "--yes"]).ends(2, &["DNS-1123"]);
    }
    run(&room, &[desk(&[]), vec!["--read-only".to_owned()]].concat()).ends(2, &["--read-only forbids"]);
    assert!(!room.path().join("deployment").exists(), "nothing was written");
}

#[test]
fn what_the_fences_of_the_platform_would_refuse_is_refused_before_anything_is_written() {
    let room = Room::new();
    room.write(
        "caravan.yaml",
        "schema: caravan.config/v1\nplatform: {registries: [registry.example.com/shop], groups: {team: \"eng-{team}\"}}\n",
    );
    run(&room, &desk(&["--host", "desk.example.com"])).ends(0, &[]);
    let other = |more: &[&str]| {
        let base = ["new", "app", "other", "--image", IMAGE, "--yes"];
        room.run(&[&base[..], more].concat())
    };
    other(&["--team", "pay", "--host", "desk.example.com"])
        .ends(11, &["the platform would refuse it: in production the name desk.example.com is shop/desk's"]);
    // In another environment the name is free, as the clusters are others.
    room.run(&["new", "app", "desk", "--team", "pay", "--image", "ghcr.io/x/y:1", "--outside", "--yes"])
        .ends(11, &["registry.example.com/shop", "desk.apps.example.com is shop/desk's"]);
    room.write("people.yaml", "schema: caravan.people/v1\nteams: {shop: {}}\n");
    other(&["--team", "pay"]).ends(11, &["people.yaml has no team pay"]);
    let said = other(&["--team", "shop", "--auth", "login", "--group", "shop-users"]);
    said.ends(0, &["warning: in production nobody comes in", "warning: people.yaml has no group shop-users"]);
    assert!(!room.path().join("deployment/teams/pay").exists());
}

/// A link that leads out of the tree is nothing to write through, nor is a folder that somebody made.
#[test]
fn a_folder_of_the_app_s_name_is_never_written_into() {
    let room = Room::new();
    room.write("deployment/teams/shop/apps/desk/notes.txt", "mine");
    run(&room, &desk(&[])).ends(2, &["is there already"]);
    std::fs::remove_dir_all(room.path().join("deployment/teams/shop/apps/desk")).unwrap();
    std::os::unix::fs::symlink("/nowhere", room.path().join("deployment/teams/shop/apps/desk")).unwrap();
    run(&room, &desk(&[])).ends(2, &["is there already"]);
}

#[test]
fn in_a_terminal_it_asks_shows_the_file_and_writes_it_only_after_yes() {
    let room = Room::new();
    let ask = |room: &Room, last: &str| {
        let terminal = open(room, &["new", "app"], 120, 50)?;
        for (question, answer) in [
            ("name of the app", "Desk\r"),
            ("DNS-1123", "desk\r"),
            ("team", "shop\r"),
            ("kind (web, worker, cron) [web]", "wep\r"),
            ("`wep` is none of web, worker, cron", "\r"),
            ("image, with its tag", "registry.example.com/shop/desk:1.0\r"),
            ("port [8080]", "http\r"),
            ("`http` is no port", "9000\r"),
            ("reached from outside the cluster (no, yes) [no]", "yes\r"),
            ("hosts of your own", "desk.example.com www.example.com\r"),
            ("who may come in (none, login, bearer, service) [none]", "\r"),
            ("environments; none: production", "\r"),
            ("what it uses", "\r"),
            ("Type yes", last),
        ] {
            terminal.sees(question, SOON);
            terminal.press(answer);
        }
        let told = terminal.until("its end", SOON, |told| told.code.is_some());
        assert_eq!(told.modes, SANE);
        Some(told)
    };
    let Some(told) = ask(&room, "\r") else { return };
    assert_eq!(told.code, Some(2), "{}", told.text());
    assert!(told.text().contains("that was not yes: nothing was written"), "{}", told.text());
    assert!(!room.path().join("deployment").exists(), "Enter alone confirms nothing");
    let Some(told) = ask(&room, "yes\r") else { return };
    assert_eq!(told.code, Some(0), "{}", told.text());
    let text = room.read(PLACE);
    assert!(text.contains("port: 9000") && text.contains("www.example.com"), "{text}");
    room.run(&["render", PLACE, "--check"]).ends(0, &[]);
}
