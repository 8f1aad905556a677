//! Commands that texts name, so that they run as they are printed.

use crate::global::{Global, quoted};
use camino::Utf8Path;
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

    /// The same for a folder that another command line made or named.
    pub(crate) fn at(&self, dir: &Utf8Path) -> Self {
        Self { options: format!("--dir {} ", quoted(dir.as_str())), commands: self.commands.clone() }
    }

    /// Whether there is anything to put into commands.
    pub(crate) const fn is_needed(&self) -> bool {
        !self.options.is_empty()
    }

    /// The text, with the options in every command of Caravan that it names, also where a line ends within one.
    pub(crate) fn text<'a>(&self, text: &'a str) -> Cow<'a, str> {
        if !self.is_needed() || !text.contains(NAME) {
            return text.into();
        }
        let mut said = String::with_capacity(text.len() + self.options.len());
        let mut rest = text;
        while let Some((before, behind)) = rest.split_once(NAME) {
            said.push_str(before);
            said.push_str(NAME);
            if self.is_command(behind) {
                said.push(' ');
                said.push_str(self.options.trim_end());
            }
            rest = behind;
        }
        said.push_str(rest);
        said.into()
    }

    /// Whether what stands behind the program's name is one of its commands.
    fn is_command(&self, behind: &str) -> bool {
        let word = behind.trim_start();
        let blank = &behind[..behind.len() - word.len()];
        let word = word.split(|c: char| !c.is_ascii_alphanumeric() && c != '-').next().unwrap_or_default();
        !blank.is_empty() && blank.matches('\n').count() < 2 && self.commands.iter().any(|command| command == word)
    }
}

/// What the program is called.
const NAME: &str = "caravan";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_command_that_a_text_names_has_the_options() {
        let of = |options: &str| Runnable {
            options: options.to_owned(),
            commands: ["decide", "inventory", "plan"].map(str::to_owned).to_vec(),
        };
        let runnable = of("--dir 'a b' ");
        for (text, wanted) in [
            ("`caravan decide` lists it", "`caravan --dir 'a b' decide` lists it"),
            (
                "caravan inventory coverage; caravan plan seal X",
                "caravan --dir 'a b' inventory coverage; caravan --dir 'a b' plan seal X",
            ),
            ("see `caravan\n      inventory coverage`", "see `caravan --dir 'a b'\n      inventory coverage`"),
            ("caravan --dir 'a b' decide", "caravan --dir 'a b' decide"),
            ("by caravan from caravan.yaml, caravan/decide", "by caravan from caravan.yaml, caravan/decide"),
            ("caravan plans, caravan\n\ndecide", "caravan plans, caravan\n\ndecide"),
            ("caravan", "caravan"),
        ] {
            assert_eq!(runnable.text(text), wanted);
            assert_eq!(runnable.text(&runnable.text(text)), wanted, "twice is once");
            assert_eq!(of("").text(text), text);
        }
    }
}
