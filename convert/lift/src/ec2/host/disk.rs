//! What user data puts onto the machine's disk: packages, users, files and what programs make of them, in their order, as steps of
//! an image.

use super::super::account::Place;
use super::super::facts::Facts;
use super::super::files::Files;
use super::super::meaning::{Meaning, is_agent};
use super::super::started::ask;
use super::super::startup::{Command, Piece, What, Word, Written};
use super::super::user_data::{Step, UserData};
use crate::marks::is_clean;
use crate::moved_secret::ask_for_place;
use crate::plconfig::{
    Installer, MACHINE_BASES, Machine, MachineFetch, MachineFile, MachineStep, MachineUser, is_home, is_package,
    is_plain_path, is_user_name,
};
use crate::tracker::{Asked, FieldTracker};
use caravan_inventory::Redacted;
use std::collections::BTreeMap;

/// The first number of users who have none: above those of packages and of people.
const FIRST_UID: u32 = 10_001;
/// Programs of every base that do nothing but to files.
const OF_FILES: [&str; 10] = ["chgrp", "chmod", "chown", "cp", "install", "ln", "mkdir", "mv", "rm", "touch"];
/// Groups that only the machine's people have something of.
const PEOPLE: [&str; 6] = ["adm", "docker", "root", "sudo", "systemd-journal", "wheel"];
/// In which folder a program is run that is not run in `/`.
const IN_FOLDER: &str = "cd \"$0\" && exec \"$@\"";

/// The disk, as far as it is set up.
pub(super) struct Disk<'a> {
    base: String,
    /// Whether the name of its machine image tells it.
    is_told: bool,
    installer: Installer,
    steps: Vec<MachineStep>,
    users: BTreeMap<String, u32>,
    installed: BTreeMap<String, Place<'a>>,
    secrets: BTreeMap<String, String>,
    /// The names of secrets by what stood there.
    named: BTreeMap<String, String>,
    folder: String,
}

/// What a command does to it.
enum Act {
    Packages(Vec<String>),
    User(MachineUser),
    Fetch(MachineFetch),
    /// The packages that have the program, by Apt's names and by the others', and its words.
    Run(&'static [&'static str], Vec<String>),
    Folder(String),
}

impl<'a> Disk<'a> {
    /// An empty one, on the machine's own system.
    pub(super) fn new(tracker: &mut FieldTracker<'a>, facts: &Facts<'a>, user_data: &UserData<'a>) -> Self {
        let (base, is_told) = base(tracker, facts, user_data);
        let installer = MACHINE_BASES.iter().find(|(known, _)| *known == base).map_or(Installer::Apt, |(_, by)| *by);
        let mut disk = Self {
            base,
            is_told,
            installer,
            steps: Vec::new(),
            users: BTreeMap::new(),
            installed: BTreeMap::new(),
            secrets: BTreeMap::new(),
            named: BTreeMap::new(),
            folder: "/".to_owned(),
        };
        // Users come first: files and folders are theirs, whatever the order in which a machine gets both.
        for step in user_data.steps.iter().filter(|step| !step.statement.conditional) {
            match &step.statement.what {
                What::Package(name) => disk.note(step.at, &[name.shown()]),
                What::Run(commands) => {
                    if let [command] = commands.as_slice() {
                        match disk.act(command) {
                            Some(Act::Packages(names)) => disk.note(step.at, &names),
                            Some(Act::Run(_, words)) => disk.note(step.at, &topics(&words)),
                            Some(act @ Act::User(_)) => disk.add(step.at, act),
                            _ => {}
                        }
                    }
                }
                _ => {}
            }
        }
        disk
    }

    /// Notes where packages are installed.
    fn note(&mut self, at: Place<'a>, names: &[String]) {
        for name in names {
            let bare = name.split(['=', ':']).next().unwrap_or(name);
            self.installed.entry(bare.to_owned()).or_insert(at);
        }
    }

