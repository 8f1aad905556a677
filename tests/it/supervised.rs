//! A driver that lives for weeks, as a process: it takes up runs, tells people, ends on a signal; leases of drivers that are
//! gone; and the unit file and the container recipe of the documentation.

use crate::cli::{Room, Said};
use caravan_cutover::{Journal, SystemClock};
use caravan_cutover_engine::{Clock, JournalStore, Moment};
use serde_json::Value;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

const HOURS_MS: u64 = 3 * 3_600_000;

/// The demo's folder, whose wave is approved.
fn estate() -> Room {
    let room = Room::new();
    room.run(&["demo", "--out", "."]).ends(0, &[]);
    let (_, shown) = room.json(&["plan", "show", "demo"]);
    room.run(&["plan", "approve", "demo", "--hash", shown["hash"].as_str().unwrap(), "--who", "tests"]).ends(0, &[]);
    room
}

/// The same, whose notices go to a webhook that `CARAVAN_TEST_HOOK` names.
pub(crate) fn with_pager() -> Room {
    let room = estate();
    let config = room.read("caravan.yaml");
    room.write(
        "caravan.yaml",
        format!("{config}\nnotifications:\n  - name: pager\n    webhook: {{url_env: CARAVAN_TEST_HOOK}}\n"),
    );
    room
}

/// A run that somebody wants back before anything was done: it needs no cloud.
pub(crate) fn started(room: &Room) -> String {
    let started = room.run(&["cutover", "start", "demo"]);
    started.ends(0, &[]);
    let run = started.out.trim().to_owned();
    room.run(&["cutover", "rollback", &run, "--who", "tests"]).ends(0, &[]);
    run
}

fn lease(room: &Room, run: &str, driver: &str, now: Moment, lasts_ms: u64) {
    let journal = Journal::open(&camino::Utf8PathBuf::from_path_buf(room.path().join("journal.db")).unwrap()).unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    runtime.block_on(journal.lease(run, driver, now, lasts_ms)).unwrap();
}

#[test]
fn a_driver_that_died_with_its_clock_ahead_locks_out_no_process() {
    let room = estate();
    let run = started(&room);
    lease(&room, &run, "dead", SystemClock.time_of_day().plus_ms(HOURS_MS), 2_000);
    let (_, status) = room.json(&["cutover", "status", &run]);
    assert_eq!(status["driver"]["drives"], false, "{status}");
    let began = Instant::now();
    room.run(&["cutover", "run", &run, "--lease", "2", "--who", "tests"]).ends(22, &[]);
    assert!(began.elapsed() < Duration::from_secs(60), "{:?}", began.elapsed());
}

#[test]
fn a_lease_is_broken_by_whoever_names_the_run_and_says_why() {
    let room = estate();
    let run = started(&room);
    let free = ["cutover", "break-lease", &run, "--run-name", &run, "--reason", "it hangs", "--who", "olivia"];
    room.run(&free).ends(2, &["nobody holds the lease"]);
    lease(&room, &run, "hung", SystemClock.time_of_day(), HOURS_MS);
    let drive = ["cutover", "run", &run, "--lease", "1", "--who", "tests"];
    room.run(&drive).ends(24, &["driven by another driver", &format!("cutover break-lease {run} --run-name {run}")]);
    for (args, said) in [
        (&["cutover", "break-lease", &run, "--who", "olivia"][..], "--run-name"),
        (
            &["cutover", "break-lease", &run, "--run-name", "other", "--reason", "x", "--who", "olivia"],
            "not the run's name",
        ),
        (
            &["cutover", "break-lease", &run, "--run-name", &run, "--reason", " ", "--who", "olivia"],
            "only with a reason",
        ),
        (&["--read-only", "cutover", "break-lease", &run, "--run-name", &run, "--reason", "x"], "--read-only forbids"),
    ] {
        room.run(args).ends(2, &[said]);
    }
    let (code, broken) = room.json(&free);
    assert_eq!(
        (code, &broken["schema"], &broken["driver"]),
        (Some(0), &"caravan.lease-break/v1".into(), &"hung".into())
    );
    let (_, status) = room.json(&["cutover", "status", &run]);
    assert!(status["driver"]["lease_broken"].as_str().unwrap().starts_with("olivia at "), "{status}");
    room.run(&drive).ends(22, &[]);
    let audit = room.run(&["cutover", "audit", &run]).out;
    assert!(
        audit.contains("lease of driver hung (epoch 1) broken at ") && audit.contains("by olivia: it hangs"),
        "{audit}"
    );
}

