//! The schemas of files and answers, and the manual.

use super::{DIR, check, found, repository};
use crate::cli::Room;
use crate::domain_pages::Serving;
use crate::supervised;
use camino::Utf8PathBuf;
use caravan_cutover::Journal;
use caravan_cutover_domains::{Authority, CustomerRecord, Edges, Lead, MovePlan, Proof, Times};
use caravan_cutover_engine::Moment;
use caravan_tests_testbed::{Report, unread};
use std::collections::BTreeSet;
use std::net::TcpListener;

/// A wave with every key that there is.
const EVERY_KEY: &str = include_str!("every_key.yaml");

/// Every key of a wave's file stands in its page, with what the schema says that it may be; and what it holds is read.
#[test]
fn every_key_of_a_waves_file_is_in_its_page_and_in_the_wave_that_has_all() {
    let page = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/wave-file.md")).unwrap();
    let schema = Room::new().run(&["schema", "wave"]).json();
    let objects = schema["$defs"].as_object().unwrap().values().chain([&schema]);
    let alternatives = |one: &serde_json::Value| one["oneOf"].as_array().cloned().unwrap_or_default();
    let all: Vec<serde_json::Value> =
        objects.flat_map(|one| alternatives(one).into_iter().chain([one.clone()])).collect();
    let keys: BTreeSet<String> =
        all.iter().filter_map(|one| one["properties"].as_object()).flat_map(|keys| keys.keys().cloned()).collect();
    assert!(keys.len() > 50, "{keys:?}");
    for key in &keys {
        assert!(page.contains(&format!("`{key}`")) || page.contains(&format!(".{key}`")), "`{key}` is not in the page");
        assert!(EVERY_KEY.contains(&format!("{key}:")), "`{key}` is not in the wave");
    }
    // Read it is, and no key of it is unknown; that nothing stands at its targets is another matter.
    let room = Room::new();
    for (more, is_unknown) in [("", false), ("nonsense: 1\n", true)] {
        room.write("plans/wave-every-key.yaml", format!("{EVERY_KEY}{more}"));
        let said = room.run(&["plan", "show", "every-key", "--draft", "--live"]);
        assert_eq!(said.err.contains("unknown key `nonsense`"), is_unknown, "{}", said.err);
        assert!(!said.err.contains("unknown key `") || is_unknown, "{}", said.err);
    }
}

