//! How far a long command has come, on standard error: one moving line in a terminal, plain lines elsewhere.
//!
//! Plain lines are one for each change of state and one a minute as a sign of life.

use crate::env;
use crate::printer::{Printer, printable};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::io::{self, IsTerminal, Write};
use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

/// Long enough not to fill a log, short enough that nobody thinks it hangs.
const HEARTBEAT: Duration = Duration::from_secs(60);

/// How often the terminal's line moves by itself.
const TICK: Duration = Duration::from_millis(120);

/// How far a command has come.
pub(crate) struct Progress(Sink);

enum Sink {
    Quiet,
    Terminal(ProgressBar),
    Lines(Lines),
}

/// Plain lines, with a thread that gives the sign of life.
struct Lines {
    now: Arc<Mutex<String>>,
    said: Option<Sender<()>>,
    heart: Option<JoinHandle<()>>,
}

impl Progress {
    /// Begins; says nothing yet.
    pub(crate) fn new(printer: &Printer) -> Self {
        Self(if printer.is_quiet() {
            Sink::Quiet
        } else if moves() {
            Sink::Terminal(bar())
        } else {
            Sink::Lines(Lines::new())
        })
    }

    /// Begins; says something only in a terminal, for work whose result alone counts.
    pub(crate) fn of_terminal(printer: &Printer) -> Self {
        if moves() { Self::new(printer) } else { Self(Sink::Quiet) }
    }

    /// Says where the work stands now. In plain lines it shows up with the next sign of life.
    pub(crate) fn now(&self, text: String) {
        match &self.0 {
            Sink::Quiet => {}
            Sink::Terminal(bar) => bar.set_message(printable(&text).into_owned()),
            Sink::Lines(lines) => *lines.now.lock().unwrap_or_else(PoisonError::into_inner) = text,
        }
    }

    /// Says that something changed its state.
    pub(crate) fn change(&self, text: &str) {
        let text = printable(text);
        match &self.0 {
            Sink::Quiet => {}
            Sink::Terminal(bar) => bar.println(text),
            Sink::Lines(lines) => lines.say(&text),
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if let Sink::Terminal(bar) = &self.0 {
            bar.finish_and_clear();
        }
    }
}

impl Lines {
    fn new() -> Self {
        let (said, heard) = mpsc::channel();
        let now = Arc::new(Mutex::new(String::new()));
        let shown = Arc::clone(&now);
        let heart = std::thread::spawn(move || {
            loop {
                match heard.recv_timeout(HEARTBEAT) {
                    Ok(()) => {}
                    Err(RecvTimeoutError::Timeout) => {
                        write_line(&shown.lock().unwrap_or_else(PoisonError::into_inner));
                    }
                    Err(RecvTimeoutError::Disconnected) => return,
                }
            }
        });
        Self { now, said: Some(said), heart: Some(heart) }
    }

    fn say(&self, text: &str) {
        write_line(text);
        if let Some(said) = &self.said {
            let _the_heart_stopped = said.send(());
        }
    }
}

impl Drop for Lines {
    fn drop(&mut self) {
        self.said = None;
        if let Some(heart) = self.heart.take() {
            let _ended = heart.join();
        }
    }
}

fn write_line(text: &str) {
    if !text.is_empty() {
        let _gone = writeln!(io::stderr().lock(), "{text}");
    }
}

/// Whether standard error is a terminal that somebody watches.
fn moves() -> bool {
    let in_pipeline = env::get(env::CI).is_some_and(|value| !value.is_empty() && value != "false");
    io::stderr().is_terminal() && !in_pipeline && env::get(env::TERM).as_deref() != Some("dumb")
}

fn bar() -> ProgressBar {
    let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr());
    if let Ok(style) = ProgressStyle::with_template("{spinner} {elapsed} {wide_msg}") {
        bar.set_style(style.tick_chars("⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏ "));
    }
    bar.enable_steady_tick(TICK);
    bar
}