/// A driver of every run, as a process; killed when a test is done with it.
struct Service(Child);

impl Service {
    fn start(room: &Room, hook: &str) -> Self {
        let mut command = room.command(&["cutover", "run", "--all", "--wait", "--lease", "30", "--who", "service"]);
        command.env("CARAVAN_TEST_HOOK", hook).env("AWS_EC2_METADATA_DISABLED", "true");
        Self(command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap())
    }

    /// Ends it by a signal, and gives its exit code and what it said.
    fn end(mut self, signal: &str) -> (Option<i32>, String) {
        let pid = self.0.id().to_string();
        assert!(Command::new("kill").args([signal, &pid]).status().unwrap().success());
        let code = self.0.wait().unwrap().code();
        let mut said = String::new();
        self.0.stderr.take().unwrap().read_to_string(&mut said).unwrap();
        (code, said)
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        let _gone = self.0.kill();
    }
}

/// The JSON of the next request that a webhook gets, which is answered with a status.
pub(crate) fn posted(listener: &TcpListener, status: &str) -> Value {
    listener.set_nonblocking(true).unwrap();
    let began = Instant::now();
    let connection: TcpStream = loop {
        match listener.accept() {
            Ok((connection, _)) => break connection,
            // What a process that was killed had in its hands is another's after a minute.
            Err(error) => assert!(began.elapsed() < Duration::from_secs(300), "nobody told anything: {error}"),
        }
        std::thread::sleep(Duration::from_millis(20));
    };
    connection.set_nonblocking(false).unwrap();
    let mut stream = BufReader::new(connection);
    let mut length = 0;
    loop {
        let mut line = String::new();
        stream.read_line(&mut line).unwrap();
        if line.trim().is_empty() {
            break;
        }
        if let Some(said) = line.to_ascii_lowercase().strip_prefix("content-length:") {
            length = said.trim().parse().unwrap();
        }
    }
    let mut body = vec![0; length];
    stream.read_exact(&mut body).unwrap();
    let answer = format!("HTTP/1.1 {status}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
    stream.get_mut().write_all(answer.as_bytes()).unwrap();
    serde_json::from_slice(&body).unwrap()
}

/// A service that looks between `start` and `rollback` finds a run that it has no credentials for, and says so first.
fn is_not_driven(notice: &Value) -> bool {
    notice["state"] == "not driven"
}

fn until_over(room: &Room, run: &str) {
    let began = Instant::now();
    while room.json(&["cutover", "status", run]).1["state"] != "rolled-back" {
        assert!(began.elapsed() < Duration::from_secs(60), "{run} is not over");
        std::thread::sleep(Duration::from_millis(200));
    }
}

#[test]
fn a_service_takes_up_runs_tells_people_through_an_outage_and_a_kill_and_ends_on_a_signal() {
    let room = with_pager();
    room.run(&["cutover", "run", "--all", "--wait", "--who", "service"])
        .ends(3, &["notifications[0].webhook.url_env (pager): CARAVAN_TEST_HOOK is not set"]);
    // A port at which nobody listens yet.
    let address = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let hook = format!("http://{address}/secret-of-the-hook");
    let service = Service::start(&room, &hook);
    let first = started(&room);
    until_over(&room, &first);
    std::thread::sleep(Duration::from_millis(1500));
    drop(service);
    // It was killed, and has told nobody: the next one does, the outage goes on for a while, and one answer is a refusal.
    let service = Service::start(&room, &hook);
    std::thread::sleep(Duration::from_secs(2));
    let listener = TcpListener::bind(address).unwrap();
    let refused = posted(&listener, "503 Busy");
    let again = posted(&listener, "204 No Content");
    assert_eq!(refused["id"], again["id"]);
    // Nothing had been done: it turns, sees that everything stands as it was, and says that it is back.
    let turned = if is_not_driven(&again) { posted(&listener, "204 No Content") } else { again };
    assert_eq!((&turned["kind"], &turned["state"]), (&"rollback".into(), &"observing".into()));
    assert_eq!((&turned["run"], &turned["schema"]), (&Value::from(first.as_str()), &"caravan.notice/v1".into()));
    assert!(turned["why"].as_str().unwrap().contains("tests wants it back"), "{turned}");
    let back = posted(&listener, "204 No Content");
    assert_eq!((&back["run"], &back["state"]), (&Value::from(first.as_str()), &"rolled-back".into()));
    // A run that was started meanwhile is driven, and told of.
    let second = started(&room);
    let mut told = posted(&listener, "200 OK");
    // Where the service was quicker than `rollback`, it tells first that the run turns back.
    while is_not_driven(&told) || (told["kind"] == "rollback" && told["state"] != "rolled-back") {
        told = posted(&listener, "200 OK");
    }
    assert_eq!((&told["run"], &told["state"]), (&second.as_str().into(), &"rolled-back".into()));
    // What was told is marked so before a signal ends the service.
    std::thread::sleep(Duration::from_secs(2));
    let (code, said) = service.end("-TERM");
    assert_eq!(code, Some(143), "{said}");
    assert!(said.contains("looks after every run") && said.contains(&second), "{said}");
    assert!(said.contains("notices don't reach pager for now") && said.contains("notices reach pager again"), "{said}");
    assert!(!said.contains("secret-of-the-hook"), "{said}");
    // The driver shows the end of a run twice; a person is told of it once.
    assert_eq!(said.lines().filter(|line| line.contains(&second) && line.contains("rolled-back")).count(), 1, "{said}");
}

/// What is stopped with `systemctl stop` leaves its users: that is said, and told.
#[test]
fn a_service_that_a_signal_ends_says_whose_users_nobody_watches_from_now_on() {
    let room = with_pager();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let hook = format!("http://{}/hook", listener.local_addr().unwrap());
    let run = room.run(&["cutover", "start", "demo"]).ends(0, &[]).out.trim().to_owned();
    let service = Service::start(&room, &hook);
    let told = std::thread::spawn(move || {
        loop {
            let notice = posted(&listener, "204 No Content");
            if notice["id"].as_str().unwrap().ends_with("/unwatched") {
                return notice;
            }
        }
    });
    let begun = Instant::now();
    let at_risk = |status: &Value| status["at_risk"].as_array().is_some_and(|shares| !shares.is_empty());
    loop {
        let (_, status) = room.json(&["cutover", "status", &run]);
        if at_risk(&status) && status["state"] == "awaiting-approval" {
            break;
        }
        assert!(begun.elapsed() < Duration::from_secs(120), "{status}");
        if status["state"] == "awaiting-approval" {
            let step = status["waiting_for"].as_str().unwrap().split('`').nth(1).unwrap().to_owned();
            room.run(&["cutover", "approve", &run, "--step", &step, "--who", "tests"]);
        }
        std::thread::sleep(Duration::from_millis(300));
    }
    let (code, said) = service.end("-TERM");
    assert_eq!(code, Some(143), "{said}");
    assert!(said.contains(&format!("{run}: users are on a new side, and nobody watches them from now on")), "{said}");
    assert!(said.contains(&format!("caravan cutover run {run} --wait")), "{said}");
    assert_eq!(told.join().unwrap()["run"], run.as_str());
}

/// Drives the run once, with a hook.
fn driven_once(room: &Room, run: &str, hook: &str) -> std::thread::JoinHandle<Said> {
    let mut command = room.command(&["cutover", "run", run, "--lease", "5", "--who", "tests"]);
    command.env("CARAVAN_TEST_HOOK", hook).env("AWS_EC2_METADATA_DISABLED", "true");
    std::thread::spawn(move || Said::of(command.output().unwrap()))
}

#[test]
fn a_run_that_ends_has_told_everybody_or_says_who_was_not_told() {
    let room = with_pager();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let hook = format!("http://{address}/secret-of-the-hook");
    // It refuses three times, and gets it all the same before the command ends.
    let run = started(&room);
    let driving = driven_once(&room, &run, &hook);
    let ids: Vec<Value> =
        ["503 Busy", "429 Slower", "500 Broken", "200 OK"].map(|status| posted(&listener, status)["id"].clone()).into();
    assert!(ids.iter().all(|id| *id == ids[0]), "{ids:?}");
    assert_eq!(posted(&listener, "200 OK")["state"], "rolled-back");
    let said = driving.join().unwrap();
    said.ends(22, &[]);
    assert!(!said.err.contains("has not reached"), "{}", said.err);
    // Nobody listens: the command ends in time, and says what is left.
    drop(listener);
    let run = started(&room);
    let began = Instant::now();
    let said = driven_once(&room, &run, &hook).join().unwrap();
    said.ends(22, &["2 notices have not reached pager (it can't be reached)"]);
    assert!(began.elapsed() < Duration::from_secs(120), "{:?}", began.elapsed());
    // The next one sends it, with what is its own: that it has no credentials for the run's account.
    let listener = TcpListener::bind(address).unwrap();
    // From here on the folder is no demonstration any more: its run is of real accounts.
    std::fs::remove_file(room.path().join(".caravan-demo")).unwrap();
    let other = room.run(&["cutover", "start", "demo"]).out.trim().to_owned();
    let driving = driven_once(&room, &other, &hook);
    let turned = posted(&listener, "200 OK");
    assert_eq!((&turned["run"], &turned["state"]), (&run.as_str().into(), &"observing".into()));
    let left = posted(&listener, "200 OK");
    assert_eq!((&left["run"], &left["state"]), (&run.as_str().into(), &"rolled-back".into()));
    let not_driven = posted(&listener, "200 OK");
    assert_eq!(
        (&not_driven["run"], &not_driven["kind"], &not_driven["state"]),
        (&other.as_str().into(), &"failure".into(), &"not driven".into())
    );
    driving.join().unwrap().ends(4, &["the run is as it was"]);
}

#[test]
fn an_address_in_the_place_of_a_name_is_refused_without_being_repeated() {
    let room = Room::new();
    for (notification, said) in [
        (
            "{name: a, slack: {url_env: \"https://hooks.example.com/secret\"}}",
            "[0].slack.url_env is the name of an environment variable",
        ),
        (
            "{name: a, email: {server_env: S, from_env: F, to_env: \"night-secret@example.com\"}}",
            "[0].email.to_env is the name",
        ),
        ("{name: a}", "[0] wants exactly one of"),
        ("{name: a, slack: {url_env: A}, webhook: {url_env: B}}", "[0] wants exactly one of"),
        ("{name: \" \", slack: {url_env: A}}", "[0].name is empty"),
        ("{name: a, about: [], slack: {url_env: A}}", "[0].about is empty"),
    ] {
        room.write("caravan.yaml", format!("schema: caravan.config/v1\nnotifications:\n  - {notification}\n"));
        let output = room.run(&["doctor", "--offline"]);
        assert_eq!(output.code, Some(3), "{}", output.out);
        assert!(output.out.contains(said) && !output.out.contains("secret"), "{}", output.out);
    }
    room.write("caravan.yaml", "schema: caravan.config/v1\nnotifications:\n  - {name: a, slack: {url_env: HOOK}}\n");
    let doctor = |hook: &str| Said::of(room.command(&["doctor", "--offline"]).env("HOOK", hook).output().unwrap()).out;
    assert!(doctor("https://hooks.example.com/secret").contains("receiver a: its address is set"));
    let wrong = doctor("hooks.example.com/secret");
    assert!(wrong.contains("HOOK can't be used: it is no URL") && !wrong.contains("secret"), "{wrong}");
    let plain = doctor("http://hooks.example.com/secret");
    let said = "notifications[0].slack.url_env (a): HOOK can't be used: it names another machine without TLS";
    assert!(plain.contains(said) && !plain.contains("hooks.example.com"), "{plain}");
}

/// The text of the first block of a language in the documentation.
fn block(language: &str) -> String {
    let docs = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/cutover.md")).unwrap();
    let rest = docs.split_once(&format!("```{language}\n")).unwrap().1;
    rest.split_once("```").unwrap().0.to_owned()
}

/// A command of the documentation is one that the program takes: in a folder without a journal it says so.
fn is_taken(room: &Room, words: &[&str]) {
    assert_eq!(&words[..3], ["/usr/local/bin/caravan", "--dir", "/srv/cutovers"]);
    // Where there is no journal yet it would wait for one; what is none ends it.
    room.write("journal.db", "no database, and nothing that a driver could wait for\n".repeat(100));
    room.run(&[&["--dir", "."], &words[3..]].concat()).ends(1, &["is not a journal of Caravan"]);
}

#[test]
fn the_unit_of_the_documentation_is_one_that_systemd_takes() {
    let (room, unit) = (Room::new(), block("ini"));
    let line = unit.lines().find_map(|line| line.strip_prefix("ExecStart=")).unwrap();
    is_taken(&room, &line.split(' ').collect::<Vec<_>>());
    let codes = unit.lines().find_map(|line| line.strip_prefix("SuccessExitStatus=")).unwrap();
    assert_eq!(codes, "130 143");
    room.write("caravan.service", unit.replace("/usr/local/bin/caravan", env!("CARGO_BIN_EXE_caravan")));
    let Ok(verified) =
        Command::new("systemd-analyze").args(["verify", "--man=no"]).arg(room.path().join("caravan.service")).output()
    else {
        return;
    };
    let said = String::from_utf8_lossy(&verified.stderr);
    let about_it: Vec<&str> = said.lines().filter(|line| line.contains("caravan.service")).collect();
    assert!(verified.status.success() && about_it.is_empty(), "{said}");
}

#[test]
fn the_container_of_the_documentation_runs_what_the_program_takes() {
    const KNOWN: &[&str] = &["FROM", "RUN", "WORKDIR", "COPY", "USER", "VOLUME", "STOPSIGNAL", "ENTRYPOINT", "CMD"];
    let recipe = block("dockerfile");
    let lines: Vec<(&str, &str)> = recipe.lines().filter_map(|line| line.split_once(' ')).collect();
    assert!(lines.iter().all(|(instruction, _)| KNOWN.contains(instruction)), "{recipe}");
    let of = |wanted: &'static str| {
        lines.iter().filter(move |(instruction, _)| *instruction == wanted).map(|(_, rest)| *rest)
    };
    let stages: Vec<&str> = of("FROM").filter_map(|from| from.split_once(" AS ").map(|(_, name)| name)).collect();
    for copy in of("COPY").filter_map(|copy| copy.strip_prefix("--from=")) {
        let (from, paths) = copy.split_once(' ').unwrap();
        assert!(stages.contains(&from) && paths.ends_with(" /usr/local/bin/caravan"), "{copy}");
    }
    // The compiler is the project's own, and what the build makes is what is copied.
    let toolchain = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/rust-toolchain.toml")).unwrap();
    let image = of("FROM").next().unwrap().strip_prefix("rust:").unwrap().split_once('-').unwrap().0;
    assert!(toolchain.contains(&format!("channel = \"{image}.")), "{toolchain}");
    assert!(of("RUN").any(|run| run == "cargo build --release --locked --bin caravan"));
    // Calls to AWS trust the image's own store.
    assert!(of("RUN").any(|run| run.contains("install -y --no-install-recommends ca-certificates")));
    let words =
        |instruction: &'static str| -> Vec<String> { serde_json::from_str(of(instruction).next().unwrap()).unwrap() };
    let all = [words("ENTRYPOINT"), words("CMD")].concat();
    is_taken(&Room::new(), &all.iter().map(String::as_str).collect::<Vec<_>>());
    let volume: Vec<String> = words("VOLUME");
    assert_eq!((volume, of("STOPSIGNAL").next()), (vec!["/srv/cutovers".to_owned()], Some("SIGTERM")));
    assert!(of("USER").all(|user| user != "root" && user != "0"));
}
