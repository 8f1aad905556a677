//! A unit of systemd (systemd.unit(5), systemd.service(5), systemd.exec(5)): its process as what a container is started with.

use super::super::account::Place;
use super::super::container::lines;
use super::super::docker::{Key, Setting, Started, read_run};
use super::super::startup::{Piece, Variables, Word, expand};
use super::words::split;
use crate::tracker::FieldTracker;

/// What only restricts a process further than a container is.
const FENCES: [&str; 28] = [
    "CapabilityBoundingSet",
    "LockPersonality",
    "MemoryDenyWriteExecute",
    "NoNewPrivileges",
    "PrivateDevices",
    "PrivateTmp",
    "PrivateUsers",
    "ProcSubset",
    "ProtectClock",
    "ProtectControlGroups",
    "ProtectHome",
    "ProtectHostname",
    "ProtectKernelLogs",
    "ProtectKernelModules",
    "ProtectKernelTunables",
    "ProtectProc",
    "ProtectSystem",
    "ReadOnlyPaths",
    "ReadWritePaths",
    "InaccessiblePaths",
    "RemoveIPC",
    "RestrictAddressFamilies",
    "RestrictNamespaces",
    "RestrictRealtime",
    "RestrictSUIDSGID",
    "SystemCallArchitectures",
    "SystemCallFilter",
    "UMask",
];
/// What decides when it starts beside others, and what people are told of it.
const ORDER: [&str; 14] = [
    "After",
    "Before",
    "BindsTo",
    "Conflicts",
    "DefaultDependencies",
    "Description",
    "Documentation",
    "PartOf",
    "RemainAfterExit",
    "Requires",
    "Requisite",
    "Type",
    "Upholds",
    "Wants",
];
/// How often it is started again, and how that is told.
const AGAIN: [&str; 9] = [
    "ExecReload",
    "PIDFile",
    "RestartPreventExitStatus",
    "RestartSec",
    "StartLimitBurst",
    "StartLimitInterval",
    "StartLimitIntervalSec",
    "SuccessExitStatus",
    "TimeoutStartSec",
];
/// Seconds that systemd lets a process stop where nothing is said (`DefaultTimeoutStopSec`).
const STOP: &str = "90";

/// One setting of a unit: its section, its key, its value, and the line of it.
pub(super) struct Entry {
    pub(super) section: String,
    pub(super) key: String,
    pub(super) value: Word,
}

/// The settings of a unit, in their order; lines that go on behind a backslash are one.
pub(super) fn entries(content: &Word) -> Vec<Entry> {
    let (mut out, mut section) = (Vec::new(), String::new());
    let mut open: Option<Word> = None;
    for line in lines(content) {
        let shown = line.shown();
        let text = shown.trim();
        if open.is_none() && (text.is_empty() || text.starts_with(['#', ';'])) {
            continue;
        }
        if open.is_none() && text.starts_with('[') {
            section = text.trim_matches(['[', ']']).to_owned();
            continue;
        }
        let mut whole = open.take().unwrap_or(Word { pieces: Vec::new(), line: line.line });
        line.pieces.into_iter().for_each(|piece| whole.push(piece));
        match whole.pieces.last_mut() {
            Some(Piece::Text(last)) if last.trim_end().ends_with('\\') => {
                let kept = last.trim_end().trim_end_matches('\\').to_owned() + " ";
                *last = kept;
                open = Some(whole);
            }
            _ => out.push(entry(&section, &whole)),
        }
    }
    out.extend(open.as_ref().map(|whole| entry(&section, whole)));
    out
}

/// A line without `=` is a key that nobody knows.
fn entry(section: &str, whole: &Word) -> Entry {
    let nothing = || (whole.clone(), Word { pieces: Vec::new(), line: whole.line });
    let (key, mut value) = whole.split_once('=').unwrap_or_else(nothing);
    if let Some(Piece::Text(first)) = value.pieces.first_mut() {
        *first = first.trim_start().to_owned();
    }
    if let Some(Piece::Text(last)) = value.pieces.last_mut() {
        *last = last.trim_end().to_owned();
    }
    value.pieces.retain(|piece| !matches!(piece, Piece::Text(text) if text.is_empty()));
    Entry { section: section.to_owned(), key: key.shown().trim().to_owned(), value }
}

