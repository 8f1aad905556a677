//! What the interface orders, carried out by the operator's library.

use super::drive;
use super::look::trouble;
use crate::commands::cutover::{self, Started};
use crate::commands::decide;
use crate::cutover_world::CutoverClock;
use crate::error::{Failure, FailureKind};
use crate::global::Global;
use crate::journal_db;
use crate::permit::WritePermit;
use crate::wave_edit::{self, Edit, Moving};
use crate::{signals, waves};
use caravan_cutover::operator::{Run, approve, approve_seal, submit};
use caravan_cutover::{Approval, Command};
use caravan_cutover_engine::{Moment, Shown};
use caravan_inventory::QuestionId;
use caravan_tui::{Answered, Done, Operator, Order};

/// Carries orders out. Only who may write has one (S2).
pub(super) struct Operate {
    pub(super) global: Global,
    pub(super) who: String,
    pub(super) permit: WritePermit,
    pub(super) edits: Edits,
}

/// What was moved between waves from here, and can be taken back.
#[derive(Default)]
pub(super) struct Edits {
    /// What was done, the last one to be taken back first.
    done: Vec<Edit>,
    /// What was taken back, the last one to be done again first.
    undone: Vec<Edit>,
}

fn nothing(text: &'static str) -> Failure {
    Failure::new(FailureKind::Usage, text)
}

impl Operator for Operate {
    fn carry_out(&mut self, order: &Order) -> Answered<Done> {
        let done = match order {
            Order::Move { from, to, workload } => {
                self.relocate(from, to, &Moving::Workloads(std::slice::from_ref(workload)))
            }
            Order::Merge { from, to } => self.relocate(from, to, &Moving::All),
            Order::Answer { question, answer } => self.answer(question, answer),
            Order::Undo => self.undo(),
            Order::Redo => self.redo(),
            Order::ApprovePlan { wave, hash } => self.approve_plan(wave, hash),
            Order::Start { wave, hash } => self.start(wave, hash),
            Order::Drive { run } => self.drive(run),
            Order::Approve { run, shown, .. } => self.approve(run, *shown),
            Order::Pause { run } => self.leave(run, Command::Pause),
            Order::Resume { run } => self.leave(run, Command::Resume),
            Order::Rollback { run } => self.leave(run, Command::Rollback),
            Order::Retry { run } => self.leave(run, Command::Retry),
        };
        done.map_err(trouble)
    }
}

impl Operate {
    /// The time that is kept with an order.
    fn now(&self) -> Moment {
        CutoverClock::of(&self.global.dir).moment()
    }

    /// Moves steps from one wave's file to another's.
    fn relocate(&mut self, from: &str, to: &str, moving: &Moving<'_>) -> Result<Done, Failure> {
        let edit = wave_edit::plan(&self.global.dir, from, to, moving)?;
        edit.write(&self.permit)?;
        let broken = match wave_edit::broken(&self.global, &edit) {
            Ok(broken) => broken,
            Err(failure) => vec![format!("whether what moved has what it needs is not known: {:#}", failure.error)],
        };
        let warned: String = edit.warnings.iter().chain(&broken).map(|text| format!("; but {text}")).collect();
        let text = format!("{}{warned}; seal what is left anew. z takes it back", edit.text);
        self.edits.done.push(edit);
        self.edits.undone.clear();
        Ok(Done { text, run: None })
    }

    /// Answers a question, as `caravan decide` does.
    fn answer(&self, question: &QuestionId, answer: &str) -> Result<Done, Failure> {
        let held = decide::answer_one(&self.global.dir, question, answer, &self.permit)?;
        Ok(Done { text: format!("in decisions.yaml ({held} in all): {question}={answer}"), run: None })
    }

    fn undo(&mut self) -> Result<Done, Failure> {
        let edit =
            self.edits.done.last().ok_or_else(|| nothing("nothing was moved from here, so nothing is taken back"))?;
        let back = edit.reversed();
        back.write(&self.permit)?;
        self.edits.undone.extend(self.edits.done.pop());
        Ok(Done { text: back.text, run: None })
    }

    fn redo(&mut self) -> Result<Done, Failure> {
        let edit =
            self.edits.undone.last().ok_or_else(|| nothing("nothing was taken back, so nothing is done again"))?;
        edit.write(&self.permit)?;
        let text = format!("again: {}", edit.text);
        self.edits.done.extend(self.edits.undone.pop());
        Ok(Done { text, run: None })
    }

    fn approve_plan(&self, wave: &str, hash: &str) -> Result<Done, Failure> {
        let journal = journal_db::open(&self.global.dir, &self.permit)?;
        let approval = Approval { who: self.who.clone(), at: journal_db::now(), reason: None };
        let hash = signals::block_on(approve_seal(&journal, wave, hash, &approval))??;
        let text = format!("{} approves {} of wave {wave}: S starts a run of it", self.who, waves::short(&hash));
        Ok(Done { text, run: None })
    }

    fn start(&self, wave: &str, hash: &str) -> Result<Done, Failure> {
        let Started { record, manual_rollback, .. } =
            cutover::create(&self.global.dir, wave, Some(hash), &self.permit)?;
        let driven = drive::start(&self.global, &record.name, &self.who, &self.permit);
        let text = match driven {
            Ok(()) => format!("{} is created and driven; commit {manual_rollback}", record.name),
            // The run is there: that nobody drives it is said where it is shown, too.
            Err(failure) => format!("{} is created, and its driver did not start: {:#}", record.name, failure.error),
        };
        Ok(Done { text, run: Some(record.name) })
    }

    fn drive(&self, run: &str) -> Result<Done, Failure> {
        drive::start(&self.global, run, &self.who, &self.permit)?;
        Ok(Done { text: format!("a driver was started for {run}"), run: Some(run.to_owned()) })
    }

    fn approve(&self, name: &str, shown: Shown) -> Result<Done, Failure> {
        let journal = journal_db::open(&self.global.dir, &self.permit)?;
        let mut run = signals::block_on(Run::read(&journal, name))??;
        signals::block_on(approve(&journal, &mut run, shown, &self.who, self.now()))??;
        self.left(&journal, &run, Command::Approve)
    }

    /// Leaves a command for the run's driver.
    fn leave(&self, name: &str, command: Command) -> Result<Done, Failure> {
        let journal = journal_db::open(&self.global.dir, &self.permit)?;
        let run = signals::block_on(Run::read(&journal, name))??;
        signals::block_on(submit(&journal, &run, &command.by(&self.who, self.now())))??;
        self.left(&journal, &run, command)
    }

    /// Says who takes a command in.
    fn left(&self, journal: &journal_db::Journal, run: &Run, command: Command) -> Result<Done, Failure> {
        let driver = signals::block_on(run.driver(journal, journal_db::now()))??;
        let text = match driver {
            Some(lease) => format!("{command}: {} takes it in", lease.driver),
            None => format!("{command}: it waits, since nobody drives the run: D starts a driver"),
        };
        Ok(Done { text, run: None })
    }
}
