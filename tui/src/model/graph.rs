//! What is known of the ways in, and of what breaks.

use super::{Loaded, Windowed};
use crate::data::{DoorRow, Graph, GraphLine};

#[derive(Debug, Default)]
pub(crate) struct GraphState {
    /// The part of a hostname that is looked for.
    pub(crate) text: String,
    pub(crate) doors: Windowed<DoorRow>,
    /// What was gone through, the last one looked at; none where the hostnames are.
    pub(crate) path: Vec<FocusState>,
}

/// One thing that is looked at.
#[derive(Debug)]
pub(crate) struct FocusState {
    pub(crate) id: String,
    pub(crate) told: Loaded<Box<Graph>>,
    /// The line where the keyboard is, among all of its parts.
    pub(crate) marked: usize,
    /// Whether one came to it from another screen, to which Back leads.
    pub(crate) is_visited: bool,
}

impl GraphState {
    /// What is looked at.
    pub(crate) fn focus(&self) -> Option<&FocusState> {
        self.path.last()
    }
}

impl FocusState {
    pub(crate) fn new(id: String, is_visited: bool) -> Self {
        Self { id, told: Loaded::default(), marked: 0, is_visited }
    }

    /// The lines of all parts, below each other.
    pub(crate) fn lines(&self) -> impl Iterator<Item = &GraphLine> {
        self.told.value.iter().flat_map(|graph| &graph.parts).flat_map(|part| &part.lines)
    }

    /// The line where the keyboard is.
    pub(crate) fn marked_line(&self) -> Option<&GraphLine> {
        self.lines().nth(self.marked)
    }
}
