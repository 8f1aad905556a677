//! Readiness: which workloads are shown, and what keeps one of them from moving.

use super::{Step, answers, navigate};
use crate::data::{ReadinessPart, Sieve};
use crate::effect::{Effect, Question};
use crate::model::{AssessedState, Loaded, Model, Pane, ReadinessState, Screen};
use crate::screens::readiness;
use crate::session::Answered;
use crate::theme::Role;
use caravan_inventory::Query;
use caravan_plans::readiness::{Severity, Verdict};

/// The severities that `f` goes through: what is graver than nothing is all.
const SEVERITIES: [Option<Severity>; 3] = [None, Some(Severity::Blocker), Some(Severity::Warning)];

/// Goes up or down in whatever has the keyboard.
pub(super) fn step(model: &mut Model, step: Step) -> Vec<Effect> {
    let size = model.size;
    let state = &mut model.readiness;
    if let (Pane::Side, Some(detail)) = (state.pane, &mut state.detail) {
        detail.top = step.scroll(detail.top, readiness::detail_size(detail, size));
        return Vec::new();
    }
    state.list.step(step, readiness::rows(size));
    let read = read_window(model);
    read.into_iter().chain(detail_of_marked(model)).collect()
}

/// Asks for the workloads that are seen where they were not read.
pub(super) fn read_window(model: &mut Model) -> Option<Effect> {
    let (from, limit) = model.readiness.list.wanted(readiness::rows(model.size))?;
    Some(ask(model, from, limit))
}

fn ask(model: &Model, from: usize, limit: usize) -> Effect {
    Effect::Ask(Question::Readiness { sieve: model.readiness.sieve.clone(), from, limit })
}

/// Reads the list and what is open of it anew: the inventory or the decisions may be others.
pub(super) fn read_anew(model: &mut Model) -> Option<Effect> {
    model.readiness.list.forget();
    let detail = model.readiness.detail.as_ref()?;
    Some(Effect::Ask(Question::Assessed(detail.id.clone())))
}

/// Takes a window in; as long as the list is not known to its end and somebody looks at it, it is asked for again.
pub(super) fn take(model: &mut Model, sieve: &Sieve, told: Answered<ReadinessPart>) -> Vec<Effect> {
    if *sieve != model.readiness.sieve {
        return Vec::new();
    }
    let window = told.map(|ReadinessPart { window, progress }| {
        model.readiness.progress = progress;
        window
    });
    let is_refused = window.is_err();
    let trouble = model.readiness.list.take(window, model.now);
    answers::say(model, trouble.as_ref());
    if is_refused || model.screen != Screen::Readiness {
        // Whoever comes back finds it known further.
        model.readiness.list.forget();
        return Vec::new();
    }
    if !model.readiness.progress.is_whole() {
        model.readiness.list.forget();
    }
    let read = read_window(model);
    read.into_iter().chain(detail_of_marked(model)).collect()
}

/// Lets a query hold.
pub(super) fn filter(model: &mut Model, text: String, query: Query) -> Vec<Effect> {
    let Sieve { severity, verdict, .. } = model.readiness.sieve;
    pass(model, Sieve { text, query, severity, verdict })
}

fn pass(model: &mut Model, sieve: Sieve) -> Vec<Effect> {
    model.readiness = ReadinessState { sieve, ..ReadinessState::default() };
    read_window(model).into_iter().collect()
}

/// The next severity.
pub(super) fn next_severity(model: &mut Model) -> Vec<Effect> {
    let sieve = model.readiness.sieve.clone();
    let severity = after(&SEVERITIES, sieve.severity);
    pass(model, Sieve { severity, ..sieve })
}

/// The next verdict.
pub(super) fn next_verdict(model: &mut Model) -> Vec<Effect> {
    let all: Vec<Option<Verdict>> = std::iter::once(None).chain(Verdict::ALL.iter().copied().map(Some)).collect();
    let sieve = model.readiness.sieve.clone();
    let verdict = after(&all, sieve.verdict);
    pass(model, Sieve { verdict, ..sieve })
}

fn after<T: Copy + PartialEq>(all: &[Option<T>], now: Option<T>) -> Option<T> {
    let at = all.iter().position(|one| *one == now).unwrap_or_default();
    all.get(at + 1).copied().flatten()
}

/// Opens what is marked.
pub(super) fn open(model: &mut Model) -> Vec<Effect> {
    let Some(id) = model.readiness.list.marked_row().map(|row| row.id.clone()) else { return Vec::new() };
    model.readiness.pane = Pane::Side;
    if model.readiness.detail.as_ref().is_some_and(|detail| detail.id == id) {
        return Vec::new();
    }
    model.readiness.detail = Some(AssessedState { id: id.clone(), told: Loaded::default(), top: 0 });
    vec![Effect::Ask(Question::Assessed(id))]
}

/// What keeps the workload that is marked now, where a side pane shows one.
fn detail_of_marked(model: &mut Model) -> Option<Effect> {
    let id = model.readiness.list.marked_row()?.id.clone();
    let detail = model.readiness.detail.as_mut()?;
    if detail.id == id {
        return None;
    }
    *detail = AssessedState { id: id.clone(), told: Loaded::default(), top: 0 };
    Some(Effect::Ask(Question::Assessed(id)))
}

/// From a workload on another screen to what keeps it from moving.
pub(super) fn of_marked(model: &mut Model) -> Vec<Effect> {
    let Some(id) = navigate::marked_workload(model) else {
        model.say(Role::Wait, "no workload is marked");
        return Vec::new();
    };
    let query = navigate::only(&id);
    let sieve = Sieve { text: query.to_string(), query, ..Sieve::default() };
    let detail = AssessedState { id: id.clone(), told: Loaded::default(), top: 0 };
    model.readiness = ReadinessState { sieve, detail: Some(detail), pane: Pane::Side, ..ReadinessState::default() };
    let mut effects = navigate::visit(model, Screen::Readiness);
    effects.push(Effect::Ask(Question::Assessed(id)));
    effects
}
