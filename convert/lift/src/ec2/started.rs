//! The containers that user data starts: each command read, each other line accounted for.

use super::docker::{Started, read_compose, read_run};
use super::files::Files;
use super::meaning::Meaning;
use super::startup::{What, Word};
use super::user_data::{Step, UserData};
use crate::tracker::FieldTracker;

/// What is started, and what is written for it.
///
/// With `hosts`, all but the containers is read elsewhere.
pub(super) fn read<'a>(
    tracker: &mut FieldTracker<'a>,
    user_data: &UserData<'a>,
    hosts: bool,
) -> (Vec<Started<'a>>, Files<'a>) {
    let mut files = Files::default();
    for step in &user_data.steps {
        if let (Meaning::File, What::Write(written)) = (&step.meaning, &step.statement.what) {
            files.write(step.at, written);
        }
    }
    let (mut started, mut projects) = (Vec::new(), 0);
    let ours = |step: &&Step<'a>| !hosts || matches!(step.meaning, Meaning::Container(..) | Meaning::Compose(_));
    for step in user_data.steps.iter().filter(ours) {
        one(tracker, step, &files, &mut started, &mut projects);
    }
    (started, files)
}

fn one<'a>(
    tracker: &mut FieldTracker<'a>,
    step: &Step<'a>,
    files: &Files<'a>,
    started: &mut Vec<Started<'a>>,
    projects: &mut usize,
) {
    match &step.meaning {
        Meaning::Container(words, background) => match read_run(step.at, words, *background) {
            Ok(container) if container.detached => started.push(container),
            Ok(_) => ask(tracker, step, "runs a container to its end while the machine starts"),
            Err(why) => step.at.blocked(tracker, &why),
        },
        Meaning::Compose(words) => compose(tracker, step, words, files, started, projects),
        _ => beside(tracker, step),
    }
}

/// A statement beside containers that starts none.
pub(super) fn beside<'a>(tracker: &mut FieldTracker<'a>, step: &Step<'a>) {
    match &step.meaning {
        Meaning::Node(rule) => step.at.dropped_because(tracker, rule, step.statement.shown()),
        Meaning::Service(_) => ask(tracker, step, "runs beside the containers and is none"),
        // With what reads it.
        Meaning::File | Meaning::Container(..) | Meaning::Compose(_) => {}
        Meaning::Sign(..) | Meaning::Unknown | Meaning::Disk => ask(tracker, step, "is not understood"),
    }
}

/// What a line does is not known: nothing starts before somebody said that it does not matter.
pub(super) fn ask<'a>(tracker: &mut FieldTracker<'a>, step: &Step<'a>, what: &str) {
    let id = tracker.question_id("line", &step.at.detail());
    let shown = step.statement.shown();
    let line = step.at.line;
    let why = step.statement.why_unread().map(|why| format!(" ({why})")).unwrap_or_default();
    let text = format!(
        "Line {line} of the user data {what}{why}: `{shown}`. Do the containers work without it (`leave-out`)?"
    );
    step.at.ask_to_leave_out(tracker, id, &text, shown);
}

/// `docker compose -f FILE up -d`, with a file that the user data writes.
fn compose<'a>(
    tracker: &mut FieldTracker<'a>,
    step: &Step<'a>,
    words: &[Word],
    files: &Files<'a>,
    started: &mut Vec<Started<'a>>,
    projects: &mut usize,
) {
    let shown: Vec<String> = words.iter().map(Word::shown).collect();
    let words: Vec<&str> = shown.iter().map(String::as_str).collect();
    let Some(call) = Call::of(&words) else { return ask(tracker, step, "is not understood") };
    let path = match (call.file, call.up) {
        (_, false) => return step.at.dropped_because(tracker, "container-runtime", step.statement.shown()),
        (Some(path), true) => Some(path.to_owned()),
        // Wherever it stands: the only one that is written.
        (None, true) => {
            let mut found = files.all().map(|(_, path, _)| path).filter(|path| is_compose(path));
            found.next().map(str::to_owned).filter(|_| found.next().is_none())
        }
    };
    let file = path.as_deref().and_then(|path| Some((files.read(path)?, files.place(path)?)));
    let Some(((file, content), place)) = file else {
        return ask(tracker, step, "starts what a Compose file says that the user data does not write");
    };
    file.use_up();
    let Some(text) = content.text() else {
        return ask(tracker, step, "starts what a Compose file says in which only the machine knows some values");
    };
    *projects += 1;
    match read_compose(place.at(content.line), &text, *projects) {
        Ok(found) => {
            let note = "what it starts stands in the Compose file that the user data writes";
            step.at.approximated(tracker, "/components", note);
            started.extend(found.services);
            for (line, what) in found.left {
                let at = place.at(line);
                let id = tracker.question_id("compose", &at.detail());
                let text = format!(
                    "`{what}` of the Compose file (line {line} of the user data) is not understood. Do the containers work without it?"
                );
                at.ask_to_leave_out(tracker, id, &text, what);
            }
        }
        Err(why) => step.at.blocked(tracker, why),
    }
}

fn is_compose(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    matches!(name, "docker-compose.yml" | "docker-compose.yaml" | "compose.yml" | "compose.yaml")
}

/// A call of Compose, as far as it is understood.
struct Call<'w> {
    file: Option<&'w str>,
    up: bool,
}

impl<'w> Call<'w> {
    fn of(words: &[&'w str]) -> Option<Self> {
        let (mut file, mut rest) = (None, words);
        loop {
            match rest {
                ["-f" | "--file", path, behind @ ..] if file.is_none() => (file, rest) = (Some(*path), behind),
                ["-p" | "--project-name", _, behind @ ..] => rest = behind,
                ["--project-directory", _, behind @ ..] => rest = behind,
                [option, behind @ ..] if option.starts_with("--file=") && file.is_none() => {
                    (file, rest) = (option.strip_prefix("--file="), behind);
                }
                ["up", options @ ..] => {
                    let known = |option: &&str| {
                        matches!(
                            *option,
                            "-d" | "--detach"
                                | "--build"
                                | "--remove-orphans"
                                | "--force-recreate"
                                | "--quiet-pull"
                                | "--wait"
                        )
                    };
                    return options.iter().all(known).then_some(Self { file, up: true });
                }
                ["pull" | "down" | "version" | "ps" | "config" | "stop" | "rm" | "logs", ..] | ["--version"] => {
                    return Some(Self { file, up: false });
                }
                _ => return None,
            }
        }
    }
}

/// The files, now that it is known what reads them.
pub(super) fn account<'a>(tracker: &mut FieldTracker<'a>, files: &Files<'a>) {
    for (place, path, used) in files.all() {
        let path = crate::marks::without_marks(path);
        if used {
            place.approximated(
                tracker,
                "/components",
                format!("writes {path}, which is accounted for where it is read"),
            );
        } else {
            place.dropped_because(tracker, "host-file", format!("writes {path}, which no container sees"));
        }
    }
}
