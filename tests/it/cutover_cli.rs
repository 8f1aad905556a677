//! Waves and runs by the command line, over the demonstration estate, with no cloud behind it: what is refused, what is
//! written, and that a run whose targets can't be reached holds and changes nothing.

use crate::cli::Room;
use serde_json::Value;

/// A demo's folder with its wave, and a name for the journal.
fn estate() -> Room {
    let room = Room::new();
    room.run(&["demo", "--out", "."]).ends(0, &[]);
    room
}

fn by(room: &Room, args: &[&str]) -> crate::cli::Said {
    room.run(&[args, &["--who", "tests"]].concat())
}

#[test]
fn the_demo_drafts_seals_and_rehearses_a_wave_into_a_failure_and_to_its_end() {
    let room = Room::new();
    let (code, document) = room.json(&["demo", "--out", "."]);
    assert_eq!(code, Some(0));
    let wave = &document["wave"];
    assert!(wave["shifts"].as_u64().unwrap() > 0, "{wave}");
    assert_eq!((&wave["failing"]["forward"]["old_side"], &wave["failing"]["passed"]), (&1.into(), &true.into()));
    assert_eq!((&wave["succeeding"]["forward"]["new_side"], &wave["succeeding"]["passed"]), (&1.into(), &true.into()));
    // Again: the wave that is there is kept, and sealing it anew changes nothing.
    let (_, again) = room.json(&["demo", "--out", "."]);
    assert_eq!(again["wave"]["hash"], wave["hash"]);
}

#[test]
fn a_plan_is_shown_change_by_change_and_one_seal_follows_another() {
    let room = estate();
    let (code, shown) = room.json(&["plan", "show", "demo"]);
    assert_eq!((code, &shown["schema"], &shown["parent"]), (Some(0), &"caravan.plan/v1".into(), &Value::Null));
    let wave = &shown["waves"][0];
    assert!(wave["cost"]["then"]["month"]["low"].as_f64().unwrap() > 0.0, "{wave}");
    assert!(!wave["steps"].as_array().unwrap().is_empty(), "{wave}");
    for step in wave["steps"].as_array().unwrap() {
        assert_ne!(step["before"], step["after"]);
        assert!(!step["manual_rollback"].as_array().unwrap().is_empty());
    }
    let text = room.read("plans/wave-demo.yaml").replacen("bake: 300", "bake: 60", 1);
    let text = text.replacen("  probes:", "  paused_controllers: [external-dns]\n  probes:", 1);
    room.write("plans/wave-demo.yaml", text);
    by(&room, &["plan", "seal", "demo"]).ends(0, &["is sealed"]);
    by(&room, &["plan", "seal", "demo"]).ends(0, &["was sealed just so before"]);
    let (_, next) = room.json(&["plan", "show", "demo"]);
    assert_eq!(next["parent"], shown["hash"]);
    assert_eq!(next["waves"][0]["steps"][0]["paused_controllers"], serde_json::json!(["external-dns"]));
    assert_ne!(next["hash"], shown["hash"]);
}

#[test]
fn a_wave_with_a_mistake_is_refused_by_file_and_line() {
    let room = estate();
    let good = room.read("plans/wave-demo.yaml");
    for (from, to, code, said) in [
        ("wave: demo", "wave: demo\nstrateggy: x", 3, "unknown key `strateggy`"),
        ("wave: demo", "wave: other", 3, "is not the file's `demo`"),
        ("  - 10\n  - 50", "  - 50\n  - 10", 3, "stages must rise from 0 to 100"),
        ("gateway-4b1c90.elb.eu-central-1.amazonaws.com.", "<fill in>", 3, "is not filled in"),
    ] {
        room.write("plans/wave-demo.yaml", good.replacen(from, to, 1));
        by(&room, &["plan", "seal", "demo"]).ends(code, &[said]);
    }
    by(&room, &["plan", "draft", "demo", "--workload", "ecs/nowhere"]);
    room.run(&["plan", "draft", "demo", "--workload", "ecs/nowhere"]).ends(2, &["there is no workload"]);
}

