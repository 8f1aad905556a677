//! Bad input ends with its documented exit code and an error that names the thing and says what to do. Nothing that
//! was recorded before is lost.

use crate::cli::{Room, Said};
use std::io::Write;
use std::process::Command;

/// A task definition that converts.
pub(crate) const GOOD: &str = r#"{
  "family": "parcels-api",
  "networkMode": "awsvpc",
  "requiresCompatibilities": ["FARGATE"],
  "cpu": "256",
  "memory": "512",
  "containerDefinitions": [
    {"name": "api", "image": "registry.example.com/parcels/api:1.4.2", "essential": true,
     "portMappings": [{"containerPort": 8080, "protocol": "tcp"}]}
  ]
}"#;

/// A room whose inventory holds one workload.
fn furnished() -> Room {
    let room = Room::new();
    room.write("tasks/good.json", GOOD);
    room.run(&["discover", "--files", "tasks"]).ends(0, &[]);
    room
}

#[track_caller]
fn nothing_is_lost(room: &Room) {
    let (code, document) = room.json(&["inventory", "list"]);
    assert_eq!(code, Some(0));
    assert_eq!(document["workloads"].as_array().unwrap().len(), 1, "{document}");
}

/// One bad file among good ones: exit 5, the file and the reason named, the others recorded.
#[track_caller]
fn partial(room: &Room, name: &str, texts: &[&str]) -> Said {
    room.write("tasks/good.json", GOOD);
    let said = room.run(&["discover", "--files", "tasks"]);
    said.ends(5, &[name]).ends(5, texts);
    nothing_is_lost(room);
    said
}

#[test]
fn a_malformed_file_is_named_with_its_place() {
    let room = Room::new();
    room.write("tasks/broken.json", "{\"family\": \"x\",\n  oops}");
    partial(&room, "broken.json", &["line 2"]);
}

#[test]
fn a_truncated_file_is_named() {
    let room = Room::new();
    room.write("tasks/cut.json", &GOOD[..GOOD.len() / 2]);
    partial(&room, "cut.json", &[]);
}

#[test]
fn a_file_that_is_not_utf8_is_named() {
    let room = Room::new();
    room.write("tasks/latin1.json", b"{\"family\": \"caf\xe9\"}");
    partial(&room, "latin1.json", &[]);
}

#[test]
fn a_depth_bomb_is_refused_and_named() {
    let room = Room::new();
    room.write("tasks/deep.json", "[".repeat(200_000));
    partial(&room, "deep.json", &[]);
}

#[test]
fn a_gigabyte_of_json_is_refused_without_reading_it() {
    let room = Room::new();
    std::fs::create_dir(room.path().join("tasks")).unwrap();
    // Sparse: it takes no room on the disk, and reads as a gigabyte of zeros.
    let huge = std::fs::File::create(room.path().join("tasks/huge.json")).unwrap();
    huge.set_len(1 << 30).unwrap();
    let before = std::time::Instant::now();
    partial(&room, "huge.json", &[]);
    assert!(before.elapsed().as_secs() < 60, "it took {:?}", before.elapsed());
}

#[test]
fn a_symlink_loop_ends() {
    let room = furnished();
    std::os::unix::fs::symlink(".", room.path().join("tasks/loop")).unwrap();
    let said = room.run(&["discover", "--files", "tasks"]);
    assert!(matches!(said.code, Some(0 | 5)), "{}", said.err);
    nothing_is_lost(&room);
}

#[test]
fn a_path_that_is_not_there_is_named() {
    let room = furnished();
    let said = room.run(&["discover", "--files", "nowhere"]);
    assert_eq!(said.code, Some(2), "{}", said.err);
    assert!(said.err.contains("nowhere"), "{}", said.err);
    nothing_is_lost(&room);
}

#[test]
fn a_name_with_control_characters_reaches_no_terminal() {
    let room = Room::new();
    room.write("tasks/\u{1b}[2Jevil.json", "{");
    let said = partial(&room, "evil.json", &[]);
    assert!(!said.err.contains('\u{1b}') && !said.out.contains('\u{1b}'), "{:?}", said.err);
}

