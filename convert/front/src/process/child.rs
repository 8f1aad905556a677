//! One process with its API and its extensions.

use super::environment::{DEFAULTS, log_stream, variables};
use super::reaper::{Reaper, Started};
use crate::clock::millis;
use crate::config::Config;
use crate::runtime_api::{Api, serve};
use crate::say::say;
use rustix::process::{Pid, Signal, kill_process_group};
use std::net::Ipv4Addr;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Stdio};
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tokio::time::timeout;

/// A running process. Dropped, everything of it is killed.
pub(super) struct Running {
    main: Started,
    ended: bool,
    extensions: Vec<Started>,
    server: JoinHandle<()>,
    api: Arc<Api>,
}

/// What an extension may take for its shutdown: Lambda gives 2 s.
const EXTENSIONS: Duration = Duration::from_secs(2);

/// What a process may take after SIGTERM: Lambda gives 500 ms with extensions, 300 ms of which are the runtime's.
const RUNTIME: Duration = Duration::from_millis(500);

impl Running {
    /// Starts the extensions and the process, with `api` on a port of its own.
    pub(super) async fn start(config: &Config, api: Arc<Api>, reaper: &Reaper) -> std::io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let address = listener.local_addr()?.to_string();
        let stream = log_stream(&config.function);
        let prepare = |program: &Path| {
            let mut command = Command::new(program);
            command.stdin(Stdio::null()).process_group(0).current_dir(&config.function.task_root);
            command.envs(variables(&config.function, &address, config.shared, &stream));
            command.envs(absent(&DEFAULTS));
            command
        };
        let server = tokio::spawn(serve(listener, Arc::clone(&api)));
        let mut extensions = Vec::new();
        let mut spawn = || {
            for program in config.extensions.iter().flat_map(|folder| executables(folder)) {
                extensions.push(reaper.spawn(&mut prepare(&program))?);
            }
            let (program, arguments) =
                config.command.split_first().ok_or_else(|| std::io::Error::other("no command"))?;
            reaper.spawn(prepare(Path::new(program)).args(arguments))
        };
        match spawn() {
            Ok(main) => Ok(Self { main, ended: false, extensions, server, api }),
            Err(error) => {
                server.abort();
                for extension in extensions {
                    signal(extension.pid, Signal::KILL);
                }
                Err(error)
            }
        }
    }

    /// Waits for the end of the process, and says how it ended: `exit status 1`, `signal: killed`.
    pub(super) async fn ended(&mut self) -> String {
        if self.ended {
            return std::future::pending().await;
        }
        let status = (&mut self.main.exit).await;
        self.ended = true;
        status.map_or_else(|_| "exit status unknown".to_owned(), how)
    }

    /// Ends it in order: the extensions are told, then each process gets SIGTERM, then what is left is killed.
    pub(super) async fn stop(mut self) {
        let told = self.tell("spindown");
        if !self.ended {
            signal(self.main.pid, Signal::TERM);
            let _ = timeout(RUNTIME, self.ended()).await;
        }
        if told {
            self.extensions_ended().await;
        }
    }

    /// Kills it, and lets the extensions end for this reason: `timeout` or `failure`.
    pub(super) async fn kill(mut self, reason: &str) {
        if !self.ended {
            signal(self.main.pid, Signal::KILL);
        }
        if self.tell(reason) {
            self.extensions_ended().await;
        }
    }

    /// Says whether anybody wanted to know.
    fn tell(&self, reason: &str) -> bool {
        let grace = i64::try_from(EXTENSIONS.as_millis()).unwrap_or_default();
        self.api.shut_down(reason, millis() + grace)
    }

    async fn extensions_ended(&mut self) {
        let all = async {
            for extension in &mut self.extensions {
                let _ = (&mut extension.exit).await;
            }
        };
        let _ = timeout(EXTENSIONS, all).await;
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.server.abort();
        for pid in self.extensions.iter().map(|extension| extension.pid).chain([self.main.pid]) {
            signal(pid, Signal::KILL);
        }
    }
}

/// Signals a group. That it is gone already is as good.
fn signal(group: Pid, signal: Signal) {
    let _ = kill_process_group(group, signal);
}

fn how(status: ExitStatus) -> String {
    match (status.code(), status.signal()) {
        (Some(code), _) => format!("exit status {code}"),
        (None, Some(9)) => "signal: killed".to_owned(),
        (None, Some(15)) => "signal: terminated".to_owned(),
        (None, Some(11)) => "signal: segmentation fault".to_owned(),
        (None, Some(6)) => "signal: aborted".to_owned(),
        (None, other) => format!("signal: {}", other.unwrap_or_default()),
    }
}

/// Those that neither the pod nor the image sets.
#[expect(clippy::disallowed_methods, reason = "processes inherit the pod's variables, which come before Lambda's")]
fn absent(defaults: &[(&'static str, &'static str)]) -> Vec<(&'static str, &'static str)> {
    defaults.iter().copied().filter(|(name, _)| std::env::var_os(name).is_none()).collect()
}

/// The executable files of a folder, in the order of their names.
fn executables(folder: &Path) -> Vec<PathBuf> {
    let entries = match std::fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) => {
            say(&format!("no extensions: {}: {error}", folder.display()));
            return Vec::new();
        }
    };
    let executable = |path: &PathBuf| {
        path.metadata().is_ok_and(|metadata| metadata.is_file() && metadata.permissions().mode() & 0o111 != 0)
    };
    let mut found: Vec<_> = entries.flatten().map(|entry| entry.path()).filter(executable).collect();
    found.sort();
    found
}