/// Nothing is asked of a cluster by the name of a blank, and each hint leads on.
#[test]
fn a_hand_over_that_is_not_filled_in_is_refused_by_its_fields() {
    let room = estate();
    let workload = "ecs/417263850914/eu-central-1/rule/billing-daily-close/daily-close";
    let drafted = room.run(&["plan", "draft", "clocks", "--workload", workload]);
    drafted.ends(0, &["3 blanks to fill in", "caravan plan seal clocks --live"]);
    let fields = "hand-over 1, of ecs/417263850914/eu-central-1/rule/billing-daily-close/daily-close: not filled in: \
                  `start[0].cron-job.cluster`, `start[0].cron-job.name`, `start[0].cron-job.namespace`";
    by(&room, &["plan", "seal", "clocks", "--live"]).ends(3, &[fields, "then: caravan plan seal clocks --live"]);
    room.run(&["plan", "show", "clocks", "--draft"]).ends(3, &[fields, "then: caravan plan seal clocks --live"]);
}

#[test]
fn a_draft_names_the_seal_that_it_would_be_made_on_top_of_and_every_command_that_is_taken_is_printed() {
    let room = estate();
    let (_, sealed) = room.json(&["plan", "show", "demo"]);
    let hash = sealed["hash"].as_str().unwrap();
    let wave = room.read("plans/wave-demo.yaml");
    room.write("plans/wave-demo.yaml", format!("{wave}\nsoak: 90061\n"));
    let (_, draft) = room.json(&["plan", "show", "demo", "--draft"]);
    assert_eq!(draft["waves"][0]["parent"], hash, "{draft}");
    assert!(room.run(&["plan", "show", "demo", "--draft"]).out.contains(&format!("  parent   {hash}")));
    // As it was sealed it would not be sealed anew.
    room.write("plans/wave-demo.yaml", wave);
    let (_, same) = room.json(&["plan", "show", "demo", "--draft"]);
    assert_eq!(same["waves"][0]["parent"], sealed["parent"], "{same}");

    by(&room, &["plan", "approve", "demo", "--hash", hash]).ends(0, &[]);
    let run = room.run(&["cutover", "start", "demo"]).out.trim().to_owned();
    // Before anybody drives it, and while it waits for a person: what is printed is taken, and what is not is not.
    let printed_is_taken = || {
        for word in ["pause", "resume", "retry"] {
            let printed = room.run(&["cutover", "status", &run, "--next", word]);
            assert_eq!(printed.code, by(&room, &["cutover", word, &run]).code, "{word}: {}", printed.err);
            assert_eq!(printed.code == Some(0), printed.out.contains(&format!("cutover {word}")), "{}", printed.out);
        }
    };
    printed_is_taken();
    by(&room, &["cutover", "run", &run]).ends(20, &[]);
    room.run(&["cutover", "status", &run, "--next", "pause"]).ends(0, &[]);
    printed_is_taken();
}

