//! A list of any length, of which a few pages are held.

use super::Loaded;
use crate::data::Window;
use crate::session::{Answered, Trouble};
use crate::update::Step;
use caravan_cutover_engine::Moment;

/// A list of any length: where the keyboard is in it, and the rows around that.
#[derive(Debug)]
pub(crate) struct Windowed<R> {
    /// The row where the keyboard is.
    pub(crate) marked: usize,
    /// The first row that is seen.
    pub(crate) top: usize,
    /// The rows that are held.
    pub(crate) window: Loaded<Window<R>>,
    /// The first row and how many of the window that was asked for last; none where it is to be asked for anew.
    asked: Option<(usize, usize)>,
}

impl<R> Default for Windowed<R> {
    fn default() -> Self {
        Self { marked: 0, top: 0, window: Loaded::default(), asked: None }
    }
}

impl<R> Windowed<R> {
    /// With the keyboard on this row, once it is read.
    pub(crate) fn at(row: usize) -> Self {
        Self { marked: row, ..Self::default() }
    }

    /// The row at a place, where it was read.
    pub(crate) fn row(&self, at: usize) -> Option<&R> {
        let window = self.window.value.as_ref()?;
        window.rows.get(at.checked_sub(window.from)?)
    }

    /// The row where the keyboard is, where it was read.
    pub(crate) fn marked_row(&self) -> Option<&R> {
        self.row(self.marked)
    }

    /// How many rows there are.
    pub(crate) fn total(&self) -> usize {
        self.window.value.as_ref().map_or(0, |window| window.total)
    }

    /// Goes up or down, with so many rows on a page.
    pub(crate) fn step(&mut self, step: Step, page: usize) {
        self.marked = step.from(self.marked, self.total(), page);
    }

    /// Takes rows in; the keyboard stays among them.
    pub(crate) fn take(&mut self, answered: Answered<Window<R>>, now: Moment) -> Option<Trouble> {
        if answered.is_err() {
            self.asked = None;
        }
        let trouble = self.window.take(answered, now);
        self.marked = self.marked.min(self.total().saturating_sub(1));
        trouble
    }

    /// Lets the rows be read anew.
    pub(crate) fn forget(&mut self) {
        self.asked = None;
    }

    /// Keeps the marked row in sight, and says which rows must be read, the first and how many, where those that are seen were
    /// not: three pages, so that the next keys find theirs there. Never more than that is held.
    pub(crate) fn wanted(&mut self, page: usize) -> Option<(usize, usize)> {
        let page = page.max(1);
        self.top = self.top.min(self.marked).max((self.marked + 1).saturating_sub(page));
        let seen = self.top..self.top + page;
        let is_read = self.window.value.as_ref().is_some_and(|window| {
            let end = window.from + window.rows.len();
            window.from <= seen.start && (end >= seen.end || end >= window.total)
        });
        if is_read && self.asked.is_some() {
            return None;
        }
        let wanted = (self.top.saturating_sub(page), page * 3);
        if self.asked == Some(wanted) {
            return None;
        }
        self.asked = Some(wanted);
        Some(wanted)
    }
}
