//! The background analysis: for as long as users are on a new side, both sides are asked, whatever the run is doing.
//!
//! It stands beside the run: the driver asks what is due and brings back what was said. Nothing of it is journalled but the
//! one thing that it can find, [`Event::AnalysisFailed`]; a new driver begins it anew, at once.

use crate::{Deferred, Direction, Event, Moment, Phase, State, Task};
use caravan_plans::{Shift, Step, WavePlan};
use caravan_providers::Verdict;
use std::collections::BTreeMap;

/// What the background analysis of a run has found so far, by step.
#[derive(Clone, Debug, Default)]
pub struct Analysis {
    watched: BTreeMap<usize, Watched>,
}

/// One shift while users are on its new side.
#[derive(Clone, Copy, Debug)]
struct Watched {
    /// The next round begins then.
    next: Moment,
    failed: u32,
    unknown: u32,
    /// Rounds in a row that passed.
    passed: u32,
}

impl Analysis {
    /// The shifts of which a round begins at `now`, by step. Those that no users are on any more are forgotten; one that has
    /// just got users is asked at once. The round after is due when the plan's `every` has passed.
    pub fn begin_rounds(&mut self, plan: &WavePlan, state: &State, now: Moment) -> Vec<usize> {
        self.watched.retain(|step, _| is_watched(plan, state, *step));
        let mut due = Vec::new();
        for (step, shift) in shifts(plan).filter(|(step, _)| is_watched(plan, state, *step)) {
            let fresh = Watched { next: now, failed: 0, unknown: 0, passed: 0 };
            let watched = self.watched.entry(step).or_insert(fresh);
            // A clock that was put back makes nobody wait for it.
            let latest = now.plus_ms(shift.analysis.every_ms);
            watched.next = watched.next.min(latest);
            if watched.next <= now {
                watched.next = latest;
                due.push(step);
            }
        }
        due
    }

    /// When the next round of a shift begins that has been asked before; none when no users are on any new side.
    #[must_use]
    pub fn next_round(&self) -> Option<Moment> {
        self.watched.values().map(|watched| watched.next).min()
    }

    /// A round of a step is over: what its new side said at worst, and what its old side said at worst where the new one did
    /// not pass. Gives the event of a new side that has failed. What fails while the old side does not pass either is not
    /// counted: users would be no better off there.
    pub fn judge(
        &mut self,
        plan: &WavePlan,
        step: usize,
        new: Verdict,
        old: Option<&Verdict>,
        at: Moment,
    ) -> Option<Event> {
        let Some(Step::Shift(Shift { analysis, .. })) = plan.steps.get(step) else { return None };
        let watched = self.watched.get_mut(&step)?;
        let old_passes = matches!(old, Some(Verdict::Pass));
        watched.passed = if new == Verdict::Pass { watched.passed + 1 } else { 0 };
        if watched.passed >= analysis.successes {
            (watched.failed, watched.unknown) = (0, 0);
        }
        let reason = match new {
            Verdict::Fail { reason } if old_passes => {
                watched.failed += 1;
                (watched.failed >= analysis.failures).then_some(reason)
            }
            Verdict::Inconclusive { reason } if old_passes => {
                watched.unknown += 1;
                let text = format!(
                    "it could not be judged {} times while the old side passed, at last: {reason}",
                    watched.unknown
                );
                (watched.unknown >= analysis.unknown).then_some(text)
            }
            Verdict::Pass | Verdict::Fail { .. } | Verdict::Inconclusive { .. } => None,
        }?;
        Some(Event::AnalysisFailed { step, reason, at })
    }
}

/// What several probes of one side said at worst: one that fails outweighs one that brought nothing.
#[must_use]
pub fn worst(verdicts: impl IntoIterator<Item = Verdict>) -> Verdict {
    let weight = |verdict: &Verdict| match verdict {
        Verdict::Pass => 0,
        Verdict::Inconclusive { .. } => 1,
        Verdict::Fail { .. } => 2,
    };
    let worse = |worst: Verdict, next: Verdict| if weight(&next) > weight(&worst) { next } else { worst };
    verdicts.into_iter().fold(Verdict::Pass, worse)
}

/// Whether the background analysis watches a step: users are on its new side, or may be, and nothing takes them back already.
#[must_use]
pub fn is_watched(plan: &WavePlan, state: &State, step: usize) -> bool {
    let (Some(planned), Some(reached)) = (plan.steps.get(step), state.steps.get(step)) else { return false };
    let goes_on = match state.direction {
        Direction::Forward | Direction::Finalise => state.deferred != Deferred::Rollback,
        // Somebody has stopped the way back, with users on the new side still.
        Direction::Back => state.phase == Phase::Paused,
        Direction::Release => false,
    };
    let is_driven = !matches!(
        state.phase,
        Phase::Planned | Phase::Finished(_) | Phase::JournalUnavailable { .. } | Phase::LeaseLost
    );
    let has_users = reached.stage.into_iter().chain(entering(state, step)).any(|stage| planned.has_traffic(stage));
    // What is final, or may be any moment, can't go back.
    let is_final = reached.finalised
        || (state.is_one_way()
            && matches!(state.phase.task(), Some(Task::Finalise { step: finalised, .. }) if finalised == step));
    goes_on && is_driven && has_users && !reached.released_to_others && !reached.failed && !is_final
}

/// The stage that a step may have entered without having been seen there: its write is on its way, or nobody knows what became of
/// it, also while a person is waited for.
#[must_use]
pub fn entering(state: &State, step: usize) -> Option<usize> {
    let of_phase = match &state.phase {
        Phase::Held { pending, .. } | Phase::Conflict { pending, .. } => pending.as_ref().map(|pending| pending.task),
        phase => phase.in_flight().map(|(task, _)| task),
    };
    let in_doubt = state.steps.get(step)?.doubt.as_ref().map(|doubt| doubt.pending.task);
    of_phase.into_iter().chain(in_doubt).find_map(|task| match task {
        Task::Enter { step: entered, stage } if entered == step => Some(stage),
        _ => None,
    })
}

fn shifts(plan: &WavePlan) -> impl Iterator<Item = (usize, &Shift)> {
    plan.steps.iter().enumerate().filter_map(|(step, planned)| match planned {
        Step::Shift(shift) => Some((step, shift)),
        Step::HandOver(_) => None,
    })
}