#[test]
fn only_an_approved_plan_starts_and_what_makes_no_sense_is_refused() {
    let room = estate();
    room.run(&["cutover", "start", "demo"]).ends(2, &["nobody has approved"]);
    by(&room, &["plan", "approve", "demo", "--hash", "00000000"]).ends(2, &["the newest seal of wave demo is"]);
    let (_, shown) = room.json(&["plan", "show", "demo"]);
    by(&room, &["plan", "approve", "demo", "--hash", shown["hash"].as_str().unwrap()]).ends(0, &[]);
    let started = room.run(&["cutover", "start", "demo"]);
    started.ends(0, &["journal was copied", "manual rollback"]);
    let run = started.out.trim().to_owned();
    assert!(room.read(&format!("plans/manual-rollback/{run}.sh")).contains("aws route53 change-resource-record-sets"));
    // A second run of the same targets waits for the first to be over.
    room.run(&["cutover", "start", "demo"]).ends(2, &["is not over"]);
    by(&room, &["cutover", "approve", &run]).ends(2, &["makes no sense now"]);
    room.run(&["cutover", "status", "nothing"]).ends(2, &["there is no run"]);
    let (_, status) = room.json(&["cutover", "status", &run]);
    assert_eq!((&status["schema"], &status["state"]), (&"caravan.run/v1".into(), &"planned".into()));
    by(&room, &["--read-only", "cutover", "rollback", &run]).ends(2, &["--read-only forbids"]);
    // Rolled back before anything was done: over, and nothing was touched.
    by(&room, &["cutover", "rollback", &run]).ends(0, &["nobody drives the run"]);
    let (_, status) = room.json(&["cutover", "status", &run]);
    assert!(status["queued"][0].as_str().unwrap().starts_with("rollback by "), "{status}");
    room.run(&["cutover", "run", "nothing", "--who", "olivia"]).ends(2, &["there is no run"]);
}

#[test]
fn a_wave_that_asks_nobody_or_has_no_name_is_refused() {
    let room = estate();
    let workload = "ecs/417263958062/eu-central-1/nothing";
    room.run(&["plan", "draft", "q/../../evil", "--workload", workload]).ends(2, &["no name of a wave"]);
    let wave = room.read("plans/wave-demo.yaml");
    let broken = wave.replace("rounds: ", "rounds: 0 # ");
    assert_ne!(broken, wave);
    room.write("plans/wave-demo.yaml", broken);
    by(&room, &["plan", "seal", "demo"]).ends(3, &["`gate.rounds` must be between 1 and 1000"]);
}

#[test]
fn a_seed_gives_the_same_rehearsal() {
    let room = estate();
    let rehearse = ["rehearse", "demo", "--runs", "50", "--seed", "7"];
    let (code, first) = room.json(&rehearse);
    assert_eq!((code, &first["violations"], &first["runs"]), (Some(0), &0.into(), &50.into()));
    assert_eq!(room.json(&rehearse).1, first);
}

/// What is taken for right, or ends a run, is said of what was shown; a blank that was printed is no reason, and no journal without
/// a run says nothing.
#[test]
fn what_is_said_of_a_run_is_said_in_full() {
    let room = estate();
    room.run(&["cutover", "status"]).ends(0, &["there is no run yet"]);
    assert_eq!(room.json(&["cutover", "status"]).1["runs"], serde_json::json!([]));
    let (room, run) = run_elsewhere();
    let by = |args: &[&str]| room.run(&[args, &[run.as_str(), "--who", "tests", "--dir", "night"]].concat());
    by(&["cutover", "adopt"]).ends(2, &["makes no sense now"]);
    let despite = ["cutover", "rollback", "--despite-probes", "--run-name", &run];
    by(&despite).ends(2, &["it is done only with a reason", "--reason '<fill in>'"]);
    for blank in ["<fill in>", "because <fill in>"] {
        by(&[&despite[..], &["--reason", blank]].concat()).ends(2, &["is no reason: write your own"]);
    }
    // What is printed again beside advice is none of it.
    for forged in ["x\nnext, ends it well:", "x\u{1b}[2J"] {
        by(&[&despite[..], &["--reason", forged]].concat()).ends(2, &["a reason is one line"]);
    }
    let status = room.run(&["cutover", "status", &run, "--dir", "night"]).out;
    let is_command = |line: &str| line.trim_start().starts_with("caravan ");
    let wide: Vec<&str> = status.lines().filter(|line| line.chars().count() > 80 && !is_command(line)).collect();
    assert_eq!(wide, Vec::<&str>::new());
}

