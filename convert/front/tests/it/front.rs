//! The program with a configuration, its ports, and its end.

use crate::web;
use serde_json::{Value, json};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

/// A front that runs. Dropped, it is killed.
pub(crate) struct Front {
    pub(crate) child: Child,
    pub(crate) port: u16,
    pub(crate) admin: u16,
    log: PathBuf,
    _folder: tempfile::TempDir,
}

/// A folder of functions.
pub(crate) fn functions(kind: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/functions").join(kind)
}

/// A configuration for a handler of Python; nothing where there is no runtime client.
pub(crate) fn python(handler: &str, source: Value) -> Option<Value> {
    let python = caravan_tests_testbed::lambda_python()?;
    let command = json!([python, "-m", "awslambdaric", handler]);
    Some(config(command, handler, &functions("python"), source))
}

/// A configuration.
pub(crate) fn config(command: Value, handler: &str, root: &Path, source: Value) -> Value {
    json!({
        "function": {
            "name": "orders", "account": "111122223333", "region": "eu-west-3", "handler": handler,
            "timeout_seconds": 10, "memory_mb": 256, "task_root": root, "runtime": "python3.12",
        },
        "command": command,
        "source": source,
    })
}

/// A source of HTTP in this shape.
pub(crate) fn http(event: &str) -> Value {
    json!({"http": {"event": event}})
}

/// A port that nobody has.
pub(crate) fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

/// The command with this configuration.
pub(crate) fn command(config: &Value) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_caravan-front"));
    command.env("CARAVAN_FRONT_CONFIG", config.to_string()).env("PYTHONDONTWRITEBYTECODE", "1");
    command
}

impl Front {
    /// Starts it, and waits until it is ready.
    pub(crate) fn start(config: Value) -> Self {
        loop {
            let front = Self::begin(config.clone(), &[]);
            front.wait("it is ready", || front.admin_status("/readyz") == Some(200) || front.lost_its_port());
            // Between the choice of a port and its use another test may take it.
            if !front.lost_its_port() {
                return front;
            }
        }
    }

    fn lost_its_port(&self) -> bool {
        self.log().contains("Address already in use")
    }

    /// Starts it with variables besides, and waits for nothing.
    pub(crate) fn begin(mut config: Value, variables: &[(&str, String)]) -> Self {
        let (port, admin) = (free_port(), free_port());
        config["admin"] = json!(format!("127.0.0.1:{admin}"));
        if config["source"]["http"].is_object() {
            config["source"]["http"]["listen"] = json!(format!("127.0.0.1:{port}"));
        }
        let folder = tempfile::tempdir().unwrap();
        let log = folder.path().join("log");
        let file = std::fs::File::create(&log).unwrap();
        let child = command(&config)
            .envs(variables.iter().map(|(name, value)| (name, value)))
            .stdin(Stdio::null())
            .stdout(file.try_clone().unwrap())
            .stderr(file)
            .spawn()
            .unwrap();
        Self { child, port, admin, log, _folder: folder }
    }

    /// Waits until it says that it is ready.
    pub(crate) fn ready(&self) {
        self.wait("it is ready", || self.admin_status("/readyz") == Some(200));
    }

    /// The status of a path of the second port; nothing while nobody listens.
    pub(crate) fn admin_status(&self, path: &str) -> Option<u16> {
        std::net::TcpStream::connect(("127.0.0.1", self.admin)).ok()?;
        Some(web::get(self.admin, path).status)
    }

    /// The value of one line of the metrics, 0 where there is none.
    pub(crate) fn metric(&self, name: &str) -> f64 {
        let text = web::get(self.admin, "/metrics").text();
        let line = text.lines().find_map(|line| line.strip_prefix(name)).unwrap_or(" 0");
        line.trim().parse().unwrap_or_else(|error| panic!("{error}: {line}"))
    }

    /// What it and its processes wrote.
    pub(crate) fn log(&self) -> String {
        std::fs::read_to_string(&self.log).unwrap()
    }

    /// Waits for something, at most 30 s.
    pub(crate) fn wait(&self, what: &str, done: impl Fn() -> bool) {
        let begin = Instant::now();
        while !done() {
            assert!(begin.elapsed() < Duration::from_secs(30), "not within 30 s: {what}\n{}", self.log());
            std::thread::sleep(Duration::from_millis(10));
        }
    }

    /// Sends it a signal.
    pub(crate) fn signal(&self, signal: &str) {
        let sent = Command::new("kill").args([signal, &self.child.id().to_string()]).status().unwrap();
        assert!(sent.success());
    }

    /// Waits for its end.
    pub(crate) fn end(&mut self) -> ExitStatus {
        let begin = Instant::now();
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status;
            }
            assert!(begin.elapsed() < Duration::from_secs(40), "it does not end\n{}", self.log());
            std::thread::sleep(Duration::from_millis(10));
        }
    }

    /// The processes that it started and that still run, by the command's name.
    pub(crate) fn processes(&self) -> Vec<u32> {
        children(self.child.id())
    }
}

/// The children of a process.
pub(crate) fn children(of: u32) -> Vec<u32> {
    let text = std::fs::read_to_string(format!("/proc/{of}/task/{of}/children")).unwrap_or_default();
    text.split_whitespace().map(|pid| pid.parse().unwrap()).collect()
}

impl Drop for Front {
    fn drop(&mut self) {
        for pid in self.processes() {
            let _ = Command::new("kill").args(["-9", &pid.to_string()]).status();
        }
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
