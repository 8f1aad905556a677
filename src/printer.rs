//! What reaches the standard output and the standard error.
//!
//! Standard output is data only (S6): the answer that was asked for, as text or as one JSON document. Everything else
//! goes to standard error: notes, warnings, errors, hints. All of it reads the same without colour.

use crate::env;
use crate::error::{Failure, FailureKind};
use crate::global::{ColorChoice, Global, OutputFormat};
use crate::runnable::Runnable;
use caravan_plans::domains::list::misleads;
use serde::Serialize;
use std::borrow::Cow;
use std::fmt;
use std::io::{self, BufWriter, IsTerminal, StdoutLock, Write};

/// Writes for one command.
pub(crate) struct Printer {
    /// How data is written.
    pub(crate) format: OutputFormat,
    quiet: bool,
    verbose: bool,
    color: bool,
    runnable: Runnable,
}

/// The colours by meaning: the terminal's own sixteen, and never the only sign of anything.
#[derive(Clone, Copy)]
enum Style {
    Error,
    Warning,
    Hint,
}

impl Printer {
    /// The printer that the global options of a command line ask for.
    pub(crate) fn new(global: &Global, command_line: &clap::Command) -> Self {
        Self {
            format: global.format,
            quiet: global.quiet,
            verbose: global.verbose,
            color: color(global.color, io::stderr().is_terminal()),
            runnable: Runnable::new(global, command_line),
        }
    }

    /// Whether the answer is a JSON document.
    pub(crate) const fn is_json(&self) -> bool {
        matches!(self.format, OutputFormat::Json)
    }

    /// Whether it is a format that says what a check has found.
    pub(crate) const fn is_of_checks(&self) -> bool {
        matches!(self.format, OutputFormat::Github | OutputFormat::Junit | OutputFormat::Sarif)
    }

    /// Whether only data and errors are wanted.
    pub(crate) const fn is_quiet(&self) -> bool {
        self.quiet
    }

    /// Whether details are wanted.
    pub(crate) const fn is_verbose(&self) -> bool {
        self.verbose
    }

    /// Writes text to standard output: for people, with commands that run as they are printed.
    ///
    /// # Errors
    /// When standard output does not take it.
    pub(crate) fn text(&self, write: impl FnOnce(&mut Vec<u8>) -> io::Result<()>) -> Result<(), Failure> {
        let mut text = Vec::new();
        let written = write(&mut text);
        let is_for_people = matches!(self.format, OutputFormat::Human) && self.runnable.is_needed();
        let said = std::str::from_utf8(&text).ok().filter(|_| is_for_people).map(|text| self.runnable(text));
        let bytes = said.as_ref().map_or(text.as_slice(), |said| said.as_bytes());
        let mut out = io::stdout().lock();
        out.write_all(bytes).and_then(|()| out.flush()).and(written).map_err(output_failure)
    }

    /// Writes a document of its own to standard output, as it is: a script, a page, a schema.
    ///
    /// # Errors
    /// When standard output does not take it.
    pub(crate) fn document(&self, bytes: &[u8]) -> Result<(), Failure> {
        let mut out = io::stdout().lock();
        out.write_all(bytes).and_then(|()| out.flush()).map_err(output_failure)
    }

