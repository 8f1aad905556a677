//! A terminal with a program in it: a pseudo-terminal of the kernel, and pyte, somebody else's emulator, as its screen.

use crate::lines::LineServer;
use crate::place;
use crate::server_failure::{ServerFailure, demand, ran_against};
use serde::Deserialize;
use serde_json::{Value, json};
use std::ffi::OsStr;
use std::path::Path;
use std::process::Command;
use std::thread;
use std::time::{Duration, Instant};

/// A terminal with one program in it. Dropped, it ends, and its program with it.
pub struct Terminal {
    server: LineServer,
}

/// What a terminal shows, and how it is.
#[derive(Clone, Debug, Deserialize)]
pub struct Told {
    /// The lines on the screen, without blanks at their ends.
    pub lines: Vec<String>,
    /// How the program ended; of one that a signal ended the signal, negative. None while it lives.
    pub code: Option<i32>,
    /// What the program has switched on, and not off again.
    pub modes: Modes,
    /// How the line discipline is; none once the program has ended.
    pub flags: Option<Flags>,
    /// What was copied by OSC 52, in Base64.
    pub copied: Vec<String>,
    /// Bytes that the program has written so far.
    pub read: u64,
    /// The program's process.
    pub pid: u32,
}

/// What a program can switch on in a terminal.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq)]
pub struct Modes {
    /// Its other screen.
    pub alternate: bool,
    /// Its cursor; on at the beginning.
    pub cursor: bool,
    /// Pasted texts come in brackets.
    pub paste: bool,
    /// The mouse is told of.
    pub mouse: bool,
}

/// How the line discipline is.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq)]
pub struct Flags {
    /// What is typed is shown.
    pub echo: bool,
    /// What is typed comes line by line.
    pub lines: bool,
}

/// A terminal that nothing has been done to.
pub const SANE: Modes = Modes { alternate: false, cursor: true, paste: false, mouse: false };

impl Terminal {
    /// Opens a terminal of this size with a program in it, which sees nothing of this machine's environment but what the
    /// command names; nothing, after saying so, where this machine has no terminal.
    ///
    /// # Panics
    ///
    /// When it does not work, and under `CI=true` also when it is missing.
    #[must_use]
    pub fn open(command: &Command, columns: u16, rows: u16) -> Option<Self> {
        demand(Self::try_open(command, columns, rows))
    }

    fn try_open(command: &Command, columns: u16, rows: u16) -> Result<Self, ServerFailure> {
        let mut serve = Command::new(place::part("terminal", "python/bin/python")?);
        serve.arg(place::source("terminal/serve.py")).env("PYTHONDONTWRITEBYTECODE", "1");
        let server = LineServer::start("terminal", serve)?;
        ran_against("pyte, a terminal", &server.greeting.version);
        let text = |text: &OsStr| text.to_string_lossy().into_owned();
        let words: Vec<String> = std::iter::once(command.get_program()).chain(command.get_args()).map(text).collect();
        let env: serde_json::Map<String, Value> = command
            .get_envs()
            .filter_map(|(name, value)| Some((text(name), Value::String(text(value?)))))
            .chain([("TERM".to_owned(), json!("xterm-256color")), ("LANG".to_owned(), json!("C.UTF-8"))])
            .collect();
        let folder = command.get_current_dir().unwrap_or(Path::new("/"));
        let open =
            json!({"do": "open", "command": words, "env": env, "folder": folder, "columns": columns, "rows": rows});
        server.ask::<Told>(&open)?;
        Ok(Self { server })
    }

    #[expect(clippy::panic, reason = "a test whose terminal is broken has nothing to go on with")]
    fn ask(&self, command: &Value) -> Told {
        match self.server.ask(command) {
            Ok(told) => told,
            Err(failure) => panic!("{failure}"),
        }
    }

    /// What it shows now.
    ///
    /// # Panics
    ///
    /// When the terminal itself fails.
    #[must_use]
    pub fn told(&self) -> Told {
        self.ask(&json!({"do": "told"}))
    }

    /// Presses keys.
    ///
    /// # Panics
    ///
    /// When the terminal itself fails.
    pub fn press(&self, keys: &str) {
        self.ask(&json!({"do": "send", "text": keys}));
    }

    /// Gives it another size.
    ///
    /// # Panics
    ///
    /// When the terminal itself fails.
    pub fn resize(&self, columns: u16, rows: u16) {
        self.ask(&json!({"do": "resize", "columns": columns, "rows": rows}));
    }

    /// Sends the program a signal: `TERM`, `KILL`.
    ///
    /// # Panics
    ///
    /// When the terminal itself fails, or there is no such signal.
    pub fn signal(&self, name: &str) {
        self.ask(&json!({"do": "signal", "name": name}));
    }

    /// Waits until something is so, and gives what was shown then.
    ///
    /// # Panics
    ///
    /// When it does not become so in time; the message has the screen.
    #[expect(clippy::panic, reason = "this is how a test fails")]
    #[expect(clippy::disallowed_methods, reason = "a test waits by the clock")]
    pub fn until(&self, what: &str, within: Duration, is_so: impl Fn(&Told) -> bool) -> Told {
        let begin = Instant::now();
        loop {
            let told = self.told();
            if is_so(&told) {
                return told;
            }
            if begin.elapsed() > within {
                panic!("not within {within:?}: {what}\n{}", told.text());
            }
            thread::sleep(Duration::from_millis(50));
        }
    }

    /// Waits until a text is on the screen.
    ///
    /// # Panics
    ///
    /// As [`Self::until`].
    pub fn sees(&self, text: &str, within: Duration) -> Told {
        self.until(&format!("`{text}` on the screen"), within, |told| told.text().contains(text))
    }
}

impl Told {
    /// All lines.
    #[must_use]
    pub fn text(&self) -> String {
        self.lines.join("\n")
    }
}
