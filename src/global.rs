//! The options that every command has.

use crate::env;
use camino::Utf8PathBuf;
use clap::{Args, ValueEnum};

/// Options of every command.
#[derive(Args, Clone, Debug)]
#[command(next_help_heading = "Global options")]
pub(crate) struct Global {
    /// Where caravan.yaml, inventory.db and decisions.yaml lie
    #[arg(long, global = true, value_name = "DIR", default_value = ".", env = env::CARAVAN_DIR, hide_env_values = true)]
    pub(crate) dir: Utf8PathBuf,
    /// How the answer is written to standard output: text for people, or one JSON document; of `convert --check` also for what
    /// shows findings beside the code
    #[arg(long, global = true, value_name = "FORMAT", default_value = "human")]
    pub(crate) format: OutputFormat,
    /// Say nothing but the answer, warnings and errors
    #[arg(short, long, global = true, conflicts_with = "verbose")]
    pub(crate) quiet: bool,
    /// Say more about what is done
    #[arg(short, long, global = true)]
    pub(crate) verbose: bool,
    /// When to use colour; NO_COLOR and CLICOLOR_FORCE are heeded
    #[arg(long, global = true, value_name = "WHEN", default_value = "auto")]
    pub(crate) color: ColorChoice,
    /// Refuse, with exit code 2, every command that would write a file or a database
    #[arg(long, global = true)]
    pub(crate) read_only: bool,
}

impl Global {
    /// The options that a command which is named needs to work on the same files, with a space behind them; empty where it
    /// needs none.
    pub(crate) fn repeated(&self) -> String {
        if self.dir == "." { String::new() } else { format!("--dir {} ", quoted(self.dir.as_str())) }
    }
}

/// An argument as a shell reads it back.
pub(crate) fn quoted(text: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./:=,@%+".contains(c);
    if !text.is_empty() && text.chars().all(plain) {
        text.to_owned()
    } else {
        format!("'{}'", text.replace('\'', "'\\''"))
    }
}

/// How answers are written.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum OutputFormat {
    // Text for people.
    Human,
    // One JSON document, which begins with its `schema`.
    Json,
    // Of a check: annotations of a pull request on GitHub.
    Github,
    // Of a check: JUnit's XML.
    Junit,
    // Of a check: SARIF 2.1.0.
    Sarif,
}

/// When to use colour.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum ColorChoice {
    // In a terminal.
    Auto,
    // Even in a pipe.
    Always,
    // Not at all.
    Never,
}
