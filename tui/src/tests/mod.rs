//! Tests of the crate: the update as a function, every screen as cells, and the table of commands.

mod around;
mod bookmarks;
mod commands;
mod domains;
mod estate;
mod graph;
mod journal;
mod moving;
mod night;
mod preview;
mod questions;
mod readiness;
mod ready;
mod screens;
mod updating;

use crate::effect::Effect;
use crate::event::Event;
use crate::model::{Model, Screen};
use crate::place::{Access, Place};
use crate::theme::{Colours, Theme};
use crate::update::{begin, update};
use crate::view::view;
use caravan_cutover_engine::Moment;
use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use ratatui::Terminal;
use ratatui::backend::TestBackend;
use ratatui::buffer::Buffer;
use ratatui::style::{Color, Modifier};
use unicode_width::UnicodeWidthStr;

/// 2026-11-28T21:30:00Z.
const NOW: Moment = Moment(1_795_901_400_000);

/// An interface without a terminal: keys go in, what follows is kept, and what is asked of the inventory is answered.
struct Hands {
    model: Model,
    now: Moment,
    effects: Vec<Effect>,
    estate: estate::Estate,
}

impl Hands {
    fn new(access: Access, size: (u16, u16)) -> Self {
        let place = Place {
            dir: "caravan-demo".to_owned(),
            options: "--dir caravan-demo ".to_owned(),
            who: "olivia".to_owned(),
            speed: Some(30),
            access,
        };
        let mut hands =
            Self { model: Model::new(place, size, NOW), now: NOW, effects: Vec::new(), estate: estate::Estate::read() };
        let effects = begin(&mut hands.model);
        hands.follow(effects);
        hands
    }

    fn event(&mut self, event: Event) {
        self.now = self.now.plus_ms(10);
        let effects = update(&mut self.model, event, self.now);
        self.follow(effects);
    }

    /// Answers what the demonstration's inventory and waves can answer; everything else is kept.
    fn follow(&mut self, effects: Vec<Effect>) {
        for effect in effects {
            match self.estate.answer(&effect) {
                Some(answer) => self.event(Event::Answered(Box::new(answer))),
                None => self.effects.push(effect),
            }
        }
    }

    fn code(&mut self, code: KeyCode) {
        self.event(Event::Key(KeyEvent::new(code, KeyModifiers::NONE)));
    }

    /// To a screen, by its key.
    fn to(&mut self, screen: Screen) {
        let number = Screen::ALL.iter().position(|one| *one == screen).unwrap() + 1;
        self.press(&number.to_string());
    }

    /// Filters by a text, in the place of the one that holds.
    fn filter(&mut self, text: &str) {
        self.press("/");
        self.event(Event::Key(KeyEvent::new(KeyCode::Char('u'), KeyModifiers::CONTROL)));
        self.press(text);
        self.code(KeyCode::Enter);
    }

    /// Presses each character.
    fn press(&mut self, keys: &str) {
        for key in keys.chars() {
            self.code(KeyCode::Char(key));
        }
    }

    fn wait(&mut self, ms: u64) {
        self.now = self.now.plus_ms(ms);
        self.event(Event::Tick);
    }

    /// What was ordered since this was last asked.
    fn orders(&mut self) -> Vec<crate::effect::Order> {
        let order = |effect: Effect| if let Effect::Order(order) = effect { Some(order) } else { None };
        std::mem::take(&mut self.effects).into_iter().filter_map(order).collect()
    }

    fn draw(&self, theme: Theme) -> Buffer {
        let mut terminal = Terminal::new(TestBackend::new(self.model.size.0, self.model.size.1)).unwrap();
        terminal.draw(|frame| view(&self.model, theme, frame.area(), frame.buffer_mut())).unwrap();
        terminal.backend().buffer().clone()
    }

    fn text(&self) -> String {
        glyphs(&self.draw(DARK))
    }
}

const DARK: Theme = Theme { colours: Colours::Sixteen, ascii: false };
const NO_COLOUR: Theme = Theme { colours: Colours::None, ascii: false };
const ASCII: Theme = Theme { colours: Colours::None, ascii: true };

/// The glyphs, line by line; what a wide one covers is left out, as a terminal does.
fn glyphs(buffer: &Buffer) -> String {
    let mut covered = 0;
    rows(buffer, |cell| {
        if covered > 0 {
            covered -= 1;
            return String::new();
        }
        covered = cell.symbol().width().saturating_sub(1);
        cell.symbol().to_owned()
    })
}

/// A letter for how each cell looks, line by line: `.` is plain, a large letter is bold. Colours, then dim and reversed.
fn styles(buffer: &Buffer) -> String {
    rows(buffer, |cell| {
        let letter = match cell.fg {
            Color::Reset if cell.modifier.contains(Modifier::REVERSED) => '#',
            Color::Reset if cell.modifier.contains(Modifier::DIM) => '-',
            Color::Reset if cell.modifier.contains(Modifier::BOLD) => 'B',
            Color::Reset => '.',
            Color::Green => 'g',
            Color::Yellow => 'y',
            Color::Red => 'r',
            Color::Cyan => 'c',
            Color::Magenta => 'm',
            other => panic!("{other:?} is none of the theme's colours"),
        };
        assert_eq!(cell.bg, Color::Reset, "the background is the terminal's own");
        letter.to_string()
    })
}

fn rows(buffer: &Buffer, mut show: impl FnMut(&ratatui::buffer::Cell) -> String) -> String {
    let area = buffer.area;
    let mut line = |y: u16| -> String { (0..area.width).map(|x| show(&buffer[(x, y)])).collect() };
    (0..area.height).map(|y| line(y).trim_end().to_owned() + "\n").collect()
}
