//! What a machine runs that is no container: units of systemd, services of packages and crontabs, and what they need on the
//! disk, step by step, as an image.

mod clock;
mod crontab;
mod disk;
mod unit;
mod words;

use super::account::Place;
use super::container::lines;
use super::docker::{Clock, Key, Setting, Started};
use super::facts::Facts;
use super::files::Files;
use super::meaning::{Meaning, is_everywhere};
use super::startup::{What, Word};
use super::user_data::{Step, UserData};
use crate::plconfig::Machine;
use crate::tracker::{Asked, FieldTracker};
use disk::Disk;
use std::collections::{BTreeMap, BTreeSet};

/// Services that come with a package of the same name, by how their process stays in the foreground: the unit, its words, and the
/// port that it listens on as it is packaged.
const PACKAGED: [(&str, &[&str], &str); 4] = [
    ("apache2", &["apachectl", "-D", "FOREGROUND"], "80"),
    ("haproxy", &["haproxy", "-W", "-db", "-f", "/etc/haproxy/haproxy.cfg"], ""),
    ("httpd", &["httpd", "-DFOREGROUND"], "80"),
    ("nginx", &["nginx", "-g", "daemon off;"], "80"),
];
/// What tells that processes of a machine find each other by its own address, or by files.
const LOCAL: [&str; 5] = ["127.0.0.1", "localhost", "[::1]", "unix:", ".sock"];

/// What was read.
pub(super) struct Hosted<'a> {
    pub(super) started: Vec<Started<'a>>,
    /// Whether any of it runs in an image that is built of the machine.
    pub(super) builds: bool,
    pub(super) machine: Machine,
    /// The secrets that files want, with where each lies.
    pub(super) secrets: BTreeMap<String, String>,
}

/// A unit that the user data writes.
struct Unit<'a> {
    place: Place<'a>,
    content: Word,
    used: bool,
}

/// What is started where, in which unit.
struct Host<'a, 'u> {
    units: BTreeMap<String, Unit<'a>>,
    /// Units that are enabled or started, each with the line that says so.
    wanted: Vec<(String, &'u Step<'a>)>,
    started: Vec<Started<'a>>,
    taken: BTreeSet<String>,
}

/// Reads all that is no container; every statement of it is accounted for.
pub(super) fn read<'a>(
    tracker: &mut FieldTracker<'a>,
    facts: &Facts<'a>,
    user_data: &UserData<'a>,
    files: &Files<'a>,
    served: bool,
) -> Hosted<'a> {
    let mut disk = Disk::new(tracker, facts, user_data);
    let mut host = Host { units: BTreeMap::new(), wanted: Vec::new(), started: Vec::new(), taken: BTreeSet::new() };
    for step in &user_data.steps {
        if let (What::Write(written), false) = (&step.statement.what, step.statement.conditional) {
            let path = written.path.shown();
            if let Some(name) = unit_name(&path) {
                let unit = Unit { place: step.at, content: written.content.clone(), used: false };
                host.units.insert(name.to_owned(), unit);
            }
        }
    }
    let (mut crons, mut rest) = (Vec::new(), Vec::new());
    for step in &user_data.steps {
        if !host.one(tracker, step, files, &mut crons) {
            rest.push(step);
        }
    }
    host.packaged(tracker, &disk);
    host.units(tracker, &disk, files);
    for (place, table) in crons {
        let clocks = crontab::read(tracker, place, &table, &|name| disk.uid(name));
        host.add(clocks);
    }
    host.unused(tracker);
    host.ports(tracker, served, files);
    let users: Vec<&Started<'a>> = host.started.iter().filter(|one| one.built).collect();
    let builds = !users.is_empty();
    let users: Vec<String> = users.iter().flat_map(|one| one.all(Key::User)).map(Word::shown).collect();
    if builds {
        disk.ask_for_base(tracker);
    }
    for step in rest.into_iter().filter(|step| !matches!(step.meaning, Meaning::Container(..) | Meaning::Compose(_))) {
        if builds {
            disk.step(tracker, step, files);
        } else {
            super::started::beside(tracker, step);
        }
    }
    let (machine, secrets) = disk.finish(tracker, &users);
    Hosted { started: host.started, builds, machine, secrets }
}

