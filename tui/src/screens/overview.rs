//! What needs a person now, and how much there is.

use crate::data::{Item, Overview, Urgency};
use crate::model::Model;
use crate::text;
use crate::theme::Role;
use crate::widgets::{Text, bar, draw, is_waiting, put, tell_unseen, titled, unseen, waiting};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

/// Lines above the list.
const HEAD: u16 = 4;

/// Lines of a thing: what it is, and what helps.
const EACH: usize = 2;

/// How many things are seen at once in this body.
pub(crate) fn rows(body: Rect) -> usize {
    usize::from(body.height.saturating_sub(HEAD + 1)) / EACH
}

/// Draws it.
pub(crate) fn view(model: &Model, area: Rect, buffer: &mut Buffer) {
    let state = &model.overview;
    let Some(told) = state.told.value.as_ref() else { return waiting(buffer, area, &state.told) };
    draw(buffer, area, &counts(told, model), 0);
    let area = Rect { y: area.y + HEAD, height: area.height.saturating_sub(HEAD), ..area };
    let list = titled(buffer, area, "What needs you now", true);
    if told.items.is_empty() {
        put(buffer, list.x, list.y, list.width, &Text::of(Role::Good, "✓ nothing waits for you"));
        return;
    }
    let room = usize::from(list.height) / EACH;
    let top = (state.marked + 1).saturating_sub(room.max(1));
    tell_unseen(buffer, area, unseen(top, told.items.len(), room, "PageDown").as_deref());
    for (row, item) in told.items.iter().enumerate().skip(top).take(room) {
        let Ok(at) = u16::try_from((row - top) * EACH) else { break };
        let y = list.y + at;
        put(buffer, list.x, y, list.width, &first_line(item));
        put(buffer, list.x, y + 1, list.width, &Text::of(Role::Dim, format!("    {}", item.help)));
        if row == state.marked {
            bar(buffer, list, y);
        }
    }
}

fn counts(told: &Overview, model: &Model) -> Vec<Text> {
    let name = |name: &str| text::fit(name, 15);
    let incomplete = match told.incomplete {
        0 => Text::of(Role::Dim, name("lists")).and(Role::Good, format!("✓ all {} complete", told.lists)),
        some => Text::of(Role::Dim, name("lists"))
            .and(Role::Wait, format!("! {some} of {} incomplete", told.lists))
            .and(Role::Dim, "  what was found may not be all"),
    };
    let questions = match &model.overview.questions.value {
        _ if is_waiting(&model.overview.questions) => {
            Text::of(Role::Dim, name("open questions")).and(Role::Dim, "counting …")
        }
        Some(0) | None => Text::of(Role::Dim, name("open questions")).and(Role::Good, "✓ none"),
        Some(some) => Text::of(Role::Dim, name("open questions"))
            .and(Role::Wait, some.to_string())
            .and(Role::Dim, format!("  caravan {}decide lists and answers them", model.place.options)),
    };
    vec![Text::of(Role::Dim, name("workloads")).and(Role::Plain, told.workloads.to_string()), incomplete, questions]
}

fn first_line(item: &Item) -> Text {
    let (role, sign) = match item.urgency {
        Urgency::Now => (Role::Bad, "!   now   "),
        Urgency::Next => (Role::Wait, "▶   next  "),
        Urgency::Note => (Role::Dim, "·   note  "),
    };
    Text::of(role, sign).and(Role::Plain, item.text.clone())
}
