//! Up and down, and which rows of the inventory are read for it.

use super::{audit, domains, graph, navigate, preview, readiness};
use crate::command::Press;
use crate::effect::{Effect, Question};
use crate::model::{Model, Overlay, Pane, Screen};
use crate::screens::{self, cutover, inventory, overview, waves};
use crate::widgets::overlay_size;
use crossterm::event::KeyCode;

/// How far.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Step {
    Lines(isize),
    Pages(isize),
    First,
    Last,
}

impl Step {
    /// The step of a key that is no letter: such a key goes up and down also where letters are typed.
    pub(crate) const fn of(press: Press) -> Option<Self> {
        Some(match press.code {
            KeyCode::Down | KeyCode::Tab => Self::Lines(1),
            KeyCode::Up | KeyCode::BackTab => Self::Lines(-1),
            KeyCode::PageDown => Self::Pages(1),
            KeyCode::Char('d') if press.ctrl => Self::Pages(1),
            KeyCode::PageUp => Self::Pages(-1),
            KeyCode::Home => Self::First,
            KeyCode::End => Self::Last,
            _ => return None,
        })
    }

    /// The first line that is seen after it, of a text of so many lines: there is always as much of it as there is room for.
    pub(crate) fn scroll(self, top: usize, (lines, room): (usize, usize)) -> usize {
        self.from(top, (lines + 1).saturating_sub(room).max(1), room)
    }

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
            model.overview.marked = step.from(model.overview.marked, count, overview::rows(body));
        }
        Screen::Inventory if model.inventory.pane == Pane::Side => {
            if let Some(detail) = &mut model.inventory.detail {
                detail.top = step.scroll(detail.top, inventory::detail_size(detail, model.size));
            }
        }
        Screen::Inventory => {
            model.inventory.list.step(step, inventory::rows(model.size));
            let read = read_window(model);
            return read.into_iter().chain(navigate::detail_of_marked(model)).collect();
        }
        Screen::Graph => return graph::step(model, step),
        Screen::Readiness => return readiness::step(model, step),
        Screen::Waves if model.waves.pane == Pane::Side => {
            if let Some(members) = &mut model.waves.members {
                let count = members.told.value.as_ref().map_or(0, Vec::len);
                members.marked = step.from(members.marked, count, body.height.into());
            }
            if let Some(plan) = &mut model.waves.plan {
                plan.top = step.scroll(plan.top, waves::plan_size(plan, model.size));
            }
        }
        Screen::Waves => {
            let count = model.waves.lines().len();
            model.waves.marked = step.from(model.waves.marked, count, body.height.into());
        }
        Screen::Audit => return audit::step(model, step),
        Screen::Domains => return domains::step(model, step),
        Screen::Preview => return preview::step(model, step),
        Screen::Cutover if model.cutover.pane == Pane::Side => {
            model.cutover.top = step.scroll(model.cutover.top, cutover::panel_size(model));
        }
        Screen::Cutover => {
            let (count, page) = cutover::stages_size(model);
            let at = model.cutover.marked.unwrap_or_else(|| cutover::moving_line(model));
            model.cutover.marked = (count > 0).then(|| step.from(at, count, page));
        }
    }
    Vec::new()
}

/// The first line that is seen of an overlay after a step.
pub(super) fn scrolled(model: &Model, overlay: &Overlay, top: usize, step: Step) -> usize {
    step.scroll(top, overlay_size(model, overlay, screens::body(model.size)))
}

/// Asks for the rows that are seen on this screen where they were not read.
pub(super) fn read_windows(model: &mut Model) -> Vec<Effect> {
    match model.screen {
        Screen::Graph => graph::read_window(model).into_iter().collect(),
        Screen::Audit => audit::read_window(model).into_iter().collect(),
        Screen::Domains => domains::read_window(model).into_iter().collect(),
        Screen::Readiness => readiness::read_window(model).into_iter().collect(),
        _ => read_window(model).into_iter().collect(),
    }
}

/// Asks for the workloads that are seen where they were not read.
pub(super) fn read_window(model: &mut Model) -> Option<Effect> {
    let page = inventory::rows(model.size);
    let state = &mut model.inventory;
    let (from, limit) = state.list.wanted(page)?;
    Some(Effect::Ask(Question::Window { text: state.text.clone(), query: state.query.clone(), from, limit }))
}
