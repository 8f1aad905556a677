//! Crontabs (crontab(5)): each line is a component that runs by the clock.

use super::super::account::Place;
use super::super::container::lines;
use super::super::docker::{Clock, Key, Setting, Started};
use super::super::files::Files;
use super::super::startup::{Command, Piece, Word};
use super::clock;
use crate::text::is_variable;
use crate::tracker::FieldTracker;

/// A crontab.
pub(super) struct Table {
    content: Word,
    /// How its components are called.
    name: String,
    /// As whom its lines run; none where each line says it.
    user: Option<String>,
}

impl Table {
    /// The crontab that a file is.
    pub(super) fn of_file(path: &str, content: &Word) -> Option<Self> {
        let with = |name: &str, user: Option<&str>| Self {
            content: content.clone(),
            name: name.to_owned(),
            user: user.map(str::to_owned),
        };
        let below = |folder: &str| path.strip_prefix(folder).filter(|rest| !rest.is_empty() && !rest.contains('/'));
        if path == "/etc/crontab" {
            return Some(with("cron", None));
        }
        if let Some(name) = below("/etc/cron.d/") {
            return Some(with(name, None));
        }
        let user = below("/var/spool/cron/crontabs/").or_else(|| below("/var/spool/cron/"))?;
        Some(with(user, Some(user)))
    }

    /// `echo '…' | crontab -`, `crontab FILE`.
    pub(super) fn of_pipe(commands: &[Command], files: &Files<'_>) -> Option<Self> {
        let (last, before) = commands.split_last()?;
        let words = last.plain();
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        let (user, from) = match words.as_slice() {
            ["crontab", "-u", user, from] => (*user, *from),
            ["crontab", from] => ("root", *from),
            ["crontab"] => ("root", "-"),
            _ => return None,
        };
        let content = match (before, from) {
            ([say], "-") => super::super::startup::said_by(say)?,
            ([], path) if path != "-" => {
                let (file, content) = files.read(path)?;
                file.use_up();
                content.clone()
            }
            _ => return None,
        };
        Some(Self { content, name: "cron".to_owned(), user: Some(user.to_owned()) })
    }
}

/// Its lines, each accounted for.
pub(super) fn read<'a>(
    tracker: &mut FieldTracker<'a>,
    place: Place<'a>,
    table: &Table,
    uid: &dyn Fn(&str) -> Option<u32>,
) -> Vec<Started<'a>> {
    let mut out = Vec::new();
    let mut shell = Word::plain("/bin/sh", table.content.line);
    let mut variables: Vec<Word> = Vec::new();
    let mut zone = None;
    for line in lines(&table.content) {
        let shown = line.shown();
        let text = shown.trim();
        if text.is_empty() || text.starts_with('#') {
            continue;
        }
        let at = place.at(line.line);
        if let Some((name, value)) = line
            .split_once('=')
            .filter(|(name, _)| is_variable(name.shown().trim()) && !name.shown().trim().contains(char::is_whitespace))
        {
            match name.shown().trim() {
                "MAILTO" => at.dropped_because(tracker, "platform-logs", "to whom its output is sent"),
                "SHELL" => {
                    shell = value;
                    at.approximated(tracker, "/components", "the shell of the lines that follow");
                }
                // Cronie goes by it, Debian's cron does not: whoever wrote it meant the clock.
                "CRON_TZ" => {
                    zone = Some(value.shown().trim().to_owned());
                    at.approximated(tracker, "/components", "the time zone of the lines that follow");
                }
                _ => variables.push(trimmed(&line)),
            }
            continue;
        }
        let read = match &zone {
            Some(zone) if !is_utc(zone) => Err("goes by the clock of another time zone than UTC"),
            _ => one(&line, table, &shell, &variables, at, uid),
        };
        match read {
            Ok(started) => out.push(started),
            Err(why) => {
                let id = tracker.question_id("line", &at.detail());
                let asked = format!(
                    "Line {} of the user data {why}: `{}`. Does nothing that matters run by it (`leave-out`)?",
                    at.line,
                    crate::marks::without_marks(text)
                );
                at.ask_to_leave_out(tracker, id, &asked, crate::marks::without_marks(text));
            }
        }
    }
    out
}

fn is_utc(zone: &str) -> bool {
    matches!(zone.trim_matches(['"', '\'']), "UTC" | "Etc/UTC")
}

/// `NAME=value` without the spaces and quotes around its value.
fn trimmed(line: &Word) -> Word {
    super::words::split(line).into_iter().next().unwrap_or_else(|| line.clone())
}

fn one<'a>(
    line: &Word,
    table: &Table,
    shell: &Word,
    variables: &[Word],
    at: Place<'a>,
    uid: &dyn Fn(&str) -> Option<u32>,
) -> Result<Started<'a>, &'static str> {
    // The clock and the user are text; what only the machine knows may stand in the command alone.
    let Some(Piece::Text(first)) = line.pieces.first() else { return Err("is no line of a crontab that can be read") };
    let (schedule, mut rest) = clock::of_crontab(first).ok_or("has no clock that five fields of a cron say")?;
    let user = match &table.user {
        Some(user) => user.clone(),
        None => {
            let (user, behind) = rest.split_once(char::is_whitespace).ok_or("names no user, or no command")?;
            rest = behind.trim_start();
            user.to_owned()
        }
    };
    let unescaped = rest.replace("\\%", "\u{1}");
    if unescaped.contains('%') {
        return Err("gives its command something to read");
    }
    let mut command = Word::plain(unescaped.replace('\u{1}', "%"), line.line);
    line.pieces.iter().skip(1).cloned().for_each(|piece| command.push(piece));
    let number = match user.as_str() {
        "root" => "0".to_owned(),
        name => uid(name).map_or_else(|| name.to_owned(), |uid| uid.to_string()),
    };
    let mut settings: Vec<Setting> =
        variables.iter().map(|word| Setting { key: Key::Env, value: word.clone() }).collect();
    settings.push(Setting { key: Key::User, value: Word::plain(number, line.line) });
    let mut shell = shell.clone();
    shell.line = line.line;
    Ok(Started {
        at,
        name: Some(table.name.clone()),
        image: Word::plain("", line.line),
        command: vec![shell, Word::plain("-c", line.line), command],
        settings,
        detached: true,
        project: None,
        built: true,
        clock: Some(Clock { schedule: Word::plain(schedule, line.line) }),
    })
}
