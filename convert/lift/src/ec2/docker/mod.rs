//! Containers that a machine runs by Docker: what was said of each, in whatever way, as one list of settings.

mod compose;
mod options;
mod run;

pub(super) use compose::read as read_compose;
pub(super) use options::Key;
pub(super) use run::read as read_run;

use super::account::Place;
use super::startup::Word;

/// A container, as it was started.
#[derive(Clone, Debug)]
pub(super) struct Started<'a> {
    /// Where its command stands.
    pub(super) at: Place<'a>,
    /// The name that was given to it.
    pub(super) name: Option<String>,
    pub(super) image: Word,
    /// What follows the image: its command, or the arguments of its entry point.
    pub(super) command: Vec<Word>,
    pub(super) settings: Vec<Setting>,
    /// Whether it goes on running by itself.
    pub(super) detached: bool,
    /// The Compose project that it is of.
    pub(super) project: Option<usize>,
    /// Whether it is a process of the machine itself, in the image that is built of the machine; `image` says nothing then.
    pub(super) built: bool,
    /// By which clock it runs, and to its end each time; none where it goes on.
    pub(super) clock: Option<Clock>,
}

/// A clock of a process.
#[derive(Clone, Debug)]
pub(super) struct Clock {
    /// Five fields.
    pub(super) schedule: Word,
}

/// One option with its value, as `docker run` takes it.
#[derive(Clone, Debug)]
pub(super) struct Setting {
    pub(super) key: Key,
    pub(super) value: Word,
}

impl Started<'_> {
    /// The values of an option, in their order.
    pub(super) fn all(&self, key: Key) -> impl Iterator<Item = &Word> {
        self.settings.iter().filter(move |setting| setting.key == key).map(|setting| &setting.value)
    }
}

#[cfg(test)]
mod tests;
