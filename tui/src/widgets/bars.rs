//! The header, which says where one is and what can happen from here, and the footer, which says by which keys.

use super::{Text, put};
use crate::command::{Command, Spec};
use crate::keymap;
use crate::model::{Model, Screen};
use crate::place::Access;
use crate::text;
use crate::theme::Role;
use caravan_cutover::operator::time_text;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

/// Two lines: the screens, and where all of it lies.
pub(crate) fn header(model: &Model, area: Rect, buffer: &mut Buffer) {
    let access = match model.place.access {
        Access::ReadOnly => Role::Good,
        Access::Operator => Role::Operator,
    };
    let mut right = Text::default();
    if let Some(speed) = model.place.speed {
        right = right.and(Role::Wait, format!("DEMO ×{speed}")).and(Role::Plain, " ");
    }
    right = right.and(access, model.place.access.word());
    let room = usize::from(area.width).saturating_sub(right.width() + 1);
    let tabs = Tabs::ALL.iter().map(|tabs| tabs.line(model.screen));
    let tabs = tabs.reduce(|kept, next| if kept.width() <= room { kept } else { next }).unwrap_or_default();
    put(buffer, area.x, area.y, area.width, &tabs);
    at_right(buffer, area, area.y, &right);
    let clock = time_text(model.now);
    let scanned = model.overview.told.value.as_ref().and_then(|told| told.scanned.as_ref());
    let scanned = scanned.map(|at| format!("scanned {at}   ")).unwrap_or_default();
    let (y, right) = (area.y + 1, format!("{scanned}{clock}"));
    let room = usize::from(area.width).saturating_sub(text::width(&right) + 1);
    let place = text::cut(&format!("{} as {}", model.place.dir, model.place.who), room);
    put(buffer, area.x, y, area.width, &Text::of(Role::Dim, place));
    at_right(buffer, area, y, &Text::of(Role::Dim, right));
}

fn at_right(buffer: &mut Buffer, area: Rect, y: u16, line: &Text) {
    let wide = u16::try_from(line.width()).unwrap_or(area.width).min(area.width);
    put(buffer, area.right() - wide, y, wide, line);
}

/// How the screens are named: a narrow terminal has room for less.
#[derive(Clone, Copy)]
enum Tabs {
    Wide,
    Narrow,
    /// The others by the beginning of their names.
    Short,
}

impl Tabs {
    const ALL: [Self; 3] = [Self::Wide, Self::Narrow, Self::Short];

    fn line(self, here: Screen) -> Text {
        let begin = if matches!(self, Self::Wide) { "caravan " } else { "" };
        Screen::ALL.iter().zip(1..).fold(Text::of(Role::Title, begin), |line, (screen, number)| {
            let is_here = *screen == here;
            let role = if is_here { Role::Marked } else { Role::Plain };
            let name = match self {
                Self::Short if !is_here => screen.short(),
                _ => screen.title(),
            };
            match self {
                Self::Wide => line.and(role, format!(" {number} {name} ")),
                Self::Narrow | Self::Short => line.and(role, format!("{number} {name}")).and(Role::Plain, " "),
            }
        })
    }
}

/// The message that was just said; without one, the keys of the screen.
pub(crate) fn footer(model: &Model, area: Rect, buffer: &mut Buffer) {
    let line = match (model.sent.first(), model.shown_message()) {
        (Some(order), _) => Text::of(Role::Busy, format!("{} …", order.word())),
        (None, Some(said)) => Text::of(said.role, said.text.clone()),
        (None, None) => hints(model, area.width),
    };
    put(buffer, area.x, area.y, area.width, &line);
}

/// The keys that matter most here, in the order of the table: what the screen is for first. Each is there whole or not at all,
/// and the way to all others always is.
fn hints(model: &Model, columns: u16) -> Text {
    const ALWAYS: [Command; 2] = [Command::Help, Command::Quit];
    let own = keymap::working(model.screen, model.operates()).filter(|spec| spec.is_own());
    let own = own.filter(|spec| keymap::is_of_use(model, spec.command));
    let common = [Command::Help, Command::Quit, Command::Palette, Command::Open, Command::Back, Command::CopyCommand];
    let mut shown: Vec<&Spec> = own.chain(common.iter().filter_map(|command| keymap::spec(*command))).collect();
    let told = |spec: &Spec| format!("{} {}", spec.key(), spec.name);
    let wide = |shown: &[&Spec]| shown.iter().map(|spec| text::width(&told(spec)) + 2).sum::<usize>();
    while wide(&shown) > usize::from(columns) + 2 {
        let Some(last) = shown.iter().rposition(|spec| !ALWAYS.contains(&spec.command)) else { break };
        shown.remove(last);
    }
    shown.iter().enumerate().fold(Text::default(), |line, (at, spec)| {
        let between = if at == 0 { "" } else { "  " };
        line.and(Role::Title, format!("{between}{}", spec.key())).and(Role::Dim, format!(" {}", spec.name))
    })
}

/// What is said where there is no room for more.
pub(crate) fn too_small(model: &Model, area: Rect, buffer: &mut Buffer) {
    let state = match &model.cutover.told.value {
        Some(view) => format!("{} {}", view.status.run, view.status.state),
        None => "caravan".to_owned(),
    };
    put(buffer, area.x, area.y, area.width, &Text::of(Role::Title, state));
    if area.height > 1 {
        let text = format!("{}×{} is too small: 60×15 at the least", area.width, area.height);
        put(buffer, area.x, area.y + 1, area.width, &Text::of(Role::Dim, text));
    }
}
