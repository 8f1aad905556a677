//! What follows from an update: questions, orders, and the few things that are done to the terminal itself.

use crate::data::Sieve;
use caravan_cutover_engine::Shown;
use caravan_inventory::{Query, QuestionId, WorkloadId};

/// What follows from an update.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) enum Effect {
    /// A question for the session.
    Ask(Question),
    /// An order for the operator.
    Order(Order),
    /// A text for the clipboard of the terminal (OSC 52).
    Copy(String),
    /// The interface stops, as any program does on Ctrl-Z.
    Suspend,
    /// The interface ends.
    Quit,
}

/// A question.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Question {
    /// What needs a person now.
    Overview,
    /// How many questions are open.
    OpenQuestions,
    /// A window of the list of workloads.
    Window {
        /// The filter, as it was typed: the answer bears it.
        text: String,
        /// The filter.
        query: Query,
        /// The first row.
        from: usize,
        /// How many rows at the most.
        limit: usize,
    },
    /// Everything about one workload.
    Detail(WorkloadId),
    /// A window of the hostnames.
    Doors {
        /// The part that they have: the answer bears it.
        part: String,
        /// The first row.
        from: usize,
        /// How many rows at the most.
        limit: usize,
    },
    /// What stands around something: a hostname, a workload, or anything that an edge names.
    Graph(String),
    /// A window of the list of readiness. The answer also brings how far that is known: asked again, it is known further.
    Readiness {
        /// Which workloads are shown: the answer bears it.
        sieve: Sieve,
        /// The first row.
        from: usize,
        /// How many rows at the most.
        limit: usize,
    },
    /// Everything that keeps one workload from moving.
    Assessed(WorkloadId),
    /// A window of the journal of a run. The answer also brings how far its chain is verified: asked again, it is verified
    /// further.
    Journal {
        /// The run: the answer bears it.
        run: String,
        /// Whether only what people did is meant: the answer bears it.
        people: bool,
        /// The first row.
        from: usize,
        /// How many rows at the most.
        limit: usize,
    },
    /// One entry of the journal of a run.
    Entry {
        /// The run.
        run: String,
        /// The entry's number.
        sequence: u64,
    },
    /// A window of customers' hostnames.
    Domains {
        /// The part that they or their customers have, in small letters: the answer bears it.
        part: String,
        /// The first row.
        from: usize,
        /// How many rows at the most.
        limit: usize,
    },
    /// Everything about one of these hostnames.
    Domain(String),
    /// What becomes of the app of a workload.
    Preview(WorkloadId),
    /// One file of that app.
    PreviewFile {
        /// The workload.
        workload: WorkloadId,
        /// The file's path in the tree.
        path: String,
    },
    /// Every wave.
    Waves,
    /// The newest seal of a wave.
    Plan(String),
    /// The steps of a wave, as they are written.
    Members(String),
    /// Where a run stands.
    Run(String),
}

/// Who answers a question: what may take long keeps nothing else waiting.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Lane {
    /// Answered in milliseconds.
    Quick,
    /// May take seconds in a large estate.
    Slow,
}