    /// Asks which system it is, where nothing says it.
    pub(super) fn ask_for_base(&mut self, tracker: &mut FieldTracker<'a>) {
        if self.is_told {
            return;
        }
        let proposed = self.base.clone();
        let options: Vec<&str> = MACHINE_BASES.iter().map(|(base, _)| *base).collect();
        let text = "Which system has the machine? Its processes get an image that is built on it; what its machine image brought along beside that is not in it.";
        if let Asked::Open(_) = tracker.ask(tracker.question_id("base", ""), text, &options, Some(proposed.as_str())) {
            tracker.hold("nobody said which system its processes run on");
        }
    }

    /// The number of a user that was made.
    pub(super) fn uid(&self, name: &str) -> Option<u32> {
        self.users.get(name).copied()
    }

    /// Where a package is installed, if it is.
    pub(super) fn installed(&self, name: &str) -> Option<Place<'a>> {
        self.installed.get(name).copied()
    }

    /// Whether a service runs once its package is installed (Debian policy, section 9.3.3).
    pub(super) fn starts_what_it_installs(&self) -> bool {
        self.installer == Installer::Apt
    }

    /// One statement that starts nothing.
    pub(super) fn step(&mut self, tracker: &mut FieldTracker<'a>, step: &Step<'a>, files: &Files<'a>) {
        let shown = step.statement.shown();
        let act = match &step.statement.what {
            What::Package(name) => {
                let name = name.shown();
                let package = is_package(&name) && !is_agent(&name);
                package.then(|| Act::Packages(vec![name]))
            }
            What::Run(commands) => match commands.as_slice() {
                [command] => self.act(command),
                _ => None,
            },
            What::Write(written) if self.is_kept(step) => return self.file(tracker, step, written, files),
            What::Setting(key) if matches!(key.as_str(), "apt" | "apt_sources" | "yum_repos") => {
                return ask(tracker, step, "says from where packages come, which is not done to the image");
            }
            _ => None,
        };
        match (act, &step.meaning) {
            (Some(_), _) if step.statement.conditional => ask(tracker, step, "may not happen, or more than once"),
            (Some(act), _) => {
                let named = match &act {
                    Act::User(user) => Some(user.name.clone()),
                    _ => None,
                };
                match act {
                    Act::Folder(folder) => {
                        self.folder = folder;
                        return step.at.dropped_because(tracker, "host-setup", shown);
                    }
                    act => self.add(step.at, act),
                }
                let of_user = |step: &MachineStep| step.user.as_ref().map(|user| &user.name) == named.as_ref();
                let at = self.steps.iter().position(|step| named.is_some() && of_user(step));
                let target = format!("/machine/steps/{}", at.unwrap_or(self.steps.len().saturating_sub(1)));
                step.at.approximated(tracker, target, format!("done once, when the image is built: {shown}"));
            }
            (None, Meaning::Node(_)) if self.joins(&step.statement.what) => {
                ask(tracker, step, "puts a user of the image into a group")
            }
            (None, Meaning::Node(rule)) => step.at.dropped_because(tracker, rule, shown),
            (None, Meaning::Service(_)) => ask(tracker, step, "is not understood as something that goes on running"),
            (None, _) => ask(tracker, step, "is not understood"),
        }
    }

    /// Whether it gives a user that was made rights of a group that is more than people's.
    fn joins(&self, what: &What) -> bool {
        let What::Run(commands) = what else { return false };
        let [command] = commands.as_slice() else { return false };
        let words = command.plain();
        let of = |word: &String| self.users.contains_key(word);
        matches!(command.name().as_str(), "usermod" | "gpasswd")
            && words.iter().any(of)
            && !words.iter().any(|word| word.split(',').all(|group| PEOPLE.contains(&group)))
    }

    /// Files that processes read, and those that say from where packages come.
    fn is_kept(&self, step: &Step<'a>) -> bool {
        matches!(step.meaning, Meaning::File | Meaning::Node("host-package"))
    }

    fn add(&mut self, at: Place<'a>, act: Act) {
        match act {
            Act::Packages(names) => {
                self.note(at, &names);
                // Those behind each other are one step.
                match self.steps.last_mut().filter(|step| !step.packages.is_empty()) {
                    Some(step) => step.packages.extend(names),
                    None => self.steps.push(MachineStep { packages: names, ..MachineStep::default() }),
                }
            }
            Act::User(user) if self.users.contains_key(&user.name) => {}
            Act::User(user) => {
                self.users.insert(user.name.clone(), user.uid);
                self.steps.push(MachineStep { user: Some(user), ..MachineStep::default() });
            }
            Act::Fetch(fetch) => self.steps.push(MachineStep { fetch: Some(fetch), ..MachineStep::default() }),
            Act::Run(needs, words) => {
                let missing: Vec<String> = needs
                    .iter()
                    .filter(|name| !self.installed.contains_key(**name))
                    .map(|name| (*name).to_owned())
                    .collect();
                if !missing.is_empty() {
                    self.add(at, Act::Packages(missing));
                }
                let run = match self.folder.as_str() {
                    "/" => words,
                    folder => ["sh", "-c", IN_FOLDER, folder].into_iter().map(str::to_owned).chain(words).collect(),
                };
                self.steps.push(MachineStep { run, ..MachineStep::default() });
            }
            Act::Folder(_) => {}
        }
    }

    /// What a command does, where all of it is known and it does nothing else.
    fn act(&self, command: &Command) -> Option<Act> {
        if command.output.is_some() || command.background {
            return None;
        }
        let words: Vec<String> = command.own_words().iter().map(Word::text).collect::<Option<_>>()?;
        if !words.iter().all(|word| is_clean(word)) {
            return None;
        }
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        let [first, rest @ ..] = words.as_slice() else { return None };
        let owned = || -> Vec<String> { words.iter().map(|word| (*word).to_owned()).collect() };
        // What `tar` and its like need is in some bases only.
        let dnf = self.installer != Installer::Apt;
        match (first.rsplit('/').next().unwrap_or(first), rest) {
            ("apt-get" | "apt" | "yum" | "dnf", rest) => packages(rest),
            ("amazon-linux-extras", ["install", ..]) => {
                let topics = topics(&owned());
                let plain = !topics.is_empty() && !topics.iter().any(|name| is_agent(name));
                let words = ["amazon-linux-extras", "install", "-y"].into_iter();
                let named = rest[1..].iter().copied().filter(|word| !word.starts_with('-'));
                plain.then(|| Act::Run(&[], words.chain(named).map(str::to_owned).collect()))
            }
            ("useradd" | "adduser", rest) => self.user(rest),
            ("cd", [folder]) if is_plain_path(folder) || *folder == "/" => Some(Act::Folder((*folder).to_owned())),
            (name, _) if OF_FILES.contains(&name) => Some(Act::Run(&[], owned())),
            ("tar", _) => Some(Act::Run(if dnf { &["tar", "gzip"] } else { &[] }, owned())),
            ("unzip", _) => Some(Act::Run(&["unzip"], owned())),
            ("python3", ["-m", "venv" | "pip", ..]) | ("pip" | "pip3", ["install", ..]) => Some(Act::Run(&[], owned())),
            ("curl", rest) => self.fetch(rest, &['f', 's', 'S', 'L', 'k'], 'o').filter(|_| !rest.contains(&"-k")),
            ("wget", rest) => self.fetch(rest, &['q'], 'O'),
            ("aws", ["s3", "cp", from, to, rest @ ..])
                if from.starts_with("s3://")
                    && rest.iter().all(|word| matches!(*word, "--quiet" | "--only-show-errors" | "--no-progress")) =>
            {
                self.fetched(from, to)
            }
            _ => None,
        }
    }

    /// `-fsSL -o FILE ADDRESS`: letters that change nothing, one that names the file.
    fn fetch(&self, words: &[&str], letters: &[char], to: char) -> Option<Act> {
        let (mut from, mut file, mut rest) = (None, None, words);
        while let [word, behind @ ..] = rest {
            rest = behind;
            if let Some(short) = word.strip_prefix('-').filter(|short| !short.starts_with('-')) {
                let names = short.ends_with(to);
                let plain = short.trim_end_matches(to).chars().all(|letter| letters.contains(&letter));
                if !plain || short.chars().filter(|letter| *letter == to).count() > 1 {
                    return None;
                }
                if names {
                    let [path, behind @ ..] = rest else { return None };
                    (file, rest) = (Some(*path), behind);
                }
            } else if matches!(
                *word,
                "--fail" | "--silent" | "--show-error" | "--location" | "--quiet" | "--no-verbose"
            ) {
            } else if *word == "--output" {
                let [path, behind @ ..] = rest else { return None };
                (file, rest) = (Some(*path), behind);
            } else if word.starts_with("https://") && from.is_none() {
                from = Some(*word);
            } else {
                return None;
            }
        }
        self.fetched(from?, file?)
    }

    fn fetched(&self, from: &str, to: &str) -> Option<Act> {
        let name = from.rsplit('/').next().filter(|name| !name.is_empty())?;
        let folder = self.folder.trim_end_matches('/');
        let to = match to {
            "." | "./" => format!("{folder}/{name}"),
            path if path.ends_with('/') => format!("{path}{name}"),
            path if path.starts_with('/') => path.to_owned(),
            path => format!("{folder}/{}", path.trim_start_matches("./")),
        };
        let plain = is_plain_path(&to) && from.bytes().all(|b| b.is_ascii_graphic());
        plain.then(|| Act::Fetch(MachineFetch { from: from.to_owned(), to, sha256: None }))
    }

    /// `useradd -r -m -d HOME -s SHELL -u UID NAME`.
    fn user(&self, words: &[&str]) -> Option<Act> {
        let (mut name, mut uid, mut home, mut makes) = (None, None, None, false);
        let mut rest = words;
        while let [word, behind @ ..] = rest {
            rest = behind;
            match *word {
                "-r"
                | "--system"
                | "-M"
                | "--no-create-home"
                | "-U"
                | "--user-group"
                | "--disabled-password"
                | "--disabled-login"
                | "--group" => {}
                "-m" | "--create-home" => makes = true,
                "-s" | "--shell" | "-c" | "--comment" | "--gecos" => rest = rest.get(1..)?,
                "-u" | "--uid" => {
                    uid = Some(rest.first()?.parse::<u32>().ok().filter(|uid| *uid > 0)?);
                    rest = rest.get(1..)?;
                }
                "-d" | "--home" | "--home-dir" => {
                    home = Some((*rest.first()?).to_owned());
                    rest = rest.get(1..)?;
                }
                "-G" | "--groups" => {
                    let others = rest.first()?.split(',').any(|group| !PEOPLE.contains(&group));
                    if others {
                        return None;
                    }
                    rest = rest.get(1..)?;
                }
                word if word.starts_with('-') || name.is_some() => return None,
                word => name = Some(word),
            }
        }
        let name = name.filter(|name| is_user_name(name))?.to_owned();
        let home = home.or_else(|| makes.then(|| format!("/home/{name}")));
        if home.as_deref().is_some_and(|home| !is_home(home)) {
            return None;
        }
        let free = (FIRST_UID..).find(|uid| !self.users.values().any(|taken| taken == uid))?;
        let uid = uid.or_else(|| self.uid(&name)).unwrap_or(free);
        Some(Act::User(MachineUser { name, uid, home }))
    }

    /// A file with its text: what is a secret in it is filled in when a container starts.
    fn file(&mut self, tracker: &mut FieldTracker<'a>, step: &Step<'a>, written: &Written, files: &Files<'a>) {
        let path = written.path.shown();
        if step.statement.conditional {
            return ask(tracker, step, "may not happen, or more than once");
        }
        if !is_plain_path(&path) {
            return ask(tracker, step, "writes a file whose path only the machine knows");
        }
        // Of several that write it, the last one has all of it.
        let content = match (files.read(&path), files.place(&path)) {
            (Some((_, content)), Some(last))
                if last.line == step.at.line && last.script.number == step.at.script.number =>
            {
                content
            }
            (Some(_), _) => {
                let note = format!("writes {path}, to which a later line writes as well");
                return step.at.approximated(tracker, "/machine/steps", note);
            }
            (None, _) => &written.content,
        };
        if content.pieces.iter().any(|piece| matches!(piece, Piece::Open(_))) {
            return ask(tracker, step, "writes a file in which only the machine knows some of the text");
        }
        let mut text = String::new();
        let mut open = None;
        for piece in &content.pieces {
            match piece {
                Piece::Text(part) => self.filled(tracker, part, &mut text, &mut open),
                Piece::Secret(reference) => {
                    let name = self.name(reference, &text);
                    self.secrets.insert(name.clone(), reference.clone());
                    text.push_str(&format!("${{secret:{name}}}"));
                }
                Piece::Open(_) => {}
            }
        }
        let owner = written.owner.as_deref().map(|owner| owner.split(':').next().unwrap_or(owner));
        let number = owner.and_then(|owner| owner.parse().ok().or_else(|| self.uid(owner)));
        let target = format!("/machine/steps/{}/file", self.steps.len());
        let mode = written.mode.clone().filter(|mode| mode.bytes().all(|b| matches!(b, b'0'..=b'7')));
        let file = MachineFile { path: path.clone(), content: text, mode, owner: number };
        self.steps.push(MachineStep { file: Some(file), ..MachineStep::default() });
        if let Some(owner) = written.owner.as_deref().filter(|_| number.is_none() && owner != Some("root")) {
            let run = ["chown", owner, &path].map(str::to_owned).to_vec();
            self.steps.push(MachineStep { run, ..MachineStep::default() });
        }
        match open {
            Some(id) => step.at.asked(tracker, &id, format!("a secret in {path}")),
            None => step.at.approximated(tracker, target, format!("writes {path}, which is in the image")),
        }
    }

    /// Text with a placeholder for each mark of a secret in it.
    fn filled(
        &mut self,
        tracker: &mut FieldTracker<'a>,
        part: &str,
        text: &mut String,
        open: &mut Option<caravan_inventory::QuestionId>,
    ) {
        let mut from = 0;
        for span in Redacted::find(part) {
            text.push_str(&part[from..span.range.start]);
            let name = self.name(&part[span.range.clone()], text);
            if !self.secrets.contains_key(&name) {
                let moved = ask_for_place(tracker, None, &name);
                self.secrets.insert(name.clone(), moved.reference);
                if let Some(id) = moved.open {
                    tracker.hold("a secret has to be moved first");
                    *open = Some(id);
                }
            }
            text.push_str(&format!("${{secret:{name}}}"));
            from = span.range.end;
        }
        text.push_str(&part[from..]);
    }

    /// A name for a secret, after the word before it: `password = …` is `FILE_PASSWORD`. What stood there before has its name.
    fn name(&mut self, mark: &str, before: &str) -> String {
        if let Some(name) = self.named.get(mark) {
            return name.clone();
        }
        let line = before.rsplit('\n').next().unwrap_or_default();
        let word = line.trim_end_matches(|c: char| !c.is_ascii_alphanumeric());
        let word = word.rsplit(|c: char| !c.is_ascii_alphanumeric() && c != '_' && c != '-').next().unwrap_or_default();
        let word: String = word
            .chars()
            .take(40)
            .map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_uppercase() } else { '_' })
            .collect();
        let base = if word.is_empty() { "FILE_SECRET".to_owned() } else { format!("FILE_{word}") };
        let taken = |name: &String| self.secrets.contains_key(name);
        let name = (1..)
            .map(|number| if number == 1 { base.clone() } else { format!("{base}_{number}") })
            .find(|name| !taken(name));
        let name = name.unwrap_or(base);
        self.named.insert(mark.to_owned(), name.clone());
        name
    }

    /// The image, and its secrets. Whoever fills a file must be able to write it: `users` are those that processes run as.
    pub(super) fn finish(
        mut self,
        tracker: &mut FieldTracker<'a>,
        users: &[String],
    ) -> (Machine, BTreeMap<String, String>) {
        let mut users: Vec<&str> =
            users.iter().map(|user| user.split(':').next().unwrap_or(user)).filter(|user| *user != "0").collect();
        users.sort_unstable();
        users.dedup();
        for file in
            self.steps.iter_mut().filter_map(|step| step.file.as_mut()).filter(|file| !file.secrets().is_empty())
        {
            match users.as_slice() {
                [] => {}
                [user] if user.parse::<u32>().is_ok() => {
                    file.owner = user.parse().ok();
                    let bits = file.mode.as_deref().and_then(|mode| u32::from_str_radix(mode, 8).ok()).unwrap_or(0o644);
                    file.mode = Some(format!("{:04o}", bits | 0o200));
                }
                _ => tracker.refuse(&format!(
                    "{} holds a secret that is filled in at the start, and its processes run as several users or as one without a number",
                    file.path
                )),
            }
        }
        (Machine { base: self.base, steps: self.steps }, self.secrets)
    }
}

