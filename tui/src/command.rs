//! Every command, in one table: keys, help, palette and docs are made of it.

use crate::model::Screen;
use crossterm::event::KeyCode;

/// What a person can want of the interface.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[expect(missing_docs, reason = "the table says what each does")]
pub enum Command {
    Help,
    Palette,
    Quit,
    Back,
    Open,
    ToOverview,
    ToInventory,
    ToGraph,
    ToReadiness,
    ToWaves,
    ToCutover,
    ToAudit,
    ToDomains,
    ToPreview,
    Down,
    Up,
    PageDown,
    PageUp,
    First,
    Last,
    NextPane,
    Filter,
    Find,
    Severity,
    Verdict,
    Readiness,
    Preview,
    Graph,
    Journal,
    People,
    SetMark,
    Jump,
    Refresh,
    CopyId,
    CopyCommand,
    Messages,
    Suspend,
    Answer,
    Members,
    Move,
    Merge,
    Undo,
    Redo,
    ApprovePlan,
    Start,
    Approve,
    Pause,
    Resume,
    Rollback,
    Retry,
    Drive,
}

/// A key as a person presses it.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub struct Press {
    /// The key; of a letter the large one means that Shift is held.
    pub code: KeyCode,
    /// Whether Ctrl is held.
    pub ctrl: bool,
}

/// Where a command works.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum On {
    /// On every screen.
    Everywhere,
    /// On these screens.
    Only(&'static [Screen]),
}

/// One command.
#[derive(Clone, Copy, Debug)]
pub struct Spec {
    /// The command.
    pub command: Command,
    /// Its name in the palette.
    pub name: &'static str,
    /// Its keys; the first is the one that is told of.
    pub keys: &'static [Press],
    /// Where it works.
    pub on: On,
    /// Whether it gives an order: a read-only interface has none of these.
    pub orders: bool,
    /// What it does, in a few words.
    pub about: &'static str,
}

const fn key(c: char) -> Press {
    Press { code: KeyCode::Char(c), ctrl: false }
}

const fn ctrl(c: char) -> Press {
    Press { code: KeyCode::Char(c), ctrl: true }
}

const fn code(code: KeyCode) -> Press {
    Press { code, ctrl: false }
}

const fn spec(command: Command, name: &'static str, keys: &'static [Press], about: &'static str) -> Spec {
    Spec { command, name, keys, on: On::Everywhere, orders: false, about }
}

const fn only(screens: &'static [Screen], spec: Spec) -> Spec {
    Spec { on: On::Only(screens), ..spec }
}

const fn order(
    command: Command,
    name: &'static str,
    keys: &'static [Press],
    screens: &'static [Screen],
    about: &'static str,
) -> Spec {
    Spec { command, name, keys, on: On::Only(screens), orders: true, about }
}

