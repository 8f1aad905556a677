//! The screens, one file each: what is on them, and where. Each is a function of the model alone.

pub(crate) mod audit;
pub(crate) mod cutover;
mod cutover_panel;
pub(crate) mod domains;
pub(crate) mod graph;
pub(crate) mod inventory;
pub(crate) mod overview;
pub(crate) mod preview;
pub(crate) mod readiness;
pub(crate) mod waves;

use ratatui::layout::{Constraint, Layout, Rect};

/// From this width on there are two panes beside each other.
pub(crate) const WIDE: u16 = 110;
/// Below this the state alone is shown.
pub(crate) const LEAST: (u16, u16) = (60, 15);

/// Header, body and footer.
pub(crate) fn frame(area: Rect) -> [Rect; 3] {
    Layout::vertical([Constraint::Length(2), Constraint::Min(1), Constraint::Length(1)]).areas(area)
}

/// The body of a terminal of this size.
pub(crate) fn body(size: (u16, u16)) -> Rect {
    let [_, body, _] = frame(Rect::new(0, 0, size.0, size.1));
    body
}

/// List and side pane: beside each other in a wide terminal, else one of them has all of it.
pub(crate) fn panes(area: Rect, has_side: bool) -> (Rect, Option<Rect>) {
    match (has_side, area.width >= WIDE) {
        (false, _) => (area, None),
        (true, true) => {
            let [list, _, side] =
                Layout::horizontal([Constraint::Percentage(50), Constraint::Length(1), Constraint::Min(20)])
                    .areas(area);
            (list, Some(side))
        }
        (true, false) => (Rect { width: 0, ..area }, Some(area)),
    }
}
