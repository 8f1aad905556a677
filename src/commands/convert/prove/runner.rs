//! The program that runs both sides: Node, with miniflare and workerd. It ends when this is dropped.

use crate::env;
use crate::error::{Failure, FailureKind};
use caravan_convert_lift::plconfig::WORKERD;
use caravan_convert_proof::RUNNER;
use caravan_convert_proof::wire::{Command, Greeting, Reply, Versions};
use serde_json::Value;
use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, ChildStdout, Stdio};
use std::time::{Duration, Instant};

/// How long it may take to end what it started.
const ENDS_WITHIN: Duration = Duration::from_secs(10);
const LOOKS_EVERY: Duration = Duration::from_millis(20);

pub(super) struct Runner {
    child: Child,
    /// None once it is told to end.
    commands: Option<ChildStdin>,
    answers: BufReader<ChildStdout>,
    pub(super) versions: Versions,
}

impl Runner {
    /// Starts it. `packages` is the folder in which miniflare was installed, `workerd` the program; what is not said is looked for.
    ///
    /// # Errors
    /// When something is missing; it is named with what installs it.
    pub(super) fn start(packages: Option<String>, workerd: Option<String>) -> Result<Self, Failure> {
        let words = ["--input-type=module", "--no-warnings", "-e", RUNNER, "--"];
        let mut command = std::process::Command::new("node");
        command.args(words).arg(packages.unwrap_or_default()).arg(workerd.unwrap_or_default());
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut child = command.spawn().map_err(|error| match error.kind() {
            std::io::ErrorKind::NotFound => missing("node"),
            _ => Failure::caused(FailureKind::Work, error).context("can't start `node`"),
        })?;
        let (commands, answers) = child.stdin.take().zip(child.stdout.take()).ok_or_else(ended)?;
        let answers = BufReader::new(answers);
        let mut runner = Self { child, commands: Some(commands), answers, versions: Versions::default() };
        match serde_json::from_str(&runner.line()?) {
            Ok(Greeting::Ready(versions)) => runner.versions = versions,
            Ok(Greeting::Missing(name)) => return Err(missing(&name)),
            Err(_) => return Err(ended()),
        }
        Ok(runner)
    }

    /// Has it do something: what it says to that, or why it can't.
    ///
    /// # Errors
    /// When it has ended.
    pub(super) fn tell(&mut self, command: &Command<'_>) -> Result<Result<Value, String>, Failure> {
        let mut line = serde_json::to_vec(command).map_err(|error| Failure::caused(FailureKind::Work, error))?;
        line.push(b'\n');
        let commands = self.commands.as_mut().ok_or_else(ended)?;
        commands.write_all(&line).and_then(|()| commands.flush()).map_err(|_| ended())?;
        match serde_json::from_str(&self.line()?) {
            Ok(Reply::Ok(value)) => Ok(Ok(value)),
            Ok(Reply::Error(reason)) => Ok(Err(reason)),
            Err(_) => Err(ended()),
        }
    }

    fn line(&mut self) -> Result<String, Failure> {
        let mut line = String::new();
        match self.answers.read_line(&mut line) {
            Ok(0) | Err(_) => Err(ended()),
            Ok(_) => Ok(line),
        }
    }
}

impl Drop for Runner {
    #[expect(clippy::disallowed_methods, reason = "how long a process takes to end is told by a clock")]
    fn drop(&mut self) {
        // It ends with its standard input, and takes with it what it started.
        self.commands = None;
        let begin = Instant::now();
        while matches!(self.child.try_wait(), Ok(None)) {
            if begin.elapsed() > ENDS_WITHIN {
                let _ = self.child.kill();
                let _ = self.child.wait();
                return;
            }
            std::thread::sleep(LOOKS_EVERY);
        }
    }
}

fn missing(name: &str) -> Failure {
    let failure = Failure::new(FailureKind::Work, format!("`--prove` runs Workers, and `{name}` is not there"));
    match name {
        "node" => failure.hint("install Node.js 20 or newer (https://nodejs.org), and add its folder to PATH"),
        "miniflare" => failure
            .hint(format!("npm install --prefix ~/.caravan-prove miniflare@4 workerd@{WORKERD}"))
            .hint(format!("then name the folder: export {}=~/.caravan-prove", env::CARAVAN_MINIFLARE)),
        _ => failure.hint(format!("npm install --prefix ~/.caravan-prove workerd@{WORKERD}")).hint(format!(
            "then name the program: export {}=~/.caravan-prove/node_modules/.bin/workerd",
            env::CARAVAN_WORKERD
        )),
    }
}

fn ended() -> Failure {
    Failure::new(FailureKind::Work, "what runs the Workers (node) ended before its work was done")
        .hint("try again; `node --version` says whether it is 20 or newer")
}
