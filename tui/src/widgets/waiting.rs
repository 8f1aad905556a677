//! What stands where nothing has come yet.

use super::{Text, draw, said};
use crate::model::Loaded;
use crate::theme::Role;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

/// Whether nothing has come yet.
pub(crate) const fn is_waiting<T>(loaded: &Loaded<T>) -> bool {
    loaded.value.is_none()
}

/// Says that it is read, or why it can't be.
pub(crate) fn waiting<T>(buffer: &mut Buffer, area: Rect, loaded: &Loaded<T>) {
    let lines = match &loaded.trouble {
        None => vec![Text::of(Role::Dim, "reading …")],
        Some(trouble) => {
            let hints = trouble.hints.iter().flat_map(|hint| said("hint", Role::Plain, hint, area.width));
            said("trouble", Role::Bad, &trouble.text, area.width).into_iter().chain(hints).collect()
        }
    };
    draw(buffer, area, &lines, 0);
}