#[test]
fn a_missing_database_says_how_to_begin() {
    for args in [
        &["inventory", "list"][..],
        &["inventory", "coverage"],
        &["convert"],
        &["decide"],
        &["inventory", "export", "-"],
    ] {
        Room::new().run(args).ends(1, &["inventory.db", "caravan discover"]);
    }
}

#[test]
fn a_locked_database_is_named_and_left_alone() {
    let room = furnished();
    let holder = Command::new("python3")
        .args(["-c", "import sqlite3, sys\nc = sqlite3.connect('inventory.db', isolation_level=None)\nc.execute('BEGIN EXCLUSIVE')\nprint('held', flush=True)\nsys.stdin.read()"])
        .current_dir(room.path())
        .stdin(std::process::Stdio::piped())
        .stdout(std::process::Stdio::piped())
        .spawn();
    let mut holder = holder.unwrap();
    std::io::Read::read_exact(holder.stdout.as_mut().unwrap(), &mut [0; 5]).unwrap();
    room.run(&["discover", "--files", "tasks"]).ends(1, &["inventory.db", "locked"]);
    drop(holder.stdin.take());
    holder.wait().unwrap();
    nothing_is_lost(&room);
}

#[test]
fn a_newer_database_is_not_written_to() {
    let room = furnished();
    let set = Command::new("python3")
        .args(["-c", "import sqlite3\nc = sqlite3.connect('inventory.db')\nc.execute('PRAGMA user_version = 999')\nc.commit()\nc.close()"])
        .current_dir(room.path())
        .status();
    assert!(set.unwrap().success());
    let before = std::fs::read(room.path().join("inventory.db")).unwrap();
    room.run(&["discover", "--files", "tasks"]).ends(1, &["inventory.db", "newer"]);
    room.run(&["inventory", "list"]).ends(1, &["inventory.db", "newer"]);
    assert!(std::fs::read(room.path().join("inventory.db")).unwrap() == before);
}

#[test]
fn a_database_that_is_none_is_left_alone() {
    let room = Room::new();
    room.write("inventory.db", "this is a letter, not a database. ".repeat(300));
    room.write("tasks/good.json", GOOD);
    room.run(&["discover", "--files", "tasks"]).ends(1, &["inventory.db", "not a SQLite database"]);
    assert!(room.read("inventory.db").starts_with("this is a letter"));
}

/// Runs caravan in a shell that lets no file grow beyond `blocks` × 512 bytes: writing then fails as on a full disk
/// (EFBIG instead of SIGXFSZ, which is ignored).
fn with_small_files(room: &Room, blocks: u32, args: &str) -> Said {
    let script = format!("trap '' XFSZ; ulimit -f {blocks}; exec \"$CARAVAN\" {args}");
    let command = Command::new("sh")
        .args(["-c", &script])
        .env("CARAVAN", env!("CARGO_BIN_EXE_caravan"))
        .current_dir(room.path())
        .output();
    Said::of(command.unwrap())
}

#[test]
fn a_full_disk_loses_nothing_that_was_recorded() {
    let room = furnished();
    for at in 0..400 {
        room.write(&format!("many/task-{at}.json"), GOOD.replace("parcels-api", &format!("parcels-{at}")));
    }
    with_small_files(&room, 300, "discover --files many").ends(1, &["inventory.db", "safe"]);
    let (code, document) = room.json(&["inventory", "list"]);
    assert_eq!(code, Some(0));
    let ids: Vec<&str> = document["workloads"].as_array().unwrap().iter().map(|w| w["id"].as_str().unwrap()).collect();
    assert!(ids.iter().any(|id| id.contains("good")), "{ids:?}");
}

/// Runs a script in a mount namespace of its own, with a disk of so many KiB at `disk`; none where that is forbidden.
fn with_tiny_disk(room: &Room, kib: u32, script: &str) -> Option<Said> {
    std::fs::create_dir_all(room.path().join("disk")).unwrap();
    let script = format!("mount -t tmpfs -o size={kib}k tiny disk || exit 99\n{script}");
    let output = Command::new("unshare")
        .args(["--mount", "sh", "-c", &script])
        .env("CARAVAN", env!("CARGO_BIN_EXE_caravan"))
        .current_dir(room.path())
        .output();
    match output {
        Ok(output) if !matches!(output.status.code(), Some(99)) && !output.stderr.starts_with(b"unshare:") => {
            Some(Said::of(output))
        }
        _ => {
            // Not required: the tests with `ulimit` have run.
            let _ = writeln!(std::io::stdout(), "NOT RUN: on a disk that is full: this user may not mount one");
            None
        }
    }
}