/// The packages that topics of Amazon Linux 2's `amazon-linux-extras` bring: `nginx1`, `haproxy2.1`.
fn topics(words: &[String]) -> Vec<String> {
    match words {
        [program, install, topics @ ..] if program == "amazon-linux-extras" && install == "install" => topics
            .iter()
            .filter(|topic| !topic.starts_with('-'))
            .map(|topic| topic.trim_end_matches(|c: char| c.is_ascii_digit() || c == '.').to_owned())
            .collect(),
        _ => Vec::new(),
    }
}

fn packages(words: &[&str]) -> Option<Act> {
    let plain: Vec<&str> = words
        .iter()
        .copied()
        .filter(|word| {
            !matches!(
                *word,
                "-y" | "-q"
                    | "-qq"
                    | "-yq"
                    | "-qy"
                    | "-yqq"
                    | "-qqy"
                    | "--yes"
                    | "--quiet"
                    | "--assumeyes"
                    | "--assume-yes"
            )
        })
        .collect();
    let ["install", names @ ..] = plain.as_slice() else { return None };
    let names: Vec<&str> = names.iter().copied().filter(|name| *name != "--no-install-recommends").collect();
    // What containers and agents need is none of the image's.
    let wanted: Vec<String> = names.iter().filter(|name| !is_agent(name)).map(|name| (*name).to_owned()).collect();
    (!wanted.is_empty() && names.iter().all(|name| is_package(name))).then_some(Act::Packages(wanted))
}

