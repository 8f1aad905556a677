//! Folders of servers, and the processes that live in them.

use crate::server_failure::ServerFailure;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};

/// A folder that goes away when the process that made it ends, however it ends: a test run keeps its servers in
/// statics, which are never dropped, and may be killed.
pub(crate) struct RunDir {
    path: PathBuf,
    _held: ChildStdin,
}

impl RunDir {
    /// Makes a folder for `server`, and a janitor that waits for the end of this process.
    pub(crate) fn new(server: &'static str) -> Result<Self, ServerFailure> {
        let broken = |error| ServerFailure::broken(server, format!("no folder for it: {error}"));
        let path = tempfile::Builder::new().prefix("caravan-testbed-").tempdir().map_err(broken)?.keep();
        // The second's rest lets the server, which sees the same end, close its files first.
        let mut janitor = Command::new("sh")
            .args(["-c", "cat >/dev/null; sleep 1; rm -rf -- \"$1\"", "sh"])
            .arg(&path)
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .map_err(broken)?;
        let held =
            janitor.stdin.take().ok_or_else(|| ServerFailure::broken(server, "its janitor has no standard input"))?;
        Ok(Self { path, _held: held })
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }
}

/// A server that ends when its standard input closes, with what it prints in a log.
pub(crate) struct Process {
    server: &'static str,
    child: Child,
    log: PathBuf,
}

impl Process {
    /// Starts `command`, which must itself end with its standard input. Standard output goes to the log too, unless
    /// `command` already says where else.
    pub(crate) fn start(server: &'static str, mut command: Command, log: PathBuf) -> Result<Self, ServerFailure> {
        let broken = |error| ServerFailure::broken(server, format!("{}: {error}", log.display()));
        let file = File::options().create(true).append(true).open(&log).map_err(broken)?;
        command.stdin(Stdio::piped()).stderr(file);
        let child = command.spawn().map_err(broken)?;
        Ok(Self { server, child, log })
    }

    /// Starts a program that knows nothing of its standard input, under a shell that ends it.
    pub(crate) fn start_held(server: &'static str, program: &Command, log: PathBuf) -> Result<Self, ServerFailure> {
        let script = "exec 3<&0; \"$@\" </dev/null & server=$!; (cat <&3 >/dev/null; kill -9 $server) & wait $server";
        let mut command = Command::new("sh");
        command.args(["-c", script, "sh"]).arg(program.get_program()).args(program.get_args()).stdout(Stdio::null());
        Self::start(server, command, log)
    }

    /// The same, with its standard output in the log.
    pub(crate) fn start_held_logging(
        server: &'static str,
        program: &Command,
        log: PathBuf,
    ) -> Result<Self, ServerFailure> {
        let script =
            "exec 3<&0; \"$@\" </dev/null >&2 & server=$!; (cat <&3 >/dev/null; kill -9 $server) & wait $server";
        let mut command = Command::new("sh");
        command.args(["-c", script, "sh"]).arg(program.get_program()).args(program.get_args()).stdout(Stdio::null());
        Self::start(server, command, log)
    }

    /// Everything that it has said.
    #[expect(clippy::disallowed_methods, reason = "the log is this server's own")]
    pub(crate) fn log(&self) -> String {
        String::from_utf8_lossy(&std::fs::read(&self.log).unwrap_or_default()).into_owned()
    }

    pub(crate) fn child(&mut self) -> &mut Child {
        &mut self.child
    }

    /// What to say of this server when it does not do what it should.
    pub(crate) fn failure(&self, why: impl std::fmt::Display) -> ServerFailure {
        ServerFailure::broken(self.server, format!("{why}\n{}", self.end_of_log()))
    }

    #[expect(clippy::disallowed_methods, reason = "the log is this server's own")]
    fn end_of_log(&self) -> String {
        let log = std::fs::read(&self.log).unwrap_or_default();
        String::from_utf8_lossy(&log[log.len().saturating_sub(3000)..]).into_owned()
    }

    /// Whether it still runs; while a server gets ready, a dead one would be waited for in vain.
    pub(crate) fn alive(&mut self) -> Result<(), ServerFailure> {
        match self.child.try_wait() {
            Ok(None) => Ok(()),
            Ok(Some(status)) => Err(self.failure(format!("it ended with {status}"))),
            Err(error) => Err(self.failure(error)),
        }
    }
}
