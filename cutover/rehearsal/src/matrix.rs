//! The crash matrix: every fault at every step.
//!
//! The steps and their effects are not listed here: undisturbed runs are made, and what the engine wanted done in them is
//! what is disturbed, one effect at a time. A new step is covered without touching this file.

use crate::simulated_run::rehearse_to_end;
use crate::{Crash, FaultPlan, Intention, Made, SimulatedRun, Violation, When, rehearse, world_of};
use caravan_cutover_engine::{Effect, Task};
use caravan_plans::Sealed;
use caravan_providers::Call;
use caravan_providers_simulated::{CallFault, touched};
use std::collections::BTreeMap;
use std::fmt;

/// What goes wrong at a step.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
#[expect(missing_docs, reason = "the words say it")]
pub enum FaultClass {
    FailsBefore,
    FailsAfterEffect,
    CrashBeforeJournal,
    CrashAfterJournal,
    Repeated,
    TimedOut,
    UndoFails,
    ThirdPartyEdits,
}

/// What was tried at one step with one fault.
#[derive(Clone, Debug, Default)]
pub struct Cell {
    /// How many runs were made.
    pub tried: u64,
    /// What did not hold in them.
    pub violations: Vec<Violation>,
}

/// Every step with every fault.
#[derive(Clone, Debug, Default)]
pub struct Matrix {
    /// The cells; an empty one was never tried.
    pub cells: BTreeMap<(Task, FaultClass), Cell>,
}

impl FaultClass {
    /// Every fault.
    pub const ALL: [Self; 8] = [
        Self::FailsBefore,
        Self::FailsAfterEffect,
        Self::CrashBeforeJournal,
        Self::CrashAfterJournal,
        Self::Repeated,
        Self::TimedOut,
        Self::UndoFails,
        Self::ThirdPartyEdits,
    ];
}

/// Makes every run of the matrix of a plan.
#[must_use]
pub fn crash_matrix(plan: &Sealed) -> Matrix {
    let mut matrix = Matrix::default();
    for (intention, fault_plan) in undisturbed(plan) {
        let run = play(plan, intention, &fault_plan);
        // What comes before it is the same as on the way through.
        let finalises = |made: &Made| matches!(made.task, Some(Task::Finalise { .. }));
        let begins = match intention {
            Intention::Finalised => run.effects.iter().position(finalises).unwrap_or(run.effects.len()),
            _ => 0,
        };
        for (effect, made) in run.effects.iter().enumerate().skip(begins) {
            let Some(task) = made.task else { continue };
            for class in FaultClass::ALL {
                for (intention, fault_plan) in disturbed(plan, intention, &fault_plan, effect, made, class) {
                    let cell = matrix.cells.entry((task, class)).or_default();
                    cell.tried += 1;
                    let world = world_of(plan.plan(), 1);
                    cell.violations.extend(rehearse_to_end(plan, world, intention, &fault_plan).violations);
                }
            }
        }
    }
    matrix
}

/// The runs that are disturbed: there and back, through to the end, finalised, and with a driver that is taken over half-way.
fn undisturbed(plan: &Sealed) -> Vec<(Intention, FaultPlan)> {
    let whole = play(plan, Intention::ThereAndBack, &FaultPlan::default()).effects.len();
    let half = FaultPlan { crashes: vec![Crash { effect: whole / 2, when: When::Before }], ..FaultPlan::default() };
    vec![
        (Intention::ThereAndBack, FaultPlan::default()),
        (Intention::Through, FaultPlan::default()),
        (Intention::Finalised, FaultPlan::default()),
        (Intention::ThereAndBack, half),
    ]
}