/// What the units of a machine have in common.
pub(super) struct Around<'w> {
    /// The number of a user's name in the image.
    pub(super) uid: &'w dyn Fn(&str) -> Option<u32>,
    /// The variables of a file that the user data writes.
    pub(super) variables: &'w dyn Fn(&str) -> Vec<(String, Word)>,
    /// Whether a clock starts it, so that it runs to its end.
    pub(super) runs_once: bool,
}

/// The process of a unit, each of its lines as a setting of it or accounted for; none where it has none that goes on, which is
/// said. `place` is the text that it stands in.
pub(super) fn process<'a>(
    tracker: &mut FieldTracker<'a>,
    place: Place<'a>,
    name: &str,
    content: &Word,
    around: &Around<'_>,
) -> Option<Started<'a>> {
    let entries = entries(content);
    let mut known = Variables::new();
    for entry in entries.iter().filter(|entry| entry.section == "Service") {
        match entry.key.as_str() {
            "Environment" => {
                for word in split(&entry.value) {
                    if let Some((name, value)) = word.split_once('=') {
                        known.insert(name.shown(), value.pieces);
                    }
                }
            }
            "EnvironmentFile" => {
                let path = entry.value.shown();
                for (name, value) in (around.variables)(path.trim_start_matches('-')) {
                    known.insert(name, value.pieces);
                }
            }
            _ => {}
        }
    }
    let mut starts = entries
        .iter()
        .filter(|entry| entry.section == "Service" && entry.key == "ExecStart" && !entry.value.pieces.is_empty());
    let (Some(start), None) = (starts.next(), starts.next()) else {
        place.blocked(tracker, &format!("the unit {name} starts no process, or more than one"));
        return None;
    };
    let words = command(&start.value, &known);
    let shown: Vec<String> = words.iter().map(Word::shown).collect();
    let program = shown.first().map(|word| word.rsplit('/').next().unwrap_or(word).to_owned()).unwrap_or_default();
    let runs =
        matches!(program.as_str(), "docker" | "podman" | "nerdctl") && shown.get(1).map(String::as_str) == Some("run");
    if !runs && matches!(program.as_str(), "docker" | "docker-compose" | "podman" | "nerdctl") {
        let at = place.at(start.value.line);
        let said = crate::marks::without_marks(&shown.join(" "));
        let id = tracker.question_id("line", &at.detail());
        let text = format!(
            "The unit {name} (line {} of the user data) starts containers by `{said}`, which no image runs. Are they started by \
             another line as well, or not needed (`leave-out`)?",
            at.line
        );
        at.ask_to_leave_out(tracker, id, &text, said);
        return None;
    }
    let mut started = if runs {
        match read_run(place.at(start.value.line), words.get(2..).unwrap_or_default(), true) {
            Ok(started) => started,
            Err(why) => {
                place.at(start.value.line).blocked(tracker, &why);
                return None;
            }
        }
    } else {
        Started {
            at: place.at(start.value.line),
            name: Some(name.to_owned()),
            image: Word::plain("", start.value.line),
            command: words,
            settings: Vec::new(),
            detached: true,
            project: None,
            built: true,
            clock: None,
        }
    };
    let mut reader =
        Reader { tracker, place, name, around, runs, started: &mut started, user: None, group: None, stops: false };
    entries.iter().for_each(|entry| reader.entry(entry));
    reader.finish(start.value.line);
    Some(started)
}

