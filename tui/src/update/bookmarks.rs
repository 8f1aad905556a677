//! Bookmarks: a letter for a place, and back to it.

use super::navigate;
use crate::effect::{Effect, Question};
use crate::model::{
    AssessedState, AuditState, CutoverState, DomainsState, FocusState, GraphState, InventoryState, Loaded, Model, Pane,
    PreviewState, ReadinessState, Spot, Windowed,
};
use crate::theme::Role;

/// Keeps the place under a letter.
pub(super) fn set(model: &mut Model, letter: char) -> Vec<Effect> {
    let spot = Spot::of(model);
    model.say(Role::Good, format!("kept: ` and {letter} lead back to {} {}", spot.screen().title(), spot.about()));
    model.marks.insert(letter, spot);
    Vec::new()
}

/// Goes to the place under a letter; Back leads to where one was.
pub(super) fn jump(model: &mut Model, letter: char) -> Vec<Effect> {
    let Some(spot) = model.marks.get(&letter).cloned() else {
        model.say(Role::Wait, format!("nothing is kept under {letter}: `'` and the letter keep a place"));
        return Vec::new();
    };
    let screen = spot.screen();
    let mut asked = None;
    match spot {
        Spot::Overview => {}
        Spot::Inventory { text, query, row } => {
            model.inventory = InventoryState { text, query, list: Windowed::at(row), ..InventoryState::default() };
        }
        Spot::Graph { text, path } => {
            asked = path.last().cloned().map(Question::Graph);
            let path = path.into_iter().map(|id| FocusState::new(id, false)).collect();
            model.graph = GraphState { text, path, ..GraphState::default() };
        }
        Spot::Readiness { sieve, row, detail } => {
            asked = detail.clone().map(Question::Assessed);
            let pane = if detail.is_some() { Pane::Side } else { Pane::List };
            let detail = detail.map(|id| AssessedState { id, told: Loaded::default(), top: 0 });
            model.readiness =
                ReadinessState { sieve, list: Windowed::at(row), detail, pane, ..ReadinessState::default() };
        }
        Spot::Waves { line } => model.waves.marked = line.min(model.waves.lines().len().saturating_sub(1)),
        Spot::Cutover { run } => model.cutover = CutoverState { run, ..CutoverState::default() },
        Spot::Audit { run, people } => model.audit = AuditState { people, ..AuditState::of(run) },
        Spot::Preview { workload } => {
            asked = workload.clone().map(Question::Preview);
            model.preview = workload.map(PreviewState::of).unwrap_or_default();
        }
        Spot::Domains { text, row } => {
            model.domains = DomainsState { text, list: Windowed::at(row), ..DomainsState::default() };
        }
    }
    let mut effects = navigate::visit(model, screen);
    effects.extend(asked.map(Effect::Ask));
    effects
}