/// Every schema, with documents of it that the demonstration's repository has, in a folder of their own.
fn documents(room: &Room) -> Vec<(&'static str, &'static str)> {
    let tree = room.path().join(DIR);
    let copy = |from: &std::path::Path, to: String| {
        let to = room.path().join(to);
        std::fs::create_dir_all(to.parent().unwrap()).unwrap();
        std::fs::copy(from, to).unwrap();
    };
    for (at, file) in super::why::files(&tree.join("deployment")).iter().enumerate() {
        if file.ends_with("plconfig.yaml") {
            copy(file, format!("of/plconfig/{at}.yaml"));
        }
    }
    for (at, file) in super::why::files(&tree.join("ledger")).iter().enumerate() {
        if is_of_workload(file) {
            copy(file, format!("of/ledger/{at}.json"));
        }
    }
    copy(&tree.join("plans/wave-demo.yaml"), "of/wave/demo.yaml".to_owned());
    room.write("of/wave/every-key.yaml", EVERY_KEY);
    copy(&tree.join("decisions.yaml"), "of/decisions/decisions.yaml".to_owned());
    copy(&tree.join("caravan.yaml"), "of/configuration/estate.yaml".to_owned());
    room.run(&["--dir", "of", "init", "--offline"]).ends(0, &[]);
    copy(&room.path().join("of/caravan.yaml"), "of/configuration/init.yaml".to_owned());
    room.write("of/convert/check.json", check(room, &["--diff", "--format", "json"]).out);
    std::fs::remove_file(tree.join("ledger").join(ledger(room))).unwrap();
    room.write("of/convert/differs.json", check(room, &["--diff", "--format", "json"]).out);
    room.write("of/questions/all.json", room.run(&["--dir", DIR, "decide", "--format", "json"]).out);
    let app = found(room, "event-ingest");
    for (at, file) in ["plconfig.yaml", "production/manifests.yaml"].into_iter().enumerate() {
        let answer = room.run(&["--dir", DIR, "why", &format!("{app}/{file}"), "--format", "json"]);
        room.write(&format!("of/why/{at}.json"), answer.out);
    }
    for (name, command) in [("domains", "plan"), ("domain-list", "list")] {
        let answer = room.run(&["--dir", DIR, "domains", command, "--format", "json"]);
        room.write(&format!("of/{name}/demo.json"), answer.out);
    }
    customers(room);
    people(room);
    moves(room);
    runs(room);
    notices(room);
    vec![
        ("plconfig", "of/plconfig"),
        ("configuration", "of/configuration"),
        ("decisions", "of/decisions"),
        ("ledger", "of/ledger"),
        ("wave", "of/wave"),
        ("convert", "of/convert"),
        ("questions", "of/questions"),
        ("why", "of/why"),
        ("run", "of/run"),
        ("domains", "of/domains"),
        ("domain-list", "of/domain-list"),
        ("domain-moves", "of/domain-moves"),
        ("due-messages", "of/due-messages"),
        ("domain-message", "of/domain-message"),
        ("domain-status", "of/domain-status"),
        ("domain-card", "of/domain-card"),
        ("notice", "of/notice"),
        ("new-app", "of/new-app"),
        ("people", "of/people"),
        ("people-check", "of/people-check"),
        ("people-diff", "of/people-diff"),
        ("runs", "of/runs"),
    ]
}

/// What customers have to be told, and the pages of whoever knows them.
fn customers(room: &Room) {
    let (_, due) = room.json(&["--dir", DIR, "domains", "message"]);
    room.write("of/due-messages/all.json", due.to_string());
    let serving = Serving::start(room, &["--dir", DIR]);
    room.write("of/domain-status/all.json", serving.json("/domains.json").to_string());
    // One that is due, and one of which nothing has to be said.
    for (at, name) in [due["due"][0]["name"].as_str().unwrap(), "retouren.moebelhaus-kern.example"].iter().enumerate() {
        let (_, message) = room.json(&["--dir", DIR, "domains", "message", name]);
        room.write(&format!("of/domain-message/{at}.json"), message.to_string());
        let card = serving.json(&format!("/domain.json?name={name}"));
        room.write(&format!("of/domain-card/{at}.json"), card.to_string());
    }
}

/// What a webhook is posted of a run that is wanted back.
fn notices(room: &Room) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let hook = format!("http://{}/hook", listener.local_addr().unwrap());
    let estate = supervised::with_pager();
    let run = supervised::started(&estate);
    let told = std::thread::spawn(move || supervised::posted(&listener, "204 No Content"));
    let mut drive = estate.command(&["cutover", "run", &run, "--who", "tests"]);
    let driven = drive.env("CARAVAN_TEST_HOOK", hook).env("AWS_EC2_METADATA_DISABLED", "true").output().unwrap();
    assert_eq!(driven.status.code(), Some(22), "{driven:?}");
    room.write("of/notice/rollback.json", told.join().unwrap().to_string());
}

