//! From a key to a command. Which key is whose stands in the table of commands alone.

use crate::command::{COMMANDS, Command, On, Press, Spec};
use crate::data::RunView;
use crate::model::{Model, Screen, is_driven};
use crossterm::event::{KeyCode, KeyEvent, KeyEventKind, KeyModifiers};

/// A key as the table names it; none for a key that is let go, or held with Alt.
pub(crate) fn press(event: &KeyEvent) -> Option<Press> {
    if event.kind == KeyEventKind::Release || event.modifiers.contains(KeyModifiers::ALT) {
        return None;
    }
    let ctrl = event.modifiers.contains(KeyModifiers::CONTROL);
    let code = match event.code {
        // Some terminals tell of a large letter as a small one with Shift.
        KeyCode::Char(c) if event.modifiers.contains(KeyModifiers::SHIFT) && c.is_ascii_lowercase() && !ctrl => {
            KeyCode::Char(c.to_ascii_uppercase())
        }
        KeyCode::Char(c) if ctrl => KeyCode::Char(c.to_ascii_lowercase()),
        code => code,
    };
    Some(Press { code, ctrl })
}

/// The command of a key on a screen; none where it has none.
pub(crate) fn command(screen: Screen, operates: bool, press: Press) -> Option<Command> {
    let mut specs = working(screen, operates);
    specs.find(|spec| spec.keys.contains(&press)).map(|spec| spec.command)
}

/// The commands that work on a screen.
pub(crate) fn working(screen: Screen, operates: bool) -> impl Iterator<Item = &'static Spec> {
    COMMANDS.iter().filter(move |spec| spec.works(screen, operates))
}

/// Whether an order about a run may do something as the run stands: the footer offers no other. Every other command may.
pub(crate) fn is_of_use(model: &Model, command: Command) -> bool {
    let about_run =
        [Command::Approve, Command::Pause, Command::Resume, Command::Rollback, Command::Retry, Command::Drive];
    if !about_run.contains(&command) {
        return true;
    }
    let Some(RunView { status, evidence, .. }) = model.cutover.told.value.as_deref() else { return false };
    !status.state.is_over()
        && match command {
            Command::Approve => evidence.is_some(),
            Command::Drive => !is_driven(status),
            _ => true,
        }
}

/// The row of a command.
pub(crate) fn spec(command: Command) -> Option<&'static Spec> {
    COMMANDS.iter().find(|spec| spec.command == command)
}

/// A command in the palette.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Offer {
    /// The command.
    pub(crate) spec: &'static Spec,
    /// The screen on which it works, where it is not this one: to choose it leads there, and does no more.
    pub(crate) elsewhere: Option<Screen>,
}

/// The commands that a palette offers: those whose name or description has every word that was typed, the ones of this screen
/// first.
pub(crate) fn offered(screen: Screen, operates: bool, typed: &str) -> Vec<Offer> {
    let typed = typed.to_lowercase();
    let fits =
        |spec: &&Spec| typed.split_whitespace().all(|word| spec.name.contains(word) || spec.about.contains(word));
    let offer = |spec: &'static Spec| {
        let elsewhere = match spec.on {
            On::Only(screens) if !screens.contains(&screen) => Some(*screens.first()?),
            _ => None,
        };
        Some(Offer { spec, elsewhere })
    };
    let all = COMMANDS.iter().filter(|spec| spec.command != Command::Palette && (operates || !spec.orders));
    let mut offered: Vec<Offer> = all.filter(fits).filter_map(offer).collect();
    // What is called so is meant more than what begins so, and that more than what merely has it.
    let name = typed.trim();
    offered
        .sort_by_key(|offer| (offer.spec.name != name, !offer.spec.name.starts_with(name), offer.elsewhere.is_some()));
    offered
}
