//! What is known of what becomes of an app.

use super::{Loaded, Pane};
use crate::data::{FileState, Preview, PreviewFile, PreviewText};
use caravan_inventory::{Question, QuestionId, WorkloadId};

#[derive(Debug, Default)]
pub(crate) struct PreviewState {
    /// The workload whose app is shown; none where nobody chose one yet.
    pub(crate) workload: Option<WorkloadId>,
    pub(crate) told: Loaded<Box<Preview>>,
    /// The line where the keyboard is, among questions and files.
    pub(crate) marked: usize,
    pub(crate) side: Option<PreviewSide>,
    pub(crate) pane: Pane,
}

/// What is open of it.
#[derive(Debug)]
pub(crate) enum PreviewSide {
    Refused { text: String, top: usize },
    Question { id: QuestionId, top: usize },
    File { path: String, told: Loaded<Box<PreviewText>>, line: usize },
}

/// One line of the list.
#[derive(Clone, Copy, Debug)]
pub(crate) enum PreviewItem<'a> {
    Refused(&'a str),
    Question(&'a Question),
    File(&'a PreviewFile),
}

impl PreviewState {
    /// Of the app of a workload of which nothing was read yet.
    pub(crate) fn of(workload: WorkloadId) -> Self {
        Self { workload: Some(workload), ..Self::default() }
    }

    /// The lines of the list: what is refused, what is open, and the files.
    pub(crate) fn items(&self) -> Vec<PreviewItem<'_>> {
        let Some(told) = &self.told.value else { return Vec::new() };
        let refused = told.refused.iter().map(|text| PreviewItem::Refused(text));
        let questions = told.questions.iter().map(PreviewItem::Question);
        refused.chain(questions).chain(told.files.iter().map(PreviewItem::File)).collect()
    }

    /// The line where the keyboard is.
    pub(crate) fn marked_item(&self) -> Option<PreviewItem<'_>> {
        self.items().get(self.marked).copied()
    }

    /// Why the file that is open stays as somebody left it, where what is new could not be brought together with that.
    pub(crate) fn conflict(&self) -> Option<&str> {
        let Some(PreviewSide::File { path, .. }) = &self.side else { return None };
        let file = self.told.value.as_ref()?.files.iter().find(|file| file.path == *path)?;
        match &file.state {
            FileState::Conflict(why) => Some(why),
            _ => None,
        }
    }

    /// The question that is open, or marked where none is.
    pub(crate) fn question(&self) -> Option<&Question> {
        match &self.side {
            Some(PreviewSide::Question { id, .. }) => {
                self.told.value.as_ref()?.questions.iter().find(|question| question.id == *id)
            }
            Some(PreviewSide::File { .. } | PreviewSide::Refused { .. }) => None,
            None => match self.marked_item()? {
                PreviewItem::Question(question) => Some(question),
                PreviewItem::Refused(_) | PreviewItem::File(_) => None,
            },
        }
    }
}