/// A new app, and a company whose people.yaml came and changed, in a folder of their own.
fn people(room: &Room) {
    let file = |members: &str| {
        format!(
            "schema: caravan.people/v1\nnames: {{team: \"eng-{{team}}\"}}\nsystems: {{github: {{organization: example}}}}\npeople:\n  ada: {{upn: \
             ada@example.com, github: ada-l}}\n  bob: {{upn: bob@example.com}}\nteams:\n  shop: {{owners: [ada], members: {members}}}\n"
        )
    };
    room.write("company/before.yaml", file("[]"));
    room.write("company/people.yaml", file("[bob]"));
    room.write("of/people/people.yaml", file("[bob]"));
    room.write(
        "of/people-check/check.json",
        room.run(&["--dir", "company", "people", "check", "--format", "json"]).out,
    );
    let diff = ["--dir", "company", "people", "diff", "--from", "company/before.yaml", "--format", "json"];
    room.write("of/people-diff/diff.json", room.run(&diff).out);
    let app = [
        "--dir",
        "company",
        "new",
        "app",
        "desk",
        "--team",
        "shop",
        "--image",
        "i.example.com/desk:1",
        "--format",
        "json",
    ];
    room.write("of/new-app/desk.json", room.run(&app).out);
}

/// A hostname's move that nobody has driven yet, as it is told: the demonstration's hosts do not exist and can't be moved.
fn moves(room: &Room) {
    let folder = Utf8PathBuf::from_path_buf(room.path().join("moving")).unwrap();
    std::fs::create_dir_all(&folder).unwrap();
    let side = |address: &str| vec![format!("{address}:443")];
    let plan = MovePlan {
        run: "move-1".to_owned(),
        name: "shop.example.com".to_owned(),
        lead: Lead::Customer(CustomerRecord {
            old: BTreeSet::from(["192.0.2.1".to_owned()]),
            new: BTreeSet::from(["198.51.100.1".to_owned()]),
            ttl: 60_000,
        }),
        names: vec!["shop.example.com".to_owned()],
        authority: Authority {
            directory: "https://acme.test".to_owned(),
            gives_open_orders_again: false,
            has_limits: false,
        },
        proof: Proof::Http,
        edges: Edges {
            old: side("192.0.2.1"),
            new: side("198.51.100.1"),
            path: "/".to_owned(),
            status: (200, 299),
            cluster: "new".to_owned(),
            namespace: "vanity".to_owned(),
            secret: "shop-tls".to_owned(),
            objects: Vec::new(),
        },
        window: None,
        times: Times::default(),
        failed_before: Vec::new(),
        own_zones: Some(Vec::new()),
    };
    let journal = Journal::open(&folder.join("journal.db")).unwrap();
    let created = journal.create_move(&plan, "olivia", "0", Moment(0));
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(created).unwrap();
    let (_, told) = room.json(&["--dir", "moving", "domains", "watch", &plan.name]);
    assert_eq!(told["moves"][0]["stage"], "planned");
    room.write("of/domain-moves/planned.json", told.to_string());
}

/// A run of the demonstration's wave, as it is told before it begins, while a stage wants a person, and once it was taken back.
fn runs(room: &Room) {
    let (_, plan) = room.json(&["--dir", DIR, "plan", "show", "demo"]);
    let approve = ["plan", "approve", "demo", "--hash", plan["hash"].as_str().unwrap(), "--who", "olivia"];
    room.run(&[&["--dir", DIR], &approve[..]].concat()).ends(0, &[]);
    let run = room.run(&["--dir", DIR, "cutover", "start", "demo"]).out.trim().to_owned();
    for (at, (command, state)) in [
        (None, "planned"),
        (Some("run"), "awaiting-approval"),
        (Some("rollback"), "awaiting-approval"),
        (Some("run"), "rolled-back"),
    ]
    .into_iter()
    .enumerate()
    {
        let told = command.map(|command| room.json(&["--dir", DIR, "cutover", command, &run, "--who", "olivia"]).1);
        let (_, status) = room.json(&["--dir", DIR, "cutover", "status", &run]);
        assert_eq!(status["state"], state, "{at}: {status}");
        // Whoever drives it is told the same as whoever looks at it.
        if let (Some("run"), Some(told)) = (command, told) {
            assert_eq!((&told["state"], &told["next"]), (&status["state"], &status["next"]), "{at}");
            room.write(&format!("of/run/driven-{at}.json"), told.to_string());
        }
        room.write(&format!("of/run/{at}.json"), status.to_string());
    }
    let (_, all) = room.json(&["--dir", DIR, "cutover", "status"]);
    room.write("of/runs/all.json", all.to_string());
    let (_, driven) = room.json(&["--dir", DIR, "cutover", "run", "--all", "--who", "olivia"]);
    room.write("of/runs/driven.json", driven.to_string());
}

