//! The journal of a run: which run, which of its entries, and one of them whole.

use super::{Step, answers, navigate};
use crate::data::{EntryText, JournalPart};
use crate::effect::{Effect, Question};
use crate::model::{AuditState, EntryState, Loaded, Model, Pane, Screen};
use crate::screens::audit;
use crate::session::Answered;
use crate::theme::Role;

/// Goes up or down in whatever has the keyboard.
pub(super) fn step(model: &mut Model, step: Step) -> Vec<Effect> {
    let size = model.size;
    if model.audit.run.is_none() {
        let count = model.waves.runs().count();
        model.audit.marked = step.from(model.audit.marked, count, audit::runs_seen(size));
        return Vec::new();
    }
    let state = &mut model.audit;
    if let (Pane::Side, Some(entry)) = (state.pane, &mut state.entry) {
        entry.top = step.scroll(entry.top, audit::entry_size(entry, size));
        return Vec::new();
    }
    state.list.step(step, audit::rows(size));
    state.follows = state.list.marked + 1 >= state.list.total();
    let read = read_window(model);
    read.into_iter().chain(entry_of_marked(model)).collect()
}

/// Asks for the entries that are seen where they were not read.
pub(super) fn read_window(model: &mut Model) -> Option<Effect> {
    let run = model.audit.run.clone()?;
    let (from, limit) = model.audit.list.wanted(audit::rows(model.size))?;
    Some(Effect::Ask(Question::Journal { run, people: model.audit.people, from, limit }))
}

/// Reads what is seen anew: entries may have come. An entry never changes.
pub(super) fn read_anew(model: &mut Model) {
    model.audit.list.forget();
}

/// Takes entries in; as long as the chain is not verified to its end and somebody looks at it, more is asked for.
pub(super) fn take(model: &mut Model, run: &str, people: bool, told: Answered<JournalPart>) -> Vec<Effect> {
    let state = &mut model.audit;
    if state.run.as_deref() != Some(run) || state.people != people {
        return Vec::new();
    }
    let window = told.map(|JournalPart { window, facts }| {
        state.facts = facts;
        window
    });
    let is_refused = window.is_err();
    let trouble = state.list.take(window, model.now);
    if state.follows {
        state.list.marked = state.list.total().saturating_sub(1);
    }
    if is_refused || !state.facts.is_told() {
        state.list.forget();
    }
    answers::say(model, trouble.as_ref());
    if is_refused || model.screen != Screen::Audit {
        return Vec::new();
    }
    let read = read_window(model);
    read.into_iter().chain(entry_of_marked(model)).collect()
}

/// Takes an entry in.
pub(super) fn take_entry(model: &mut Model, run: &str, sequence: u64, told: Answered<EntryText>) {
    let (now, is_run) = (model.now, model.audit.run.as_deref() == Some(run));
    let Some(entry) = model.audit.entry.as_mut().filter(|entry| is_run && entry.sequence == sequence) else { return };
    let trouble = entry.told.take(told, now);
    answers::say(model, trouble.as_ref());
}

/// Only what people did, or everything.
pub(super) fn next_people(model: &mut Model) -> Vec<Effect> {
    let Some(run) = model.audit.run.clone() else {
        model.say(Role::Wait, "no run is open: Enter opens the marked one");
        return Vec::new();
    };
    model.audit = AuditState { people: !model.audit.people, marked: model.audit.marked, ..AuditState::of(Some(run)) };
    read_window(model).into_iter().collect()
}

/// Opens what is marked: the journal of a run, or an entry of it.
pub(super) fn open(model: &mut Model) -> Vec<Effect> {
    let Some(run) = model.audit.run.clone() else {
        let run = model.waves.runs().nth(model.audit.marked).map(|(_, run)| run.name.clone());
        return run.map(|run| look_at(model, run)).unwrap_or_default();
    };
    let Some(sequence) = model.audit.list.marked_row().map(|row| row.sequence) else { return Vec::new() };
    model.audit.pane = Pane::Side;
    if model.audit.entry.as_ref().is_some_and(|entry| entry.sequence == sequence) {
        return Vec::new();
    }
    model.audit.entry = Some(EntryState { sequence, told: Loaded::default(), top: 0 });
    vec![Effect::Ask(Question::Entry { run, sequence })]
}

/// The entry that is marked now, where a side pane shows one.
fn entry_of_marked(model: &mut Model) -> Option<Effect> {
    let sequence = model.audit.list.marked_row()?.sequence;
    let entry = model.audit.entry.as_mut()?;
    if entry.sequence == sequence {
        return None;
    }
    *entry = EntryState { sequence, told: Loaded::default(), top: 0 };
    Some(Effect::Ask(Question::Entry { run: model.audit.run.clone()?, sequence }))
}

/// One level back; whether there was one.
pub(super) fn back(model: &mut Model) -> bool {
    if model.audit.entry.take().is_some() {
        model.audit.pane = Pane::List;
        return true;
    }
    // Whoever came from another screen to look at one run goes back there.
    let had = model.audit.run.take().is_some();
    had && model.trail.is_empty()
}

/// From a run on another screen to its journal.
pub(super) fn of_marked(model: &mut Model) -> Vec<Effect> {
    let run = match model.screen {
        Screen::Waves => model.waves.marked_run().map(str::to_owned),
        _ => model.cutover.run.clone(),
    };
    let Some(run) = run else {
        model.say(Role::Wait, "no run is marked: a wave has a journal once it was started");
        return Vec::new();
    };
    model.audit = AuditState { marked: model.audit.marked, ..AuditState::of(Some(run)) };
    navigate::visit(model, Screen::Audit)
}

fn look_at(model: &mut Model, run: String) -> Vec<Effect> {
    model.audit = AuditState { marked: model.audit.marked, ..AuditState::of(Some(run)) };
    read_window(model).into_iter().collect()
}
