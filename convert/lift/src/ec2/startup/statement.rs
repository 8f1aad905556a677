//! What a machine does when it starts, one statement at a time, with the line that each came from.

use super::word::Word;

/// One statement.
#[derive(Clone, Debug)]
pub(crate) struct Statement {
    /// Where it begins, from 1 on.
    pub(crate) line: u32,
    /// Whether it may not happen, or more than once: it stands in a condition, a loop or a function.
    pub(crate) conditional: bool,
    /// What it does.
    pub(crate) what: What,
}

/// What a statement does.
#[derive(Clone, Debug)]
pub(crate) enum What {
    /// Runs programs, each with the output of the one before.
    Run(Vec<Command>),
    /// Puts a text into a file.
    Write(Written),
    /// Installs a package by cloud-init.
    Package(Word),
    /// Sets something of the machine by cloud-init; the key.
    Setting(String),
    /// Sets a variable, whose uses are resolved where they stand.
    Assign(String),
    /// Takes what stands elsewhere for a part of the user data.
    Include(String),
    /// The machine is a node of a cluster, which the cluster configures, or runs Windows.
    Node(&'static str),
    /// Nothing can be said of it. The reason, and the text as it stands there.
    Unread(&'static str, String),
}

/// A program with its words, the first of which is its name.
#[derive(Clone, Debug, Default)]
pub(crate) struct Command {
    pub(crate) words: Vec<Word>,
    /// The file that its output goes to, where that is no log.
    pub(crate) output: Option<Word>,
    /// Whether it goes on in the background.
    pub(crate) background: bool,
}

/// A file that is written.
#[derive(Clone, Debug)]
pub(crate) struct Written {
    pub(crate) path: Word,
    /// What stands in it, with the line at which that begins; what is not known is a piece that is open.
    pub(crate) content: Word,
    /// Whether it goes behind what stands there.
    pub(crate) append: bool,
    /// Who may do what with it, and whose it is, where that is said with it.
    pub(crate) mode: Option<String>,
    pub(crate) owner: Option<String>,
}

impl Command {
    /// The program's name, without the folder and what only decides who runs it.
    pub(crate) fn name(&self) -> String {
        self.plain().first().cloned().unwrap_or_default()
    }

    /// Its words as they are shown, from the program's name on: without `sudo` and its like, and without the folder.
    pub(crate) fn plain(&self) -> Vec<String> {
        let mut words: Vec<String> = self.own_words().iter().map(Word::shown).collect();
        if let Some(first) = words.first_mut() {
            *first = first.rsplit('/').next().unwrap_or_default().to_owned();
        }
        words
    }

    /// Its words from the program's name on.
    pub(crate) fn own_words(&self) -> &[Word] {
        let mut words = self.words.as_slice();
        while let Some(first) = words.first() {
            let name = first.shown();
            let rest = match name.rsplit('/').next().unwrap_or_default() {
                "sudo" | "nohup" | "exec" | "nice" | "ionice" | "time" | "env" | "retry" => &words[1..],
                _ => return words,
            };
            // Their own options are none of the program's.
            let options = rest.iter().take_while(|word| {
                let text = word.shown();
                text.starts_with('-') || text.split_once('=').is_some_and(|(name, _)| super::is_name(name))
            });
            words = &rest[options.count()..];
        }
        words
    }
}

impl Statement {
    /// Why nothing can be said of it; none where something can.
    pub(crate) fn why_unread(&self) -> Option<&'static str> {
        match &self.what {
            What::Unread(why, _) => Some(why),
            _ => None,
        }
    }

    /// It in one line, for people.
    pub(crate) fn shown(&self) -> String {
        let text = match &self.what {
            What::Run(commands) => {
                let commands = commands.iter().map(|command| {
                    let words: Vec<String> = command.words.iter().map(Word::shown).collect();
                    let output = command.output.as_ref().map(|file| format!(" > {}", file.shown())).unwrap_or_default();
                    format!("{}{output}", words.join(" "))
                });
                commands.collect::<Vec<_>>().join(" | ")
            }
            What::Write(written) => format!("writes {}", written.path.shown()),
            What::Package(name) => format!("installs {}", name.shown()),
            What::Setting(key) => format!("{key}: …"),
            What::Assign(name) => format!("{name}=…"),
            What::Include(url) => format!("includes {url}"),
            What::Node("Windows") => "a script of Windows".to_owned(),
            What::Node(of) => format!("configures a node of {of}"),
            What::Unread(_, text) => text.clone(),
        };
        let text = crate::marks::without_marks(&text);
        let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
        if line.chars().count() > 100 { format!("{}…", line.chars().take(99).collect::<String>()) } else { line }
    }
}
