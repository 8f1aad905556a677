//! Environment: values, files of values, and secrets that stood in the clear or in a store.

use super::Plan;
use crate::ec2::startup::{Piece, Word};
use crate::marks::is_clean;
use crate::moved_secret::{Beside, ask_for_place};
use crate::plconfig::{Container, SecretRef};
use crate::text::is_variable;
use crate::tracker::{Asked, FieldTracker};
use caravan_inventory::Redacted;

/// `NAME=value`, or `NAME` for what the shell has by that name.
pub(super) fn variable<'a>(
    tracker: &mut FieldTracker<'a>,
    plan: &Plan<'_, 'a>,
    word: &Word,
    container: &mut Container,
) {
    let Some((name, value)) = word.split_once('=') else {
        let name = word.shown();
        return ask(tracker, plan, word, &name, "what the shell that starts it has by that name", container);
    };
    match name.text().filter(|name| is_variable(name)) {
        Some(name) => put(tracker, plan, &name, &value, container),
        None => plan.place(word).blocked(tracker, &format!("`{}` is no name of a variable", name.shown())),
    }
}

/// Puts one variable in, accounted for at the line where its value stands.
fn put<'a>(tracker: &mut FieldTracker<'a>, plan: &Plan<'_, 'a>, name: &str, value: &Word, container: &mut Container) {
    let place = plan.place(value);
    // Docker hands the list over as it is, and the last of equal names wins.
    container.env.remove(name);
    container.secrets.remove(name);
    if let Some(reference) = value.secret()
        && reference.parse::<SecretRef>().is_ok()
        && !reference.contains(char::is_whitespace)
    {
        container.secrets.insert(name.to_owned(), reference.to_owned());
        let note = "the store is asked when the pod starts, as the machine did";
        return place.approximated(tracker, plan.entry("secrets", name), format!("{name}: {note}"));
    }
    match value.text() {
        Some(text) if Redacted::is_in(&text) => {
            let beside = (!plan.is_main()).then(|| Beside { key: &plan.member.key, name: &plan.member.key });
            let moved = ask_for_place(tracker, beside, name);
            container.secrets.insert(name.to_owned(), moved.reference);
            match moved.open {
                Some(id) => {
                    tracker.hold("a secret has to be moved first");
                    place.asked(tracker, &id, name.to_owned());
                }
                None => {
                    place.approximated(tracker, plan.entry("secrets", name), format!("{name}, by a person's answer"))
                }
            }
        }
        Some(text) if is_clean(&text) => {
            container.env.insert(name.to_owned(), text);
            place.exact(tracker, plan.entry("env", name), name.to_owned());
        }
        _ => {
            let shown = value.shown();
            ask(tracker, plan, value, name, &format!("`{shown}`, which only the machine knows"), container);
        }
    }
}

/// A value that nobody knows before the machine runs.
fn ask<'a>(
    tracker: &mut FieldTracker<'a>,
    plan: &Plan<'_, 'a>,
    word: &Word,
    name: &str,
    is: &str,
    container: &mut Container,
) {
    let place = plan.place(word);
    if !is_variable(name) {
        return place.blocked(tracker, &format!("`{name}` is no name of a variable"));
    }
    let id = tracker.question_id("value", &format!("{}/{name}", plan.member.key));
    let text = format!(
        "The variable `{name}` of the container `{}` is {is}. Which value has it here, or which secret (`secret:REF`)?",
        plan.member.key
    );
    let of_secret = |answer: &str| {
        let reference = answer.strip_prefix("secret:")?;
        (!reference.contains(char::is_whitespace) && reference.parse::<SecretRef>().is_ok())
            .then(|| reference.to_owned())
    };
    let usable = |answer: &str| is_clean(answer) && (!answer.starts_with("secret:") || of_secret(answer).is_some());
    match tracker.ask_for(id, &text, &[], None, usable) {
        Asked::Given(answer) => {
            let map = match of_secret(answer) {
                Some(reference) => {
                    container.secrets.insert(name.to_owned(), reference);
                    "secrets"
                }
                None => {
                    container.env.insert(name.to_owned(), answer.to_owned());
                    "env"
                }
            };
            place.approximated(tracker, plan.entry(map, name), format!("{name}, by a person's answer"));
        }
        Asked::Open(id) => {
            tracker.hold("a value that only the machine knows is not known");
            place.asked(tracker, &id, name.to_owned());
        }
    }
}

/// A file of variables: read where the user data writes it, asked about where it came from elsewhere.
pub(super) fn file<'a>(tracker: &mut FieldTracker<'a>, plan: &Plan<'_, 'a>, word: &Word, container: &mut Container) {
    let place = plan.place(word);
    let written = word.text().and_then(|path| plan.files.read(&path));
    let Some((file, content)) = written else {
        let id = tracker.question_id("environment-file", &format!("{}/{}", plan.member.key, place.detail()));
        let text = format!(
            "The container `{}` takes variables from the file {}, which the user data does not write. Are they in `env` and \
             `secrets` now?",
            plan.member.key,
            word.shown()
        );
        match tracker.ask(id, &text, &["copied", "not-needed"], None) {
            Asked::Given(_) => place.dropped_because(tracker, "environment-file", "its variables were copied"),
            Asked::Open(id) => {
                tracker.hold("its environment file has to be copied first");
                place.asked(tracker, &id, "a file of variables");
            }
        }
        return;
    };
    file.use_up();
    place.approximated(
        tracker,
        plan.inside("env"),
        "a file of variables that the user data writes: each is accounted for there",
    );
    for line in lines(content) {
        let text = line.shown();
        let text = text.trim_start();
        if text.is_empty() || text.starts_with('#') {
            continue;
        }
        match line.split_once('=') {
            Some((name, value)) => {
                match name.text().map(|name| name.trim().to_owned()).filter(|name| is_variable(name)) {
                    Some(name) => put(tracker, plan, &name, &value, container),
                    None => plan.place(&line).blocked(tracker, &format!("`{text}` sets no variable")),
                }
            }
            None => ask(tracker, plan, &line, text, "what the shell that starts it has by that name", container),
        }
    }
}

/// The lines of a content, each with its number.
pub(in crate::ec2) fn lines(content: &Word) -> Vec<Word> {
    let mut out = vec![Word { pieces: Vec::new(), line: content.line }];
    for piece in &content.pieces {
        let (text, open): (&str, Option<&Piece>) = match piece {
            Piece::Text(text) => (text, None),
            other => ("", Some(other)),
        };
        for (at, part) in text.split('\n').enumerate() {
            if at > 0 {
                let line = out.last().map_or(content.line, |word| word.line) + 1;
                out.push(Word { pieces: Vec::new(), line });
            }
            if let Some(word) = out.last_mut() {
                word.push(Piece::Text(part.to_owned()));
            }
        }
        if let (Some(piece), Some(word)) = (open, out.last_mut()) {
            word.push(piece.clone());
        }
    }
    out
}
