//! Processes, health, and the end.

use crate::front::{Front, children, http, python};
use crate::web::get;
use serde_json::json;
use std::collections::BTreeSet;
use std::process::Command;
use std::time::{Duration, Instant};

#[test]
fn concurrency_is_as_many_processes_each_with_one_invocation() {
    let Some(mut config) = python("app.by_path", http("rest")) else { return };
    config["concurrency"] = json!(3);
    let front = Front::start(config);
    front.wait("three serve", || front.metric("caravan_front_processes_serving ") == 3.0);
    let begin = Instant::now();
    std::thread::scope(|scope| {
        for _ in 0..6 {
            scope.spawn(|| assert_eq!(get(front.port, "/sleep?seconds=0.5").status, 200));
        }
    });
    let took = begin.elapsed();
    assert!(took >= Duration::from_millis(990), "six by three at once take two rounds: {took:?}");
    assert_eq!(front.processes().len(), 3);
}

#[test]
fn a_shared_process_takes_several_at_once() {
    let Some(python) = caravan_tests_testbed::lambda_python() else { return };
    // A runtime client of a few lines that asks in two threads, as clients that are made to be shared do.
    let script = "import http.client, os, threading, time\n\
        def work():\n\
        \x20   while True:\n\
        \x20       c = http.client.HTTPConnection(os.environ['AWS_LAMBDA_RUNTIME_API'])\n\
        \x20       c.request('GET', '/2018-06-01/runtime/invocation/next')\n\
        \x20       r = c.getresponse(); r.read(); time.sleep(0.5)\n\
        \x20       i = r.headers['Lambda-Runtime-Aws-Request-Id']\n\
        \x20       c.request('POST', f'/2018-06-01/runtime/invocation/{i}/response', b'{\"statusCode\":200,\"body\":\"done\"}')\n\
        \x20       c.getresponse().read()\n\
        for _ in range(int(os.environ['AWS_LAMBDA_MAX_CONCURRENCY'])): threading.Thread(target=work).start()\n";
    let mut config = crate::front::config(json!([python, "-c", script]), "x", std::path::Path::new("/"), http("rest"));
    config["shared"] = json!(4);
    let front = Front::start(config);
    let begin = Instant::now();
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| assert_eq!(get(front.port, "/").text(), "done"));
        }
    });
    assert!(begin.elapsed() < Duration::from_millis(1_500), "{:?}", begin.elapsed());
    assert_eq!(front.processes().len(), 1);
}