#[test]
fn a_full_disk_in_a_mount_of_its_own_loses_nothing_that_was_recorded() {
    let room = furnished();
    for at in 0..400 {
        room.write(&format!("many/task-{at}.json"), GOOD.replace("parcels-api", &format!("parcels-{at}")));
    }
    let script = "\"$CARAVAN\" --dir disk discover -q --files tasks || exit 98
        \"$CARAVAN\" --dir disk discover -q --files many && exit 97
        test $? = 1 || exit 96
        exec \"$CARAVAN\" --dir disk inventory list -q";
    let Some(said) = with_tiny_disk(&room, 600, script) else {
        return;
    };
    said.ends(0, &["the disk of disk/inventory.db is full", "safe"]);
    assert!(said.out.contains("ecs/files/good"), "{}", said.out);
}

#[test]
fn a_full_disk_under_a_journal_is_said_by_whoever_looks_at_it() {
    let room = Room::new();
    let script = "\"$CARAVAN\" --dir disk demo -q --out disk || exit 98
        \"$CARAVAN\" --dir disk doctor --offline >before || exit 97
        \"$CARAVAN\" --dir disk cutover status 2>status-before || exit 96
        dd if=/dev/zero of=disk/filler bs=4k 2>/dev/null
        \"$CARAVAN\" --dir disk cutover status 2>status || exit 95
        \"$CARAVAN\" --dir disk doctor --offline >after; test $? = 1 || exit 94";
    let Some(said) = with_tiny_disk(&room, 40_000, script) else {
        return;
    };
    said.ends(0, &[]);
    let full = "the disk of disk/journal.db is full";
    let (status, after) = (room.read("status"), room.read("after"));
    assert!(status.contains(full) && status.contains("not shown here"), "{status}");
    assert!(after.contains(full) && after.contains("failed   journal"), "{after}");
    assert!(!room.read("before").contains(full) && !room.read("status-before").contains(full));
}

#[test]
fn a_folder_that_can_not_be_written_is_read() {
    let room = furnished();
    let script = "\"$CARAVAN\" --dir disk discover -q --files tasks || exit 98
        mount -o remount,ro disk || exit 99
        \"$CARAVAN\" --dir disk inventory show -q ecs/files/good >shown || exit 97
        \"$CARAVAN\" --dir disk convert -q --check >differences; test $? = 11 || exit 96
        exec \"$CARAVAN\" --dir disk --read-only inventory list -q";
    let Some(said) = with_tiny_disk(&room, 600, script) else {
        return;
    };
    said.ends(0, &[]);
    assert!(said.out.contains("ecs/files/good") && room.read("shown").contains("good"), "{}", said.out);
}

#[test]
fn a_full_disk_in_a_mount_of_its_own_holds_no_file_cut_short() {
    let room = furnished();
    let script = "\"$CARAVAN\" convert -q --out disk && exit 98
        test $? = 1 || exit 97
        find disk -type f";
    let Some(said) = with_tiny_disk(&room, 8, script) else {
        return;
    };
    said.ends(0, &["make room"]);
    assert!(!said.out.contains(".part"), "{}", said.out);
}

#[test]
fn a_full_disk_leaves_an_export_whole_or_absent() {
    let room = furnished();
    for at in 0..200 {
        room.write(&format!("many/task-{at}.json"), GOOD.replace("parcels-api", &format!("parcels-{at}")));
    }
    let other = room.path().join("other");
    std::fs::create_dir(&other).unwrap();
    room.run(&["--dir", "other", "discover", "--files", "many"]).ends(0, &[]);
    with_small_files(&room, 128, "--dir other inventory export out.jsonl").ends(1, &["out.jsonl", "make room"]);
    assert!(!room.path().join("out.jsonl").exists());
    nothing_is_lost(&room);
}