/// Every command. A test holds that each is here once, has a key, and shares none with another on any screen.
pub(crate) const COMMANDS: &[Spec] = &[
    spec(Command::ToOverview, "overview", &[key('1')], "what needs a person now"),
    spec(Command::ToInventory, "inventory", &[key('2')], "every workload that was found"),
    spec(Command::ToGraph, "graph", &[key('3')], "hostnames, and what breaks if something moves"),
    spec(Command::ToReadiness, "readiness", &[key('4')], "what keeps workloads from moving"),
    spec(Command::ToWaves, "waves", &[key('5')], "waves, their plans and their runs"),
    spec(Command::ToCutover, "cutover", &[key('6')], "the run that was opened last"),
    spec(Command::ToAudit, "audit", &[key('7')], "who did what of a run, and when"),
    spec(Command::ToDomains, "domains", &[key('8')], "customers' hostnames, and what has to be known of each"),
    spec(Command::ToPreview, "preview", &[key('9')], "what becomes of an app, file by file, and what is open of it"),
    spec(Command::Down, "down", &[key('j'), code(KeyCode::Down)], "one line down"),
    spec(Command::Up, "up", &[key('k'), code(KeyCode::Up)], "one line up"),
    spec(Command::PageDown, "page down", &[ctrl('d'), code(KeyCode::PageDown)], "one page down"),
    spec(Command::PageUp, "page up", &[ctrl('u'), code(KeyCode::PageUp)], "one page up"),
    spec(Command::First, "first", &[key('g'), code(KeyCode::Home)], "to the first line"),
    spec(Command::Last, "last", &[key('G'), code(KeyCode::End)], "to the last line"),
    spec(
        Command::Open,
        "open",
        &[code(KeyCode::Enter), key('l'), code(KeyCode::Right)],
        "open what is marked; changes nothing",
    ),
    spec(
        Command::Back,
        "back",
        &[code(KeyCode::Esc), key('h'), code(KeyCode::Left)],
        "one level back; changes nothing",
    ),
    spec(Command::NextPane, "next pane", &[code(KeyCode::Tab)], "to the other pane"),
    only(
        &[Screen::Inventory, Screen::Readiness],
        spec(Command::Filter, "filter", &[key('/')], "show only what a query means: kind=ecs and team=shop"),
    ),
    only(
        &[Screen::Readiness],
        spec(Command::Severity, "severity", &[key('f')], "only what has a blocker; or a warning at least; or all"),
    ),
    only(
        &[Screen::Readiness],
        spec(
            Command::Verdict,
            "verdict",
            &[key('v')],
            "only what has one verdict, the next one with each press; or all",
        ),
    ),
    only(
        &[Screen::Graph, Screen::Domains],
        spec(Command::Find, "find", &[key('/')], "look for a part of a hostname, at an id, or for a customer"),
    ),
    only(
        &[Screen::Inventory, Screen::Readiness, Screen::Domains],
        spec(Command::Graph, "edges", &[key('e')], "the ways in to what is marked, and what breaks if it moves"),
    ),
    only(
        &[Screen::Inventory, Screen::Graph],
        spec(Command::Readiness, "checks", &[key('c')], "what keeps the marked workload from moving"),
    ),
    only(
        &[Screen::Inventory, Screen::Readiness, Screen::Graph],
        spec(Command::Preview, "output", &[key('o')], "what becomes of the app of the marked workload"),
    ),
    only(
        &[Screen::Waves],
        spec(Command::Members, "steps", &[key('m')], "the steps of the marked wave, as they are written"),
    ),
    only(
        &[Screen::Waves, Screen::Cutover],
        spec(Command::Journal, "journal", &[key('H')], "the history of the run: who did what, and when"),
    ),
    only(&[Screen::Audit], spec(Command::People, "people", &[key('f')], "only what people did; or every entry")),
    spec(Command::SetMark, "bookmark", &[key('\'')], "keep this place under a letter"),
    spec(Command::Jump, "jump", &[key('`')], "to the place under a letter"),
    spec(Command::Refresh, "refresh", &[key('r')], "read everything anew"),
    spec(Command::CopyId, "copy id", &[key('y')], "copy the id of what is marked"),
    spec(Command::CopyCommand, "copy command", &[key('Y')], "copy the command line that does or shows the same"),
    spec(Command::Messages, "messages", &[key('@')], "what was said, and the commands that were the same"),
    spec(Command::Palette, "palette", &[key(':')], "every command by its name"),
    spec(Command::Help, "help", &[key('?'), code(KeyCode::F(1))], "the keys of this screen"),
    spec(Command::Suspend, "suspend", &[ctrl('z')], "stop, as any program; `fg` goes on"),
    spec(Command::Quit, "quit", &[key('q'), ctrl('c')], "leave; whatever runs goes on"),
    order(
        Command::Answer,
        "answer",
        &[key('a')],
        &[Screen::Preview],
        "answer the question, in decisions.yaml: then `y`",
    ),
    order(
        Command::Move,
        "move",
        &[key('M')],
        &[Screen::Waves],
        "the marked step to another wave, or to a new one: then its name",
    ),
    order(
        Command::Merge,
        "merge",
        &[key('E')],
        &[Screen::Waves],
        "everything of the marked wave into another: then its name",
    ),
    order(Command::Undo, "undo", &[key('z')], &[Screen::Waves], "take the last move or merge back"),
    order(Command::Redo, "redo", &[key('Z')], &[Screen::Waves], "do again what was taken back last"),
    order(
        Command::ApprovePlan,
        "approve plan",
        &[key('V')],
        &[Screen::Waves],
        "approve the wave's newest seal, after its plan was shown",
    ),
    order(Command::Start, "start", &[key('S')], &[Screen::Waves], "create a run of an approved wave, and drive it"),
    order(
        Command::Approve,
        "approve",
        &[key('A')],
        &[Screen::Cutover],
        "approve the stage that waits, after its evidence",
    ),
    order(Command::Pause, "pause", &[key('p')], &[Screen::Cutover], "stop before the next step: one key"),
    order(Command::Rollback, "rollback", &[key('R')], &[Screen::Cutover], "put everything back as it was: then `y`"),
    order(Command::Resume, "resume", &[key('u')], &[Screen::Cutover], "go on after a pause: then `y`"),
    order(Command::Retry, "retry", &[key('t')], &[Screen::Cutover], "try again what holds: then `y`"),
    order(
        Command::Drive,
        "drive",
        &[key('D')],
        &[Screen::Cutover],
        "start a driver for a run that nobody drives: then `y`",
    ),
];

impl Spec {
    /// Whether it works on a screen, for somebody who may or may not give orders.
    pub(crate) fn works(&self, screen: Screen, operates: bool) -> bool {
        let here = match self.on {
            On::Everywhere => true,
            On::Only(screens) => screens.contains(&screen),
        };
        here && (operates || !self.orders)
    }

    /// Whether it is of one screen alone.
    pub(crate) fn is_own(&self) -> bool {
        self.on != On::Everywhere
    }

    /// Its first key, as it is told.
    #[must_use]
    pub fn key(&self) -> String {
        self.keys.first().map(Press::to_string).unwrap_or_default()
    }
}

impl std::fmt::Display for Press {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if self.ctrl {
            f.write_str("Ctrl-")?;
        }
        match self.code {
            KeyCode::Char(' ') => f.write_str("Space"),
            KeyCode::Char(c) if self.ctrl => write!(f, "{}", c.to_ascii_uppercase()),
            KeyCode::Char(c) => write!(f, "{c}"),
            KeyCode::F(number) => write!(f, "F{number}"),
            other => write!(f, "{other:?}"),
        }
    }
}

/// The table of keys for the documentation: Markdown, one command a line.
#[must_use]
pub fn command_table() -> String {
    let mut text = String::from("| key | command | where | does |\n|---|---|---|---|\n");
    for spec in COMMANDS {
        let code = |key: &Press| match key.to_string() {
            key if key.contains('`') => format!("`` {key} ``"),
            key => format!("`{key}`"),
        };
        let keys: Vec<String> = spec.keys.iter().map(code).collect();
        let place = match spec.on {
            On::Everywhere => "everywhere".to_owned(),
            On::Only(screens) => {
                screens.iter().map(|screen| screen.title().to_lowercase()).collect::<Vec<_>>().join(", ")
            }
        };
        let order = if spec.orders { ", not with `--read-only`" } else { "" };
        text.push_str(&format!("| {} | {} | {place}{order} | {} |\n", keys.join(", "), spec.name, spec.about));
    }
    text
}
