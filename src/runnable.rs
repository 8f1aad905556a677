//! Commands that texts name, so that they run as they are printed.

use crate::global::Global;
use std::borrow::Cow;

/// Puts the options of this command line into the commands that a text names.
#[derive(Clone, Debug)]
pub(crate) struct Runnable {
    /// What belongs behind `caravan` in a command that is named, so that it runs as printed; empty without `--dir`.
    options: String,
    /// The words that can stand behind `caravan`.
    commands: Vec<String>,
}

impl Runnable {
    /// For the options of this command line.
    pub(crate) fn new(global: &Global, command_line: &clap::Command) -> Self {
        let commands = command_line.get_subcommands().map(|command| command.get_name().to_owned()).collect();
        Self { options: global.repeated(), commands }
    }

    /// The text, with the options in every command of Caravan that it names.
    pub(crate) fn text<'a>(&self, text: &'a str) -> Cow<'a, str> {
        if self.options.is_empty() || !text.contains("caravan ") {
            return text.into();
        }
        let mut said = text.to_owned();
        for command in &self.commands {
            said = said.replace(&format!("caravan {command}"), &format!("caravan {}{command}", self.options));
        }
        said.into()
    }
}
