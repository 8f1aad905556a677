//! The terminal while the interface has it, and giving it back: at the end, on an error, on a panic and on Ctrl-Z.

use base64::Engine as _;
use crossterm::cursor::{Hide, Show};
use crossterm::event::{DisableBracketedPaste, EnableBracketedPaste};
use crossterm::execute;
use crossterm::terminal::{EnterAlternateScreen, LeaveAlternateScreen, disable_raw_mode, enable_raw_mode};
use ratatui::Terminal;
use ratatui::backend::CrosstermBackend;
use signal_hook::consts::SIGTSTP;
use signal_hook::low_level;
use std::io::{self, Stdout, Write as _};
use std::panic;
use std::sync::Once;
use std::sync::atomic::{AtomicBool, Ordering};

/// Whether the terminal is ours: raw, on its other screen. One for the process, as the terminal is.
static TAKEN: AtomicBool = AtomicBool::new(false);
/// Whether anything has panicked since.
static PANICKED: AtomicBool = AtomicBool::new(false);

/// The terminal while it is ours; dropped, it is as it was.
pub(crate) struct Guard(());

/// What is drawn to.
pub(crate) type Screen = Terminal<CrosstermBackend<Stdout>>;

impl Guard {
    /// Takes the terminal. A panic gives it back before it says anything.
    ///
    /// # Errors
    /// When the terminal can't be taken; it is as it was then.
    pub(crate) fn take() -> io::Result<Self> {
        give_back_on_panic();
        let guard = Self(());
        enter()?;
        Ok(guard)
    }
}

impl Drop for Guard {
    fn drop(&mut self) {
        leave();
    }
}

/// A screen to draw to.
///
/// # Errors
/// When its size can't be read.
pub(crate) fn screen() -> io::Result<Screen> {
    Terminal::new(CrosstermBackend::new(io::stdout()))
}

/// Whether anything has panicked, on whatever thread.
pub(crate) fn has_panicked() -> bool {
    PANICKED.load(Ordering::Relaxed)
}

/// Copies a text to the clipboard of the terminal (OSC 52), as far as it allows that.
///
/// # Errors
/// When the terminal takes nothing.
pub(crate) fn copy(text: &str) -> io::Result<()> {
    let text = base64::engine::general_purpose::STANDARD.encode(text);
    let mut out = io::stdout().lock();
    write!(out, "\x1b]52;c;{text}\x07")?;
    out.flush()
}

/// Gives the terminal back, stops the process as any program does on Ctrl-Z, and takes it again when it goes on.
///
/// The signal goes to this thread, not to the process: the kernel may hand a process's signal to another thread, and this
/// one would take the terminal again before everything stops.
///
/// # Errors
/// When the process can't be stopped, or the terminal can't be taken again.
pub(crate) fn suspend() -> io::Result<()> {
    leave();
    let stopped = low_level::raise(SIGTSTP);
    enter()?;
    stopped
}

fn enter() -> io::Result<()> {
    TAKEN.store(true, Ordering::SeqCst);
    let entered =
        enable_raw_mode().and_then(|()| execute!(io::stdout(), EnterAlternateScreen, EnableBracketedPaste, Hide));
    if entered.is_err() {
        leave();
    }
    entered
}

/// Does it once, whoever comes first. A terminal that is gone takes nothing, and needs nothing.
fn leave() {
    if TAKEN.swap(false, Ordering::SeqCst) {
        let _gone = execute!(io::stdout(), DisableBracketedPaste, LeaveAlternateScreen, Show);
        let _gone = disable_raw_mode();
    }
}

fn give_back_on_panic() {
    static HOOK: Once = Once::new();
    HOOK.call_once(|| {
        let before = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            leave();
            PANICKED.store(true, Ordering::SeqCst);
            before(info);
        }));
    });
}