/// The words of a command line: without the marks before it, with variables put in.
pub(super) fn command(value: &Word, known: &Variables) -> Vec<Word> {
    let mut value = value.clone();
    if let Some(Piece::Text(first)) = value.pieces.first_mut() {
        *first = first.trim_start_matches(['-', '@', ':', '+', '!', '|']).to_owned();
    }
    let mut out = Vec::new();
    for word in split(&value) {
        let bare = word.text().is_some_and(|text| {
            text.strip_prefix('$')
                .is_some_and(|name| !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_'))
        });
        let mut whole = Word { pieces: Vec::new(), line: word.line };
        for piece in word.pieces {
            match piece {
                Piece::Text(text) => specified(&text).into_iter().for_each(|piece| match piece {
                    Piece::Text(text) => {
                        expand(&text, word.line, known, true).pieces.into_iter().for_each(|one| whole.push(one))
                    }
                    other => whole.push(other),
                }),
                other => whole.push(other),
            }
        }
        match whole.text().filter(|_| bare) {
            Some(text) => out.extend(text.split_whitespace().map(|part| Word::plain(part, whole.line))),
            None => out.push(whole),
        }
    }
    out
}

/// `%%` is a percent sign; what else follows one only systemd knows.
fn specified(text: &str) -> Vec<Piece> {
    let (mut out, mut plain) = (Vec::new(), String::new());
    let mut characters = text.chars();
    while let Some(c) = characters.next() {
        match (c, if c == '%' { characters.next() } else { None }) {
            ('%', Some('%')) => plain.push('%'),
            ('%', Some(letter)) if letter.is_ascii_alphabetic() => {
                out.push(Piece::Text(std::mem::take(&mut plain)));
                out.push(Piece::Open(format!("%{letter}")));
            }
            ('%', Some(other)) => plain.extend(['%', other]),
            (other, _) => plain.push(other),
        }
    }
    out.push(Piece::Text(plain));
    out
}

struct Reader<'r, 'a> {
    tracker: &'r mut FieldTracker<'a>,
    place: Place<'a>,
    name: &'r str,
    around: &'r Around<'r>,
    /// Whether its process is a container.
    runs: bool,
    started: &'r mut Started<'a>,
    user: Option<Word>,
    group: Option<Word>,
    stops: bool,
}

impl Reader<'_, '_> {
    fn set(&mut self, key: Key, value: Word) {
        self.started.settings.push(Setting { key, value });
    }

    fn dropped(&mut self, entry: &Entry, rule: &'static str) {
        let note = crate::marks::without_marks(&format!("{}={}", entry.key, entry.value.shown()));
        self.place.at(entry.value.line).dropped_because(self.tracker, rule, note);
    }

    /// What has no twin, and is asked about.
    fn other(&mut self, entry: &Entry) {
        let mut word = Word::plain(format!("{}=", entry.key), entry.value.line);
        entry.value.pieces.iter().cloned().for_each(|piece| word.push(piece));
        self.set(Key::Other, word);
    }

    fn entry(&mut self, entry: &Entry) {
        let value = entry.value.clone();
        let text = value.shown();
        let key = entry.key.as_str();
        match (entry.section.as_str(), key) {
            ("Install", _) => self.dropped(entry, "host-setup"),
            (_, "Type") if text == "oneshot" && self.around.runs_once => self.dropped(entry, "start-order"),
            (_, "Type") if matches!(text.as_str(), "forking" | "oneshot") && !self.runs => self.other(entry),
            (_, _) if ORDER.contains(&key) => self.dropped(entry, "start-order"),
            (_, _) if AGAIN.contains(&key) => self.dropped(entry, "restart"),
            (_, _) if key.starts_with("Condition") || key.starts_with("Assert") => self.other(entry),
            ("Service", "ExecStart") => {}
            ("Service", "ExecStartPre" | "ExecStartPost" | "ExecStop" | "ExecStopPost") => {
                let words = command(&value, &Variables::new());
                let runtime = words.first().is_some_and(|word| {
                    matches!(word.shown().rsplit('/').next(), Some("docker" | "podman" | "nerdctl"))
                });
                let tidies = words.get(1).is_some_and(|word| {
                    matches!(
                        word.shown().as_str(),
                        "pull" | "rm" | "stop" | "kill" | "create" | "network" | "login" | "rmi"
                    )
                });
                if self.runs && runtime && tidies {
                    self.dropped(entry, "container-runtime")
                } else {
                    self.other(entry)
                }
            }
            // A container that systemd starts has what it was given by Docker, and nothing of these.
            ("Service", "User" | "Group" | "WorkingDirectory" | "Environment" | "EnvironmentFile") if self.runs => {
                self.dropped(entry, "docker-host");
            }
            ("Service", "User") => self.user = Some(value),
            ("Service", "Group") => self.group = Some(value),
            ("Service", "WorkingDirectory") => self.set(Key::Workdir, value),
            ("Service", "Environment") => split(&value).into_iter().for_each(|word| self.set(Key::Env, word)),
            ("Service", "EnvironmentFile") => {
                let path = Word::plain(text.trim_start_matches('-'), value.line);
                self.set(Key::EnvFile, path);
            }
            ("Service", "Restart") if matches!(text.as_str(), "always" | "no") => self.set(Key::Restart, value),
            ("Service", "Restart") => self.set(Key::Restart, Word::plain("on-failure", value.line)),
            ("Service", "TimeoutStopSec" | "TimeoutSec") => match seconds(&text) {
                Some(seconds) => {
                    self.stops = true;
                    self.set(Key::StopTimeout, Word::plain(seconds.to_string(), value.line));
                }
                None => self.other(entry),
            },
            ("Service", "KillSignal") if text == "SIGTERM" => self.dropped(entry, "default"),
            ("Service", "KillMode") if matches!(text.as_str(), "control-group" | "mixed") => {
                self.dropped(entry, "default")
            }
            ("Service", "StandardOutput" | "StandardError" | "SyslogIdentifier" | "SyslogFacility" | "LogLevelMax")
                if !text.contains(':') =>
            {
                self.dropped(entry, "platform-logs");
            }
            ("Service", "MemoryMax" | "MemoryLimit") if text != "infinity" => self.set(Key::Memory, value),
            ("Service", "CPUQuota") => match text.strip_suffix('%').and_then(|percent| percent.parse::<f64>().ok()) {
                Some(percent) => self.set(Key::Cpus, Word::plain((percent / 100.0).to_string(), value.line)),
                None => self.other(entry),
            },
            ("Service", "AmbientCapabilities") => {
                split(&value).into_iter().for_each(|word| self.set(Key::CapAdd, word));
            }
            ("Service", "StateDirectory") => {
                for word in split(&value) {
                    let path = format!("/var/lib/{0}:/var/lib/{0}", word.shown());
                    self.set(Key::Volume, Word::plain(path, word.line));
                }
            }
            ("Service", limit) if limit.starts_with("Limit") => {
                let name = limit.trim_start_matches("Limit").to_ascii_lowercase();
                self.set(Key::Ulimit, Word::plain(format!("{name}={text}"), value.line));
            }
            ("Service", fence) if FENCES.contains(&fence) => self.dropped(entry, "unit-fence"),
            _ => self.other(entry),
        }
    }

    /// What holds where nothing is said.
    fn finish(&mut self, line: u32) {
        if self.runs {
            return;
        }
        if !self.stops {
            self.set(Key::StopTimeout, Word::plain(STOP, line));
        }
        let (user, group) = (self.user.take(), self.group.take());
        let number = |reader: &Self, word: &Word| match word.shown().as_str() {
            "root" => Some("0".to_owned()),
            name if name.bytes().all(|b| b.is_ascii_digit()) => Some(name.to_owned()),
            name => (reader.around.uid)(name).map(|uid| uid.to_string()),
        };
        let uid = user.as_ref().map(|word| number(self, word).unwrap_or_else(|| word.shown()));
        let gid = group.as_ref().map(|word| number(self, word));
        let said = match (uid, gid) {
            (None, None) => "0".to_owned(),
            (Some(uid), None) => uid,
            (uid, Some(Some(gid))) => format!("{}:{gid}", uid.unwrap_or_else(|| "0".to_owned())),
            (uid, Some(None)) => {
                if let Some(group) = group.clone() {
                    let mut word = Word::plain("Group=", group.line);
                    group.pieces.into_iter().for_each(|piece| word.push(piece));
                    self.set(Key::Other, word);
                }
                uid.unwrap_or_else(|| "0".to_owned())
            }
        };
        if let Some(group) = group.filter(|word| number(self, word).is_some()) {
            let note = format!("the group of {}, with its user", self.name);
            self.place.at(group.line).dropped_because(self.tracker, "with-user", note);
        }
        let line = user.map_or(line, |word| word.line);
        self.set(Key::User, Word::plain(said, line));
    }
}

/// `90`, `1min 30s`, `5m` (systemd.time(7)).
pub(super) fn seconds(text: &str) -> Option<u64> {
    let (mut sum, mut digits, mut unit) = (0_u64, String::new(), String::new());
    let mut add = |digits: &mut String, unit: &mut String| {
        let factor = match unit.as_str() {
            "" | "s" | "sec" | "second" | "seconds" => 1,
            "m" | "min" | "minute" | "minutes" => 60,
            "h" | "hr" | "hour" | "hours" => 3600,
            "d" | "day" | "days" => 86_400,
            _ => return None,
        };
        sum = sum.checked_add(digits.parse::<u64>().ok()?.checked_mul(factor)?)?;
        digits.clear();
        unit.clear();
        Some(())
    };
    for c in text.chars().filter(|c| !c.is_whitespace()) {
        if c.is_ascii_digit() {
            if !unit.is_empty() {
                add(&mut digits, &mut unit)?;
            }
            digits.push(c);
        } else {
            unit.push(c);
        }
    }
    add(&mut digits, &mut unit)?;
    Some(sum)
}
