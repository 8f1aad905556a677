//! What the interface asks of the program around it.

use crate::data::{
    Assessed, Detail, DomainRow, DomainText, DoorRow, EntryText, Graph, JournalPart, Member, Overview, PlanText,
    Preview, PreviewText, ReadinessPart, Row, RunView, Sieve, WaveRow, Window,
};
use crate::effect::Order;
use caravan_inventory::{Query, WorkloadId};

/// What a question brought, or why it brought nothing.
pub type Answered<T> = Result<T, Trouble>;

/// Why a question brought nothing, or an order was not carried out.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Trouble {
    /// What went wrong, for a person.
    pub text: String,
    /// What to do about it, one sentence each.
    pub hints: Vec<String>,
}

/// Answers questions, and changes nothing (S2). It may wait for files and databases: it is asked on a thread of its own, one
/// question at a time, and of several that wait only the newest of each kind.
///
/// Every method fails with [`Trouble`] when what it reads can't be read.
pub trait Session: Send + 'static {
    /// What needs a person now.
    ///
    /// # Errors
    /// [`Trouble`].
    fn overview(&mut self) -> Answered<Overview>;

    /// How many questions nobody has answered. It may take long.
    ///
    /// # Errors
    /// [`Trouble`].
    fn open_questions(&mut self) -> Answered<usize>;

    /// At most `limit` workloads that fit a query, from the row `from` on, sorted by id, and how many fit at all.
    ///
    /// # Errors
    /// [`Trouble`].
    fn window(&mut self, query: &Query, from: usize, limit: usize) -> Answered<Window<Row>>;

    /// Everything about one workload.
    ///
    /// # Errors
    /// [`Trouble`].
    fn detail(&mut self, id: &WorkloadId) -> Answered<Detail>;

    /// At most `limit` hostnames that have a part, from the row `from` on, sorted, each with where its requests end; and how many
    /// have it at all.
    ///
    /// # Errors
    /// [`Trouble`].
    fn doors(&mut self, part: &str, from: usize, limit: usize) -> Answered<Window<DoorRow>>;

    /// What stands around a hostname, a workload, or anything that an edge names.
    ///
    /// # Errors
    /// [`Trouble`].
    fn graph(&mut self, id: &str) -> Answered<Graph>;

    /// At most `limit` workloads that pass a sieve, from the row `from` on, sorted by id; and how far that is known. It assesses
    /// as many workloads as it takes a moment to: asked again, it knows further.
    ///
    /// # Errors
    /// [`Trouble`].
    fn readiness(&mut self, sieve: &Sieve, from: usize, limit: usize) -> Answered<ReadinessPart>;

    /// Everything that keeps one workload from moving.
    ///
    /// # Errors
    /// [`Trouble`].
    fn assessed(&mut self, id: &WorkloadId) -> Answered<Assessed>;

    /// At most `limit` entries of the journal of a run, from the row `from` on, the oldest first; of those that people made alone
    /// where `people`. It verifies as much of the chain as it takes a moment to: asked again, it has verified further.
    ///
    /// # Errors
    /// [`Trouble`].
    fn entries(&mut self, run: &str, people: bool, from: usize, limit: usize) -> Answered<JournalPart>;

    /// One entry of the journal of a run.
    ///
    /// # Errors
    /// [`Trouble`].
    fn entry(&mut self, run: &str, sequence: u64) -> Answered<EntryText>;

    /// At most `limit` customers' hostnames that have a part, or whose customer has it, in any case; from the row `from` on, sorted;
    /// and how many have it at all.
    ///
    /// # Errors
    /// [`Trouble`].
    fn domains(&mut self, part: &str, from: usize, limit: usize) -> Answered<Window<DomainRow>>;

    /// Everything about one of these hostnames.
    ///
    /// # Errors
    /// [`Trouble`].
    fn domain(&mut self, hostname: &str) -> Answered<DomainText>;

    /// What becomes of the app of a workload: its files, and what is open of it. Nothing is written.
    ///
    /// # Errors
    /// [`Trouble`].
    fn preview(&mut self, workload: &WorkloadId) -> Answered<Preview>;

    /// One file of that app, with what is behind each line.
    ///
    /// # Errors
    /// [`Trouble`].
    fn preview_file(&mut self, workload: &WorkloadId, path: &str) -> Answered<PreviewText>;

    /// Every wave with its runs, sorted by name.
    ///
    /// # Errors
    /// [`Trouble`].
    fn waves(&mut self) -> Answered<Vec<WaveRow>>;

    /// The newest seal of a wave, as a text.
    ///
    /// # Errors
    /// [`Trouble`].
    fn plan(&mut self, wave: &str) -> Answered<PlanText>;

    /// The steps of a wave, as people have written them.
    ///
    /// # Errors
    /// [`Trouble`].
    fn members(&mut self, wave: &str) -> Answered<Vec<Member>>;

    /// Where a run stands.
    ///
    /// # Errors
    /// [`Trouble`].
    fn run(&mut self, name: &str) -> Answered<RunView>;
}

/// Carries orders out. Whoever has none can't give any (S2).
pub trait Operator: Send + 'static {
    /// Carries an order out, or leaves it for the run's driver.
    ///
    /// # Errors
    /// [`Trouble`]: nothing was done.
    fn carry_out(&mut self, order: &Order) -> Answered<Done>;
}

/// What an order brought.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Done {
    /// What was done, for a person.
    pub text: String,
    /// The run that it is about, to be shown next; none where nothing else is to be shown.
    pub run: Option<String>,
}