/// The demo's wave as a run that nobody has driven, and its name; the folder is named by `--dir`.
fn run_elsewhere() -> (Room, String) {
    let room = Room::new();
    room.run(&["demo", "--out", "night"]).ends(0, &[]);
    let in_dir = |args: &[&str]| room.run(&[args, &["--dir", "night"]].concat());
    let shown = in_dir(&["plan", "show", "demo", "--format", "json"]).json();
    let hash = shown["hash"].as_str().unwrap();
    in_dir(&["plan", "approve", "demo", "--hash", hash, "--who", "tests"])
        .ends(0, &["caravan --dir night rehearse demo", "caravan --dir night cutover start demo"]);
    let started = in_dir(&["cutover", "start", "demo"]);
    started.ends(0, &["caravan --dir night cutover run"]);
    let run = started.out.trim().to_owned();
    (room, run)
}

/// Nothing drives the runs of a folder whose configuration can't be read: how they are taken back by hand is said.
#[test]
fn a_configuration_that_can_not_be_read_names_the_scripts_of_its_runs() {
    let (room, run) = run_elsewhere();
    let config = room.read("night/caravan.yaml");
    room.write("night/caravan.yaml", format!("{config}\n<<<<<<< HEAD\n"));
    let script = format!("by hand it is taken back by: sh night/plans/manual-rollback/{run}.sh");
    room.run(&["cutover", "run", "--all", "--dir", "night"]).ends(3, &[&script]);
}

#[test]
fn what_is_to_be_done_next_runs_as_printed_and_status_fits_80_columns() {
    let (room, run) = run_elsewhere();
    let (_, status) = room.json(&["cutover", "status", &run, "--dir", "night"]);
    assert_eq!(status["next"][0]["command"], format!("caravan --dir night cutover run {run}"));
    assert_eq!((&status["direction"], &status["driver"]), (&"forward".into(), &Value::Null));
    let list = room.run(&["cutover", "status", "--dir", "night"]).out;
    assert!(list.lines().all(|line| line.chars().count() <= 80 || line.contains("caravan ")), "{list}");
    assert!(list.contains(&format!("  caravan --dir night cutover run {run}")), "{list}");
    // The copy of the journal holds the run that it was made for.
    room.write("copy/journal.db", std::fs::read(room.path().join(format!("night/backups/journal-{run}.db"))).unwrap());
    room.run(&["cutover", "status", &run, "--dir", "copy"]).ends(0, &[]);
    for command in ["run", "rollback"] {
        room.run(&["cutover", command, &run, "--who", "tests", "--dir", "copy"])
            .ends(1, &["is a copy of a journal", "plans/manual-rollback/RUN.sh"]);
    }
}

/// The copy of a disk that is put back: its journal bears no mark, and knows nothing of what the run wrote since.
#[test]
fn a_journal_that_is_older_than_what_was_written_is_told_by_what_stands() {
    let (room, run) = run_elsewhere();
    let drive = || room.run(&["cutover", "run", &run, "--who", "tests", "--dir", "night"]);
    let approve = || {
        let (_, status) = room.json(&["cutover", "status", &run, "--dir", "night"]);
        let waits = status["waiting_for"].as_str().unwrap().to_owned();
        let step = waits.strip_prefix("approval of `").and_then(|rest| rest.strip_suffix('`')).unwrap();
        room.run(&["cutover", "approve", &run, "--step", step, "--who", "tests", "--dir", "night"])
            .ends(0, &[&format!("cutover run {run} --wait")]);
    };
    let beside = || ["", "-wal", "-shm"].map(|end| room.path().join(format!("night/journal.db{end}")));
    drive().ends(20, &[]);
    let snapshot = beside().map(|file| std::fs::read(file).ok());
    approve();
    // It goes to its first stage with users, and waits for the next one.
    drive().ends(20, &[]);
    for (file, bytes) in beside().iter().zip(snapshot) {
        let _none = std::fs::remove_file(file);
        if let Some(bytes) = bytes {
            std::fs::write(file, bytes).unwrap();
        }
    }
    approve();
    drive().ends(21, &["this journal is older than what was written", "roll back"]);
    let (_, status) = room.json(&["cutover", "status", &run, "--dir", "night"]);
    assert!(status["older_journal"].as_str().unwrap().contains("of this run"), "{status}");
    room.run(&["cutover", "rollback", &run, "--who", "tests", "--dir", "night"]).ends(0, &[]);
    drive().ends(22, &["goes back: tests wants it back", "rolled-back"]);
    let (_, status) = room.json(&["cutover", "status", &run, "--dir", "night"]);
    assert!(status["steps"].as_array().unwrap().iter().all(|step| step["state"] == "rolled-back"), "{status}");
    let world = room.read("night/demo-world.json");
    assert!(!world.contains(&format!("{run}/")), "a token of the run still stands in the world");
}

