//! What becomes of an app: its files line by line, and its questions answered in place.

use super::{Step, answers, navigate};
use crate::data::{Preview, PreviewText};
use crate::effect::{Effect, Order, Question};
use crate::model::{By, Confirm, Loaded, Model, Overlay, Pane, PreviewItem, PreviewSide, PreviewState, Screen};
use crate::screens::preview;
use crate::session::Answered;
use crate::theme::Role;
use caravan_inventory::WorkloadId;

/// Goes up or down in whatever has the keyboard.
pub(super) fn step(model: &mut Model, step: Step) -> Vec<Effect> {
    let size = model.size;
    if model.preview.pane == Pane::Side {
        let room = preview::side_size(model, size);
        match &mut model.preview.side {
            Some(PreviewSide::Question { top, .. } | PreviewSide::Refused { top, .. }) => {
                *top = step.scroll(*top, room)
            }
            Some(PreviewSide::File { line, .. }) => *line = step.from(*line, room.0, room.1),
            None => {}
        }
        return Vec::new();
    }
    let state = &mut model.preview;
    let count = state.items().len();
    state.marked = step.from(state.marked, count, preview::rows(size));
    if state.side.is_some() { show_marked(model) } else { Vec::new() }
}

/// From a workload on another screen to what becomes of it.
pub(super) fn of_marked(model: &mut Model) -> Vec<Effect> {
    let Some(id) = navigate::marked_workload(model) else {
        model.say(Role::Wait, "no workload is marked");
        return Vec::new();
    };
    if model.preview.workload.as_ref() != Some(&id) {
        model.preview = PreviewState::of(id);
    }
    let mut effects = navigate::visit(model, Screen::Preview);
    effects.extend(read_anew(model));
    effects
}

/// Reads what is shown anew.
pub(super) fn read_anew(model: &Model) -> Vec<Effect> {
    let Some(workload) = model.preview.workload.clone() else { return Vec::new() };
    let file = match &model.preview.side {
        Some(PreviewSide::File { path, .. }) => {
            Some(Effect::Ask(Question::PreviewFile { workload: workload.clone(), path: path.clone() }))
        }
        _ => None,
    };
    std::iter::once(Effect::Ask(Question::Preview(workload))).chain(file).collect()
}

/// Takes in what becomes of an app; of another one it is late.
pub(super) fn take(model: &mut Model, workload: &WorkloadId, told: Answered<Box<Preview>>) {
    if model.preview.workload.as_ref() != Some(workload) {
        return;
    }
    let now = model.now;
    let state = &mut model.preview;
    let trouble = state.told.take(told, now);
    state.marked = state.marked.min(state.items().len().saturating_sub(1));
    // What was answered is open no more.
    if matches!(state.side, Some(PreviewSide::Question { .. })) && state.question().is_none() {
        (state.side, state.pane) = (None, Pane::List);
    }
    answers::say(model, trouble.as_ref());
}

/// Takes a file in; another one is late.
pub(super) fn take_file(model: &mut Model, workload: &WorkloadId, path: &str, text: Answered<Box<PreviewText>>) {
    let now = model.now;
    let is_meant = model.preview.workload.as_ref() == Some(workload);
    let Some(PreviewSide::File { path: open, told, line }) = &mut model.preview.side else { return };
    if !is_meant || open != path {
        return;
    }
    let trouble = told.take(text, now);
    *line = (*line).min(told.value.as_ref().map_or(0, |told| told.lines.len()).saturating_sub(1));
    answers::say(model, trouble.as_ref());
}

/// Opens what is marked.
pub(super) fn open(model: &mut Model) -> Vec<Effect> {
    if model.preview.marked_item().is_none() {
        return Vec::new();
    }
    model.preview.pane = Pane::Side;
    show_marked(model)
}

/// Shows what is marked beside the list.
fn show_marked(model: &mut Model) -> Vec<Effect> {
    let (side, asked) = match model.preview.marked_item() {
        Some(PreviewItem::Question(question)) => {
            (Some(PreviewSide::Question { id: question.id.clone(), top: 0 }), None)
        }
        Some(PreviewItem::File(file)) => {
            let path = file.path.clone();
            let is_open = matches!(&model.preview.side, Some(PreviewSide::File { path: open, .. }) if *open == path);
            if is_open {
                return Vec::new();
            }
            let question =
                model.preview.workload.clone().map(|workload| Question::PreviewFile { workload, path: path.clone() });
            (Some(PreviewSide::File { path, told: Loaded::default(), line: 0 }), question)
        }
        Some(PreviewItem::Refused(text)) => (Some(PreviewSide::Refused { text: text.to_owned(), top: 0 }), None),
        None => (None, None),
    };
    model.preview.side = side;
    asked.map(Effect::Ask).into_iter().collect()
}

