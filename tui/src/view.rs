//! The whole screen as a function of the model.

use crate::model::{Model, Screen};
use crate::screens::{self, audit, cutover, domains, graph, inventory, overview, preview, readiness, waves};
use crate::theme::Theme;
use crate::widgets;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

/// Draws the model.
pub(crate) fn view(model: &Model, theme: Theme, area: Rect, buffer: &mut Buffer) {
    if area.width < screens::LEAST.0 || area.height < screens::LEAST.1 {
        widgets::too_small(model, area, buffer);
        theme.finish(buffer);
        return;
    }
    let [head, body, foot] = screens::frame(area);
    widgets::header(model, head, buffer);
    match model.screen {
        Screen::Overview => overview::view(model, body, buffer),
        Screen::Inventory => inventory::view(model, body, buffer),
        Screen::Graph => graph::view(model, body, buffer),
        Screen::Readiness => readiness::view(model, body, buffer),
        Screen::Waves => waves::view(model, body, buffer),
        Screen::Audit => audit::view(model, body, buffer),
        Screen::Domains => domains::view(model, body, buffer),
        Screen::Preview => preview::view(model, body, buffer),
        Screen::Cutover => cutover::view(model, body, buffer),
    }
    widgets::footer(model, foot, buffer);
    if let Some(overlay) = &model.overlay {
        widgets::overlay(model, overlay, body, buffer);
    }
    theme.finish(buffer);
}