#[test]
fn a_name_that_is_no_runs_is_an_error_and_drives_nobody() {
    let (room, run) = run_elsewhere();
    for format in ["json", "human"] {
        let said =
            room.run(&["cutover", "run", &run, "friday-1", "--dir", "night", "--who", "tests", "--format", format]);
        said.ends(2, &["there is no run `friday-1`"]);
        assert_eq!(said.out, "");
    }
    let (_, status) = room.json(&["cutover", "status", &run, "--dir", "night"]);
    assert_eq!(status["state"], "planned");
}

#[test]
fn operators_commands_answer_in_json_and_doctor_looks_at_the_journal() {
    let (room, run) = run_elsewhere();
    let (code, document) = room.json(&["cutover", "rollback", &run, "--who", "tests", "--dir", "night"]);
    assert_eq!(
        (code, &document["schema"], &document["command"]),
        (Some(0), &"caravan.command/v1".into(), &"rollback".into())
    );
    let (_, doctor) = room.json(&["doctor", "--offline", "--dir", "night"]);
    let journal = doctor["checks"].as_array().unwrap().iter().find(|check| check["name"] == "journal").unwrap();
    assert!(journal["text"].as_str().unwrap().contains("1 run, every chain verified, 1 not over"), "{journal}");
}

#[test]
fn a_journal_or_a_file_that_is_missing_says_what_to_do_and_writes_nothing() {
    let room = Room::new();
    room.run(&["cutover", "status", "--dir", "d"])
        .ends(1, &["there is no journal at d/journal.db", "caravan --dir d plan seal WAVE"]);
    room.run(&["discover", "--files", "nowhere"]).ends(2, &["there is no file or folder nowhere"]);
    assert!(std::fs::read_dir(room.path()).unwrap().next().is_none());
    let room = estate();
    let good = room.read("plans/wave-demo.yaml");
    room.write("plans/wave-demo.yaml", good.replacen("gateway-4b1c90.elb.eu-central-1.amazonaws.com.", "<fill in>", 1));
    by(&room, &["plan", "seal", "demo"])
        .ends(3, &["plans/wave-demo.yaml: shift ", ", of ecs/", "--new-alias ZONE/NAME"]);
}

/// Standard error is a pipe here: it stays empty, however long the runs take, and both formats say the same.
#[test]
fn in_a_pipe_only_the_report_of_a_rehearsal_comes() {
    let room = estate();
    for faults in ["none", "unhealthy", "single"] {
        let rehearse = ["rehearse", "demo", "--runs", "41", "--faults", faults];
        let said = room.run(&rehearse);
        assert_eq!((said.code, said.err.as_str()), (Some(0), ""), "{faults}");
        assert!(said.out.starts_with("passed: every rule held in 41 runs"), "{}", said.out);
        assert!(
            said.out.contains("\nforward   21 runs\n") && said.out.contains("\nback      20 runs\n"),
            "{}",
            said.out
        );
        let (_, document) = room.json(&rehearse);
        assert_eq!((&document["passed"], &document["forward"]["runs"]), (&true.into(), &21.into()));
        assert!(said.out.contains(&format!("\nlost      {} request", document["lost_requests"])), "{}", said.out);
        let ended = document["forward"]["new_side"].as_u64().unwrap();
        let line = format!("{ended} ended on the new side");
        assert_eq!(said.out.contains(&line), ended > 0, "{}", said.out);
    }
}