/// One level back; whether there was one.
pub(super) fn back(model: &mut Model) -> bool {
    model.preview.pane = Pane::List;
    model.preview.side.take().is_some()
}

/// Asks for the answer to the question that is open or marked.
pub(super) fn ask(model: &mut Model) -> Vec<Effect> {
    match model.preview.question() {
        Some(question) => {
            model.overlay = Some(Overlay::Answer { question: question.clone(), typed: String::new(), option: None });
        }
        None => model.say(Role::Wait, "no question is marked: those with ? are open"),
    }
    Vec::new()
}

/// The answer that was typed is shown before it counts: it may open what was closed.
pub(super) fn answer(model: &mut Model, question: caravan_inventory::Question, typed: &str) {
    let answer = typed.trim().to_owned();
    if answer.is_empty() {
        model.overlay = Some(Overlay::Answer { question, typed: String::new(), option: None });
        return;
    }
    let mut lines = vec![question.id.to_string(), question.text, String::new()];
    lines.extend(question.assumed.map(|assumed| format!("- {assumed} (assumed until now)")));
    lines.push(format!("+ {answer}"));
    lines.extend([
        String::new(),
        "It goes into decisions.yaml, which belongs into Git; `caravan convert` writes what follows.".to_owned(),
    ]);
    model.overlay = Some(Overlay::Confirm(Confirm {
        title: "Answer".to_owned(),
        lines,
        order: Order::Answer { question: question.id, answer },
        then: None,
        by: By::Yes,
        opened: model.now,
        top: 0,
    }));
}

/// Gives a typed line the next of the options, or the one before: round and round.
pub(super) fn choose(options: &[String], option: Option<usize>, step: Step) -> Option<(usize, String)> {
    let last = options.len().checked_sub(1)?;
    let at = match (option, step) {
        (None, Step::Lines(lines)) if lines < 0 => last,
        (None, _) | (_, Step::First) => 0,
        (_, Step::Last) => last,
        (Some(at), Step::Lines(lines) | Step::Pages(lines)) if lines < 0 => at.checked_sub(1).unwrap_or(last),
        (Some(at), _) => {
            if at >= last {
                0
            } else {
                at + 1
            }
        }
    };
    Some((at, options.get(at)?.clone()))
}

/// The id of what is marked.
pub(super) fn marked_id(model: &Model) -> Option<String> {
    match (&model.preview.side, model.preview.marked_item()) {
        (Some(PreviewSide::File { path, .. }), _) => Some(path.clone()),
        (Some(PreviewSide::Question { id, .. }), _) => Some(id.to_string()),
        (Some(PreviewSide::Refused { .. }), _) => model.preview.workload.as_ref().map(ToString::to_string),
        (None, Some(PreviewItem::File(file))) => Some(file.path.clone()),
        (None, Some(PreviewItem::Question(question))) => Some(question.id.to_string()),
        (None, _) => model.preview.workload.as_ref().map(ToString::to_string),
    }
}

/// The command that shows the same.
pub(super) fn command(model: &Model) -> Option<Vec<String>> {
    let words = |words: &[&str]| words.iter().map(|&word| word.to_owned()).collect::<Vec<_>>();
    let told = model.preview.told.value.as_ref()?;
    Some(match &model.preview.side {
        Some(PreviewSide::File { path, told: Loaded { value: Some(_), .. }, line })
            if model.preview.pane == Pane::Side =>
        {
            words(&["why", &format!("{path}:{}", line + 1)])
        }
        Some(PreviewSide::File { path, .. }) => words(&["why", path]),
        Some(PreviewSide::Question { .. }) => words(&["decide"]),
        None | Some(PreviewSide::Refused { .. }) => {
            words(&["convert", "--check", "--diff", "--workload", told.workload.as_str()])
        }
    })
}