/// Whether a file below `ledger/` accounts for a workload: others account for what is shared, and for the platform.
fn is_of_workload(file: &std::path::Path) -> bool {
    std::fs::read_to_string(file).unwrap().contains("\"caravan.ledger/v1\"")
}

/// A ledger of the tree, by its path below `ledger/`.
fn ledger(room: &Room) -> std::path::PathBuf {
    let folder = room.path().join(DIR).join("ledger");
    let files = super::why::files(&folder);
    files.iter().find(|file| is_of_workload(file)).unwrap().strip_prefix(&folder).unwrap().to_owned()
}

#[test]
fn files_and_answers_are_as_their_schemas_say() {
    let room = repository();
    let listed = room.run(&["schema"]).out;
    let documents = documents(&room);
    let names: Vec<&str> = listed.lines().filter_map(|line| line.split_whitespace().next()).collect();
    assert_eq!(names, documents.iter().map(|(name, _)| *name).collect::<Vec<_>>());
    for (name, folder) in documents {
        let file = format!("{name}.schema.json");
        room.write(&file, room.run(&["schema", name]).out);
        let file = room.path().join(file);
        for (report, of) in [(Report::Schema, file.clone()), (Report::Document(&file), room.path().join(folder))] {
            if let Some(faults) = unread(report, &of) {
                assert!(faults.is_empty(), "{name}: {faults}");
            }
        }
    }
    // A schema says something: what the reader refuses, it refuses.
    for (name, text) in [
        ("plconfig", "plconfig: v1\napp: a\nteam: b\ncomponents: {web: {type: wep}}\n"),
        ("plconfig", "plconfig: v1\napp: a\nteam: b\ncomponents: {web: {prot: 80}}\n"),
        ("plconfig", "plconfig: v1\nteam: b\ncomponents: {}\n"),
        ("decisions", "schema: caravan.decisions/v1\naccepted: {a: {reason: b}}\n"),
        ("decisions", "schema: caravan.decisions/v2\n"),
        ("people", "schema: caravan.people/v1\npeople: {ada: {unp: ada@example.com}}\n"),
        ("people", "schema: caravan.people/v1\nteams: {shop: {members: ada}}\n"),
        ("people", "schema: caravan.people/v1\nteams: {shop: {environments: null}}\n"),
        ("configuration", "schema: caravan.config/v1\nplatfrom: {}\n"),
        ("configuration", "schema: caravan.config/v1\naccounts: [{provider: gcp, id: a}]\n"),
    ] {
        room.write("wrong/wrong.yaml", text);
        let schema = room.path().join(format!("{name}.schema.json"));
        let faults = unread(Report::Document(&schema), &room.path().join("wrong/wrong.yaml"));
        assert_ne!(faults.as_deref(), Some(""), "{name}: {text}");
    }
    room.run(&["schema", "plconfg"]).ends(2, &["did you mean `plconfig`?"]);
}

#[test]
fn the_manual_has_a_page_for_every_command() {
    let room = Room::new();
    let page = room.run(&["man"]);
    page.ends(0, &[]);
    assert!(page.out.contains(".TH caravan 1") && page.out.contains("Exit codes"), "{}", page.out);
    room.run(&["man", "--out", "man"]).ends(0, &[]);
    for name in ["caravan.1", "caravan-convert.1", "caravan-why.1", "caravan-cutover-run.1"] {
        assert!(room.read(&format!("man/{name}")).contains(".SH NAME"), "{name}");
    }
    room.run(&["man", "--out", "other", "--read-only"]).ends(2, &["--read-only"]);
    assert!(!room.path().join("other").exists());
}