/// What a person wants done.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Order {
    /// Moves the steps of a workload to another wave.
    Move {
        /// The wave that they are in.
        from: String,
        /// The wave that they come to; made where there is none.
        to: String,
        /// The workload.
        workload: WorkloadId,
    },
    /// Moves everything of a wave to another.
    Merge {
        /// The wave that is no more.
        from: String,
        /// The wave that it goes into.
        to: String,
    },
    /// Answers a question, in decisions.yaml.
    Answer {
        /// The question.
        question: QuestionId,
        /// The answer.
        answer: String,
    },
    /// Takes the last move or merge back that was made from here.
    Undo,
    /// Does again what was taken back last.
    Redo,
    /// Approves the newest seal of a wave, if it is this one.
    ApprovePlan {
        /// The wave.
        wave: String,
        /// The hash that was shown.
        hash: String,
    },
    /// Creates a run of a wave's newest seal, if it is this one, and starts a driver for it.
    Start {
        /// The wave.
        wave: String,
        /// The hash that was shown.
        hash: String,
    },
    /// Starts a driver for a run.
    Drive {
        /// The run.
        run: String,
    },
    /// Approves the stage that was shown.
    Approve {
        /// The run.
        run: String,
        /// The stage's name.
        step: String,
        /// What was shown: an approval without it can't be made.
        shown: Shown,
    },
    /// Stops a run before its next step.
    Pause {
        /// The run.
        run: String,
    },
    /// Lets a run go on.
    Resume {
        /// The run.
        run: String,
    },
    /// Takes everything back.
    Rollback {
        /// The run.
        run: String,
    },
    /// Tries again what holds.
    Retry {
        /// The run.
        run: String,
    },
}

impl Question {
    /// Who answers it.
    #[must_use]
    pub const fn lane(&self) -> Lane {
        match self {
            Self::OpenQuestions
            | Self::Detail(_)
            | Self::Doors { .. }
            | Self::Graph(_)
            | Self::Readiness { .. }
            | Self::Assessed(_)
            | Self::Domains { .. }
            | Self::Domain(_)
            | Self::Preview(_)
            | Self::PreviewFile { .. } => Lane::Slow,
            Self::Overview
            | Self::Window { .. }
            | Self::Journal { .. }
            | Self::Entry { .. }
            | Self::Waves
            | Self::Plan(_)
            | Self::Members(_)
            | Self::Run(_) => Lane::Quick,
        }
    }

    /// Whether it is of the same kind: of several that wait only the newest is asked.
    pub(crate) fn is_like(&self, other: &Self) -> bool {
        std::mem::discriminant(self) == std::mem::discriminant(other)
    }
}

impl Order {
    /// What is wanted, in one word of the command line.
    #[must_use]
    pub const fn word(&self) -> &'static str {
        match self {
            Self::Move { .. } => "move",
            Self::Merge { .. } => "merge",
            Self::Answer { .. } => "answer",
            Self::Undo => "undo",
            Self::Redo => "redo",
            Self::ApprovePlan { .. } => "approve plan",
            Self::Start { .. } => "start",
            Self::Drive { .. } => "drive",
            Self::Approve { .. } => "approve",
            Self::Pause { .. } => "pause",
            Self::Resume { .. } => "resume",
            Self::Rollback { .. } => "rollback",
            Self::Retry { .. } => "retry",
        }
    }

    /// The same on the command line: the arguments after the program's name; none where it is of this session alone.
    #[must_use]
    pub fn args(&self) -> Vec<String> {
        let words = |words: &[&str]| words.iter().map(|&word| word.to_owned()).collect();
        match self {
            Self::Move { from, to, workload } => words(&["plan", "move", from, to, "--workload", workload.as_str()]),
            Self::Merge { from, to } => words(&["plan", "move", from, to, "--all"]),
            Self::Answer { question, answer } => words(&["decide", &format!("{question}={answer}")]),
            Self::Undo | Self::Redo => Vec::new(),
            Self::ApprovePlan { wave, hash } => words(&["plan", "approve", wave, "--hash", hash]),
            Self::Start { wave, hash } => words(&["cutover", "start", wave, "--hash", hash]),
            Self::Drive { run } => words(&["cutover", "run", run, "--wait"]),
            Self::Approve { run, step, shown } => {
                words(&["cutover", "approve", run, "--step", step, "--entry", &shown.entry.to_string()])
            }
            Self::Pause { run } => words(&["cutover", "pause", run]),
            Self::Resume { run } => words(&["cutover", "resume", run]),
            Self::Rollback { run } => words(&["cutover", "rollback", run]),
            Self::Retry { run } => words(&["cutover", "retry", run]),
        }
    }
}
