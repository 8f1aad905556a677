//! The graph: hostnames, and from one thing to what stands around it.

use super::{Step, answers, navigate};
use crate::data::{DoorRow, Graph, Window};
use crate::effect::{Effect, Question};
use crate::model::{FocusState, GraphState, Model, Screen};
use crate::screens::graph;
use crate::session::Answered;
use crate::theme::Role;

/// Goes up or down in whatever is seen.
pub(super) fn step(model: &mut Model, step: Step) -> Vec<Effect> {
    let size = model.size;
    if let Some(focus) = model.graph.path.last_mut() {
        focus.marked = step.from(focus.marked, focus.lines().count(), graph::lines_seen(size));
        return Vec::new();
    }
    model.graph.doors.step(step, graph::rows(size));
    read_window(model).into_iter().collect()
}

/// Asks for the hostnames that are seen where they were not read.
pub(super) fn read_window(model: &mut Model) -> Option<Effect> {
    if model.graph.focus().is_some() {
        return None;
    }
    let (from, limit) = model.graph.doors.wanted(graph::rows(model.size))?;
    Some(Effect::Ask(Question::Doors { part: model.graph.text.clone(), from, limit }))
}

/// Reads what is seen anew.
pub(super) fn read_anew(model: &mut Model) -> Option<Effect> {
    model.graph.doors.forget();
    let focus = model.graph.focus()?;
    Some(Effect::Ask(Question::Graph(focus.id.clone())))
}

/// Takes hostnames in; those of another filter are late.
pub(super) fn take_doors(model: &mut Model, part: &str, told: Answered<Window<DoorRow>>) -> Vec<Effect> {
    if part != model.graph.text {
        return Vec::new();
    }
    let trouble = model.graph.doors.take(told, model.now);
    answers::say(model, trouble.as_ref());
    let is_refused = trouble.is_some() || model.graph.doors.window.trouble.is_some();
    if is_refused || model.screen != Screen::Graph { Vec::new() } else { read_window(model).into_iter().collect() }
}

/// Takes in what stands around a thing, wherever on the path it is.
pub(super) fn take(model: &mut Model, id: &str, told: Answered<Box<Graph>>) {
    let now = model.now;
    let Some(focus) = model.graph.path.iter_mut().rev().find(|focus| focus.id == id) else { return };
    let trouble = focus.told.take(told, now);
    focus.marked = focus.marked.min(focus.lines().count().saturating_sub(1));
    answers::say(model, trouble.as_ref());
}

/// Looks for a part of a hostname, or at an id: an id has slashes or colons, a hostname has neither.
pub(super) fn find(model: &mut Model, typed: &str) -> Vec<Effect> {
    let typed = typed.trim();
    model.graph.path.clear();
    if typed.contains(['/', ':']) {
        return look_at(model, typed.to_owned(), false);
    }
    model.graph = GraphState { text: typed.to_ascii_lowercase(), ..GraphState::default() };
    read_window(model).into_iter().collect()
}

/// Opens what is marked.
pub(super) fn open(model: &mut Model) -> Vec<Effect> {
    let leads = match model.graph.focus() {
        Some(focus) => focus.marked_line().and_then(|line| line.leads.clone()).filter(|leads| *leads != focus.id),
        None => model.graph.doors.marked_row().map(|row| row.hostname.clone()),
    };
    leads.map(|leads| look_at(model, leads, false)).unwrap_or_default()
}

/// One level back; whether there was one on this screen.
pub(super) fn back(model: &mut Model) -> bool {
    model.graph.path.pop().is_some_and(|focus| !focus.is_visited)
}

/// From a workload or a hostname on another screen to what stands around it.
pub(super) fn of_marked(model: &mut Model) -> Vec<Effect> {
    let id = match model.screen {
        Screen::Domains => model.domains.list.marked_row().map(|row| row.hostname.clone()),
        _ => navigate::marked_workload(model).map(|id| id.to_string()),
    };
    let Some(id) = id else {
        model.say(Role::Wait, "nothing is marked");
        return Vec::new();
    };
    let mut effects = navigate::visit(model, Screen::Graph);
    effects.extend(look_at(model, id, true));
    effects
}

fn look_at(model: &mut Model, id: String, is_visited: bool) -> Vec<Effect> {
    model.graph.path.push(FocusState::new(id.clone(), is_visited));
    vec![Effect::Ask(Question::Graph(id))]
}
