//! Up and down, and which rows of the inventory are read for it.

use super::navigate;
use crate::effect::{Effect, Question};
use crate::model::{Model, Pane, Screen};
use crate::screens::{self, cutover, inventory, waves};

/// How far.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Step {
    Lines(isize),
    Pages(isize),
    First,
    Last,
}

impl Step {
    /// The place after it, among so many, with so many on a page.
    pub(crate) fn from(self, at: usize, count: usize, page: usize) -> usize {
        let last = count.saturating_sub(1);
        let page = isize::try_from(page.max(2) - 1).unwrap_or(isize::MAX);
        match self {
            Self::Lines(lines) => at.saturating_add_signed(lines).min(last),
            Self::Pages(pages) => at.saturating_add_signed(pages.saturating_mul(page)).min(last),
            Self::First => 0,
            Self::Last => last,
        }
    }
}

/// Goes up or down in whatever has the keyboard.
pub(super) fn step(model: &mut Model, step: Step) -> Vec<Effect> {
    let body = screens::body(model.size);
    match model.screen {
        Screen::Overview => {
            let count = model.overview.told.value.as_ref().map_or(0, |told| told.items.len());
            model.overview.marked = step.from(model.overview.marked, count, body.height.into());
        }
        Screen::Inventory if model.inventory.pane == Pane::Side => {
            if let Some(detail) = &mut model.inventory.detail {
                let (lines, page) = inventory::detail_size(detail, model.size);
                detail.top = step.from(detail.top, (lines + 1).saturating_sub(page).max(1), page);
            }
        }
        Screen::Inventory => {
            let (total, page) = (model.inventory.total(), inventory::rows(model.size));
            model.inventory.marked = step.from(model.inventory.marked, total, page);
            let mut effects = read_window(model);
            effects.extend(navigate::detail_of_marked(model));
            return effects;
        }
        Screen::Waves if model.waves.pane == Pane::Side => {
            if let Some(plan) = &mut model.waves.plan {
                let (lines, page) = waves::plan_size(plan, model.size);
                plan.top = step.from(plan.top, (lines + 1).saturating_sub(page).max(1), page);
            }
        }
        Screen::Waves => {
            let count = model.waves.lines().len();
            model.waves.marked = step.from(model.waves.marked, count, body.height.into());
        }
        Screen::Cutover => {
            let count = cutover::line_count(model);
            let at = model.cutover.marked.unwrap_or_else(|| cutover::moving_line(model));
            model.cutover.marked = (count > 0).then(|| step.from(at, count, body.height.into()));
        }
    }
    Vec::new()
}

/// Keeps the marked row in sight, and asks for the rows that are seen where they were not read: three pages, so that the next
/// keys find theirs there. Never more than that is held.
pub(super) fn read_window(model: &mut Model) -> Vec<Effect> {
    let page = inventory::rows(model.size).max(1);
    let state = &mut model.inventory;
    state.top = state.top.min(state.marked).max((state.marked + 1).saturating_sub(page));
    let seen = state.top..state.top + page;
    let is_read = state.window.value.as_ref().is_some_and(|window| {
        let end = window.from + window.rows.len();
        window.from <= seen.start && (end >= seen.end || end >= window.total)
    });
    if is_read && state.asked.is_some() {
        return Vec::new();
    }
    let wanted = (state.text.clone(), state.top.saturating_sub(page), page * 3);
    if state.asked.as_ref() == Some(&wanted) {
        return Vec::new();
    }
    state.asked = Some(wanted.clone());
    let (text, from, limit) = wanted;
    vec![Effect::Ask(Question::Window { text, query: state.query.clone(), from, limit })]
}