#[test]
fn processes_that_are_killed_are_started_again_and_answer() {
    let Some(mut config) = python("app.echo", http("rest")) else { return };
    config["concurrency"] = json!(2);
    let front = Front::start(config);
    let mut seen = BTreeSet::new();
    for round in 0..5 {
        front.wait("both serve", || front.metric("caravan_front_processes_serving ") == 2.0);
        let killed = front.processes();
        for pid in &killed {
            let _ = Command::new("kill").args(["-9", &pid.to_string()]).status();
        }
        front.wait("both are gone", || !front.processes().iter().any(|pid| killed.contains(pid)));
        // Whoever comes now waits for a new process.
        let pid = get(front.port, "/").json()["pid"].as_u64().unwrap();
        assert!(seen.insert(pid), "round {round}: {pid} was killed before");
    }
    assert!(front.metric(r#"caravan_front_process_restarts_total{reason="exit"}"#) >= 8.0);
}

#[test]
fn a_stop_finishes_what_runs_and_takes_nothing_new() {
    let Some(config) = python("app.by_path", http("rest")) else { return };
    let mut front = Front::start(config);
    let port = front.port;
    let running = std::thread::spawn(move || get(port, "/sleep?seconds=1"));
    std::thread::sleep(Duration::from_millis(300));
    front.signal("-TERM");
    front.wait("nothing new is taken", || std::net::TcpStream::connect(("127.0.0.1", port)).is_err());
    assert_eq!(front.admin_status("/readyz"), Some(503));
    let processes = front.processes();
    let response = running.join().unwrap();
    assert_eq!((response.status, response.text().as_str()), (200, "sleep"));
    assert!(front.end().success());
    for pid in processes {
        assert!(!std::path::Path::new(&format!("/proc/{pid}")).exists(), "{pid} still runs");
    }
}

#[test]
fn a_stop_is_bounded() {
    let Some(mut config) = python("app.by_path", http("rest")) else { return };
    config["drain_seconds"] = json!(4);
    config["function"]["timeout_seconds"] = json!(60);
    let mut front = Front::start(config);
    let port = front.port;
    std::thread::spawn(move || std::panic::catch_unwind(|| get(port, "/sleep?seconds=50")));
    front.wait("it runs", || front.metric("caravan_front_running ") == 1.0);
    let begin = Instant::now();
    front.signal("-TERM");
    assert!(front.end().success());
    assert!(begin.elapsed() < Duration::from_secs(6), "{:?}", begin.elapsed());
    assert!(front.log().contains("not everything had ended"), "{}", front.log());
}

#[test]
fn extensions_are_started_and_told_of_the_end() {
    let Some(mut config) = python("app.by_path", http("rest")) else { return };
    let folder = tempfile::tempdir().unwrap();
    let (program, notes) = (folder.path().join("observer"), folder.path().join("notes"));
    let script = format!(
        "#!{}\nimport http.client, json, os\n\
        c = http.client.HTTPConnection(os.environ['AWS_LAMBDA_RUNTIME_API'])\n\
        c.request('POST', '/2020-01-01/extension/register', json.dumps({{'events': ['INVOKE', 'SHUTDOWN']}}),\n\
        \x20         {{'Lambda-Extension-Name': 'observer'}})\n\
        r = c.getresponse(); r.read(); name = r.headers['Lambda-Extension-Identifier']\n\
        while True:\n\
        \x20   c.request('GET', '/2020-01-01/extension/event/next', headers={{'Lambda-Extension-Identifier': name}})\n\
        \x20   event = json.loads(c.getresponse().read())\n\
        \x20   open('{}', 'a').write(event['eventType'] + ' ' + event.get('shutdownReason', '') + '\\n')\n\
        \x20   if event['eventType'] == 'SHUTDOWN': break\n",
        caravan_tests_testbed::lambda_python().unwrap().display(),
        notes.display(),
    );
    std::fs::create_dir(folder.path().join("extensions")).unwrap();
    let program = folder.path().join("extensions").join(program.file_name().unwrap());
    std::fs::write(&program, script).unwrap();
    assert!(Command::new("chmod").arg("+x").arg(&program).status().unwrap().success());
    config["extensions"] = json!(program.parent().unwrap());
    let mut front = Front::start(config);
    front.wait("both run", || front.processes().len() == 2);
    std::thread::sleep(Duration::from_millis(500));
    assert_eq!(get(front.port, "/after").text(), "after");
    std::thread::sleep(Duration::from_millis(200));
    front.signal("-TERM");
    assert!(front.end().success());
    assert_eq!(std::fs::read_to_string(&notes).unwrap(), "INVOKE \nSHUTDOWN spindown\n");
}

#[test]
fn lines_of_the_handler_go_through_untouched() {
    let Some(config) = python("app.by_path", http("rest")) else { return };
    let front = Front::start(config);
    assert_eq!(get(front.port, "/print").status, 200);
    let log = front.log();
    assert!(log.lines().any(|line| line == "a line of the handler"), "{log}");
    assert!(log.lines().any(|line| line == "another line"), "{log}");
}

/// As the first process of a container it gets orphans, and leaves no zombie.
#[test]
fn as_the_first_process_it_reaps_orphans() {
    let Some(mut config) = python("app.by_path", http("rest")) else { return };
    let (port, admin) = (crate::front::free_port(), crate::front::free_port());
    config["source"]["http"]["listen"] = json!(format!("127.0.0.1:{port}"));
    config["admin"] = json!(format!("127.0.0.1:{admin}"));
    let shell = "(sleep 0.2 & exec sleep 0.1) & exec \"$0\" \"$@\"";
    let command: Vec<_> = config["command"].as_array().unwrap().clone();
    config["command"] = [json!("sh"), json!("-c"), json!(shell)].into_iter().chain(command).collect();
    let mut program = Command::new("unshare");
    program.args(["--pid", "--fork", "--mount-proc", "--kill-child", env!("CARGO_BIN_EXE_caravan-front")]);
    program.env("CARAVAN_FRONT_CONFIG", config.to_string());
    let Ok(mut child) = program.spawn() else {
        return caravan_tests_testbed::not_run("unshare", "there is no such program");
    };
    let begin = Instant::now();
    while std::net::TcpStream::connect(("127.0.0.1", admin)).is_err() || get(admin, "/readyz").status != 200 {
        if let Some(status) = child.try_wait().unwrap() {
            return caravan_tests_testbed::not_run("unshare", &format!("namespaces can't be made here: {status}"));
        }
        assert!(begin.elapsed() < Duration::from_secs(20));
        std::thread::sleep(Duration::from_millis(20));
    }
    std::thread::sleep(Duration::from_millis(600));
    let first = children(child.id());
    let zombies: Vec<_> = first
        .iter()
        .flat_map(|first| children(*first))
        .filter(|pid| std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default().contains(") Z "))
        .collect();
    assert_eq!(first.len(), 1);
    assert!(zombies.is_empty(), "{zombies:?}");
    assert_eq!(get(port, "/after").text(), "after");
    child.kill().unwrap();
    child.wait().unwrap();
}
