//! The next task of a run, and the change and write that it makes.

use crate::revision::{ALL_BACK_AT_ONCE, LOOKS_AT_THE_END, SEES_ALL, TOGETHER, WORD_AT_ONCE};
use crate::{Deferred, Direction, State, StepState};
use caravan_plans::{Change, Step, WavePlan};
use caravan_providers::Write;
use caravan_providers::target::{FencingToken, Guarantee};
use serde::{Deserialize, Serialize};

/// One thing to do, on one step. A place is one of the step's targets.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Task {
    /// Enter a stage.
    Enter {
        /// The step.
        step: usize,
        /// The stage.
        stage: usize,
    },
    /// Bake the stage that was entered.
    Bake {
        /// The step.
        step: usize,
    },
    /// Prove that a switch has had its effect: its owner has stopped, or is at work.
    Prove {
        /// The step.
        step: usize,
        /// The switch's place.
        place: usize,
    },
    /// Put an original back.
    Undo {
        /// The step.
        step: usize,
        /// The place of the target.
        place: usize,
    },
    /// See that a target to which no write is known stands as it was, and write nothing.
    See {
        /// The step.
        step: usize,
        /// The place of the target.
        place: usize,
    },
    /// Swap the fencing token of an earlier epoch for ours, and nothing else (K8).
    Claim {
        /// The step.
        step: usize,
        /// The place of the target.
        place: usize,
    },
    /// Turn what stands into what stood there before in form, leading to the new side, and take our fencing token away.
    Finalise {
        /// The step.
        step: usize,
        /// The place of the target.
        place: usize,
    },
    /// Take our fencing token away and leave what stands; where the target carries none, see that it stands.
    Release {
        /// The step.
        step: usize,
        /// The place of the target.
        place: usize,
    },
}

impl Task {
    /// The step that it works on.
    #[must_use]
    pub const fn step(self) -> usize {
        match self {
            Self::Enter { step, .. }
            | Self::Bake { step }
            | Self::Prove { step, .. }
            | Self::Undo { step, .. }
            | Self::See { step, .. }
            | Self::Claim { step, .. }
            | Self::Finalise { step, .. }
            | Self::Release { step, .. } => step,
        }
    }

    /// The place of its target in its step.
    #[must_use]
    pub fn place(self, plan: &WavePlan) -> usize {
        match self {
            Self::Enter { step, stage } => plan.steps.get(step).map_or(0, |step| step.place_of(stage)),
            Self::Bake { .. } => 0,
            Self::Prove { place, .. }
            | Self::Undo { place, .. }
            | Self::See { place, .. }
            | Self::Claim { place, .. }
            | Self::Finalise { place, .. }
            | Self::Release { place, .. } => place,
        }
    }
}

/// The next task; none when the run has come to the end of its direction. On the way back nothing is claimed: an original is put
/// back by a write that takes the token of an earlier epoch away, and it goes first to where such an epoch's write may be late.
pub(crate) fn next(plan: &WavePlan, state: &State) -> Option<Task> {
    match state.direction {
        Direction::Forward => failing(plan, state)
            .or_else(|| claim(plan, state))
            .or_else(|| believed(plan, state))
            .or_else(|| forward(plan, state)),
        Direction::Back if state.revision >= ALL_BACK_AT_ONCE => back(plan, state).or_else(|| as_it_was(state)),
        Direction::Back => claim(plan, state).or_else(|| back(plan, state)),
        Direction::Finalise => failing(plan, state)
            .or_else(|| claim(plan, state))
            .or_else(|| finalise(plan, state))
            .or_else(|| unseen(plan, state))
            .or_else(|| release(state)),
        Direction::Release => {
            let doubted = doubted(state).filter(|_| state.revision >= WORD_AT_ONCE);
            doubted.or_else(|| claim(plan, state)).or_else(|| unseen(plan, state)).or_else(|| release(state))
        }
    }
}

/// What takes a shift back that has failed: its users wait for no claim of another target. A hand-over in which nobody is at work
/// goes first.
fn failing(plan: &WavePlan, state: &State) -> Option<Task> {
    let step = failed(state).filter(|_| state.revision >= TOGETHER)?;
    undo_of(plan, state, step).filter(|_| gap(plan, state).is_none_or(|gap| gap == step))
}

/// The fencing token that is to be claimed next. While nobody is at work in a hand-over the others wait: what stands in
/// the way of claiming them must not stand in the way of starting an owner.
fn claim(plan: &WavePlan, state: &State) -> Option<Task> {
    let stale = |token: &FencingToken| token.epoch != state.epoch;
    let gap = gap(plan, state).filter(|_| state.direction != Direction::Release);
    let mut claimed = tokens(state).filter(|(step, _, _)| gap.is_none_or(|gap| gap == *step));
    claimed.find(|(_, _, token)| stale(token)).map(|(step, place, _)| Task::Claim { step, place })
}