#[test]
fn a_full_standard_output_is_an_error() {
    let room = furnished();
    let full = std::fs::File::options().write(true).open("/dev/full").unwrap();
    let output = room.command(&["inventory", "list"]).stdout(full).output().unwrap();
    Said::of(output).ends(1, &["standard output"]);
}

#[test]
fn an_unknown_key_in_the_configuration_names_line_and_meant_key() {
    let room = Room::new();
    room.write(
        "caravan.yaml",
        "schema: caravan.config/v1\naccounts:\n  - id: \"123456789012\"\n    regoins: [eu-central-1]\n",
    );
    room.write("tasks/good.json", GOOD);
    room.run(&["discover", "--files", "tasks"]).ends(3, &["caravan.yaml:4:", "`regoins`", "did you mean `regions`?"]);
    room.write("caravan.yaml", "schema: caravan.config/v1\nplatfrom: {}\n");
    room.run(&["convert"]).ends(3, &["caravan.yaml:2:", "did you mean `platform`?"]);
    room.write("caravan.yaml", "schema: caravan.config/v1\nplatform:\n  gatway: {}\n");
    room.run(&["convert"]).ends(3, &["caravan.yaml:3:", "did you mean `gateway`?"]);
}

#[test]
fn other_wrong_configurations_are_configuration_failures() {
    let wrong = [
        ("accounts: []\n", "`schema`"),
        ("schema: caravan.config/v9\n", "caravan.config/v1"),
        ("schema: caravan.config/v1\nschema: caravan.config/v1\n", "schema"),
        ("schema: [\n", "caravan.yaml"),
        ("schema: caravan.config/v1\naccounts: [{id: \"12\", regions: [eu-central-1]}]\n", "12-digit"),
        ("schema: caravan.config/v1\naccounts: [{id: \"123456789012\", regions: []}]\n", "regions"),
        (
            "schema: caravan.config/v1\naccounts: [{id: \"123456789012\", regions: [r], endpoint: localhost}]\n",
            "endpoint",
        ),
        (
            "schema: caravan.config/v1\naccounts:\n- {provider: aws, id: \"123456789012\", regions: [r]}\n- {id: \"123456789012\", regions: [r]}\n",
            "twice",
        ),
        ("schema: caravan.config/v1\nownership: [{team: Not A Team}]\n", "rule 1"),
    ];
    for (text, expected) in wrong {
        let room = Room::new();
        room.write("caravan.yaml", text);
        room.run(&["convert"]).ends(3, &["caravan.yaml", expected]);
    }
}

/// What nothing is read from can't be named, in whatever form: it would look as if it were scanned.
#[test]
fn an_account_of_a_provider_without_a_reader_is_a_configuration_failure_that_names_the_field() {
    let accounts = [
        "  - {provider: files, id: 0123456789abcdef0123456789abcdef}\n",
        "  - id: \"123456789012\"\n    regions: [eu-central-1]\n  - id: f\n    regions: [global]\n    provider: files\n",
        "  - {provider: files, id: x, regions: []}\n",
    ];
    let places = ["caravan.yaml:3:", "caravan.yaml:7:", "caravan.yaml:3:"];
    for (account, place) in accounts.into_iter().zip(places) {
        for command in ["convert", "discover"] {
            let room = Room::new();
            room.write("caravan.yaml", format!("schema: caravan.config/v1\naccounts:\n{account}"));
            room.run(&[command]).ends(3, &[place, "provider", "nothing is read from"]);
        }
    }
    let room = Room::new();
    room.write("caravan.yaml", "schema: caravan.config/v1\ncloudflare: {accounts: []}\n");
    room.run(&["convert"]).ends(3, &["caravan.yaml:2:", "`cloudflare`"]);
}

