//! What the benchmark draws: a list of any length, of which a window is held, by the very functions that run the interface.

use crate::data::{Row, Window};
use crate::effect::{Effect, Question};
use crate::event::{Answer, Event};
use crate::model::{Model, Screen};
use crate::place::{Access, Place};
use crate::theme::{Colours, Theme};
use crate::update::update;
use crate::view::view;
use caravan_cutover_engine::Moment;
use caravan_inventory::WorkloadId;
use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

/// An interface that looks at a list of so many workloads.
#[derive(Debug)]
pub struct LongList {
    model: Model,
    buffer: Buffer,
    total: usize,
    now: Moment,
}

impl LongList {
    /// In a terminal of this size.
    #[must_use]
    pub fn new(total: usize, columns: u16, rows: u16) -> Self {
        let place = Place {
            dir: ".".to_owned(),
            options: String::new(),
            who: "bench".to_owned(),
            speed: None,
            access: Access::ReadOnly,
        };
        let mut model = Model::new(place, (columns, rows), Moment(0));
        model.screen = Screen::Inventory;
        let buffer = Buffer::empty(Rect::new(0, 0, columns, rows));
        let mut list = Self { model, buffer, total, now: Moment(0) };
        list.take(Event::Resized(columns, rows));
        list
    }

    /// Presses a key, answers what is asked for it, and draws a frame. Gives how many rows were read.
    pub fn press(&mut self, key: char) -> usize {
        let read = self.take(Event::Key(KeyEvent::new(KeyCode::Char(key), KeyModifiers::NONE)));
        let (area, theme) = (self.buffer.area, Theme { colours: Colours::Sixteen, ascii: false });
        self.buffer.reset();
        view(&self.model, theme, area, &mut self.buffer);
        read
    }

    fn take(&mut self, event: Event) -> usize {
        self.now = self.now.plus_ms(33);
        let mut read = 0;
        let mut effects = update(&mut self.model, event, self.now);
        while let Some(effect) = effects.pop() {
            let Effect::Ask(Question::Window { text, from, limit, .. }) = effect else { continue };
            let rows: Vec<Row> = (from..(from + limit).min(self.total)).map(row).collect();
            read += rows.len();
            let window = Window { total: self.total, from, rows };
            let answer = Event::Answered(Box::new(Answer::Window(text, Ok(window))));
            effects.extend(update(&mut self.model, answer, self.now));
        }
        read
    }
}

fn row(at: usize) -> Row {
    Row {
        id: WorkloadId::new(format!("ecs/417263850914/eu-central-1/cluster/service-{at:06}")),
        kind: "ecs",
        name: format!("service-{at:06}"),
        team: format!("team-{}", at % 40),
        environment: "production".to_owned(),
        account: "417263850914".to_owned(),
        region: "eu-central-1".to_owned(),
    }
}