/// A target to which the journal knows of no write, after another driver: whether it stands so, is seen before anything goes on.
/// While nobody is at work in a hand-over that waits.
fn believed(plan: &WavePlan, state: &State) -> Option<Task> {
    let mut places = places(state).filter(|(step, place)| {
        let reached = &state.steps[*step];
        reached.targets[*place].unseen
            && reached.stage.is_none()
            && reached.doubt.is_none()
            && !reached.released_to_others
    });
    let first = places.next().filter(|_| gap(plan, state).is_none());
    first.map(|(step, place)| Task::See { step, place })
}

/// A target that this driver has not seen to stand as it was, once everything is back that is known to have moved. Those in whose way
/// something stands come last.
fn as_it_was(state: &State) -> Option<Task> {
    if state.revision < SEES_ALL {
        return None;
    }
    let all = || {
        places(state).filter(|(step, place)| {
            let reached = &state.steps[*step];
            reached.stage.is_none() && !reached.released_to_others && !reached.targets[*place].seen_at_end
        })
    };
    let is_free = |step: usize| state.steps[step].blocked.is_none() && !state.steps[step].passed_over;
    let mut ranked =
        all().filter(|(step, _)| is_free(*step)).chain(all().filter(|(step, _)| state.steps[*step].blocked.is_none()));
    ranked.next().or_else(|| all().next()).map(|(step, place)| Task::See { step, place })
}

/// Whether another target is still to be seen that nothing stands in the way of.
pub(crate) fn sees_others(state: &State, task: Task) -> bool {
    let is_other = |next: &Task| {
        let reached = &state.steps[next.step()];
        next.step() != task.step() && reached.blocked.is_none() && !reached.passed_over
    };
    as_it_was(state).as_ref().is_some_and(is_other)
}

/// Every target of every step.
fn places(state: &State) -> impl Iterator<Item = (usize, usize)> {
    let steps = state.steps.iter().enumerate();
    steps.flat_map(|(step, reached)| (0..reached.targets.len()).map(move |place| (step, place)))
}

/// The first hand-over in which nobody is known to be at work.
pub(crate) fn gap(plan: &WavePlan, state: &State) -> Option<usize> {
    gaps(plan, state).next()
}

/// The hand-overs in which nobody is known to be at work, by their places in the plan: who was started is not at work before it is
/// proved to be.
pub fn gaps<'a>(plan: &'a WavePlan, state: &'a State) -> impl Iterator<Item = usize> + 'a {
    let steps = plan.steps.iter().zip(&state.steps).enumerate();
    let is_gap = |(planned, reached): &(&Step, &StepState)| {
        !reached.released_to_others && (planned.is_gap(reached.stage) || reached.unproven.is_some())
    };
    steps.filter(move |(_, step)| is_gap(step)).map(|(at, _)| at)
}

/// The step that is taken back by itself and is not back yet. Of several the last one that is not passed over.
pub(crate) fn failed(state: &State) -> Option<usize> {
    let is_open = |step: &StepState| {
        step.failed && !step.finalised && !step.released_to_others && (step.stage.is_some() || step.unproven.is_some())
    };
    let first = state.steps.iter().rposition(|step| is_open(step) && !step.passed_over);
    first.or_else(|| state.steps.iter().rposition(is_open))
}

/// Whether a run is on its way back, or will be as soon as the write in flight is settled: the whole of it, or a shift that
/// has failed.
#[must_use]
pub fn is_going_back(state: &State) -> bool {
    state.direction == Direction::Back || state.deferred == Deferred::Rollback || failed(state).is_some()
}

fn forward(plan: &WavePlan, state: &State) -> Option<Task> {
    let undo = failed(state).and_then(|step| undo_of(plan, state, step));
    if undo.is_some() && gap(plan, state).is_none_or(|gap| Some(gap) == failed(state)) {
        return undo;
    }
    plan.steps.iter().enumerate().find_map(|(step, planned)| {
        let reached = &state.steps[step];
        match (reached.stage, reached.unproven) {
            _ if reached.released_to_others || reached.failed => None,
            (_, Some(place)) => Some(Task::Prove { step, place }),
            (Some(_), None) if !reached.baked => Some(Task::Bake { step }),
            (Some(stage), None) if stage + 1 < planned.stages() => Some(Task::Enter { step, stage: stage + 1 }),
            (Some(_), None) => None,
            (None, None) => Some(Task::Enter { step, stage: 0 }),
        }
    })
}

/// Each target that is on the new side is turned into its final form.
fn finalise(plan: &WavePlan, state: &State) -> Option<Task> {
    let mut steps = plan.steps.iter().zip(&state.steps);
    let step = steps.position(|(planned, reached)| is_to_be_finalised(planned, reached))?;
    Some(if state.steps[step].baked { Task::Finalise { step, place: 0 } } else { Task::Bake { step } })
}

/// Whether something strange stands at a step's target that finalising turns into its final form.
#[must_use]
pub fn is_to_be_finalised(planned: &Step, reached: &StepState) -> bool {
    let is_ours = !reached.released_to_others && !reached.finalised && !reached.failed;
    is_ours && reached.stage.and_then(|stage| planned.finalise(stage)).is_some()
}