/// The unit that a file is.
fn unit_name(path: &str) -> Option<&str> {
    let folder = ["/etc/systemd/system/", "/lib/systemd/system/", "/usr/lib/systemd/system/"];
    let name = folder.iter().find_map(|folder| path.strip_prefix(folder))?;
    (!name.contains('/') && (name.ends_with(".service") || name.ends_with(".timer"))).then_some(name)
}

impl<'a, 'u> Host<'a, 'u> {
    /// Takes a statement that starts something; not one that changes the disk, or that is read elsewhere.
    fn one(
        &mut self,
        tracker: &mut FieldTracker<'a>,
        step: &'u Step<'a>,
        files: &Files<'a>,
        crons: &mut Vec<(Place<'a>, crontab::Table)>,
    ) -> bool {
        if step.statement.conditional || !matches!(step.meaning, Meaning::Service(_)) {
            return false;
        }
        match &step.statement.what {
            What::Write(written) => {
                let path = written.path.shown();
                let shown = crate::marks::without_marks(&path);
                if let Some(table) = crontab::Table::of_file(&path, &written.content) {
                    step.at.approximated(
                        tracker,
                        "/components",
                        format!("writes {shown}, each line of which is a component"),
                    );
                    crons.push((step.at, table));
                } else if unit_name(&path).is_some() {
                    step.at.approximated(
                        tracker,
                        "/components",
                        format!("writes {shown}, each line of which is accounted for"),
                    );
                } else {
                    super::started::ask(tracker, step, "runs something by a file that is not understood");
                }
                true
            }
            What::Run(commands) => {
                if let Some(table) = crontab::Table::of_pipe(commands, files) {
                    step.at.approximated(tracker, "/components", "a crontab, each line of which is a component");
                    crons.push((step.at, table));
                    return true;
                }
                let [command] = commands.as_slice() else { return false };
                let names = units_of(&command.plain());
                for name in names.iter().filter(|name| !is_everywhere(name)) {
                    let name = if name.contains('.') { name.clone() } else { format!("{name}.service") };
                    self.wanted.push((name, step));
                }
                !names.is_empty()
            }
            _ => false,
        }
    }

    /// Services that come with their package, where they are started, or start as they are installed.
    fn packaged(&mut self, tracker: &mut FieldTracker<'a>, disk: &Disk<'a>) {
        for (name, words, port) in PACKAGED {
            let unit = format!("{name}.service");
            if self.units.contains_key(&unit) {
                continue;
            }
            let Some(place) = disk.installed(name) else { continue };
            let wanted: Vec<&'u Step<'a>> =
                self.wanted.iter().filter(|(wanted, _)| *wanted == unit).map(|(_, step)| *step).collect();
            if wanted.is_empty() && !disk.starts_what_it_installs() {
                continue;
            }
            let at = wanted.first().map_or(place, |step| step.at);
            self.wanted.retain(|(wanted, _)| *wanted != unit);
            for step in wanted {
                step.at.approximated(
                    tracker,
                    "/components",
                    format!("starts {name}, in the foreground of its container"),
                );
            }
            let mut settings = vec![
                Setting { key: Key::User, value: Word::plain("0", at.line) },
                Setting { key: Key::StopTimeout, value: Word::plain("90", at.line) },
            ];
            if !port.is_empty() {
                settings.push(Setting { key: Key::Expose, value: Word::plain(port, at.line) });
            }
            let started = Started {
                at,
                name: Some(name.to_owned()),
                image: Word::plain("", at.line),
                command: words.iter().map(|word| Word::plain(*word, at.line)).collect(),
                settings,
                detached: true,
                project: None,
                built: true,
                clock: None,
            };
            self.add(vec![started]);
        }
    }

    /// The units that are started; a timer's by its clock.
    fn units(&mut self, tracker: &mut FieldTracker<'a>, disk: &Disk<'a>, files: &Files<'a>) {
        let mut done = BTreeSet::new();
        for (name, step) in std::mem::take(&mut self.wanted) {
            let Some(unit) = self.units.get_mut(&name) else {
                super::started::ask(tracker, step, "runs a service whose unit the user data does not write");
                continue;
            };
            unit.used = true;
            step.at.approximated(tracker, "/components", format!("starts {name}, which the user data writes"));
            if !done.insert(name.clone()) {
                continue;
            }
            let (place, content) = (unit.place, unit.content.clone());
            let timer = name.strip_suffix(".timer").map(|stem| timer(tracker, place, stem, &content));
            let (name, clock) = match timer {
                None => (name, None),
                Some(None) => continue,
                Some(Some((service, clock))) => (service, Some(clock)),
            };
            let Some(unit) = self.units.get_mut(&name) else {
                place.blocked(tracker, &format!("its timer starts {name}, which the user data does not write"));
                continue;
            };
            unit.used = true;
            let (place, content) = (unit.place, unit.content.clone());
            let stem = name.trim_end_matches(".service").to_owned();
            let variables = |path: &str| {
                let found = files.read(path).map(|(_, content)| lines(content)).unwrap_or_default();
                let pairs = found.iter().filter(|line| !line.shown().trim_start().starts_with('#'));
                pairs.filter_map(|line| line.split_once('=')).map(|(name, value)| (name.shown(), value)).collect()
            };
            let around =
                unit::Around { uid: &|name| disk.uid(name), variables: &variables, runs_once: clock.is_some() };
            if let Some(mut started) = unit::process(tracker, place, &stem, &content, &around) {
                started.clock = clock;
                self.add(vec![started]);
            }
        }
    }

    /// Units that are written and never started.
    fn unused(&self, tracker: &mut FieldTracker<'a>) {
        for (name, unit) in self.units.iter().filter(|(_, unit)| !unit.used) {
            let id = tracker.question_id("unit", name);
            let text =
                format!("The user data writes the unit {name} and does not start it. Does nobody else (`leave-out`)?");
            for entry in unit::entries(&unit.content) {
                unit.place.at(entry.value.line).dropped_because(
                    tracker,
                    "idle-unit",
                    format!("{} of {name}", entry.key),
                );
            }
            unit.place.ask_to_leave_out(tracker, id, &text, name.clone());
        }
    }

    /// Adds processes under names that no other has.
    fn add(&mut self, all: Vec<Started<'a>>) {
        for mut started in all {
            let base = super::pods::label(&super::pods::name_of(&started));
            let mut name = base.clone();
            let mut number = 2;
            while !self.taken.insert(name.clone()) {
                name = format!("{}-{number}", base.chars().take(26).collect::<String>());
                number += 1;
            }
            if started.built {
                started.name = Some(name);
            }
            self.started.push(started);
        }
    }

    /// Which of them share an address, and on which port each listens where no target group tells it.
    fn ports(&mut self, tracker: &mut FieldTracker<'a>, served: bool, files: &Files<'a>) {
        let local = |text: &str| LOCAL.iter().any(|sign| text.contains(sign));
        let in_units = self.units.values().any(|unit| local(&unit.content.shown()));
        let in_files = files.texts().any(|text| local(&text));
        let steady = self.started.iter().filter(|one| one.clock.is_none()).count();
        let together = steady == 1 || in_units || in_files;
        for started in self.started.iter_mut().filter(|one| one.clock.is_none() && one.built) {
            let line = started.at.line;
            if together {
                started.settings.push(Setting { key: Key::Network, value: Word::plain("host", line) });
            }
            if together && served {
                // The target group tells which of them it leads to.
                for setting in started.settings.iter_mut().filter(|setting| setting.key == Key::Expose) {
                    setting.key = Key::Publish;
                    setting.value = Word::plain(format!("{0}:{0}", setting.value.shown()), line);
                }
                continue;
            }
            let name = started.name.clone().unwrap_or_default();
            let known = |setting: &Setting| match setting.key {
                Key::Expose => setting.value.text(),
                Key::Env => {
                    let (name, value) = setting.value.split_once('=')?;
                    let text = value.text()?;
                    (name.shown().ends_with("PORT") && text.parse::<u16>().is_ok_and(|port| port > 0)).then_some(text)
                }
                _ => None,
            };
            let proposed = started.settings.iter().find_map(known).unwrap_or_else(|| "none".to_owned());
            let id = tracker.question_id("listens", &name);
            let text = format!(
                "On which port does `{name}` listen for others than its own machine: a number, or `none`? Nothing that was read says it."
            );
            let usable = |answer: &str| answer == "none" || answer.parse::<u16>().is_ok_and(|port| port > 0);
            started.settings.retain(|setting| setting.key != Key::Expose);
            match tracker.ask_for(id, &text, &[], Some(&proposed), usable) {
                Asked::Given("none") => {}
                Asked::Given(port) => {
                    let value = Word::plain(format!("{port}:{port}"), line);
                    started.settings.push(Setting { key: Key::Publish, value });
                }
                Asked::Open(_) => tracker.hold("nobody said on which port it listens"),
            }
        }
    }
}

/// The units that a call of systemctl or of its like starts.
fn units_of(words: &[String]) -> Vec<String> {
    let plain: Vec<&str> = words.iter().map(String::as_str).filter(|word| !word.starts_with('-')).collect();
    match plain.as_slice() {
        ["systemctl", "enable" | "start" | "restart" | "reenable", names @ ..] => {
            names.iter().map(|name| name.rsplit('/').next().unwrap_or(name).to_owned()).collect()
        }
        ["service" | "invoke-rc.d", name, "start" | "restart"] => vec![(*name).to_owned()],
        ["chkconfig", name, "on"] | ["chkconfig", name] => vec![(*name).to_owned()],
        ["update-rc.d", name, "defaults" | "enable"] => vec![(*name).to_owned()],
        _ => Vec::new(),
    }
}

/// The service that a timer starts, and its clock; none where that can't be told, which is asked about.
fn timer<'a>(tracker: &mut FieldTracker<'a>, place: Place<'a>, stem: &str, content: &Word) -> Option<(String, Clock)> {
    let entries = unit::entries(content);
    let mut service = format!("{stem}.service");
    let mut said: Vec<(String, u32, Option<String>)> = Vec::new();
    for entry in &entries {
        let (at, text) = (place.at(entry.value.line), entry.value.shown());
        match (entry.section.as_str(), entry.key.as_str()) {
            ("Timer", "OnCalendar") => said.push((text.clone(), at.line, clock::of_calendar(&text))),
            ("Timer", "OnUnitActiveSec" | "OnUnitInactiveSec") => {
                let fields = unit::seconds(&text).and_then(clock::of_interval);
                said.push((text.clone(), at.line, fields));
            }
            ("Timer", "Unit") => {
                service.clone_from(&text);
                at.exact(tracker, format!("/components/{stem}"), "the unit that it starts");
            }
            ("Timer", "OnBootSec" | "OnStartupSec" | "OnActiveSec") => {
                at.dropped_because(tracker, "timer-slack", "a moment after the machine's start, which no pod has");
            }
            ("Timer", "Persistent" | "AccuracySec" | "RandomizedDelaySec" | "WakeSystem" | "FixedRandomDelay") => {
                at.dropped_because(
                    tracker,
                    "timer-slack",
                    format!("{}={text}: how exactly it keeps its clock", entry.key),
                );
            }
            ("Install", _) => at.dropped_because(tracker, "host-setup", format!("{}={text}", entry.key)),
            _ => at.dropped_because(tracker, "start-order", format!("{}={text}", entry.key)),
        }
    }
    let (text, line, fields) = match said.as_slice() {
        [one] => one.clone(),
        [] => {
            place.blocked(tracker, &format!("the timer {stem} has no clock"));
            return None;
        }
        _ => {
            place.blocked(tracker, &format!("the timer {stem} has several clocks, and a cron component has one"));
            return None;
        }
    };
    let at = place.at(line);
    if let Some(fields) = fields {
        return Some((service, Clock { schedule: Word::plain(fields, line) }));
    }
    let id = tracker.question_id("clock", stem);
    let asked = format!(
        "The timer {stem} says `{text}`, which five fields of a cron do not say. By which five fields does it run, in UTC?"
    );
    match tracker.ask_for(id, &asked, &[], None, crate::plconfig::is_schedule) {
        Asked::Given(answer) => Some((service, Clock { schedule: Word::plain(answer, line) })),
        Asked::Open(id) => {
            at.asked(tracker, &id, "its clock");
            tracker.refuse(&format!("line {line}: the clock of the timer {stem} is not known"));
            None
        }
    }
}
