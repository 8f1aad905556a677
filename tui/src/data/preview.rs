//! What the preview shows: what becomes of the app that a workload belongs to, file by file, and what is open of it.

use caravan_inventory::{Question, WorkloadId};

/// What becomes of an app.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Preview {
    /// The workload by which it was asked for.
    pub workload: WorkloadId,
    /// The app, as `team/app`.
    pub app: String,
    /// Workloads of it that can't be converted, and why.
    pub refused: Vec<String>,
    /// What only a person can tell, sorted by id.
    pub questions: Vec<Question>,
    /// The files, by their paths.
    pub files: Vec<PreviewFile>,
}

/// A file that would be written.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct PreviewFile {
    /// Its path in the tree.
    pub path: String,
    /// How it stands to what is on the disk.
    pub state: FileState,
    /// How many lines it has.
    pub lines: usize,
}

/// How what would be written stands to what is on the disk.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum FileState {
    /// There is no such file yet.
    Missing,
    /// It stands there to the byte.
    Same,
    /// Another one stands there, and would be written over.
    Differs,
    /// Somebody changed it, and it stays as they left it.
    Kept,
    /// Somebody changed it, and what is new could not be brought together with that: it stays. Why.
    Conflict(String),
}

/// A file, line by line: what stands on the disk, or what would be written where nothing does.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct PreviewText {
    /// Its path in the tree.
    pub path: String,
    /// Whether it stands there.
    pub there: bool,
    /// Its lines.
    pub lines: Vec<PreviewLine>,
}

/// A line of a file.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct PreviewLine {
    /// The line.
    pub text: String,
    /// Whether it would be written as it is: else somebody changed it, or it is outdated.
    pub is_generated: bool,
    /// What is behind it, as `caravan why` says it: the rule, the field of the source, the decision.
    pub why: Vec<String>,
}