    /// Writes to standard output what is read meanwhile.
    ///
    /// # Errors
    /// Those of `write`, and when standard output does not take it.
    pub(crate) fn stream(
        &self,
        write: impl FnOnce(&mut BufWriter<StdoutLock<'_>>) -> Result<(), Failure>,
    ) -> Result<(), Failure> {
        let mut out = BufWriter::new(io::stdout().lock());
        write(&mut out)?;
        out.flush().map_err(output_failure)
    }

    /// Writes one JSON document to standard output.
    ///
    /// # Errors
    /// When standard output does not take it.
    pub(crate) fn json(&self, document: &impl Serialize) -> Result<(), Failure> {
        self.text(|out| {
            serde_json::to_writer_pretty(&mut *out, document)?;
            writeln!(out)
        })
    }

    /// Says something that is no data: what is done next, where something lies.
    pub(crate) fn note(&self, text: &str) {
        if !self.quiet {
            self.say("", None, text);
        }
    }

    /// Says that something is not as it should be, though the command goes on. Not even `--quiet` hides it.
    pub(crate) fn warning(&self, text: &str) {
        self.say("warning", Some(Style::Warning), text);
    }

    /// Says what to do next.
    pub(crate) fn hint(&self, text: &str) {
        if !self.quiet {
            self.say("hint", Some(Style::Hint), text);
        }
    }

    /// Says why the command ended, with its causes and hints. Not even `--quiet` hides it.
    pub(crate) fn failure(&self, failure: &Failure) {
        if failure.kind == FailureKind::BrokenPipe {
            return;
        }
        let mut said = failure.error.to_string();
        self.say("error", Some(Style::Error), &said);
        for cause in failure.error.chain().skip(1).map(ToString::to_string) {
            // Some libraries repeat their source's text in their own.
            if !said.contains(&cause) {
                self.say("", None, &format!("  caused by: {cause}"));
            }
            said = cause;
        }
        for hint in &failure.hints {
            self.say("hint", Some(Style::Hint), hint);
        }
    }

    /// The text, with the options of this command in every command of Caravan that it names.
    pub(crate) fn runnable<'a>(&self, text: &'a str) -> Cow<'a, str> {
        self.runnable.text(text)
    }

    /// What does that to texts.
    pub(crate) const fn commands(&self) -> &Runnable {
        &self.runnable
    }

    /// One line of standard error. A standard error that is gone is no reason to stop working.
    fn say(&self, label: &str, style: Option<Style>, text: &str) {
        let text = self.runnable(text);
        let text = printable(&text);
        let mut err = io::stderr().lock();
        let _gone = match style {
            Some(style) if self.color => writeln!(err, "\x1b[{}m{label}:\x1b[0m {text}", style.code()),
            Some(_) => writeln!(err, "{label}: {text}"),
            None => writeln!(err, "{text}"),
        };
    }
}

impl Style {
    /// The SGR parameters.
    const fn code(self) -> &'static str {
        match self {
            Self::Error => "1;31",
            Self::Warning => "1;33",
            Self::Hint => "36",
        }
    }
}

/// Whether to use colour on a stream.
pub(crate) fn color(choice: ColorChoice, is_terminal: bool) -> bool {
    match choice {
        ColorChoice::Always => true,
        ColorChoice::Never => false,
        ColorChoice::Auto if env::is_set(env::NO_COLOR) => false,
        ColorChoice::Auto if env::get(env::CLICOLOR_FORCE).is_some_and(|value| value != "0") => true,
        ColorChoice::Auto => is_terminal && env::get(env::TERM).as_deref() != Some("dumb"),
    }
}

/// So many of something, in words that agree.
pub(crate) fn counted<N: fmt::Display + PartialEq + From<u8>>(count: N, what: &str) -> String {
    let plural = if count == N::from(1) { "" } else { "s" };
    format!("{count} {what}{plural}")
}

/// The text without control characters: names come from files and clouds, and a terminal obeys what it is shown.
pub(crate) fn printable(text: &str) -> Cow<'_, str> {
    let harmless = |c: char| c == '\n' || !misleads(c);
    if text.chars().all(harmless) {
        text.into()
    } else {
        text.chars().map(|c| if harmless(c) { c } else { char::REPLACEMENT_CHARACTER }).collect::<String>().into()
    }
}

/// What it means that standard output takes no more.
pub(crate) fn output_failure(error: io::Error) -> Failure {
    match error.kind() {
        io::ErrorKind::BrokenPipe => Failure::caused(FailureKind::BrokenPipe, error),
        _ => Failure::caused(FailureKind::Work, error)
            .context("can't write to standard output")
            .hint("look whether the disk that it goes to is full"),
    }
}
