//! Servers of our own that talk with the test by one JSON document a line, on standard input and output.

use crate::run_dir::{Process, RunDir};
use crate::server_failure::ServerFailure;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use std::io::{BufRead, BufReader, Write};
use std::process::{ChildStdin, ChildStdout, Command, Stdio};
use std::sync::{Mutex, PoisonError};

/// A running server of this kind. Dropping it closes its standard input, which ends it.
pub(crate) struct LineServer {
    server: &'static str,
    /// What it said first.
    pub(crate) greeting: Greeting,
    pipes: Mutex<Option<Pipes>>,
    process: Mutex<Process>,
    _folder: RunDir,
}

/// The first line of each server.
#[derive(Debug, Deserialize)]
pub(crate) struct Greeting {
    /// The loopback port that it listens on.
    pub(crate) port: u16,
    /// Its version.
    pub(crate) version: String,
}

struct Pipes {
    to: ChildStdin,
    from: BufReader<ChildStdout>,
}

/// What a server answers to a command.
#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
enum Answer {
    Ok(Value),
    Error(String),
}

impl LineServer {
    /// Starts `command` and waits for its greeting.
    pub(crate) fn start(server: &'static str, mut command: Command) -> Result<Self, ServerFailure> {
        let folder = RunDir::new(server)?;
        command.stdout(Stdio::piped());
        let mut process = Process::start(server, command, folder.path().join("log"))?;
        let (to, from) = match (process.child().stdin.take(), process.child().stdout.take()) {
            (Some(to), Some(from)) => (to, BufReader::new(from)),
            _ => return Err(process.failure("it has no pipes")),
        };
        let mut pipes = Pipes { to, from };
        let greeting = pipes.read(&process)?;
        Ok(Self { server, greeting, pipes: Mutex::new(Some(pipes)), process: Mutex::new(process), _folder: folder })
    }

    /// Gives one command and takes its answer.
    pub(crate) fn ask<T: DeserializeOwned>(&self, command: &Value) -> Result<T, ServerFailure> {
        let process = self.process.lock().unwrap_or_else(PoisonError::into_inner);
        let mut pipes = self.pipes.lock().unwrap_or_else(PoisonError::into_inner);
        let pipes = pipes.as_mut().ok_or_else(|| process.failure("it has been ended"))?;
        writeln!(pipes.to, "{command}").map_err(|error| process.failure(error))?;
        match pipes.read::<Answer>(&process)? {
            Answer::Ok(value) => serde_json::from_value(value).map_err(|error| process.failure(error)),
            Answer::Error(text) => Err(ServerFailure::broken(self.server, text)),
        }
    }
}

impl Drop for LineServer {
    fn drop(&mut self) {
        self.pipes.lock().unwrap_or_else(PoisonError::into_inner).take();
        let mut process = self.process.lock().unwrap_or_else(PoisonError::into_inner);
        // It ends at once with its input; waiting leaves no zombie behind.
        let _ = process.child().wait();
    }
}

impl Pipes {
    fn read<T: DeserializeOwned>(&mut self, process: &Process) -> Result<T, ServerFailure> {
        let mut line = String::new();
        let read = self.from.read_line(&mut line).map_err(|error| process.failure(error))?;
        if read == 0 {
            return Err(process.failure("it ended"));
        }
        serde_json::from_str(&line).map_err(|error| process.failure(format!("{error}: {line}")))
    }
}