/// Each provider's accounts have fields of their own: another's would have no effect.
#[test]
fn a_field_that_an_account_of_its_provider_does_not_have_is_a_configuration_failure() {
    let cloudflare = "0123456789abcdef0123456789abcdef";
    let wrong = [
        (format!("{{provider: cloudflare, id: \"{cloudflare}\", regions: [eu-central-1]}}"), "regions"),
        (format!("{{provider: cloudflare, id: \"{cloudflare}\", profile: a}}"), "profile"),
        (format!("{{provider: cloudflare, id: \"{cloudflare}\", token_env: A, token_file: b}}"), "token_file"),
        (format!("{{provider: cloudflare, id: \"{cloudflare}\", endpoint: localhost}}"), "endpoint"),
        ("{provider: cloudflare, id: \"123456789012\"}".to_owned(), "32 hex digits"),
        ("{id: \"123456789012\", regions: [eu-central-1], token_env: A}".to_owned(), "token_env"),
        ("{id: \"123456789012\"}".to_owned(), "regions"),
    ];
    for (account, expected) in wrong {
        let room = Room::new();
        room.write("caravan.yaml", format!("schema: caravan.config/v1\naccounts: [{account}]\n"));
        room.run(&["convert"]).ends(3, &["caravan.yaml", "accounts[0]", expected]);
    }
}

#[test]
fn a_yaml_bomb_in_the_configuration_is_refused() {
    let room = Room::new();
    let mut text = "schema: caravan.config/v1\na0: &a0 [x]\n".to_owned();
    for at in 1..40 {
        text += &format!("a{at}: &a{at} [{}]\n", format!("*a{},", at - 1).repeat(10));
    }
    room.write("caravan.yaml", text);
    room.run(&["convert"]).ends(3, &["caravan.yaml"]);
}

#[test]
fn wrong_decisions_are_a_configuration_failure() {
    let room = furnished();
    room.write("decisions.yaml", "schema: caravan.decisions/v1\nanswers:\n  a: {anwser: b}\n");
    room.run(&["convert"]).ends(3, &["decisions.yaml:3:", "did you mean `answer`?"]);
    std::fs::remove_file(room.path().join("decisions.yaml")).unwrap();
    nothing_is_lost(&room);
}

/// Answers every connection with the same HTML page, as a proxy or a captive portal does. Ends with the test.
fn html_server() -> std::net::SocketAddr {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    std::thread::spawn(move || {
        let page = "<!doctype html><html><body>Please log in</body></html>";
        let answer = format!(
            "HTTP/1.1 200 OK\r\ncontent-type: text/html\r\nconnection: close\r\ncontent-length: {}\r\n\r\n{page}",
            page.len()
        );
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let mut request = [0; 8192];
            let _ = std::io::Read::read(&mut stream, &mut request);
            let _ = stream.write_all(answer.as_bytes());
        }
    });
    address
}

#[test]
fn an_endpoint_that_answers_html_is_named() {
    let address = html_server();
    let room = furnished();
    let said = Said::of(scan(&room, address).output().unwrap());
    said.ends(5, &["account 123456789012", "the answer is not one of AWS's"]);
    nothing_is_lost(&room);
    let doctor = Said::of(with_credentials(room.command(&["doctor"])).output().unwrap());
    assert_eq!(doctor.code, Some(1), "{}", doctor.out);
    assert!(doctor.out.contains("failed   account 123456789012"), "{}", doctor.out);
}

/// A scan of an account whose APIs are all at this address.
fn scan(room: &Room, address: std::net::SocketAddr) -> Command {
    room.write(
        "caravan.yaml",
        format!("schema: caravan.config/v1\naccounts:\n  - id: \"123456789012\"\n    regions: [eu-central-1]\n    endpoint: http://{address}\n"),
    );
    with_credentials(room.command(&["discover"]))
}

fn with_credentials(mut command: Command) -> Command {
    command.env("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE").env("AWS_SECRET_ACCESS_KEY", "a-key-of-the-test");
    command
}

#[test]
fn a_signal_ends_a_scan_that_can_be_resumed() {
    for (signal, code) in [("INT", 130), ("TERM", 143)] {
        // Takes connections and never answers.
        let silent = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let room = furnished();
        let mut child = scan(&room, silent.local_addr().unwrap()).stderr(std::process::Stdio::piped()).spawn().unwrap();
        let _asked = silent.accept().unwrap();
        let sent = Command::new("kill").args([&format!("-{signal}"), &child.id().to_string()]).status().unwrap();
        assert!(sent.success());
        let mut err = String::new();
        std::io::Read::read_to_string(child.stderr.as_mut().unwrap(), &mut err).unwrap();
        assert_eq!(child.wait().unwrap().code(), Some(code), "{err}");
        assert!(err.contains("caravan discover --resume"), "{err}");
        nothing_is_lost(&room);
    }
}
