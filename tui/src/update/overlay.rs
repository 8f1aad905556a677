//! Keys while something lies over the screen: it has all of them, and Esc always puts everything back.

use super::list::Step;
use super::{bookmarks, confirm, domains, graph, list, moving, navigate, perform, preview, readiness};
use crate::command::{Command, Press};
use crate::effect::Effect;
use crate::keymap::{self, Offer};
use crate::model::{Model, Moved, Overlay, Screen};
use crate::screens;
use crate::theme::Role;
use crate::widgets::overlay_size;
use caravan_inventory::{Query, Question};
use crossterm::event::KeyCode;

/// A key while something lies over the screen.
pub(super) fn key(model: &mut Model, press: Press) -> Vec<Effect> {
    match model.overlay.take() {
        None => Vec::new(),
        Some(Overlay::Help { top }) => read(model, press, top, Command::Help, |top| Overlay::Help { top }),
        Some(Overlay::Messages { top }) => read(model, press, top, Command::Messages, |top| Overlay::Messages { top }),
        Some(Overlay::Palette { typed, marked }) => palette(model, press, typed, marked),
        Some(Overlay::Filter { typed, .. }) => filter(model, press, typed),
        Some(Overlay::MoveTo { from, what, typed }) => move_to(model, press, (from, what), typed),
        Some(Overlay::Answer { question, typed, option }) => answer(model, press, question, (typed, option)),
        Some(Overlay::Mark { sets }) => mark(model, press, sets),
        Some(Overlay::Find { typed }) => find(model, press, typed),
        Some(Overlay::Confirm(confirm)) => confirm::key(model, confirm, press),
    }
}

/// Something that is only read: up, down, and away.
fn read(model: &mut Model, press: Press, top: usize, own: Command, again: impl Fn(usize) -> Overlay) -> Vec<Effect> {
    let step = |step: Step| Some(again(list::scrolled(model, &again(top), top, step)));
    model.overlay = match keymap::command(model.screen, model.operates(), press) {
        Some(Command::Down) => step(Step::Lines(1)),
        Some(Command::Up) => step(Step::Lines(-1)),
        Some(Command::PageDown) => step(Step::Pages(1)),
        Some(Command::PageUp) => step(Step::Pages(-1)),
        Some(Command::First) => step(Step::First),
        Some(Command::Last) => step(Step::Last),
        Some(Command::Back | Command::Quit) => None,
        Some(command) if command == own => None,
        _ => Some(again(top)),
    };
    Vec::new()
}

/// A line that is typed: what became of it with a key; none when it is left.
fn typed(mut text: String, press: Press) -> Option<String> {
    match (press.code, press.ctrl) {
        (KeyCode::Esc, _) | (KeyCode::Char('c'), true) => return None,
        (KeyCode::Char('u'), true) => text.clear(),
        (KeyCode::Char('w'), true) => {
            let kept = text.trim_end().rfind(' ').map_or(0, |at| at + 1);
            text.truncate(kept);
        }
        (KeyCode::Char(c), false) => text.push(c),
        (KeyCode::Backspace, _) => drop(text.pop()),
        _ => {}
    }
    Some(text)
}

fn filter(model: &mut Model, press: Press, before: String) -> Vec<Effect> {
    if press.code == KeyCode::Enter {
        return match Query::parse(&before) {
            Ok(query) => match model.screen {
                Screen::Readiness => readiness::filter(model, before.trim().to_owned(), query),
                _ => navigate::filter(model, before.trim().to_owned(), query),
            },
            Err(error) => {
                let problem = Some(format!("at character {}: {}", error.at + 1, error.problem));
                model.overlay = Some(Overlay::Filter { typed: before, problem });
                Vec::new()
            }
        };
    }
    model.overlay = typed(before, press).map(|typed| Overlay::Filter { typed, problem: None });
    Vec::new()
}

fn move_to(model: &mut Model, press: Press, (from, what): (String, Moved), before: String) -> Vec<Effect> {
    if press.code == KeyCode::Enter {
        return moving::to(model, from, what, &before);
    }
    model.overlay = typed(before, press).map(|typed| Overlay::MoveTo { from, what, typed });
    Vec::new()
}

/// An answer: typed, or one of the options by going up and down.
fn answer(
    model: &mut Model,
    press: Press,
    question: Question,
    (before, option): (String, Option<usize>),
) -> Vec<Effect> {
    if press.code == KeyCode::Enter {
        preview::answer(model, question, &before);
        return Vec::new();
    }
    let chosen = Step::of(press).and_then(|step| preview::choose(&question.options, option, step));
    model.overlay = match chosen {
        Some((at, typed)) => Some(Overlay::Answer { question, typed, option: Some(at) }),
        None => typed(before, press).map(|typed| Overlay::Answer { question, typed, option }),
    };
    Vec::new()
}

fn mark(model: &mut Model, press: Press, sets: bool) -> Vec<Effect> {
    match (press.code, press.ctrl) {
        (KeyCode::Esc, _) | (KeyCode::Char('c'), true) => Vec::new(),
        (KeyCode::Char(letter), false) if letter.is_ascii_alphabetic() => match sets {
            true => bookmarks::set(model, letter),
            false => bookmarks::jump(model, letter),
        },
        _ => {
            model.overlay = Some(Overlay::Mark { sets });
            Vec::new()
        }
    }
}

fn find(model: &mut Model, press: Press, before: String) -> Vec<Effect> {
    if press.code == KeyCode::Enter {
        return match model.screen {
            Screen::Domains => domains::find(model, &before),
            _ => graph::find(model, &before),
        };
    }
    model.overlay = typed(before, press).map(|typed| Overlay::Find { typed });
    Vec::new()
}

fn palette(model: &mut Model, press: Press, before: String, marked: usize) -> Vec<Effect> {
    let offered = keymap::offered(model.screen, model.operates(), &before);
    let mut overlay = Overlay::Palette { typed: before.clone(), marked };
    model.overlay = match (press.code, Step::of(press)) {
        (KeyCode::Enter, _) => match offered.get(marked) {
            Some(Offer { spec, elsewhere: None }) => return perform(model, spec.command),
            // What is chosen by its name alone is seen before it does something.
            Some(Offer { spec, elsewhere: Some(screen) }) => {
                model.say(Role::Plain, format!("`{}` is {} here", spec.key(), spec.name));
                return navigate::visit(model, *screen);
            }
            None => Some(overlay),
        },
        (_, Some(step)) => {
            let (count, page) = overlay_size(model, &overlay, screens::body(model.size));
            if let Overlay::Palette { marked, .. } = &mut overlay {
                *marked = step.from(*marked, count, page);
            }
            Some(overlay)
        }
        _ => typed(before, press).map(|typed| Overlay::Palette { typed, marked: 0 }),
    };
    Vec::new()
}

/// A text that was pasted: into a line that is typed, and never where a word confirms something.
pub(super) fn paste(model: &mut Model, text: &str) -> Vec<Effect> {
    let line: String = text.chars().filter(|c| !c.is_control()).collect();
    match &mut model.overlay {
        Some(Overlay::Filter { typed, problem }) => {
            typed.push_str(&line);
            *problem = None;
        }
        Some(Overlay::Find { typed } | Overlay::Answer { typed, .. }) => typed.push_str(&line),
        Some(Overlay::Palette { typed, marked }) => {
            typed.push_str(&line);
            *marked = 0;
        }
        _ => {}
    }
    Vec::new()
}