/// The runs that one fault makes of one effect.
fn disturbed(
    plan: &Sealed,
    intention: Intention,
    base: &FaultPlan,
    effect: usize,
    made: &Made,
    class: FaultClass,
) -> Vec<(Intention, FaultPlan)> {
    let with_fault = |fault: CallFault| {
        let mut fault_plan = base.clone();
        fault_plan.faults.insert(made.calls_before, fault);
        (intention, fault_plan)
    };
    let with_crash = |when: When| {
        let mut fault_plan = base.clone();
        fault_plan.crashes.push(Crash { effect, when });
        (intention, fault_plan)
    };
    match (&made.effect, class) {
        (Effect::Call(_), FaultClass::FailsBefore) => {
            [CallFault::NotSent, CallFault::Throttled, CallFault::Denied, CallFault::Rejected].map(with_fault).into()
        }
        (Effect::Call(_), FaultClass::FailsAfterEffect) => {
            vec![with_fault(CallFault::LostAfter), with_crash(When::After)]
        }
        (Effect::Call(_), FaultClass::Repeated) => vec![with_fault(CallFault::Twice)],
        (Effect::Call(call), FaultClass::TimedOut) => {
            let late = match &**call {
                Call::Write(write) => Some(write.in_flight),
                Call::WriteAll(writes) => writes.iter().map(|write| write.in_flight).min(),
                _ => None,
            };
            let late = late.map(|seconds| CallFault::Late { ms: u64::from(seconds) * 1000 - 100 });
            std::iter::once(CallFault::LostBefore).chain(late).map(with_fault).collect()
        }
        (Effect::Call(_), FaultClass::ThirdPartyEdits) => {
            let stays: Vec<_> = edits(made).map(with_fault).collect();
            let taken_back = |(intention, fault_plan)| (intention, FaultPlan { edits_taken_back: true, ..fault_plan });
            stays.iter().cloned().chain(stays.iter().cloned().map(taken_back)).collect()
        }
        (Effect::Append(_), FaultClass::CrashBeforeJournal) => {
            let mut full = base.clone();
            full.full_disk.insert(effect);
            vec![with_crash(When::Before), (intention, full)]
        }
        (Effect::Append(_), FaultClass::CrashAfterJournal) => vec![with_crash(When::After)],
        (Effect::Append(_), FaultClass::UndoFails) => undo_fails(plan, intention, base, made),
        _ => Vec::new(),
    }
}

/// A third party edits one of the targets that the effect is about.
fn edits(made: &Made) -> impl Iterator<Item = CallFault> {
    made.standing.iter().map(|(target, held)| {
        let snapshot = Box::new(touched(target, &held.snapshot));
        CallFault::Edited { target: Box::new(target.clone()), snapshot, token: held.token.clone() }
    })
}

/// The command to go back comes right after this step's event, and the first write of the rollback is denied once.
fn undo_fails(plan: &Sealed, intention: Intention, base: &FaultPlan, made: &Made) -> Vec<(Intention, FaultPlan)> {
    let back = if intention == Intention::Finalised {
        // From the first final write on there is no way back: what is commanded before leads back.
        Intention::FinaliseAndBackAfter(made.journalled_before + 1)
    } else if matches!(made.task, Some(Task::Release { .. })) {
        // A release can't be taken back: there, the rollback is stuck first, and the person gives it up.
        Intention::GiveUpAfter(made.journalled_before / 2)
    } else {
        Intention::BackAfter(made.journalled_before + 1)
    };
    let rehearsed = play(plan, back, base);
    let is_undo = |made: &&Made| {
        matches!(made.task, Some(Task::Undo { .. }))
            && matches!(&made.effect, Effect::Call(call) if matches!(**call, Call::Write(_) | Call::WriteAll(_)))
    };
    let Some(undo) = rehearsed.effects.iter().find(is_undo) else {
        return vec![(back, base.clone())];
    };
    let mut fault_plan = base.clone();
    fault_plan.faults.insert(undo.calls_before, CallFault::Denied);
    vec![(back, fault_plan)]
}

fn play(plan: &Sealed, intention: Intention, fault_plan: &FaultPlan) -> SimulatedRun {
    rehearse(plan, world_of(plan.plan(), 1), intention, fault_plan)
}

impl fmt::Display for Matrix {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:<28}", "step")?;
        for class in FaultClass::ALL {
            write!(f, "{:>20}", format!("{class:?}"))?;
        }
        let mut tasks: Vec<Task> = self.cells.keys().map(|(task, _)| *task).collect();
        tasks.dedup();
        for task in tasks {
            write!(
                f,
                "\n{:<28}",
                format!("{task:?}").replace("step: ", "").replace("stage: ", "").replace("place: ", "")
            )?;
            for class in FaultClass::ALL {
                let tried = self.cells.get(&(task, class)).map_or(0, |cell| cell.tried);
                write!(f, "{tried:>20}")?;
            }
        }
        Ok(())
    }
}
