//! The one kind of event: everything that reaches the update comes as one of these, on one channel.

use crate::data::{
    Assessed, Detail, DomainRow, DomainText, DoorRow, EntryText, Graph, JournalPart, Member, Overview, PlanText,
    Preview, PreviewText, ReadinessPart, Row, RunView, Sieve, WaveRow, Window,
};
use crate::effect::Order;
use crate::session::{Answered, Done};
use caravan_inventory::WorkloadId;
use crossterm::event::KeyEvent;

/// What can happen.
#[derive(Clone, Debug)]
pub(crate) enum Event {
    /// A key was pressed.
    Key(KeyEvent),
    /// A text was pasted.
    Paste(String),
    /// The terminal has another size: columns and rows.
    Resized(u16, u16),
    /// Some time has passed.
    Tick,
    /// A question was answered.
    Answered(Box<Answer>),
    /// An order was carried out, or was not.
    Ordered(Order, Answered<Done>),
    /// Whoever started the interface wants it to end: a signal came.
    End,
    /// The keyboard is gone, or a thread died: it can't go on.
    Broken(String),
}

/// The answer to a question.
#[derive(Clone, Debug)]
pub enum Answer {
    /// What needs a person now.
    Overview(Answered<Overview>),
    /// How many questions are open.
    OpenQuestions(Answered<usize>),
    /// A window of the list of workloads, with the filter that it is of.
    Window(String, Answered<Window<Row>>),
    /// Everything about one workload.
    Detail(WorkloadId, Answered<Box<Detail>>),
    /// A window of the hostnames that have a part.
    Doors(String, Answered<Window<DoorRow>>),
    /// What stands around something.
    Graph(String, Answered<Box<Graph>>),
    /// A window of the list of readiness, with what it is of.
    Readiness(Sieve, Answered<ReadinessPart>),
    /// Everything that keeps one workload from moving.
    Assessed(WorkloadId, Answered<Box<Assessed>>),
    /// A window of the journal of a run; of what people did alone, or of everything.
    Journal(String, bool, Answered<JournalPart>),
    /// One entry of the journal of a run.
    Entry(String, u64, Answered<EntryText>),
    /// A window of customers' hostnames that have a part.
    Domains(String, Answered<Window<DomainRow>>),
    /// Everything about one of these hostnames.
    Domain(String, Answered<Box<DomainText>>),
    /// What becomes of the app of a workload.
    Preview(WorkloadId, Answered<Box<Preview>>),
    /// One file of that app.
    PreviewFile(WorkloadId, String, Answered<Box<PreviewText>>),
    /// Every wave.
    Waves(Answered<Vec<WaveRow>>),
    /// The plan of a wave.
    Plan(String, Answered<PlanText>),
    /// The steps of a wave, as they are written.
    Members(String, Answered<Vec<Member>>),
    /// Where a run stands.
    Run(String, Answered<Box<RunView>>),
}
