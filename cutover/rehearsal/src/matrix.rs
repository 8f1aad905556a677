//! Every mishap at every step.
//!
//! The steps and their effects are not listed here: undisturbed runs are made, and what the engine wanted done in them is
//! what is disturbed, one effect at a time. A new step is covered without touching this file.

use crate::trouble::touched;
use crate::{Crash, Intention, Made, Night, Trouble, Violation, When, rehearse, world_of};
use caravan_cutover_engine::{Effect, Sabotage, Task};
use caravan_plans::Sealed;
use caravan_providers::Call;
use caravan_providers_simulated::Fault;
use std::collections::BTreeMap;
use std::fmt;

/// What goes wrong at a step.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
#[expect(missing_docs, reason = "the words say it")]
pub enum Mishap {
    FailsBefore,
    FailsAfterEffect,
    CrashBeforeJournal,
    CrashAfterJournal,
    Repeated,
    TimedOut,
    UndoFails,
    ThirdPartyEdits,
}

/// What was tried at one step with one mishap.
#[derive(Clone, Debug, Default)]
pub struct Cell {
    /// How many runs were made.
    pub tried: u64,
    /// What did not hold in them.
    pub violations: Vec<Violation>,
}

/// Every step with every mishap.
#[derive(Clone, Debug, Default)]
pub struct Matrix {
    /// The cells; an empty one was never tried.
    pub cells: BTreeMap<(Task, Mishap), Cell>,
}

impl Mishap {
    /// Every mishap.
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
    for (intention, trouble) in undisturbed(plan) {
        let night = play(plan, intention, &trouble);
        for (effect, made) in night.effects.iter().enumerate() {
            let Some(task) = made.task else { continue };
            for mishap in Mishap::ALL {
                for (intention, trouble) in disturbed(plan, intention, &trouble, effect, made, mishap) {
                    let cell = matrix.cells.entry((task, mishap)).or_default();
                    cell.tried += 1;
                    cell.violations.extend(play(plan, intention, &trouble).violations);
                }
            }
        }
    }
    matrix
}

/// The runs that are disturbed: there and back, through to the end, and with a driver that is taken over half-way.
fn undisturbed(plan: &Sealed) -> Vec<(Intention, Trouble)> {
    let whole = play(plan, Intention::ThereAndBack, &Trouble::default()).effects.len();
    let half = Trouble { crashes: vec![Crash { effect: whole / 2, when: When::Before }], ..Trouble::default() };
    vec![
        (Intention::ThereAndBack, Trouble::default()),
        (Intention::Through, Trouble::default()),
        (Intention::ThereAndBack, half),
    ]
}

/// The runs that one mishap makes of one effect.
fn disturbed(
    plan: &Sealed,
    intention: Intention,
    base: &Trouble,
    effect: usize,
    made: &Made,
    mishap: Mishap,
) -> Vec<(Intention, Trouble)> {
    let with_fault = |fault: Fault| {
        let mut trouble = base.clone();
        trouble.faults.insert(made.calls_before, fault);
        (intention, trouble)
    };
    let with_crash = |when: When| {
        let mut trouble = base.clone();
        trouble.crashes.push(Crash { effect, when });
        (intention, trouble)
    };
    match (&made.effect, mishap) {
        (Effect::Call(_), Mishap::FailsBefore) => {
            [Fault::NotSent, Fault::Throttled, Fault::Denied, Fault::Rejected].map(with_fault).into()
        }
        (Effect::Call(_), Mishap::FailsAfterEffect) => vec![with_fault(Fault::LostAfter), with_crash(When::After)],
        (Effect::Call(_), Mishap::Repeated) => vec![with_fault(Fault::Twice)],
        (Effect::Call(call), Mishap::TimedOut) => {
            let late = match &**call {
                Call::Write(write) => Some(Fault::Late { ms: u64::from(write.in_flight) * 1000 - 100 }),
                _ => None,
            };
            std::iter::once(Fault::LostBefore).chain(late).map(with_fault).collect()
        }
        (Effect::Call(_), Mishap::ThirdPartyEdits) => {
            let stays = edit(plan, made).map(with_fault);
            let taken_back = |(intention, trouble)| (intention, Trouble { edits_taken_back: true, ..trouble });
            stays.clone().into_iter().chain(stays.map(taken_back)).collect()
        }
        (Effect::Append(_), Mishap::CrashBeforeJournal) => {
            let mut full = base.clone();
            full.full_disk.insert(effect);
            vec![with_crash(When::Before), (intention, full)]
        }
        (Effect::Append(_), Mishap::CrashAfterJournal) => vec![with_crash(When::After)],
        (Effect::Append(_), Mishap::UndoFails) => undo_fails(plan, base, made),
        _ => Vec::new(),
    }
}

fn edit(plan: &Sealed, made: &Made) -> Option<Fault> {
    let held = made.standing.as_ref()?;
    let target = plan.plan().shifts.get(made.task?.shift())?.target.clone();
    let image = Box::new(touched(&held.image));
    Some(Fault::Edited { target: Box::new(target), image, marker: held.marker.clone() })
}

/// The wish to go back comes right after this step's event, and the first write of the way back is denied once.
fn undo_fails(plan: &Sealed, base: &Trouble, made: &Made) -> Vec<(Intention, Trouble)> {
    let back = if matches!(made.task, Some(Task::Release { .. })) {
        // A release can't be taken back: there, the way back is stuck first, and the person gives it up.
        Intention::GiveUpAfter(made.journalled_before / 2)
    } else {
        Intention::BackAfter(made.journalled_before + 1)
    };
    let rehearsed = play(plan, back, base);
    let is_undo = |made: &&Made| {
        matches!(made.task, Some(Task::Undo { .. }))
            && matches!(&made.effect, Effect::Call(call) if matches!(**call, Call::Write(_)))
    };
    let Some(undo) = rehearsed.effects.iter().find(is_undo) else {
        return vec![(back, base.clone())];
    };
    let mut trouble = base.clone();
    trouble.faults.insert(undo.calls_before, Fault::Denied);
    vec![(back, trouble)]
}

fn play(plan: &Sealed, intention: Intention, trouble: &Trouble) -> Night {
    rehearse(plan, world_of(plan.plan(), 1), intention, trouble, Sabotage::None)
}

impl fmt::Display for Matrix {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:<28}", "step")?;
        for mishap in Mishap::ALL {
            write!(f, "{:>20}", format!("{mishap:?}"))?;
        }
        let mut tasks: Vec<Task> = self.cells.keys().map(|(task, _)| *task).collect();
        tasks.dedup();
        for task in tasks {
            write!(f, "\n{:<28}", format!("{task:?}").replace("shift: ", "").replace("stage: ", ""))?;
            for mishap in Mishap::ALL {
                let tried = self.cells.get(&(task, mishap)).map_or(0, |cell| cell.tried);
                write!(f, "{tried:>20}")?;
            }
        }
        Ok(())
    }
}