/// The system, and whether the machine image's name tells it; else what a person says, or the likeliest.
fn base<'a>(tracker: &mut FieldTracker<'a>, facts: &Facts<'a>, user_data: &UserData<'a>) -> (String, bool) {
    for image in &facts.images {
        for field in ["name", "Name"].into_iter().filter_map(|key| image.field(key)) {
            if let Some(base) = field.0.as_str().and_then(by_name) {
                field.approximated(tracker, "/machine/base", "the system that the machine image is called by");
                return (base.to_owned(), true);
            }
        }
    }
    let said = tracker.source.decisions.0.get(&tracker.question_id("base", ""));
    if let Some(said) = said.filter(|said| MACHINE_BASES.iter().any(|(base, _)| *base == said.answer)) {
        return (said.answer.clone(), false);
    }
    let programs = |names: &[&str]| {
        let called = |command: &Command| names.contains(&command.name().as_str());
        user_data
            .steps
            .iter()
            .any(|step| matches!(&step.statement.what, What::Run(commands) if commands.iter().any(called)))
    };
    let apt = programs(&["apt", "apt-get", "add-apt-repository"]);
    let extras = programs(&["amazon-linux-extras"]);
    let likeliest = match (apt, extras) {
        (true, _) => "ubuntu:24.04",
        (false, true) => "amazonlinux:2",
        (false, false) => "amazonlinux:2023",
    };
    (likeliest.to_owned(), false)
}

/// What publishers call their machine images.
fn by_name(name: &str) -> Option<&'static str> {
    let known = [
        ("al2023-ami", "amazonlinux:2023"),
        ("amzn2-ami", "amazonlinux:2"),
        ("ubuntu-noble-24.04", "ubuntu:24.04"),
        ("ubuntu-jammy-22.04", "ubuntu:22.04"),
        ("ubuntu-focal-20.04", "ubuntu:20.04"),
        ("debian-11-", "debian:11"),
        ("debian-12-", "debian:12"),
        ("debian-13-", "debian:13"),
    ];
    known.iter().find(|(part, _)| name.contains(part)).map(|(_, base)| *base)
}