fn back(plan: &WavePlan, state: &State) -> Option<Task> {
    let is_passed_over = |step: &usize| state.steps[*step].passed_over;
    let all = || (0..state.steps.len()).rev();
    let is_shift = |step: &usize| matches!(plan.steps.get(*step), Some(Step::Shift(_)));
    if !all().any(|step| is_passed_over(&step)) {
        return all().find_map(|step| undo_of(plan, state, step));
    }
    let others = all().filter(|step| is_shift(step) && !is_passed_over(step));
    others.chain(all()).find_map(|step| undo_of(plan, state, step))
}

/// What comes next of taking a step back; none when it is back, or is left to others.
fn undo_of(plan: &WavePlan, state: &State, step: usize) -> Option<Task> {
    let reached = &state.steps[step];
    let place = reached.stage.map(|stage| plan.steps[step].place_of(stage));
    match (place, reached.unproven) {
        _ if reached.released_to_others || state.is_sent(step) => None,
        // Whether it was entered has to be found out first.
        (None, None) if reached.doubt.is_some() => Some(Task::Undo { step, place: 0 }),
        // What was just stopped, or was to be started, is turned back itself: nothing has to be proved of it.
        (Some(place), unproven) if unproven.is_none_or(|unproven| unproven == place) => {
            Some(Task::Undo { step, place })
        }
        // Nothing else may start before what was stopped is proved to be so: never two owners.
        (_, Some(place)) => Some(Task::Prove { step, place }),
        (_, None) => None,
    }
}

/// What a write whose answer was lost was for: before a run ends, what became of it has to be found out.
fn doubted(state: &State) -> Option<Task> {
    let mut steps = state.steps.iter().filter(|step| !step.released_to_others);
    steps.find_map(|step| step.doubt.as_ref().map(|doubt| doubt.pending.task))
}

fn release(state: &State) -> Option<Task> {
    tokens(state).last().map(|(step, place, _)| Task::Release { step, place })
}

/// A target without a fencing token, before its run ends as done: somebody may have put it back by hand. A run that was cut short
/// ends elsewhere whatever stands there.
fn unseen(plan: &WavePlan, state: &State) -> Option<Task> {
    if state.cut_short || state.revision < LOOKS_AT_THE_END {
        return None;
    }
    let is_ours = |reached: &StepState| {
        reached.stage.is_some() && !reached.released_to_others && !reached.failed && !reached.finalised
    };
    let steps = plan.steps.iter().zip(&state.steps).enumerate().filter(|(_, (_, reached))| is_ours(reached));
    let mut places = steps.flat_map(|(step, (planned, reached))| {
        let places = reached.targets.iter().enumerate();
        let unseen = places.filter(|(place, target)| {
            let carries_none = planned.target(*place).is_some_and(|target| target.guarantee() != Guarantee::Atomic);
            carries_none && !target.seen_at_end
        });
        unseen.map(move |(place, _)| Task::Release { step, place })
    });
    places.next()
}

/// Where our fencing tokens stand, in the order of steps and places.
fn tokens(state: &State) -> impl DoubleEndedIterator<Item = (usize, usize, &FencingToken)> {
    let steps = state.steps.iter().enumerate().filter(|(_, step)| !step.released_to_others);
    steps.flat_map(|(step, reached)| {
        let places = reached.targets.iter().enumerate();
        places.filter_map(move |(place, target)| Some((step, place, target.token.as_ref()?)))
    })
}

/// The change that a task makes; none where it makes none.
pub(crate) fn change(plan: &WavePlan, state: &State, task: Task) -> Option<Change> {
    let (step, reached) = (plan.steps.get(task.step())?, &state.steps[task.step()]);
    match task {
        Task::Enter { stage, .. } => step.enter(stage),
        Task::Bake { .. } | Task::Prove { .. } => None,
        Task::Undo { place, .. } => {
            step.undo(reached.stage?).filter(|_| step.place_of(reached.stage.unwrap_or(0)) == place)
        }
        Task::Finalise { .. } => step.finalise(reached.stage?),
        Task::See { place, .. } | Task::Claim { place, .. } | Task::Release { place, .. } => {
            let (target, stands) = (step.target(place)?.clone(), step.standing(place, reached.stage)?.clone());
            Some(Change { target, before: stands.clone(), after: stands })
        }
    }
}

/// The write that makes a task's change: a total function of the change and the state's fencing tokens.
pub(crate) fn write(plan: &WavePlan, state: &State, task: Task) -> Option<Write> {
    let step: &Step = plan.steps.get(task.step())?;
    let change = change(plan, state, task)?;
    let removes = matches!(task, Task::See { .. } | Task::Undo { .. } | Task::Finalise { .. } | Task::Release { .. });
    let token_after = (change.target.guarantee() == Guarantee::Atomic && !removes).then(|| FencingToken {
        run: state.run.clone(),
        epoch: state.epoch,
        sequence: state.sequence + 1,
    });
    Some(Write {
        target: change.target,
        before: change.before,
        after: change.after,
        token_before: state.steps[task.step()].targets.get(task.place(plan))?.token.clone(),
        token_after,
        in_flight: step.in_flight(),
    })
}
